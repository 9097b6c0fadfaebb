"""Looking for the next open slot of a person: the rules of the queue, shared by claims and promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from apps.accounts.models import Role
from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Slot, Stage
from apps.tasks.queries.people import barred_levels
from apps.tasks.queries.tasks import tasks_matching
from apps.tasks.services.apart import NOT_LATELY, had_lately
from apps.tasks.services.moves import OPEN_ASSIGNMENTS

LONG_SEARCH = 0.1  # seconds; a search of the whole queue that took longer and found nothing is not repeated at once
REST_FACTOR = 20  # such a search takes at most a twentieth of the time

# Asked once a candidate through the unique key (task, stage, person). As scalar sub-selects, because the planner turns
# NOT EXISTS into a join; and with `+ 0`, so that no index by person can be taken: to statistics that have not seen a new
# person yet it looks as good, and it reads all that the person ever did.
_MINE = """
    (SELECT a.id FROM tasks_assignment a WHERE a.task_id = s.task_id AND a.stage = '{stage}' AND a.user_id + 0 = %(user)s
     AND ({which}))"""
# It is a fix, of a fix or of a top-up perhaps, of what they made themselves: looked up only where they had the task.
_OWN_AT_ROOT = """a.state = 'submitted' AND (
    WITH RECURSIVE made(kind, author_id, based_on_id) AS (
        SELECT r.kind, r.author_id, n.based_on_id FROM annotations_revision r
        JOIN annotations_annotation n ON n.id = r.annotation_id WHERE r.id = s.revision_id
        UNION ALL
        SELECT r.kind, r.author_id, n.based_on_id FROM made m JOIN annotations_revision r ON r.id = m.based_on_id
        JOIN annotations_annotation n ON n.id = r.annotation_id WHERE m.kind = 'fix')
    SELECT bool_or(m.author_id = %(user)s) FROM made m)"""
_AT_WORK = "a.state IN ('held', 'parked', 'stale')"
_LEVEL = "AND s.level <> ALL(%(barred)s::int[])"  # levels of review that are for others
_NOT_MINE = {
    Stage.ANNOTATE: "AND" + _MINE.format(stage="annotate", which="a.state <> 'released'") + " IS NULL",
    Stage.REVIEW: (
        _LEVEL
        + " AND"
        + _MINE.format(
            stage="review", which=f"{_AT_WORK} OR a.state = 'skipped' OR a.judged_revision_id = s.revision_id"
        )
        + " IS NULL AND"
        + _MINE.format(stage="annotate", which=f"{_AT_WORK} OR {_OWN_AT_ROOT}")
        + " IS NULL"
    ),
    Stage.ADJUDICATE: "AND"
    + _MINE.format(stage="adjudicate", which=f"{_AT_WORK} OR a.state = 'skipped'")
    + " IS NULL AND"
    + _MINE.format(
        stage="annotate", which="a.state <> 'released'"
    )  # nobody settles between their own and others' answers
    + " IS NULL",
    # who made or judged the work, or would, does not audit it; a viewer audits what is reserved for them, and nothing else
    Stage.AUDIT: """AND %(role)s <> 'viewer' AND
    (SELECT min(a.id) FROM tasks_assignment a WHERE a.task_id = s.task_id AND a.user_id + 0 = %(user)s
     AND (a.state IN ('held', 'parked', 'stale') OR a.stage <> 'audit' AND a.state = 'submitted'
          OR a.stage = 'audit' AND (a.state = 'skipped' OR a.judged_revision_id = s.revision_id))) IS NULL""",
}
STAGES = tuple(_NOT_MINE)  # nothing makes slots of other stages
_OPEN = (
    """
    FROM tasks_slot s
    WHERE s.project_id = %(project)s AND s.stage = %(stage)s AND s.state = 'open' AND NOT s.withheld
      AND (s.excluded_author_id IS NULL OR s.excluded_author_id <> %(user)s)"""
    + NOT_LATELY
)
_NOT_PROMISED = "AND (s.promised_until IS NULL OR s.promised_until < %(now)s OR s.promised_to_id = %(user)s)"
# A promise goes to nobody twice: not to another tab of the person, and not for another answer to the same task.
_PROMISABLE = """AND (s.promised_until IS NULL OR s.promised_until < %(now)s)
      AND (SELECT min(o.id) FROM tasks_slot o WHERE o.task_id = s.task_id AND o.stage = s.stage
           AND o.promised_to_id = %(user)s AND o.promised_until > %(now)s AND o.id <> s.id) IS NULL"""
_RESERVED = """
    SELECT s.id {open} AND s.reserved_for_id = %(user)s {free}
      AND (SELECT a.id FROM tasks_assignment a WHERE a.task_id = s.task_id AND a.stage = s.stage AND a.user_id + 0 = %(user)s
           AND (a.state IN ('held', 'parked', 'stale', 'skipped')
                OR (a.state = 'submitted' AND s.stage = 'annotate' AND s.rework_level = 0))) IS NULL
      {level}
    ORDER BY s.order_key, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED"""
_NEXT = """
    SELECT s.id, s.order_key {open} {free}
      AND (s.reserved_for_id IS NULL OR s.reserved_until < %(now)s)
      AND s.groups <@ %(groups)s::bigint[]
      AND (s.order_key, s.id) > (%(order_key)s, %(slot)s) {not_mine}
    ORDER BY s.order_key, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED"""
# What fits on a page of alike pictures: begun by nobody, and nothing that was sent back. A test of people looks like its gold.
_FRESH = """
    SELECT s.id, s.order_key, s.task_id,
      (SELECT COALESCE(a.likeness, (SELECT max(b.likeness) FROM assets_asset b WHERE b.project_id = a.project_id AND b.sha256 = a.sha256))
       FROM tasks_task t JOIN assets_asset a ON a.id = t.asset_id WHERE t.id = s.task_id) {open} {free}
      AND s.reserved_for_id IS NULL AND s.rework_level = 0 AND s.draft_id IS NULL
      AND s.groups <@ %(groups)s::bigint[]
      AND (s.order_key, s.id) > (%(order_key)s, %(slot)s) {not_mine}
    ORDER BY s.order_key, s.id LIMIT %(most)s"""
_ONE = """
    SELECT s.id {open} {free} AND s.id = %(slot)s
      AND (s.reserved_for_id IS NULL OR s.reserved_for_id = %(user)s OR s.reserved_until < %(now)s)
      AND (s.reserved_for_id = %(user)s OR s.groups <@ %(groups)s::bigint[]) {not_mine}
    FOR NO KEY UPDATE OF s SKIP LOCKED"""


@dataclass(frozen=True, slots=True)
class Looking:
    """The statements of one purpose."""

    kept: dict[Stage, Statement]
    next_at: dict[Stage, Statement]


def _looking(free: str) -> Looking:
    return Looking(
        kept={
            stage: Statement(_RESERVED.format(open=_OPEN, free=free, level=_LEVEL if stage == Stage.REVIEW else ""))
            for stage in _NOT_MINE
        },
        next_at={
            stage: Statement(_NEXT.format(open=_OPEN, free=free, not_mine=own)) for stage, own in _NOT_MINE.items()
        },
    )


def _ones(free: str) -> dict[Stage, Statement]:
    return {stage: Statement(_ONE.format(open=_OPEN, free=free, not_mine=own)) for stage, own in _NOT_MINE.items()}


TO_CLAIM = _looking(_NOT_PROMISED)
TO_PROMISE = _looking(_PROMISABLE)
_CHOSEN_AT, _PROMISED_AT = _ones(""), _ones(_NOT_PROMISED)
_FRESH_AT = Statement(_FRESH.format(open=_OPEN, free=_NOT_PROMISED, not_mine=_NOT_MINE[Stage.ANNOTATE]))
_CURSOR = Statement(
    "SELECT order_key, slot_id, empty_until FROM tasks_queuecursor WHERE project_id = %s AND user_id = %s AND stage = %s"
)
_KEEP_CURSOR = Statement("""
    INSERT INTO tasks_queuecursor AS c (project_id, user_id, stage, order_key, slot_id, empty_until, taken)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (project_id, user_id, stage) DO UPDATE
       SET order_key = EXCLUDED.order_key, slot_id = EXCLUDED.slot_id, empty_until = EXCLUDED.empty_until,
           taken = c.taken + EXCLUDED.taken""")
_LOCK_MEMBERSHIP = Statement("""
    SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_seqscan', 'off', true)
    FROM accounts_membership WHERE organisation_id = %s AND user_id = %s FOR NO KEY UPDATE""")
START = -(2**62)


@dataclass(frozen=True, slots=True)
class Only:
    """The tasks that a claim is narrowed to: those of the filter, and of these the named ones."""

    filter: TaskFilter | None = None
    ids: list[int] | None = None


def lock_membership(access: ProjectAccess) -> None:
    """Two tabs of one person take turns.

    In the same round trip the planner is told, for this transaction, to walk the queue's index in its order: on a table
    that was never analysed it would rather sort all open slots than read the first.
    """
    _LOCK_MEMBERSHIP.do([access.project.organisation_id, access.user.pk])


def _values(access: ProjectAccess, stage: Stage, **more: Any) -> dict[str, Any]:
    named = {
        "project": access.project.pk,
        "user": access.user.pk,
        "stage": stage.value,
        "now": timezone.now(),
        "role": access.role,
        "last": False,
        "groups": access.terms.groups,
        "barred": barred_levels(access) if stage == Stage.REVIEW else [],
    }
    return named | more


def chosen(access: ProjectAccess, stage: Stage, slot_id: int) -> bool:
    """Lock one slot that the person picked; whom it is promised to does not matter. False when it is not open to them."""
    return _CHOSEN_AT[stage].row(_values(access, stage, slot=slot_id, last=True)) is not None


def still_free(access: ProjectAccess, stage: Stage, slot_id: int) -> bool:
    """Lock one slot that was promised to the person. False when it is not open to them any more."""
    return _PROMISED_AT[stage].row(_values(access, stage, slot=slot_id, last=True)) is not None


def find(access: ProjectAccess, stage: Stage, looking: Looking) -> int | None:
    """The id of a locked open slot: one reserved for the person, else the first past their cursor, once around.

    Only a claim moves the cursor.
    """
    values = _values(access, stage)
    now, key = values["now"], [access.project.pk, access.user.pk, stage.value]
    if row := looking.kept[stage].row(values):
        return int(row[0])
    order_key, slot, empty_until = _CURSOR.row(key) or (START, 0, None)
    if empty_until is not None and empty_until > now:
        return None
    row, rest = looking.next_at[stage].row(values | {"order_key": order_key, "slot": slot}), None
    if row is None and order_key > START:
        begun = perf_counter()
        row = looking.next_at[stage].row(values | {"order_key": START, "slot": 0})
        took = perf_counter() - begun
        rest = now + timedelta(seconds=took * REST_FACTOR) if row is None and took > LONG_SEARCH else None
    if row is None:  # nothing else is left
        row = looking.next_at[stage].row(values | {"order_key": START, "slot": 0, "last": True})
    if looking is TO_CLAIM and (row is not None or rest is not None):
        place = [row[1], row[0]] if row else [order_key, slot]
        _KEEP_CURSOR.do([*key, *place, rest, 1])
    return int(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An open slot that this person may take. `looks`: of its picture, 64 bits unsigned; None: not known."""

    slot: int
    order_key: int
    task: int
    looks: int | None


def upcoming(access: ProjectAccess, *, most: int, only: Only | None = None) -> list[Upcoming]:
    """The next slots of annotation that fit on a page, past the person's cursor, once around, or those of some tasks; none is
    locked."""
    if only is not None:
        fresh = _among(access, Stage.ANNOTATE, only, TO_CLAIM).filter(reserved_for=None, rework_level=0, draft=None)
        rows = list(fresh.values_list("pk", "order_key", "task_id", "task__asset__likeness")[:most])
    else:
        rows = _past_the_cursor(access, most)
    return [Upcoming(*row[:3], None if row[3] is None else row[3] % 2**64) for row in rows]


def _past_the_cursor(access: ProjectAccess, most: int) -> list[tuple[Any, ...]]:
    values = _values(access, Stage.ANNOTATE) | {"most": most}
    order_key, slot, _ = _CURSOR.row([access.project.pk, access.user.pk, Stage.ANNOTATE.value]) or (START, 0, None)
    rows = _FRESH_AT.rows(values | {"order_key": order_key, "slot": slot})
    if not rows and order_key > START:
        rows = _FRESH_AT.rows(values | {"order_key": START, "slot": 0})
    return rows


def free_now(access: ProjectAccess, one: Upcoming) -> bool:
    """Lock one of the upcoming slots. False when it is not open to the person any more: tasks apart are looked at again."""
    return _PROMISED_AT[Stage.ANNOTATE].row(_values(access, Stage.ANNOTATE, slot=one.slot)) is not None


def begin_after(access: ProjectAccess, one: Upcoming, *, taken: int) -> None:
    """The person's next claim begins past this slot; so many pieces were handed out."""
    key = [access.project.pk, access.user.pk, Stage.ANNOTATE.value]
    _KEEP_CURSOR.do([*key, one.order_key, one.slot, None, taken])


def find_among(access: ProjectAccess, stage: Stage, only: Only, looking: Looking) -> int | None:
    """As `find` among some tasks, without a cursor: it costs what the filter costs."""
    rows = _among(access, stage, only, looking)
    slot = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).only("pk").first()
    return slot.pk if slot is not None else None


def _among(access: ProjectAccess, stage: Stage, only: Only, looking: Looking) -> QuerySet[Slot]:
    """Open slots of these tasks that the person may take, in the queue's order."""
    user, now = access.user, timezone.now()
    tasks = tasks_matching(access, only.filter or TaskFilter(), to_claim=True)
    if only.ids is not None:
        tasks = tasks.filter(pk__in=only.ids)
    mine = Assignment.objects.filter(task_id=OuterRef("task_id"), user_id=user.pk)
    here, at_work = mine.filter(stage=stage), Q(state__in=OPEN_ASSIGNMENTS)
    if stage == Stage.REVIEW:
        judged = here.filter(
            at_work | Q(state=Assignment.State.SKIPPED) | Q(judged_revision_id=OuterRef("revision_id"))
        )
        free = Q(~Exists(judged), ~Exists(mine.filter(at_work, stage=Stage.ANNOTATE)))
    elif stage == Stage.AUDIT:
        worked = mine.exclude(stage=Stage.AUDIT).filter(at_work | Q(state=Assignment.State.SUBMITTED))
        audited = here.filter(
            at_work | Q(state=Assignment.State.SKIPPED) | Q(judged_revision_id=OuterRef("revision_id"))
        )
        free = Q(~Exists(worked), ~Exists(audited)) & (Q(pk__gt=0) if access.role != Role.VIEWER else Q(pk=0))
    elif stage == Stage.ADJUDICATE:
        free = Q(
            ~Exists(here.filter(at_work | Q(state=Assignment.State.SKIPPED))),
            ~Exists(mine.filter(stage=Stage.ANNOTATE).exclude(state=Assignment.State.RELEASED)),
        )
    else:
        free = Q(~Exists(here.exclude(state=Assignment.State.RELEASED)))
    kept = Q(Q(reserved_for_id=user.pk), ~Exists(here.filter(at_work | Q(state=Assignment.State.SKIPPED))))
    if stage == Stage.ANNOTATE:
        kept &= Q(Q(rework_level__gt=0) | Q(~Exists(here.filter(state=Assignment.State.SUBMITTED))))
    unpromised = Q(promised_until=None) | Q(promised_until__lt=now)
    if looking is TO_CLAIM:
        unpromised |= Q(promised_to_id=user.pk)
    return (
        Slot.objects.filter(project_id=access.project.pk, stage=stage, state=Slot.State.OPEN, withheld=False)
        .filter(Q(excluded_author_id=None) | ~Q(excluded_author_id=user.pk), task__in=tasks.order_by().values("pk"))
        .exclude(had_lately(access, stage))
        .exclude(level__in=barred_levels(access) if stage == Stage.REVIEW else [])
        .filter(
            unpromised,
            kept
            | (
                (Q(reserved_for_id=None) | Q(reserved_until__lt=now))
                & free
                & Q(groups__contained_by=access.terms.groups)
            ),
        )
        .order_by(Case(When(reserved_for_id=user.pk, then=0), default=1), "order_key", "pk")
    )
