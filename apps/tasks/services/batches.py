"""Making batches, changing how they are worked on, and putting tasks into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg2.extras import execute_values

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.services import record
from apps.core.errors import Conflict, Invalid
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import PeopleGroup
from apps.projects.queries import workflow_of
from apps.tasks.models import Batch, QueueCursor, Slot, Task
from apps.tasks.queries.batches import batch_for
from apps.tasks.services.queue import START
from apps.tasks.services.tallies import batch_deltas
from domain.sampling import order_key

MOST_BATCHES = 1_000  # a project
ROWS_AT_ONCE = 5_000
ORDERED = ("priority", "due_on", "order")  # a change of these moves its tasks in the queue

_REORDER = """
UPDATE tasks_task t SET order_key = v.key FROM (VALUES %s) v (id, key) WHERE t.id = v.id AND t.order_key <> v.key
"""
_REORDER_SLOTS = """
UPDATE tasks_slot s SET order_key = v.key FROM (VALUES %s) v (id, key) WHERE s.task_id = v.id AND s.order_key <> v.key
"""


def make_batch(*, user: User, project_id: int, values: dict[str, Any]) -> Batch:
    """A new, empty batch.

    Raises:
        Conflict: there is one of this name, or there are too many.
        Invalid: no name, or a skill that the project does not have.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    if Batch.objects.filter(project=access.project).count() >= MOST_BATCHES:
        raise Conflict(f"The project has {MOST_BATCHES} batches. Delete one first.")
    batch = Batch(project=access.project)
    _set(access, batch, values)
    batch.save()
    _tell(access, "batch.made", batch)
    return batch


@transaction.atomic
def change_batch(*, user: User, batch_id: int, values: dict[str, Any]) -> Batch:
    """Set what `values` holds; its tasks move in the queue at once. Raises as `make_batch`."""
    batch, access = batch_for(user, batch_id, Action.TASKS_MANAGE)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    before = {name: getattr(batch, name) for name in (*ORDERED, "skill_id")}
    _set(access, batch, values)
    batch.save()
    if before["skill_id"] != batch.skill_id:
        _change_skill(batch, before["skill_id"])
    if any(before[name] != getattr(batch, name) for name in ORDERED):
        reorder(batch)
    _tell(access, "batch.changed", batch)
    return batch


@transaction.atomic
def delete_batch(*, user: User, batch_id: int) -> None:
    """Take the batch away; its tasks stay, in no batch, where they would stand without it."""
    batch, access = batch_for(user, batch_id, Action.TASKS_MANAGE)
    if batch.skill_id:
        _change_skill(Batch(pk=batch.pk, skill=None), batch.skill_id)
    rows = Task.objects.filter(batch=batch).order_by("number")
    for some in _pieces(rows.values_list("pk", "number", "priority")):
        _write_keys([(pk, order_key(priority=priority, number=number)) for pk, number, priority in some])
    states = Counter(rows.filter(trashed_at=None).order_by().values_list("state", flat=True))
    counts.add_many(batch_deltas(batch.project_id, {(state, batch.pk): -n for state, n in states.items()}))
    rows.update(batch=None)
    batch.delete()
    _tell(access, "batch.deleted", batch)


def _set(access: ProjectAccess, batch: Batch, values: dict[str, Any]) -> None:
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"]:
            raise Invalid(
                "A batch needs a name.", fields=[{"pointer": "/name", "code": "missing", "detail": "is empty"}]
            )
        if Batch.objects.filter(project=access.project, name=values["name"]).exclude(pk=batch.pk).exists():
            raise Conflict(f"There is a batch named {values['name']!r} already. Choose another name.")
    skill = values.pop("skill", batch.skill_id)
    if skill is not None and not PeopleGroup.objects.filter(project=access.project, pk=skill).exists():
        fault = {"pointer": "/skill", "code": "invalid", "detail": "is no group or skill of this project"}
        raise Invalid("The project has no such group or skill.", fields=[fault])
    batch.skill_id = skill
    for name, value in values.items():
        setattr(batch, name, value)


def _tell(access: ProjectAccess, verb: str, batch: Batch) -> None:
    record(
        organisation_id=access.project.organisation_id, project_id=access.project.pk, verb=verb, actor=access.user,
        object_type="batch", object_id=batch.pk, details={"name": batch.name},
    )  # fmt: skip
    events.publish(f"project:{access.project.pk}", "counts.changed", {"project": access.project.pk})


def _pieces(rows: Iterable[Any]) -> Iterable[list[Any]]:
    kept: list[Any] = []
    for row in rows:
        kept.append(row)
        if len(kept) == ROWS_AT_ONCE:
            yield kept
            kept = []
    if kept:
        yield kept


def key_in(batch: Batch | None, *, priority: int, number: int, pace: float | None = None) -> int:
    """A task's place in the queue."""
    if batch is None:
        return order_key(priority=priority, number=number)
    return order_key(
        priority=priority + batch.priority,
        number=number,
        due=batch.due_on,
        seed=f"batch {batch.pk}" if batch.order == Batch.Order.SHUFFLED else None,
        pace=pace if batch.order == Batch.Order.FAIR else None,
    )


def reorder(batch: Batch) -> None:
    """Give all tasks of a batch, and their slots, their places in the queue."""
    rows = Task.objects.filter(batch=batch).order_by("number").values_list("pk", "number", "priority")
    total, place = rows.count(), 0
    for some in _pieces(rows.iterator(ROWS_AT_ONCE)):
        keys = []
        for pk, number, priority in some:
            keys.append((pk, key_in(batch, priority=priority, number=number, pace=place / total)))
            place += 1
        _write_keys(keys)
    QueueCursor.objects.filter(project_id=batch.project_id).update(order_key=START, slot_id=0, empty_until=None)


def place_in_queue(*, project_id: int, keys: Sequence[tuple[int, int]]) -> None:
    """Give tasks, and their slots, these keys (task, key); everybody's next claim looks from the front."""
    if keys:
        _write_keys(keys)
    QueueCursor.objects.filter(project_id=project_id).update(order_key=START, slot_id=0, empty_until=None)


def _write_keys(keys: Sequence[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        for statement in (_REORDER_SLOTS, _REORDER):
            execute_values(cursor.cursor, statement, keys, page_size=ROWS_AT_ONCE)


def _change_skill(batch: Batch, before: int | None) -> None:
    """Its tasks and what is open of them are for people with another skill from now on."""
    for task_id, groups in Task.objects.filter(batch_id=batch.pk).values_list("pk", "groups"):
        after = sorted(({*groups} - {before}) | ({batch.skill_id} if batch.skill_id else set()))  # type: ignore[arg-type]
        set_groups([task_id], after)


def set_groups(task_ids: Sequence[int], groups: list[int]) -> None:
    """Who may annotate these tasks: people of all these groups. Rework stays with its author."""
    Task.objects.filter(pk__in=task_ids).update(groups=groups, version=F("version") + 1, updated_at=timezone.now())
    Slot.objects.filter(task_id__in=task_ids, stage="annotate", rework_level=0).exclude(
        state__in=[Slot.State.DONE, Slot.State.CANCELLED]
    ).update(groups=groups)


def put_into(task: Task, batch: Batch | None) -> None:
    """Put a task whose slots are locked into a batch, or into none: its place in the queue and who may do it follow."""
    before = task.batch.skill_id if task.batch else None
    groups = sorted(({*task.groups} - {before}) | ({batch.skill_id} if batch and batch.skill_id else set()))  # type: ignore[arg-type]
    key = key_in(batch, priority=task.priority, number=task.number, pace=0.0)
    Task.objects.filter(pk=task.pk).update(
        batch=batch, order_key=key, version=F("version") + 1, updated_at=timezone.now()
    )
    Slot.objects.filter(task_id=task.pk).update(order_key=key)
    to = batch.pk if batch else None
    if task.trashed_at is None and to != task.batch_id:
        counts.add_many(batch_deltas(task.project_id, {(task.state, task.batch_id): -1, (task.state, to): 1}))
    if groups != task.groups:
        set_groups([task.pk], groups)


@transaction.atomic
def delete_group(*, access: ProjectAccess, group: PeopleGroup) -> None:
    """Take a group or skill away. What was for its people only is for everybody then.

    Raises:
        Conflict: the workflow names it.
    """
    from_workflow = {pk for review in workflow_of(access.project).reviews for pk in review.groups}
    if group.pk in from_workflow:
        raise Conflict("A review level of the workflow is for this group. Change the workflow first.")
    with connection.cursor() as cursor:
        for table in ("tasks_slot", "tasks_task"):
            cursor.execute(
                f"UPDATE {table} SET groups = array_remove(groups, %s) WHERE project_id = %s AND groups @> ARRAY[%s]::bigint[]",  # noqa: S608
                [group.pk, access.project.pk, group.pk],
            )
    name, pk = group.name, group.pk
    group.delete()
    record(
        organisation_id=access.project.organisation_id, project_id=access.project.pk, verb="group.deleted",
        actor=access.user, object_type="people_group", object_id=pk, details={"name": name},
    )  # fmt: skip
