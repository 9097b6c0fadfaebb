"""One action on many tasks, with its undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.activity.services import record
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import ProjectAccess, project_for
from apps.projects.settings import settings_of
from apps.tasks.errors import WrongState
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Batch, QueueCursor, Slot, Task
from apps.tasks.queries.people import may_annotate
from apps.tasks.queries.tasks import tasks_matching
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import apply_decision, cancel_open, move_task
from domain.sampling import order_key
from domain.workflow import open_task, parse

INLINE = 500  # tasks; more than that may take over a second and is a job
UNDO_KEPT = 10_000  # ids that an undo may name


class BulkChange(msgspec.Struct, kw_only=True):
    """What to do to which tasks."""

    action: str
    ids: list[int] | None = None
    filter: TaskFilter | None = None
    user: int | None = None
    priority: int | None = None
    reason: str = ""
    batch: str | None = None


@dataclass(slots=True)
class Changed:
    """`undo`: the changes that take it back; empty where that is not possible."""

    matched: int
    changed: int = 0
    skipped: int = 0
    undo: list[BulkChange] = field(default_factory=list)
    job: Job | None = None


def change_tasks(*, user: User, project_id: int, change: BulkChange) -> Changed:
    """Apply one action to the named or matching tasks; as a job when they are many.

    Raises:
        Invalid: neither or both of ids and filter, or the action's own value is missing.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    _check(access, change)
    ids = matching_ids(access, change)
    if len(ids) <= INLINE:
        return apply_change(access=access, change=change, ids=ids)
    job = enqueue(
        kind="tasks.change_many",
        title=f"{change.action.replace('_', ' ')} {len(ids)} tasks",
        organisation=access.project.organisation,
        project=access.project,
        user=user,
        arguments={"project": project_id, "change": msgspec.to_builtins(change)},
    )
    return Changed(matched=len(ids), job=job)


def matching_ids(access: ProjectAccess, change: BulkChange) -> list[int]:
    """Ids of the tasks that the change names, in their order."""
    if change.ids is not None:
        rows = Task.objects.filter(project_id=access.project.pk, pk__in=change.ids)
    else:
        rows = tasks_matching(access, change.filter or TaskFilter())
    if change.action == "restore":
        rows = rows.exclude(trashed_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _check(access: ProjectAccess, change: BulkChange) -> None:
    if (change.ids is None) == (change.filter is None):
        raise Invalid("Name the tasks either by `ids` or by `filter`.")
    needed = {"assign": "user", "priority": "priority", "batch": "batch"}.get(change.action)
    if needed and getattr(change, needed) is None:
        raise Invalid(
            f"`{change.action}` needs `{needed}`.",
            fields=[{"pointer": f"/{needed}", "code": "missing", "detail": "is missing"}],
        )
    if change.action == "assign" and not may_annotate(access.project, change.user or 0):
        raise Invalid(
            "That person may not annotate in this project.",
            fields=[{"pointer": "/user", "code": "invalid", "detail": "may not annotate here"}],
        )


def apply_change(
    *, access: ProjectAccess, change: BulkChange, ids: list[int], report: Callable[[int], None] | None = None
) -> Changed:
    """Apply it task by task, each in a transaction of its own; a task that it does not fit is counted as skipped."""
    done = Changed(matched=len(ids))
    undo: dict[tuple[str, Any], list[int]] = {}
    verb = _ACTIONS[change.action]
    batch = _batch(access, change) if change.action == "batch" else None
    for position, task_id in enumerate(ids, start=1):
        with transaction.atomic():
            lock_slots(task_id)
            task = Task.objects.select_related("project", "project__workflow", "batch").get(pk=task_id)
            try:
                back = verb(task, change, batch)
            except WrongState:
                done.skipped += 1
                continue
        done.changed += 1
        if back is not None:
            undo.setdefault(back, []).append(task_id)
        if report is not None:
            report(position)
    _finish(access, change, done)
    if done.changed and sum(map(len, undo.values())) == done.changed <= UNDO_KEPT:
        done.undo = [_undo(action, value, named) for (action, value), named in undo.items()]
    return done


def _undo(action: str, value: Any, ids: list[int]) -> BulkChange:
    extra: dict[str, Any] = (
        {{"priority": "priority", "assign": "user", "batch": "batch"}[action]: value} if value is not None else {}
    )
    return BulkChange(action=action, ids=ids, **extra)


def _finish(access: ProjectAccess, change: BulkChange, done: Changed) -> None:
    if not done.changed:
        return
    if change.action == "priority":
        QueueCursor.objects.filter(project_id=access.project.pk).delete()
    record(
        organisation_id=access.project.organisation_id,
        project_id=access.project.pk,
        verb=f"tasks.{change.action}",
        actor=access.user,
        details={"tasks": done.changed, "skipped": done.skipped},
    )
    events.publish(f"project:{access.project.pk}", "counts.changed", {"project": access.project.pk})


def _batch(access: ProjectAccess, change: BulkChange) -> Batch | None:
    name = (change.batch or "").strip()
    return Batch.objects.get_or_create(project_id=access.project.pk, name=name)[0] if name else None


def _assign(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    """Reserve the open annotate slots for the person for as long as it takes."""
    rows = Slot.objects.filter(task_id=task.pk, stage="annotate", state=Slot.State.OPEN)
    slot = rows.order_by("ordinal", "pk").first()
    if slot is None:
        raise WrongState("nothing to annotate is open")
    before = slot.reserved_for_id
    Slot.objects.filter(pk=slot.pk).update(reserved_for_id=change.user, reserved_until=None)
    return ("assign", before) if before else ("unassign", None)


def _unassign(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any] | None:
    slot = (
        Slot.objects.filter(task_id=task.pk, stage="annotate", state=Slot.State.OPEN).exclude(reserved_for=None).first()
    )
    if slot is None:
        raise WrongState("nobody is reserved")
    before = slot.reserved_for_id
    Slot.objects.filter(pk=slot.pk).update(reserved_for=None, reserved_until=None)
    return "assign", before


def _priority(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    before, after = task.priority, change.priority or 0
    key = order_key(priority=after, number=task.number)
    Task.objects.filter(pk=task.pk).update(
        priority=after, order_key=key, version=F("version") + 1, updated_at=timezone.now()
    )
    Slot.objects.filter(task_id=task.pk).update(order_key=key)
    return "priority", before


def _set_batch(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    before = task.batch.name if task.batch else ""
    Task.objects.filter(pk=task.pk).update(batch=batch, version=F("version") + 1, updated_at=timezone.now())
    return "batch", before


def _send_back(task: Task, change: BulkChange, batch: Batch | None) -> None:
    """Finished or waiting-for-review work goes back to who made it, for the hold time, then to anyone."""
    if task.state not in (Task.State.DONE, Task.State.IN_REVIEW) or task.annotator_id is None:
        raise WrongState("only work that was submitted can be sent back")
    last = (
        Assignment.objects.filter(task_id=task.pk, stage="annotate", state=Assignment.State.SUBMITTED)
        .order_by("-submitted_at")
        .first()
    )
    if last is None:
        raise WrongState("only work that was submitted can be sent back")
    cancel_open(task)
    hold = timedelta(hours=settings_of(task.project).hold_hours)
    Slot.objects.create(
        project_id=task.project_id,
        task_id=task.pk,
        stage="annotate",
        order_key=task.order_key,
        revision_id=task.result_id or last.judged_revision_id,
        reserved_for_id=last.user_id,
        reserved_until=timezone.now() + hold,
        rework_level=1,
    )
    move_task(task, Task.State.REWORK, triage_reason=change.reason[:200])
    record(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        verb="task.sent_back",
        actor=None,
        object_type="task",
        object_id=task.pk,
        details={"reason": change.reason},
        notify=[last.user_id],
    )
    events.publish(f"user:{last.user_id}", "work.returned", {"project": task.project_id, "task": task.pk})


def _archive(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if task.state == Task.State.ARCHIVED:
        raise WrongState("it is archived already")
    cancel_open(task)
    result_id = task.result_id
    move_task(task, Task.State.ARCHIVED)
    Task.objects.filter(pk=task.pk).update(
        result_id=result_id
    )  # comes back as done when it is taken out of the archive
    return "unarchive", None


def _unarchive(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if task.state != Task.State.ARCHIVED:
        raise WrongState("it is not archived")
    if task.result_id is not None:
        move_task(task, Task.State.DONE, result_id=task.result_id)
    else:
        apply_decision(task, open_task(parse(task.project.workflow.body)))  # type: ignore[union-attr]
    return "archive", None


def _trash(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if task.trashed_at is not None:
        raise WrongState("it is in the trash already")
    now = timezone.now()
    Task.objects.filter(pk=task.pk).update(trashed_at=now, version=F("version") + 1, updated_at=now)
    Slot.objects.filter(task_id=task.pk, state=Slot.State.OPEN).update(withheld=True)
    counts.add_many(_weight(task, -1))
    return "restore", None


def _restore(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if task.trashed_at is None:
        raise WrongState("it is not in the trash")
    Task.objects.filter(pk=task.pk).update(trashed_at=None, version=F("version") + 1, updated_at=timezone.now())
    Slot.objects.filter(task_id=task.pk, withheld=True).update(withheld=False)
    counts.add_many(_weight(task, 1))
    return "trash", None


def _weight(task: Task, sign: int) -> Iterable[CountDelta]:
    """What a task adds to the counts of its project."""
    yield CountDelta(project_id=task.project_id, measure="tasks_by_state", key=task.state, amount=sign)


_ACTIONS: dict[str, Callable[[Task, BulkChange, Batch | None], tuple[str, Any] | None]] = {
    "assign": _assign,
    "unassign": _unassign,
    "priority": _priority,
    "send_back": _send_back,
    "archive": _archive,
    "unarchive": _unarchive,
    "trash": _trash,
    "restore": _restore,
    "batch": _set_batch,
}
