"""Files that come in parts and go on where they stopped: each request's bytes are a part in the store until all are there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assets.errors import ChecksumWrong, OffsetWrong
from apps.assets.models import Upload, UploadPart
from apps.core import storage
from apps.core.errors import Invalid, NotFound, TooLarge
from apps.projects.models import Project

COPY_BYTES = 1 << 20
KEPT = timedelta(hours=24)  # without a new part; then the parts go
KEPT_WHOLE = timedelta(days=30)
ALGORITHMS = ("sha256", "sha1", "md5")


def begin_upload(*, project: Project, user: User, name: str, size: int) -> Upload:
    """Raises Invalid (an empty file or no name), TooLarge."""
    if size <= 0:
        raise Invalid("`Upload-Length` is the file's size in bytes; an empty file cannot be sent.")
    if size > settings.LABELWRIGHT_MAX_RESUMABLE_BYTES:
        raise TooLarge(f"The file has {size} bytes, at most {settings.LABELWRIGHT_MAX_RESUMABLE_BYTES} are taken.")
    name = name.replace("\0", "").strip()[-300:]
    if not name:
        raise Invalid("`Upload-Metadata` gives the file's `filename`.")
    return Upload.objects.create(
        project=project, created_by=user, name=name, size=size, expires_at=timezone.now() + KEPT
    )


def take_part(*, upload: Upload, offset: int, body: IO[bytes], length: int | None, checksum: str = "") -> Upload:
    """Keep the bytes of one request. A line that breaks keeps what came, where no checksum was given for the whole.

    Raises:
        OffsetWrong: the part does not begin where the upload stands.
        TooLarge: more bytes than the file has left.
        ChecksumWrong, Invalid (the checksum's form): nothing of the part was kept.
    """
    if offset != upload.offset:
        raise OffsetWrong(f"The upload stands at {upload.offset}, the part begins at {offset}.", offset=upload.offset)
    left = upload.size - offset
    if length is not None and length > left:
        raise TooLarge(f"The part has {length} bytes, {left} are left of the file.")
    check = _check_of(checksum)
    with tempfile.TemporaryFile() as part:
        size = _receive(body, part, min(left, length if length is not None else left), check, whole=bool(checksum))
        if check is not None and not hmac.compare_digest(check[0].digest(), check[1]):
            raise ChecksumWrong("The part is not what its checksum says. Send it again.")
        if not size:
            return upload
        part.seek(0)
        path = f"projects/{upload.project_id}/uploads/{upload.pk}/{offset:020d}-{secrets.token_hex(8)}"
        storage.put(path, part)
    return _add(upload, UploadPart(upload=upload, first=offset, size=size, path=path))


@transaction.atomic
def _add(upload: Upload, part: UploadPart) -> Upload:
    locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if locked is None:
        raise NotFound("The upload was ended.")
    if locked.offset != part.first:  # another request was quicker; its file is tidied away
        raise OffsetWrong(
            f"The upload stands at {locked.offset}, the part begins at {part.first}.", offset=locked.offset
        )
    part.save()
    locked.offset += part.size
    locked.expires_at = timezone.now() + (KEPT_WHOLE if locked.offset == locked.size else KEPT)
    locked.save(update_fields=["offset", "expires_at", "updated_at"])
    return locked


def _check_of(checksum: str) -> tuple[hashlib._Hash, bytes] | None:
    if not checksum:
        return None
    name, _, text = checksum.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if name not in ALGORITHMS or not digest:
        raise Invalid(f"`Upload-Checksum` is one of {', '.join(ALGORITHMS)}, a blank, and the digest in base64.")
    return hashlib.new(name, usedforsecurity=False), digest


def _receive(
    body: IO[bytes], out: IO[bytes], most: int, check: tuple[hashlib._Hash, bytes] | None, *, whole: bool
) -> int:
    size = 0
    try:
        while size < most and (data := body.read(min(COPY_BYTES, most - size))):
            out.write(data)
            size += len(data)
            if check is not None:
                check[0].update(data)
    except OSError:
        if whole:
            raise
    return size


def joined(upload_id: int, project_id: int, target: Path) -> Path:
    """The whole file, in the local file system.

    Raises:
        NotFound: it expired, or is not whole.
    """
    upload = Upload.objects.filter(pk=upload_id, project_id=project_id).first()
    if upload is None or upload.offset != upload.size:
        raise NotFound("The uploaded file is not there any more. Send it again.")
    with target.open("wb") as out:
        for path in upload.parts.order_by("first").values_list("path", flat=True):
            with storage.open_file(path) as part:
                shutil.copyfileobj(part, out, COPY_BYTES)
    return target


def end_upload(*, upload: Upload) -> None:
    """Take an upload back with all that came of it."""
    _end([upload])


def tidy_uploads() -> int:
    """End what expired; how many. Safe to run twice."""
    return _end(Upload.objects.filter(expires_at__lt=timezone.now())[:1_000])


def _end(uploads: Iterable[Upload]) -> int:
    ended = 0
    for upload in uploads:
        paths = list(upload.parts.values_list("path", flat=True))
        Upload.objects.filter(pk=upload.pk).delete()
        for path in paths:
            storage.remove(path)
        ended += 1
    return ended
