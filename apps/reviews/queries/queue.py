"""What waits for a verdict, and why it is worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Q
from django.utils import timezone
from rest_framework.request import Request

from apps.accounts.models import User
from apps.annotations.models import RegionIndex
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.models import Issue, Review
from apps.tasks.models import Slot, Stage

FAST_SHARE = 1 / 3  # of the median time a task
FEWEST_FOR_MEDIAN = 5


@dataclass(frozen=True, slots=True)
class QueueRow:
    slot: Slot
    open_issues: int
    rejected_before: int
    reserved: bool
    why: list[str]


def review_queue(request: Request, *, user: User, project_id: int) -> tuple[list[QueueRow], str | None, ProjectAccess]:
    """Open review slots that the person could be given, in the order of the queue."""
    access = project_for(user, project_id, Action.REVIEW)
    rows = (
        Slot.objects.filter(project_id=access.project.pk, stage=Stage.REVIEW, state=Slot.State.OPEN, withheld=False)
        .exclude(excluded_author_id=user.pk)
        .filter(Q(reserved_for=None) | Q(reserved_for=user) | Q(reserved_until__lt=timezone.now()))
        .exclude(task__assignments__user=user, task__assignments__stage=Stage.ANNOTATE)
        .select_related("task__asset", "revision__annotation")
    )
    slots, following = paginate(request, rows, key="order_key", descending=False)
    return _rows(slots, user), following, access


def _rows(slots: list[Slot], user: User) -> list[QueueRow]:
    tasks = [slot.task_id for slot in slots]
    issues = dict(
        Issue.objects.filter(task__in=tasks, state=Issue.State.OPEN).values_list("task").annotate(Count("pk"))
    )
    rejected = dict(
        Review.objects.filter(task__in=tasks, verdict=Review.Verdict.REJECT).values_list("task").annotate(Count("pk"))
    )
    uncertain = set(
        RegionIndex.objects.filter(
            project_id__in={slot.project_id for slot in slots},
            revision_id__in=[slot.revision_id for slot in slots],
            flags__contains=["uncertain"],
        ).values_list("revision_id", flat=True)
    )
    times = [slot.revision.active_ms for slot in slots if slot.revision and slot.revision.active_ms]
    usual = median(times) if len(times) >= FEWEST_FOR_MEDIAN else None
    return [
        QueueRow(
            slot=slot,
            open_issues=issues.get(slot.task_id, 0),
            rejected_before=rejected.get(slot.task_id, 0),
            reserved=slot.reserved_for_id == user.pk,
            why=_why(
                slot, issues.get(slot.task_id, 0), rejected.get(slot.task_id, 0), slot.revision_id in uncertain, usual
            ),
        )
        for slot in slots
    ]


def _why(slot: Slot, issues: int, rejected: int, uncertain: bool, usual: float | None) -> list[str]:
    """Codes, the riskiest first; `sample` when nothing stands out."""
    active = slot.revision.active_ms if slot.revision else 0
    found = {
        "resubmitted": rejected > 0,
        "open_issue": issues > 0,
        "uncertain": uncertain,
        "fast": usual is not None and 0 < active < usual * FAST_SHARE,
        "empty": slot.revision is not None and slot.revision.outcome == "empty",
    }
    return [code for code, holds in found.items() if holds] or ["sample"]
