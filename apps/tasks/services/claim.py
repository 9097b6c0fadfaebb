"""Taking the next piece of work. It costs the same with ten tasks and a million."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from time import perf_counter
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone

from apps.accounts.models import User
from apps.assets.models import Asset
from apps.core.prepared import Statement
from apps.core.rows import columns, instance
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import Project
from apps.projects.settings import settings_of
from apps.tasks.errors import LeaseLost, ProjectClosed, WrongState
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.assignments import stage_action
from apps.tasks.queries.tasks import tasks_matching
from apps.tasks.services.moves import OPEN_ASSIGNMENTS, move_task
from domain.workflow import TaskState, after_claim

LONG_SEARCH = 0.1  # seconds; a search of the whole queue that took longer and found nothing is not repeated at once
REST_FACTOR = 20  # such a search takes at most a twentieth of the time

# Asked once a candidate through the unique key (task, stage, person). As scalar sub-selects, because the planner turns
# NOT EXISTS into a join; and with `+ 0`, so that no index by person can be taken: to statistics that have not seen a new
# person yet it looks as good, and it reads all that the person ever did.
_MINE = """
    (SELECT a.id FROM tasks_assignment a WHERE a.task_id = s.task_id AND a.stage = '{stage}' AND a.user_id + 0 = %(user)s
     AND ({which}))"""
_AT_WORK = "a.state IN ('held', 'parked', 'stale')"
_NOT_MINE = {
    Stage.ANNOTATE: "AND" + _MINE.format(stage="annotate", which="a.state <> 'released'") + " IS NULL",
    Stage.REVIEW: (
        "AND"
        + _MINE.format(
            stage="review", which=f"{_AT_WORK} OR a.state = 'skipped' OR a.judged_revision_id = s.revision_id"
        )
        + " IS NULL AND"
        + _MINE.format(stage="annotate", which=_AT_WORK)
        + " IS NULL"
    ),
}
_OPEN = """
    FROM tasks_slot s
    WHERE s.project_id = %(project)s AND s.stage = %(stage)s AND s.state = 'open' AND NOT s.withheld
      AND (s.excluded_author_id IS NULL OR s.excluded_author_id <> %(user)s)"""
_RESERVED = """
    SELECT s.id {open} AND s.reserved_for_id = %(user)s
      AND (SELECT a.id FROM tasks_assignment a WHERE a.task_id = s.task_id AND a.stage = s.stage AND a.user_id + 0 = %(user)s
           AND a.state IN ('held', 'parked', 'stale', 'skipped')) IS NULL
    ORDER BY s.order_key, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED"""
_NEXT = """
    SELECT s.id, s.order_key {open}
      AND (s.reserved_for_id IS NULL OR s.reserved_until < %(now)s)
      AND (s.order_key, s.id) > (%(order_key)s, %(slot)s) {not_mine}
    ORDER BY s.order_key, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED"""
_ONE = """
    SELECT s.id {open} AND s.id = %(slot)s
      AND (s.reserved_for_id IS NULL OR s.reserved_for_id = %(user)s OR s.reserved_until < %(now)s) {not_mine}
    FOR NO KEY UPDATE OF s SKIP LOCKED"""
_KEPT_FOR_ME = Statement(_RESERVED.format(open=_OPEN))
_NEXT_AT = {stage: Statement(_NEXT.format(open=_OPEN, not_mine=not_mine)) for stage, not_mine in _NOT_MINE.items()}
_ONE_AT = {stage: Statement(_ONE.format(open=_OPEN, not_mine=not_mine)) for stage, not_mine in _NOT_MINE.items()}
_CURSOR = Statement(
    "SELECT order_key, slot_id, empty_until FROM tasks_queuecursor WHERE project_id = %s AND user_id = %s AND stage = %s"
)
_KEEP_CURSOR = Statement("""
    INSERT INTO tasks_queuecursor (project_id, user_id, stage, order_key, slot_id, empty_until) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (project_id, user_id, stage) DO UPDATE
       SET order_key = EXCLUDED.order_key, slot_id = EXCLUDED.slot_id, empty_until = EXCLUDED.empty_until""")
_LOCK_MEMBERSHIP = Statement("""
    SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_seqscan', 'off', true)
    FROM accounts_membership WHERE organisation_id = %s AND user_id = %s FOR NO KEY UPDATE""")
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
    UPDATE tasks_slot s SET state = 'held' FROM tasks_task t JOIN assets_asset a ON a.id = t.asset_id
    WHERE s.id = %s AND t.id = s.task_id RETURNING {slot}, {task}, {asset}"""
_START = -(2**62)


@lru_cache(maxsize=1)
def _upsert() -> Statement:
    return Statement(_UPSERT.format(columns=columns(Assignment, "tasks_assignment")))


@lru_cache(maxsize=1)
def _hold_slot() -> Statement:
    return Statement(_HOLD.format(slot=columns(Slot, "s"), task=columns(Task, "t"), asset=columns(Asset, "a")))


@dataclass(frozen=True, slots=True)
class Only:
    """The tasks that a claim is narrowed to: those of the filter, and of these the named ones."""

    filter: TaskFilter | None = None
    ids: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot in a person's hands."""

    assignment: Assignment
    slot: Slot
    task: Task
    access: ProjectAccess


def claim(
    *, user: User, project_id: int, stage: str, slot_id: int | None = None, only: Only | None = None
) -> Taken | None:
    """Hand the person the next piece of work, or None when nothing is left for them.

    A reviewer may ask for one slot of the queue. `only` narrows the queue to some tasks; its rules hold as ever: nothing
    that is reserved for others, nothing twice to one person, no review of one's own work, in the queue's order.

    Raises:
        LeaseLost: the slot that was asked for is not open to this person any more.
        WrongState: a slot was asked for at another stage than review.
        NotFound, NotAllowed: the project, or work at this stage, is not for this person.
        ProjectClosed: the project is not active.
    """
    access = project_for(user, project_id, stage_action(stage))
    if access.project.state != Project.State.ACTIVE:
        raise ProjectClosed(
            f"The project is {access.project.state}: no work is handed out.", state=access.project.state
        )
    if stage not in _NOT_MINE:
        return None  # no workflow of this version makes such slots
    with transaction.atomic(savepoint=False):
        _lock_membership(access.project.organisation_id, user.pk)
        if slot_id is not None:
            slot_id = _chosen(access.project, user, Stage(stage), slot_id)
        elif only is not None:
            slot_id = _find_among(access, Stage(stage), only)
        else:
            slot_id = _find(access.project, user, Stage(stage))
        return None if slot_id is None else take(access=access, slot_id=slot_id)


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


def _lock_membership(organisation_id: int, user_id: int) -> None:
    """Two tabs of one person take turns.

    In the same round trip the planner is told, for this transaction, to walk the queue's index in its order: on a table
    that was never analysed it would rather sort all open slots than read the first.
    """
    _LOCK_MEMBERSHIP.do([organisation_id, user_id])


def _chosen(project: Project, user: User, stage: Stage, slot_id: int) -> int:
    if stage != Stage.REVIEW:
        raise WrongState("Only reviews can be chosen from the queue. Leave `slot` out.", stage=stage.value)
    values: dict[str, Any] = {
        "project": project.pk,
        "user": user.pk,
        "stage": stage.value,
        "now": timezone.now(),
        "slot": slot_id,
    }
    if _ONE_AT[stage].row(values) is None:
        raise LeaseLost("This review was taken or judged meanwhile. Look at the queue again.")
    return slot_id


def _find_among(access: ProjectAccess, stage: Stage, only: Only) -> int | None:
    """As `_find` among some tasks, without a cursor: it costs what the filter costs."""
    user, now = access.user, timezone.now()
    tasks = tasks_matching(access, only.filter or TaskFilter())
    if only.ids is not None:
        tasks = tasks.filter(pk__in=only.ids)
    mine = Assignment.objects.filter(task_id=OuterRef("task_id"), user_id=user.pk)
    here, at_work = mine.filter(stage=stage), Q(state__in=OPEN_ASSIGNMENTS)
    if stage == Stage.REVIEW:
        judged = here.filter(
            at_work | Q(state=Assignment.State.SKIPPED) | Q(judged_revision_id=OuterRef("revision_id"))
        )
        free = Q(~Exists(judged), ~Exists(mine.filter(at_work, stage=Stage.ANNOTATE)))
    else:
        free = Q(~Exists(here.exclude(state=Assignment.State.RELEASED)))
    kept = Q(reserved_for_id=user.pk) & ~Exists(here.filter(at_work | Q(state=Assignment.State.SKIPPED)))
    rows = (
        Slot.objects.filter(project_id=access.project.pk, stage=stage, state=Slot.State.OPEN, withheld=False)
        .filter(Q(excluded_author_id=None) | ~Q(excluded_author_id=user.pk), task__in=tasks.order_by().values("pk"))
        .filter(kept | ((Q(reserved_for_id=None) | Q(reserved_until__lt=now)) & free))
        .order_by(Case(When(reserved_for_id=user.pk, then=0), default=1), "order_key", "pk")
    )
    slot = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).only("pk").first()
    return slot.pk if slot is not None else None


def _find(project: Project, user: User, stage: Stage) -> int | None:
    """The id of a locked open slot: one reserved for the person, else the first past their cursor, once around."""
    now = timezone.now()
    values: dict[str, Any] = {"project": project.pk, "user": user.pk, "stage": stage.value, "now": now}
    if row := _KEPT_FOR_ME.row(values):
        return int(row[0])
    order_key, slot, empty_until = _CURSOR.row([project.pk, user.pk, stage.value]) or (_START, 0, None)
    if empty_until is not None and empty_until > now:
        return None
    row, rest = _NEXT_AT[stage].row(values | {"order_key": order_key, "slot": slot}), None
    if row is None and order_key > _START:
        begun = perf_counter()
        row = _NEXT_AT[stage].row(values | {"order_key": _START, "slot": 0})
        took = perf_counter() - begun
        rest = now + timedelta(seconds=took * REST_FACTOR) if row is None and took > LONG_SEARCH else None
    if row is None and rest is None:
        return None
    place = [row[1], row[0]] if row else [order_key, slot]
    _KEEP_CURSOR.do([project.pk, user.pk, stage.value, *place, rest])
    return int(row[0]) if row else None
