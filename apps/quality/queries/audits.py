"""Reading audits, and the lots that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.annotations.models import Annotation
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for
from apps.projects.models import Project
from apps.quality.models import Audit, AuditItem
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Task
from apps.tasks.queries import may_review, tasks_matching

WHOLE, NOTHING = "all", "none"


class LotTask(NamedTuple):
    """An accepted task with what strata are made of."""

    pk: int
    revision_id: int
    sha256: str
    author_id: int | None  # of the answer that was accepted, or fixed
    classes: tuple[int, ...]
    batch: str


def lot_of(access: ProjectAccess, wanted: TaskFilter, *, before: datetime | None = None) -> list[LotTask]:
    """Accepted tasks that fit, in the order of their numbers; tests of people are not among them."""
    rows = tasks_matching(access, wanted).filter(state=Task.State.DONE, purpose=Task.Purpose.WORK)
    rows = rows.exclude(result=None)
    if before is not None:
        rows = rows.filter(finished_at__lte=before)
    found = rows.order_by("number").values_list(
        "pk", "result_id", "result__sha256", "result__author_id", "result__class_counts", "batch__name",
        "result__kind", "annotator_id",
    )  # fmt: skip
    return [
        LotTask(
            pk, revision, sha256, (annotator if kind == Annotation.Kind.FIX else author) or None,
            tuple(sorted(int(key) for key, n in classes.items() if n)), batch or "",
        )
        for pk, revision, sha256, author, classes, batch, kind, annotator in found.iterator(5_000)
    ]  # fmt: skip


def strata_of(lot: Sequence[LotTask], by: str) -> dict[str, list[int]]:
    """Ids by stratum. By class, a task stands with its rarest one, so that rare classes are seen too."""
    seen = Counter(class_id for task in lot for class_id in task.classes)
    found: dict[str, list[int]] = {}
    for task in lot:
        if by == "class":
            key = str(min(task.classes, key=lambda c: (seen[c], c))) if task.classes else NOTHING
        elif by == "batch":
            key = task.batch or NOTHING
        elif by == "annotator":
            key = str(task.author_id or NOTHING)
        else:
            key = WHOLE
        found.setdefault(key, []).append(task.pk)
    return found


def auditors_of(project: Project) -> set[int]:
    """Who audits blind here."""
    return set(may_review(project).values_list("user_id", flat=True))


def audits_of(access: ProjectAccess) -> QuerySet[Audit]:
    """Audits with how many tasks each has and how many are judged."""
    rows = Audit.objects.filter(project_id=access.project.pk).select_related("project")
    return rows.annotate(total=Count("items"), judged=Count("items", filter=Q(items__defects__isnull=False)))


def audit_for(user: User, audit_id: int, action: Action) -> tuple[Audit, ProjectAccess]:
    found = Audit.objects.select_related("project").filter(pk=audit_id).first()
    return found_for(user, found, "audit", action)


def found_in(audit: Audit) -> QuerySet[AuditItem]:
    """Judged tasks with defects, for who may know them once the audit is over."""
    rows = AuditItem.objects.filter(audit=audit).exclude(defects__isnull=True).exclude(defects=[])
    return rows.select_related("task__asset").order_by("task__number")
