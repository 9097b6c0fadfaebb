"""Taking the next piece of work. It costs the same with ten tasks and a million."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assets.models import Asset
from apps.core.prepared import Statement
from apps.core.rows import columns, instance
from apps.projects.access import ProjectAccess, project_for
from apps.projects.settings import settings_of
from apps.tasks.errors import LeaseLost, WrongState
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.assignments import stage_action
from apps.tasks.services.apart import keep_apart
from apps.tasks.services.gates import narrowed, pass_gates
from apps.tasks.services.moves import move_task
from apps.tasks.services.queue import STAGES, TO_CLAIM, Only, chosen, find, find_among, lock_membership, still_free
from domain.workflow import TaskState, after_claim

_UPSERT = """
    INSERT INTO tasks_assignment (project_id, task_id, stage, user_id, slot_id, state, token, expires_at, claimed_at,
                                  edited, active_ms, reason, created_at, updated_at)
    VALUES (%(project)s, %(task)s, %(stage)s, %(user)s, %(slot)s, 'held', 1, %(expires)s, %(now)s, false, 0, '', %(now)s, %(now)s)
    ON CONFLICT (task_id, stage, user_id) DO UPDATE
       SET state = 'held', token = tasks_assignment.token + 1, slot_id = EXCLUDED.slot_id, expires_at = EXCLUDED.expires_at,
           edited = tasks_assignment.edited AND tasks_assignment.state <> 'submitted',
           active_ms = CASE WHEN tasks_assignment.state = 'submitted' THEN 0 ELSE tasks_assignment.active_ms END,
           claimed_at = CASE WHEN tasks_assignment.edited AND tasks_assignment.state <> 'submitted'
                             THEN tasks_assignment.claimed_at ELSE EXCLUDED.claimed_at END,
           stale_until = NULL, reason = '', updated_at = EXCLUDED.updated_at
    RETURNING {columns}"""
_HOLD = """
    UPDATE tasks_slot s SET state = 'held', promised_to_id = NULL, promised_until = NULL FROM tasks_task t JOIN assets_asset a ON a.id = t.asset_id
    WHERE s.id = %s AND t.id = s.task_id RETURNING {slot}, {task}, {asset}"""


@lru_cache(maxsize=1)
def _upsert() -> Statement:
    return Statement(_UPSERT.format(columns=columns(Assignment, "tasks_assignment")))


@lru_cache(maxsize=1)
def _hold_slot() -> Statement:
    return Statement(_HOLD.format(slot=columns(Slot, "s"), task=columns(Task, "t"), asset=columns(Asset, "a")))


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot in a person's hands."""

    assignment: Assignment
    slot: Slot
    task: Task
    access: ProjectAccess


def claim(
    *,
    user: User,
    project_id: int,
    stage: str,
    slot_id: int | None = None,
    only: Only | None = None,
    promised: int | None = None,
) -> Taken | None:
    """Hand the person the next piece of work, or None when nothing is left for them.

    A reviewer may ask for one slot of the queue. `only` narrows the queue to some tasks; its rules hold as ever: nothing
    that is reserved for others, nothing twice to one person, no review of one's own work, in the queue's order.
    `promised` is a slot that was promised to them (`promise`): it comes first if it is still free, else the next one.

    Raises:
        LeaseLost: the slot that was asked for is not open to this person any more.
        WrongState: a slot was asked for at another stage than review.
        NotFound, NotAllowed: the project, or work at this stage, is not for this person.
        ProjectClosed: the project is not active.
    """
    access = open_project(user, project_id, stage)
    if stage not in STAGES:
        return None
    with transaction.atomic(savepoint=False):
        lock_membership(access)
        if slot_id is not None:
            found: int | None = _picked(access, Stage(stage), slot_id)
        elif (fixed := narrowed(access, Stage(stage))) is not None:
            found = find_among(access, Stage(stage), fixed, TO_CLAIM)
        elif promised is not None and still_free(access, Stage(stage), promised):
            found = promised
        elif only is not None:
            found = find_among(access, Stage(stage), only, TO_CLAIM)
        else:
            found = find(access, Stage(stage), TO_CLAIM)
        return None if found is None else take(access=access, slot_id=found)


def open_project(user: User, project_id: int, stage: str) -> ProjectAccess:
    """The project, if it hands out work at this stage to the person.

    Raises:
        NotFound, NotAllowed: the project, or work at this stage, is not for this person.
        ProjectClosed: the project is not active. Other gates have their own errors.
    """
    access = project_for(user, project_id, stage_action(stage))
    pass_gates(access, Stage(stage))
    return access


def _picked(access: ProjectAccess, stage: Stage, slot_id: int) -> int:
    if stage != Stage.REVIEW:
        raise WrongState("Only reviews can be chosen from the queue. Leave `slot` out.", stage=stage.value)
    if not chosen(access, stage, slot_id):
        raise LeaseLost("This review was taken or judged meanwhile. Look at the queue again.")
    return slot_id


def take(*, access: ProjectAccess, slot_id: int) -> Taken:
    """Hold a locked open slot for the person: their one assignment of the task and stage gets the next token."""
    now = timezone.now()
    slot = _hold(slot_id)
    slot.task.project = access.project
    values: dict[str, Any] = {
        "project": access.project.pk,
        "task": slot.task_id,
        "stage": slot.stage,
        "user": access.user.pk,
        "slot": slot.pk,
        "now": now,
        "expires": now + timedelta(seconds=settings_of(access.project).lease_seconds),
    }
    row = _upsert().row(values)
    assert row is not None
    assignment, _ = instance(Assignment, row)
    if slot.apart is not None:
        keep_apart(access, slot)
    state = after_claim(TaskState(slot.task.state), slot.stage)  # type: ignore[arg-type]
    if state != slot.task.state:
        move_task(slot.task, state)
    return Taken(assignment=assignment, slot=slot, task=slot.task, access=access)


def _hold(slot_id: int) -> Slot:
    """The slot, held from now on, with its task and asset."""
    row = _hold_slot().row([slot_id])
    assert row is not None
    slot, rest = instance(Slot, row)
    slot.task, rest = instance(Task, row, rest)
    slot.task.asset, _ = instance(Asset, row, rest)
    return slot
