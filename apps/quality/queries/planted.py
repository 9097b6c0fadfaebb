"""Reading planted faults: trusted work that they may be planted in, and which of them reviewers found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from apps.annotations.models import Revision
from apps.annotations.services.judging import schema_of
from apps.assets.models import Asset
from apps.core.permissions import POLICY, Action
from apps.projects.models import Project
from apps.projects.settings import settings_of
from apps.quality.models import AuditItem, Gold, Probe, ProbeScore
from apps.quality.queries.gold import usable_gold
from apps.reviews.models import Issue, Review
from apps.tasks.models import Assignment, Task
from apps.tasks.queries.people import may_review
from domain.agreement.intervals import clopper_pearson

LOOKED_AT = 400  # newest accepted tasks among which trusted work is looked for
MOST_ELEMENTS = 2_000
METHOD = "share found, Clopper-Pearson 95 %"


@dataclass(frozen=True, slots=True)
class Source:
    """Trusted work: a copy of it may get a fault."""

    revision: Revision
    task: Task
    checked: bool  # gold, or found clean by an audit: better than accepted
    known_to: frozenset[int]  # who had the picture in their hands

    @property
    def asset(self) -> Asset:
        return self.task.asset


@dataclass(slots=True)
class Found:
    """How many of the planted faults were found."""

    planted: int = 0
    found: int = 0

    def add(self, found: bool) -> None:
        self.planted += 1
        self.found += found

    @property
    def value(self) -> float | None:
        return self.found / self.planted if self.planted else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return clopper_pearson(self.found, self.planted) if self.planted else None


@dataclass(slots=True)
class ReviewerFound:
    """One reviewer's planted faults, by kind."""

    user_id: int
    overall: Found = field(default_factory=Found)
    kinds: dict[str, Found] = field(default_factory=lambda: defaultdict(Found))
    last: datetime | None = None


def reviewers_tested(project: Project) -> set[int]:
    """Who reviews here and does not know of gold: it is they that are tested."""
    rows: QuerySet[Any] = may_review(project)  # with `effective`, the role that counts
    return set(rows.exclude(effective__in=POLICY[Action.GOLD_VIEW]).values_list("user_id", flat=True))


def trusted_work(project: Project) -> list[Source]:
    """Gold, audited and accepted answers that nothing was planted in yet, and that some reviewer never had in their hands.

    Gold is left out where it is hidden in the queue: there its picture comes to reviewers as it is.
    """
    hidden = settings_of(project).hidden_tests.on
    used = Probe.objects.filter(kind=Probe.Kind.FAULT, source__task_id=OuterRef("pk"))
    rows = _accepted(project).filter(~Exists(used))
    if hidden:
        rows = rows.filter(~Exists(Gold.objects.filter(task_id=OuterRef("pk"))))
    accepted = list(rows.select_related("asset", "result").order_by("-updated_at", "-pk")[:LOOKED_AT])
    found: dict[int, tuple[Task, Revision, bool]] = {}
    clean = _found_clean([task.result_id for task in accepted])
    for task in accepted:
        if task.result is not None:
            found[task.pk] = (task, task.result, task.result_id in clean)
    golds = [] if hidden else usable_gold(project)
    used_tasks = set(Probe.objects.filter(kind=Probe.Kind.FAULT, project=project).values_list("source__task_id", flat=True))  # fmt: skip
    tasks = Task.objects.select_related("asset").in_bulk([gold.task_id for gold in golds])
    for gold in golds:
        if gold.task_id not in used_tasks:
            found[gold.task_id] = (tasks[gold.task_id], gold.revision, True)
    return _judgeable(project, list(found.values()))


def _accepted(project: Project) -> QuerySet[Task]:
    """Finished work that a reviewer or an audit stood for, and nobody talks about any more."""
    accepted = Review.objects.filter(revision_id=OuterRef("result_id"), verdict="accept", sent_back_from__isnull=True)
    fixed = Review.objects.filter(fix_revision_id=OuterRef("result_id"))
    audited = AuditItem.objects.filter(revision_id=OuterRef("result_id"), defects=[])
    talked = Issue.objects.filter(task_id=OuterRef("pk"), state=Issue.State.OPEN)
    rows = Task.objects.filter(
        project=project, state=Task.State.DONE, purpose=Task.Purpose.WORK, trashed_at=None, asset__trashed_at=None,
        result__outcome="labelled", result__element_count__lte=MOST_ELEMENTS,
    )  # fmt: skip
    return rows.filter(Exists(accepted) | Exists(fixed) | Exists(audited)).filter(~Exists(talked))


def _found_clean(revision_ids: Iterable[int | None]) -> set[int]:
    rows = AuditItem.objects.filter(revision_id__in=[pk for pk in revision_ids if pk], defects=[])
    return set(rows.values_list("revision_id", flat=True))


def _judgeable(project: Project, rows: list[tuple[Task, Revision, bool]]) -> list[Source]:
    """Those whose classes can still be chosen, and that a tested reviewer knows nothing of."""
    if project.schema_id is None:
        return []
    there = {c.id for c in schema_of(project.schema_id).classes if not c.archived}
    people = reviewers_tested(project)
    known: dict[int, set[int]] = defaultdict(set)
    had = Assignment.objects.filter(task_id__in=[task.pk for task, _, _ in rows])
    for task_id, user_id in had.exclude(state=Assignment.State.RELEASED).values_list("task_id", "user_id"):
        known[task_id].add(user_id)
    found = []
    for task, revision, checked in rows:
        if revision.author_id is not None:
            known[task.pk].add(revision.author_id)
        gone = any(n and int(key) not in there for key, n in revision.class_counts.items())
        if not gone and people - known[task.pk]:
            found.append(Source(revision, task, checked, frozenset(known[task.pk])))
    return found


def planted_counts(project_id: int) -> dict[str, int]:
    """How many wait for a verdict or are about to, and how many were judged."""
    rows = Probe.objects.filter(project_id=project_id, kind=Probe.Kind.FAULT)
    judged = rows.filter(Exists(Review.objects.filter(task_id=OuterRef("task_id")))).count()
    return {"waiting": rows.count() - judged, "judged": judged}


def found_by_reviewer(project_id: int, *, since: date | None = None) -> list[ReviewerFound]:
    """Which of the planted faults each tested reviewer found, who found least first."""
    rows = ProbeScore.objects.filter(
        project_id=project_id, kind=Probe.Kind.FAULT, probe__kind=Probe.Kind.FAULT, counted=True
    )
    if since is not None:
        rows = rows.filter(created_at__date__gte=since)
    found: dict[int, ReviewerFound] = {}
    for user_id, correct, planted, at in rows.values_list("user_id", "correct", "probe__planted", "created_at"):
        one = found.setdefault(user_id, ReviewerFound(user_id))
        one.overall.add(correct > 0)
        one.kinds[planted[0]["kind"]].add(correct > 0)
        one.last = max(one.last, at) if one.last else at
    return sorted(found.values(), key=lambda one: (one.overall.value or 0, one.user_id))
