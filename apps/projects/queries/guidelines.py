"""Which guideline version must be read, who has read it, and which section speaks of what."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Max

from apps.core.errors import NotFound
from apps.projects.markdown import Section, sections
from apps.projects.models import GuidelineDraft, GuidelineRead, GuidelineVersion, Project
from apps.projects.queries.versions import schema_of, schema_version
from apps.projects.settings import settings_of


class MustRead(NamedTuple):
    """The newest version that has to be read."""

    number: int
    published_at: datetime


@lru_cache(maxsize=1024)
def must_read(guideline_id: int | None) -> MustRead | None:
    """What has to be read where this version is the current one: the newest of those up to it that ask for it. Nobody is
    held up by the first version: what it says is new to nobody. It never changes, so it is kept."""
    current = GuidelineVersion.objects.filter(pk=guideline_id or 0).first()
    if current is None:
        return None
    rows = GuidelineVersion.objects.filter(project_id=current.project_id, number__lte=current.number, must_read=True)
    found = rows.filter(number__gt=1).order_by("-number").first()
    return MustRead(found.number, found.created_at) if found else None


def last_read(project: Project, user_id: int) -> int:
    """The newest version that the person has read, 0 for none."""
    rows = GuidelineRead.objects.filter(version__project=project, user_id=user_id)
    return rows.aggregate(last=Max("version__number"))["last"] or 0


def version_before(project: Project, at: datetime) -> GuidelineVersion | None:
    """The version that held at a moment."""
    return GuidelineVersion.objects.filter(project=project, created_at__lt=at).order_by("-number").first()


def guideline_version(project: Project, number: int) -> GuidelineVersion:
    """Raises NotFound for a number that there is not."""
    found = GuidelineVersion.objects.filter(project=project, number=number).first()
    if found is None:
        raise NotFound("The guideline has no version of this number.")
    return found


def guideline_draft(project: Project) -> GuidelineDraft | None:
    return GuidelineDraft.objects.select_related("updated_by").filter(project=project).first()


def reads(project: Project, from_number: int) -> dict[int, tuple[int, datetime]]:
    """{user: (newest version that they read, when)}, of those who have read this version or a newer one."""
    rows = GuidelineRead.objects.filter(version__project=project, version__number__gte=from_number)
    found: dict[int, tuple[int, datetime]] = {}
    for user_id, number, at in rows.order_by("version__number").values_list("user_id", "version__number", "read_at"):
        found[user_id] = number, at
    return found


def topics(project: Project, markdown: str, links: dict[str, str]) -> dict[str, str]:
    """{"class:3" | "finding:…" | "reason:…": anchor}: as linked by hand, else the section that is titled so."""
    named = sections(markdown)
    titled = _titled(named)
    found: dict[str, str] = {}
    for one in schema_of(schema_version(project)).classes:
        for word in (one.title, one.name, *one.aliases):
            if word and word.casefold() in titled:
                found.setdefault(f"class:{one.id}", titled[word.casefold()])
    for reason in settings_of(project).reject_reasons:
        if reason.casefold() in titled:
            found[f"reason:{reason}"] = titled[reason.casefold()]
    anchors = {section.anchor for section in named}
    return found | {topic: anchor for topic, anchor in links.items() if anchor in anchors}


def _titled(named: list[Section]) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in named:
        found.setdefault(section.title.casefold(), section.anchor)
    return found
