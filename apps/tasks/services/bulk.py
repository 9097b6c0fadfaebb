"""One action on many tasks, with its undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from apps.projects.models import PeopleGroup
from apps.tasks.errors import WrongState
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Batch, QueueCursor, Slot, Task
from apps.tasks.queries.people import may_annotate
from apps.tasks.queries.tasks import tasks_matching
from apps.tasks.services.asking import ask_for_scores, with_several_answers
from apps.tasks.services.batches import key_in, put_into, reorder, set_groups
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import apply_decision, cancel_open, move_task
from apps.tasks.services.queue import START
from apps.tasks.services.tallies import tally_deltas
from domain.workflow import open_task, parse

INLINE = 500  # tasks; more than that may take over a second and is a job
CHUNK = 50  # tasks a transaction: what is locked at a time
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
    users: list[int] | None = None  # assign: to these in turn
    group: int | None = None


Verb = Callable[[Task, BulkChange, Batch | None], "tuple[str, Any] | None"]  # gives the action that takes it back
MoreVerbs = Callable[[ProjectAccess], dict[str, Verb]]  # actions that a later app has, done by this person


@dataclass(slots=True)
class Changed:
    """`undo`: the changes that take it back; empty where that is not possible."""

    matched: int
    changed: int = 0
    skipped: int = 0
    undo: list[BulkChange] = field(default_factory=list)
    job: Job | None = None


def change_tasks(*, user: User, project_id: int, change: BulkChange, verbs: MoreVerbs | None = None) -> Changed:
    """Apply one action to the named or matching tasks; as a job when they are many.

    Raises:
        Invalid: neither or both of ids and filter, or the action's own value is missing.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    _check(access, change)
    ids = matching_ids(access, change)
    if len(ids) <= INLINE:
        return apply_change(access=access, change=change, ids=ids, verbs=verbs)
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
    needed = {
        "assign": "user", "priority": "priority", "batch": "batch", "assign_group": "group", "unassign_group": "group"
    }.get(change.action)  # fmt: skip
    if change.action == "assign" and change.users:
        needed = "users"
    if needed and getattr(change, needed) is None:
        raise Invalid(
            f"`{change.action}` needs `{needed}`.",
            fields=[{"pointer": f"/{needed}", "code": "missing", "detail": "is missing"}],
        )
    if change.action in ("send_back", "ask_again") and not change.reason.strip():
        raise Invalid(
            "Say why: the annotators read it.", fields=[{"pointer": "/reason", "code": "missing", "detail": "is empty"}]
        )
    if change.group is not None and not PeopleGroup.objects.filter(project=access.project, pk=change.group).exists():
        raise Invalid(
            "The project has no such group.",
            fields=[{"pointer": "/group", "code": "invalid", "detail": "is not there"}],
        )
    if change.action == "assign":
        for user_id in change.users or [change.user or 0]:
            if not may_annotate(access.project, user_id):
                pointer = "/users" if change.users else "/user"
                raise Invalid(
                    "That person may not annotate in this project.",
                    fields=[{"pointer": pointer, "code": "invalid", "detail": "may not annotate here"}],
                )


def apply_change(
    *,
    access: ProjectAccess,
    change: BulkChange,
    ids: list[int],
    report: Callable[[int], None] | None = None,
    verbs: MoreVerbs | None = None,
) -> Changed:
    """Apply it in chunks, each in one transaction; a task that it does not fit is left as it is and counted as skipped."""
    done = Changed(matched=len(ids))
    undo: dict[tuple[str, Any], list[int]] = {}
    verb = (_ACTIONS | (verbs(access) if verbs else {}))[change.action]
    batch = _batch(access, change) if change.action == "batch" else None
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with transaction.atomic():
            fits = [(task_id, _apply_to(task_id, verb, change, batch)) for task_id in chunk]
        for task_id, (changed, back) in fits:
            done.changed += changed
            done.skipped += not changed
            if back is not None:
                undo.setdefault(back, []).append(task_id)
        if report is not None:
            report(start + len(chunk))
    _finish(access, change, done, batch)
    if done.changed and sum(map(len, undo.values())) == done.changed <= UNDO_KEPT:
        done.undo = [_undo(action, value, named) for (action, value), named in undo.items()]
    return done


def _apply_to(task_id: int, verb: Verb, change: BulkChange, batch: Batch | None) -> tuple[bool, tuple[str, Any] | None]:
    """(whether it fitted, what takes it back)."""
    lock_slots(task_id)
    task = Task.objects.select_related("project", "project__workflow", "batch").get(pk=task_id)
    try:
        with transaction.atomic():
            return True, verb(task, change, batch)
    except WrongState:
        return False, None


def _undo(action: str, value: Any, ids: list[int]) -> BulkChange:
    member = {"assign_group": "group", "unassign_group": "group", "assign": "user"}.get(action, action)
    extra: dict[str, Any] = {member: value} if value is not None else {}
    return BulkChange(action=action, ids=ids, **extra)


def _finish(access: ProjectAccess, change: BulkChange, done: Changed, batch: Batch | None) -> None:
    if not done.changed:
        return
    if batch is not None and batch.order == Batch.Order.FAIR:
        reorder(batch)
    if change.action in ("priority", "batch", "assign_group", "unassign_group"):
        QueueCursor.objects.filter(project_id=access.project.pk).update(order_key=START, slot_id=0, empty_until=None)
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
    user_id = change.users[task.number % len(change.users)] if change.users else change.user or 0
    if Assignment.objects.filter(task_id=task.pk, stage="annotate", user_id=user_id).exclude(state="released").exists():
        raise WrongState("they have answered it, skipped it, or are at work on it")
    rows = Slot.objects.filter(task_id=task.pk, stage="annotate", state=Slot.State.OPEN, rework_level=0)
    slot = rows.filter(reserved_for_id=user_id).first() or rows.order_by("ordinal", "pk").first()
    if slot is None:
        raise WrongState("nothing to annotate is open")
    before = slot.reserved_for_id
    Slot.objects.filter(pk=slot.pk).update(reserved_for_id=user_id, reserved_until=None)
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
    key = key_in(task.batch, priority=after, number=task.number, pace=0.0)
    Task.objects.filter(pk=task.pk).update(
        priority=after, order_key=key, version=F("version") + 1, updated_at=timezone.now()
    )
    Slot.objects.filter(task_id=task.pk).update(order_key=key)
    return "priority", before


def _set_batch(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    before = task.batch.name if task.batch else ""
    put_into(task, batch)
    return "batch", before


def _assign_group(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    """Only people of the group may annotate it from now on."""
    assert change.group is not None
    if change.group in task.groups:
        raise WrongState("it is for this group already")
    if task.state in (Task.State.DONE, Task.State.ARCHIVED):
        raise WrongState("it is finished")
    set_groups([task.pk], sorted([*task.groups, change.group]))
    return "unassign_group", change.group


def _unassign_group(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if change.group not in task.groups:
        raise WrongState("it is not for this group")
    set_groups([task.pk], [pk for pk in task.groups if pk != change.group])
    return "assign_group", change.group


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
    ask_for_scores(with_several_answers([task.pk]))
    return "restore", None


def _restore(task: Task, change: BulkChange, batch: Batch | None) -> tuple[str, Any]:
    if task.trashed_at is None:
        raise WrongState("it is not in the trash")
    Task.objects.filter(pk=task.pk).update(trashed_at=None, version=F("version") + 1, updated_at=timezone.now())
    Slot.objects.filter(task_id=task.pk, withheld=True).update(withheld=False)
    counts.add_many(_weight(task, 1))
    ask_for_scores(with_several_answers([task.pk]))
    return "trash", None


def _weight(task: Task, sign: int) -> Iterable[CountDelta]:
    """What a task adds to the counts of its project."""
    yield from tally_deltas(task.project_id, {(task.state, task.batch_id): sign})
    if task.state == Task.State.DONE and task.finished_at is not None:
        day = task.finished_at.date()
        yield CountDelta(project_id=task.project_id, measure="done", day=day, amount=sign)


_ACTIONS: dict[str, Verb] = {
    "assign": _assign,
    "unassign": _unassign,
    "assign_group": _assign_group,
    "unassign_group": _unassign_group,
    "priority": _priority,
    "archive": _archive,
    "unarchive": _unarchive,
    "trash": _trash,
    "restore": _restore,
    "batch": _set_batch,
}
