"""Reading tasks: one, and those that a filter names."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Role, User
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, hidden
from apps.projects.settings import is_tested
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.assignments import SHOWN_AS


def task_for(user: User, task_id: int, action: Action) -> tuple[Task, ProjectAccess]:
    """A task that is not in the trash, in a project where the person has `action`."""
    found = Task.objects.select_related("asset", "project").filter(pk=task_id, trashed_at=None).first()
    task, access = found_for(user, found, "task", action)
    if is_tested(access) and not had_by(access).filter(task_id=task.pk).exists():
        raise hidden("task")
    return task, access


def had_by(access: ProjectAccess) -> QuerySet[Assignment]:
    """What was ever in the person's hands in the project."""
    return Assignment.objects.filter(project_id=access.project.pk, user_id=access.user.pk).exclude(SHOWN_AS)


def has_several_answers(task: Task) -> bool:
    """Whether more than one person answers it."""
    return Slot.objects.filter(task=task, stage=Stage.ANNOTATE, ordinal__gt=0).exists()


def hides_answers(access: ProjectAccess) -> bool:
    """Whether this reader must not learn others' answers before a task is done: viewers never, annotators in blind projects."""
    return access.role == Role.VIEWER or (access.project.blind and access.role == Role.ANNOTATOR)


def _contains_any(classes: list[int]) -> Q:
    found = Q()
    for class_id in classes:
        found |= Q(class_ids__contains=[class_id])
    return found


def _prefix(text: str) -> Q:
    return Q(name__startswith=text)


def _search(text: str) -> Q:
    """Prefix of the name, exact external id, or the number."""
    found = _prefix(text) | Q(asset__external_id=text)
    return found | Q(number=int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else found


_PLAIN = {
    "annotator": "annotator_id",
    "batch": "batch_id",
    "bulk_change": "result__bulk_change_id",
    "external_id": "asset__external_id",
    "group": "asset__group",
    "origin": "asset__origin",
    "outcome": "outcome",
    "created_after": "created_at__gte",
    "created_before": "created_at__lt",
    "updated_after": "updated_at__gte",
    "updated_before": "updated_at__lt",
}


def tasks_matching(access: ProjectAccess, wanted: TaskFilter, *, to_claim: bool = False) -> QuerySet[Task]:
    """Tasks of the project that hold for every given member of the filter.

    Who may not learn others' answers finds by class and annotator only among finished work and their own. Who may meet
    hidden tests finds only what they have had, unless it is `to_claim`; to everybody else probes are no tasks.
    """
    rows = Task.objects.filter(project_id=access.project.pk)
    if not to_claim:
        tested = is_tested(access)
        mine = had_by(access).filter(task_id=OuterRef("pk"))
        rows = rows.filter(Exists(mine)) if tested else rows.filter(purpose=Task.Purpose.WORK)
    rows = rows.exclude(trashed_at=None) if wanted.trashed else rows.filter(trashed_at=None)
    if wanted.state:
        rows = rows.filter(state__in=wanted.state)
    for member, lookup in _PLAIN.items():
        value = getattr(wanted, member)
        if value is not None:
            rows = rows.filter(**{lookup: value})
    if wanted.name:
        rows = rows.filter(_prefix(wanted.name))
    if wanted.search:
        rows = rows.filter(_search(wanted.search))
    if wanted.class_id:
        rows = rows.filter(_contains_any(wanted.class_id))
    if wanted.guideline_before is not None:
        older = Q(result__guideline_version__number__lt=wanted.guideline_before)
        rows = rows.filter(state=Task.State.DONE).filter(older | Q(result__guideline_version=None))
    if wanted.metadata:
        rows = rows.filter(_metadata(wanted.metadata))
    if hides_answers(access) and (wanted.class_id or wanted.annotator is not None or wanted.outcome):
        rows = rows.filter(Q(state=Task.State.DONE) | Q(annotator_id=access.user.pk))
    return rows


def _metadata(members: dict[str, Any]) -> Q:
    """Exact values; a query parameter's text also finds the number or truth value that it spells."""
    found = Q()
    for key, value in members.items():
        same = Q(asset__metadata__contains={key: value})
        for other in _spelled(value):
            same |= Q(asset__metadata__contains={key: other})
        found &= same
    return found


def _spelled(value: Any) -> list[Any]:
    if not isinstance(value, str):
        return []
    if value in ("true", "false"):
        return [value == "true"]
    try:
        return [float(value)] if "." in value else [int(value)]
    except ValueError:
        return []
