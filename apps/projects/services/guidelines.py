"""Guidelines: Markdown in versions, pictures re-encoded at upload, one renderer for all."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any, BinaryIO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image, ImageOps

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.etags import check_fresh
from apps.core.permissions import POLICY, Action
from apps.projects.errors import BadImage
from apps.projects.models import GuidelineImage, GuidelineVersion, Project
from apps.projects.queries.members import members_taking_part
from apps.projects.services.locking import locked, next_number, touch

MAX_IMAGE_BYTES: Final = 20 * 1024 * 1024
MAX_IMAGE_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 2400  # pixels; enough for a drawer and a printed page
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def guideline_etag(version: GuidelineVersion | None) -> str:
    return f'"guideline-{version.number if version else 0}"'


def image_url(image: GuidelineImage) -> str:
    """Where the picture is got from, by whoever may see the project."""
    return f"/api/v1/projects/{image.project_id}/guidelines/images/{image.pk}"


@transaction.atomic
def write_guideline(
    *,
    project: Project,
    user: User,
    markdown: str,
    note: str = "",
    links: dict[str, str] | None = None,
    must_read: bool = True,
    expected: str | None = None,
) -> GuidelineVersion:
    """Publish the next version. The same text with the same links again makes none.

    Args:
        links: which section speaks of what, None for those of the version before.
        must_read: whoever works here reads what changed before their next claim, and is told now.

    Raises:
        StaleVersion: somebody wrote another version since `expected`.
    """
    row = locked(project)
    before = row.guideline
    check_fresh(expected, guideline_etag(before))
    if links is None:
        links = before.links if before else {}
    if before is not None and before.markdown == markdown and before.links == links:
        return before
    version = GuidelineVersion.objects.create(
        project=row,
        number=next_number(GuidelineVersion.objects.filter(project=row)),
        markdown=markdown,
        links=links,
        must_read=must_read,
        created_by=user,
        note=note,
    )
    row.guideline = version
    touch(row, "guideline")
    record(
        organisation_id=row.organisation_id,
        project_id=row.pk,
        verb="guideline.changed",
        actor=user,
        object_type="guideline",
        object_id=version.pk,
        details={"number": version.number, "note": note, "name": row.name},
        notify=_workers(row) if must_read and before is not None else [],
    )
    events.publish(f"project:{row.pk}", "guideline.changed", {"project": row.pk, "number": version.number})
    return version


def _workers(project: Project) -> list[int]:
    rows: QuerySet[Any] = members_taking_part(project)
    rows = rows.filter(member_role__in=POLICY[Action.ANNOTATE])
    return list(rows.values_list("user_id", flat=True))


def add_guideline_image(*, project: Project, name: str, file: BinaryIO, size: int) -> GuidelineImage:
    """Keep a picture for the guideline, decoded and encoded anew, without its metadata.

    Raises:
        BadImage: too large, or not a picture of a known format.
    """
    if size > MAX_IMAGE_BYTES:
        raise BadImage(f"The file has {size} bytes, at most {MAX_IMAGE_BYTES} are taken.")
    content, kind = _encoded_anew(file)
    path = f"guidelines/{project.pk}/{uuid.uuid4().hex}.{kind}"
    path = default_storage.save(path, ContentFile(content))
    return GuidelineImage.objects.create(project=project, name=name[:200], path=path, content_type=f"image/{kind}")


def _encoded_anew(file: BinaryIO) -> tuple[bytes, str]:
    try:
        with Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_IMAGE_PIXELS:
                raise BadImage(f"It has {opened.width} × {opened.height} pixels, at most {MAX_IMAGE_PIXELS} are taken.")
            picture = ImageOps.exif_transpose(opened)
            clear = "A" in picture.getbands() or "transparency" in picture.info
            picture = picture.convert("RGBA" if clear else "RGB")
    except BadImage:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadImage(f"It is not a picture that can be read. Known are {', '.join(FORMATS)}.") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    if clear:
        picture.save(out, "PNG")
        return out.getvalue(), "png"
    picture.save(out, "JPEG", quality=88)
    return out.getvalue(), "jpeg"
