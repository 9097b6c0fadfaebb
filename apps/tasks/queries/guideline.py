"""Whether a person has to read what the guideline changed before they get more work."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from apps.projects.access import ProjectAccess
from apps.projects.models import GuidelineVersion, Project
from apps.projects.queries import last_read, must_read, version_before
from apps.tasks.models import Assignment

KNOWN_KEPT = 20_000  # people × versions a process
_known: set[tuple[int, int, int]] = set()  # (project, user, version that they need not read): never withdrawn


class ToRead(NamedTuple):
    """The version that waits to be read, and the one that the person knows (None: none)."""

    current: GuidelineVersion
    known: GuidelineVersion | None


def has_to_read(access: ProjectAccess) -> bool:
    """Asked with each claim, so it costs nothing once the answer is no.

    Who never worked here is not held up: the guideline has not changed for them.
    """
    wanted = must_read(access.project.guideline_id)
    if wanted is None:
        return False
    key = access.project.pk, access.user.pk, wanted.number
    if key in _known:
        return False
    if last_read(access.project, access.user.pk) < wanted.number and _worked_before(access, wanted.published_at):
        return True
    if len(_known) >= KNOWN_KEPT:
        _known.clear()
    _known.add(key)
    return False


def _worked_before(access: ProjectAccess, moment: datetime) -> bool:
    rows = Assignment.objects.filter(project_id=access.project.pk, user_id=access.user.pk)
    return rows.filter(created_at__lt=moment).exists()


def guideline_to_read(access: ProjectAccess) -> ToRead | None:
    """What the person has to read, with what they know: the version last read, or that of their last work."""
    if not has_to_read(access):
        return None
    current = GuidelineVersion.objects.get(pk=access.project.guideline_id or 0)
    rows = Assignment.objects.filter(project_id=access.project.pk, user_id=access.user.pk)
    last = rows.filter(claimed_at__lt=current.created_at).order_by("-claimed_at").first()
    worked = version_before(access.project, last.claimed_at) if last else None
    number = max(last_read(access.project, access.user.pk), worked.number if worked else 0)
    known = GuidelineVersion.objects.filter(project_id=access.project.pk, number=number).first()
    return ToRead(current, known)


def worked_here(project: Project, before: datetime) -> set[int]:
    """Who had work here before a moment: those whom a change of the guideline concerns."""
    rows = Assignment.objects.filter(project_id=project.pk, created_at__lt=before)
    return set(rows.values_list("user_id", flat=True).distinct())
