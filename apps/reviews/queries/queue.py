"""What waits for a verdict, why it is worth a look, and in which order to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from rest_framework.request import Request

from apps.accounts.models import User
from apps.annotations.models import RegionIndex, Revision
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.models import Issue, Review
from apps.tasks.models import Assignment, Slot, Stage
from apps.tasks.queries.people import barred_levels
from apps.tasks.services.apart import had_lately

FAST_SHARE = 1 / 3  # of the median time a task
FEWEST_FOR_MEDIAN = 5
RECENT = 500  # revisions that say what is usual

# How much a reason to look is worth, of 100: the order by risk, and the bar beside a row.
RISKS = {"open_issue": 92, "finding": 84, "uncertain": 77, "fast": 70, "resubmitted": 60, "empty": 50}
ORDINARY = 15
NARROWING = ("annotator", "class_id")

# Name: (field of the slot, whether the greatest comes first).
ORDERS = {
    "queue": ("order_key", False),
    "oldest": ("created_at", False),
    "newest": ("created_at", True),
    "risk": ("safety", False),  # alike ones as they were handed in
    "annotator": ("annotator", False),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    slot: Slot
    open_issues: int
    rejected_before: int
    findings: int
    reserved: bool
    risk: int
    why: list[str]


def review_queue(request: Request, *, user: User, project_id: int) -> tuple[list[QueueRow], str | None, ProjectAccess]:
    """Open review slots that the person could be given: those that `annotator`, `class_id` and `why` leave, in the
    `order` that was asked for.

    Raises:
        Invalid: a parameter is not one of those.
    """
    access = project_for(user, project_id, Action.REVIEW)
    given = request.query_params
    key, descending = _order(given)
    usual = usual_time(access.project.pk)
    rows = _narrowed(_judged_by(access, usual), given)
    rows = rows.exclude(level__in=barred_levels(access))
    slots, following = paginate(request, rows, key=key, descending=descending)
    return _rows(slots, user), following, access


def clean_reviews(user: User, project_id: int, given: Mapping[str, str]) -> tuple[QuerySet[Slot], ProjectAccess]:
    """What waits for this person and nothing stands out of: no finding, issue or doubt, not hurried, never sent back, not
    said to be empty. Narrowed by `annotator` and `class_id`."""
    access = project_for(user, project_id, Action.REVIEW)
    rows: QuerySet[Any] = _judged_by(access, usual_time(access.project.pk))
    rows = rows.filter(risk=ORDINARY)
    return _narrowed(rows, {name: given[name] for name in NARROWING if given.get(name)}), access


def reasons_of_queue(user: User, project_id: int, given: Mapping[str, str]) -> dict[str, int]:
    """{reason to look: how many wait that have it}, with `all` and `clean`."""
    access = project_for(user, project_id, Action.REVIEW)
    rows = _judged_by(access, usual_time(access.project.pk))
    rows = _narrowed(rows, {name: given[name] for name in NARROWING if given.get(name)})
    counted = rows.aggregate(
        all=Count("pk"),
        clean=Count("pk", filter=Q(risk=ORDINARY)),
        **{code: Count("pk", filter=Q(**{f"is_{code}": True})) for code in RISKS},
    )
    return {name: n for name, n in counted.items() if n or name in ("all", "clean")}


def usual_time(project_id: int) -> float | None:
    """The median of active time, in ms, of recent answers; None where there are too few to say."""
    recent = Revision.objects.filter(project_id=project_id, stage=Stage.ANNOTATE, active_ms__gt=0)
    times = list(recent.order_by("-created_at").values_list("active_ms", flat=True)[:RECENT])
    return median(times) if len(times) >= FEWEST_FOR_MEDIAN else None


def _judged_by(access: ProjectAccess, usual: float | None) -> QuerySet[Slot]:
    """Slots for this person, each with a boolean for each reason, its `risk` and `annotator`, and the `safety` it is sorted by."""
    user, project_id = access.user, access.project.pk
    issues = Issue.objects.filter(task=OuterRef("task"), state=Issue.State.OPEN)
    rejections = Review.objects.filter(task=OuterRef("task"), verdict=Review.Verdict.REJECT)
    uncertain = RegionIndex.objects.filter(
        project_id=project_id, revision_id=OuterRef("revision_id"), flags__contains=["uncertain"]
    )
    fast = Q(revision__active_ms__gt=0, revision__active_ms__lt=(usual or 0) * FAST_SHARE)
    answered = Assignment.objects.filter(task=OuterRef("task"), user=user, stage=Stage.ANNOTATE)
    reasons = {
        "open_issue": Exists(issues),
        "finding": Q(revision__findings__gt=0),
        "uncertain": Exists(uncertain),
        "fast": fast,
        "resubmitted": Exists(rejections),
        "empty": Q(revision__outcome="empty"),
    }
    rows = (
        Slot.objects.filter(project_id=project_id, stage=Stage.REVIEW, state=Slot.State.OPEN, withheld=False)
        .exclude(excluded_author_id=user.pk)
        .filter(Q(reserved_for=None) | Q(reserved_for=user) | Q(reserved_until__lt=timezone.now()))
        .exclude(Exists(answered))
        .exclude(had_lately(access, Stage.REVIEW))
        .select_related("task__asset", "revision__annotation")
    )
    flags = {f"is_{code}": Case(When(holds, then=True), default=False) for code, holds in reasons.items()}
    risk = Case(
        *(When(**{f"is_{code}": True}, then=Value(points)) for code, points in RISKS.items()),
        default=Value(ORDINARY),
        output_field=IntegerField(),
    )
    author = F("revision__author__name")
    rows = rows.annotate(**flags).annotate(risk=risk, annotator=Coalesce(author, Value("")))
    return rows.annotate(safety=-F("risk"))


def _order(given: Mapping[str, str]) -> tuple[str, bool]:
    order = given.get("order") or "queue"
    if order not in ORDERS:
        raise Invalid(f"`order` must be one of {', '.join(ORDERS)}, got {order[:40]!r}.")
    return ORDERS[order]


def _narrowed(rows: QuerySet[Slot], given: Mapping[str, str]) -> QuerySet[Slot]:
    if author := given.get("annotator"):
        rows = rows.filter(revision__author_id=whole("annotator", author))
    if class_id := given.get("class_id"):
        rows = rows.filter(revision__class_counts__has_key=str(whole("class_id", class_id)))
    if why := given.get("why"):
        if why not in RISKS:
            raise Invalid(f"`why` must be one of {', '.join(RISKS)}, got {why[:40]!r}.")
        rows = rows.filter(**{f"is_{why}": True})
    return rows


def _rows(slots: list[Slot], user: User) -> list[QueueRow]:
    tasks = [slot.task_id for slot in slots]
    issues = dict(
        Issue.objects.filter(task__in=tasks, state=Issue.State.OPEN).values_list("task").annotate(Count("pk"))
    )
    rejected = dict(
        Review.objects.filter(task__in=tasks, verdict=Review.Verdict.REJECT).values_list("task").annotate(Count("pk"))
    )
    return [
        QueueRow(
            slot=slot,
            open_issues=issues.get(slot.task_id, 0),
            rejected_before=rejected.get(slot.task_id, 0),
            findings=slot.revision.findings if slot.revision else 0,
            reserved=slot.reserved_for_id == user.pk,
            risk=slot.risk,  # type: ignore[attr-defined]
            why=[code for code in RISKS if getattr(slot, f"is_{code}")] or ["sample"],
        )
        for slot in slots
    ]
