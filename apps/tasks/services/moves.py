"""A task's moves, and carrying out what the workflow decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.activity import counts, events
from apps.activity.kinds import TASK_DONE
from apps.activity.models import CountDelta
from apps.activity.services import record
from apps.activity.services.telling import tell
from apps.projects.settings import settings_of
from apps.tasks.errors import WrongState
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.services.tallies import tally_deltas
from domain.workflow import ASSIGNMENT_MOVES, TASK_MOVES, Decision, IllegalMove, NewSlot, TaskState, check_move

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPARE_TASK = "quality.compare_task"  # scores a task's answers, makes the consensus, and carries out what follows
log = structlog.get_logger("labelwright.tasks")
OPEN_SLOTS = (Slot.State.OPEN, Slot.State.HELD)
OPEN_ASSIGNMENTS = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)


def check(moves: Mapping[Any, Any], state: str, to: str) -> None:
    """Raises WrongState for a move that the workflow's table does not have."""
    try:
        check_move(moves, state, to)
    except IllegalMove as error:
        raise WrongState(f"This {error}.", state=state) from error


def move_task(task: Task, to: str, **fields: Any) -> None:
    """Move a task by the table, keep the counts, and tell live pages. `fields` are written along.

    The caller holds locks on the task's slots.
    """
    before, now = task.state, timezone.now()
    moved, was_finished = before != to, task.finished_at
    if moved:
        check(TASK_MOVES, before, to)
        if to == Task.State.DONE:
            fields.setdefault("finished_at", now)
        elif before == Task.State.DONE:
            fields |= {"result_id": None, "finished_at": None}
    Task.objects.filter(pk=task.pk).update(state=to, version=F("version") + 1, updated_at=now, **fields)
    task.state = to
    for name, value in fields.items():
        setattr(task, name, value)
    if moved and task.trashed_at is None:  # what lies in the trash counts nowhere until it comes back
        finished = _as_time(task.finished_at) if to == Task.State.DONE else was_finished
        counts.add_many(_state_deltas(task, before, finished or now))
        if to == Task.State.DONE and task.purpose == Task.Purpose.WORK:
            _tell_done(task)
    announce(task)


def _tell_done(task: Task) -> None:
    """Webhooks hear of a finished task; tests of people are no results."""
    tell(
        kind=TASK_DONE,
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        object_type="task",
        object_id=task.pk,
        details={"number": task.number, "revision": task.result_id},
    )


def announce(task: Task) -> None:
    """Live pages of the project read the task and the counts again, on commit."""
    changed = {"project": task.project_id, "task": task.pk, "state": task.state}
    events.publish_all(
        f"project:{task.project_id}",
        [("task.changed", changed), ("counts.changed", {"project": task.project_id})],
    )


def _as_time(given: datetime | str | None) -> datetime | None:
    """When it was finished; an undo has it in writing."""
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def _state_deltas(task: Task, before: str, finished: datetime) -> list[CountDelta]:
    """What is done is counted on the day when it was finished, and taken from that day again."""
    found = list(tally_deltas(task.project_id, {(before, task.batch_id): -1, (task.state, task.batch_id): 1}))
    done = (task.state == Task.State.DONE) - (before == Task.State.DONE)
    if done:
        found.append(CountDelta(project_id=task.project_id, measure="done", day=finished.date(), amount=done))
    return found


def move_assignment(assignment: Assignment, to: str, **fields: Any) -> None:
    """Move an assignment by the table; the caller holds its lock."""
    if assignment.state != to:
        check(ASSIGNMENT_MOVES, assignment.state, to)
    Assignment.objects.filter(pk=assignment.pk).update(state=to, updated_at=timezone.now(), **fields)
    assignment.state = to
    for name, value in fields.items():
        setattr(assignment, name, value)


def finish_slot(slot_id: int) -> None:
    Slot.objects.filter(pk=slot_id).update(state=Slot.State.DONE, reserved_for=None, reserved_until=None)


def cancel_open(task: Task) -> None:
    """Take back all open and held slots; who holds one has a released assignment and keeps the draft to look at."""
    Slot.objects.filter(task_id=task.pk, state__in=OPEN_SLOTS).update(state=Slot.State.CANCELLED, withheld=False)
    Assignment.objects.filter(task_id=task.pk, state__in=OPEN_ASSIGNMENTS).update(
        state=Assignment.State.RELEASED, expires_at=None, stale_until=None
    )


def apply_decision(
    task: Task,
    decision: Decision,
    *,
    revision_id: int | None = None,
    author_id: int | None = None,
    result_id: int | None = None,
    rejected_by_id: int | None = None,
    **fields: Any,
) -> None:
    """Carry a decision out: cancel, add slots, move the task.

    Args:
        revision_id, author_id: the revision at hand and who made it.
        result_id: what becomes the result where the decision says so.
        rejected_by_id: the reviewer who sent the work back, for `rejecter` and for rework slots.
    """
    if decision.cancel_open:
        cancel_open(task)
    slots = [new_slot(task, new, revision_id, author_id, rejected_by_id) for new in decision.slots]
    if task.purpose == Task.Purpose.PLANTED:
        _keep_apart(task, slots)
    Slot.objects.bulk_create(slots)
    _ask_reviewers(task, slots)
    if decision.result != "none" and result_id is not None:
        fields["result_id"] = result_id
    if decision.reason:
        fields["triage_reason"] = decision.reason
    move_task(task, decision.state, **fields)
    if decision.state == TaskState.COMPARING:
        transaction.on_commit(lambda: ask_to_compare(task.pk), robust=True)


def _keep_apart(task: Task, slots: list[Slot]) -> None:
    """At every level its picture comes to nobody who knows it."""
    key = Slot.objects.filter(task_id=task.pk).exclude(apart=None).values_list("apart", flat=True).first()
    for slot in slots:
        slot.apart = key


def ask_to_compare(task_id: int) -> None:
    """Nudge a worker to compare a task's answers. Never fails: what waits in `comparing` is found again by a sweep."""
    try:
        current_app.send_task(COMPARE_TASK, kwargs={"task_id": task_id})
    except Exception as error:  # noqa: BLE001  (a broker has many ways to be gone, and none may fail the submit)
        log.warning("comparison_not_asked", task=task_id, error=type(error).__name__)


def _ask_reviewers(task: Task, slots: list[Slot]) -> None:
    """Who rejected the work is told that it came back to them."""
    asked = {slot.reserved_for_id for slot in slots if slot.stage == "review" and slot.reserved_for_id is not None}
    if asked:
        record(
            organisation_id=task.project.organisation_id,
            project_id=task.project_id,
            verb="review.asked",
            actor=None,
            object_type="task",
            object_id=task.pk,
            details={"number": task.number, "name": task.name},
            notify=[pk for pk in asked if pk is not None],
        )


def new_slot(
    task: Task, new: NewSlot, revision_id: int | None, author_id: int | None, rejected_by_id: int | None = None
) -> Slot:
    """An unsaved slot as a decision asks for it."""
    rework = new.stage == "annotate" and new.reserve == "author"
    reserved = {"author": author_id, "rejecter": rejected_by_id}.get(new.reserve or "")
    hold = timedelta(hours=settings_of(task.project).hold_hours)
    return Slot(
        project_id=task.project_id,
        task_id=task.pk,
        stage=new.stage,
        level=new.level,
        ordinal=new.ordinal,
        order_key=task.order_key,
        groups=task.groups if new.stage == "annotate" and not rework else [],
        revision_id=revision_id if new.judges or rework else None,
        excluded_author_id=author_id if new.judges else None,
        reserved_for_id=reserved,
        reserved_until=timezone.now() + hold if reserved else None,
        rework_level=new.level if rework else 0,
        rejected_by_id=rejected_by_id if rework else None,
    )
