"""Keeping work, giving it back, passing it on, and what happens when a lease ends."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.prepared import Statement
from apps.projects.settings import settings_of
from apps.tasks.errors import LeaseLost, WrongState
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.locks import HeldWork, lock_own_work
from apps.tasks.services.moves import OPEN_ASSIGNMENTS, announce, apply_decision, move_assignment, move_task
from domain.workflow import TaskState, after_release, after_skip, parse

SWEPT_AT_ONCE = 500

_EXPIRED = """
    SELECT a.id, a.task_id FROM tasks_assignment a
    WHERE a.state = 'held' AND a.expires_at < %s {project}
    ORDER BY a.expires_at LIMIT %s"""
_EXPIRED_ANYWHERE = Statement(_EXPIRED.format(project=""))
_EXPIRED_IN_PROJECT = Statement(_EXPIRED.format(project="AND a.project_id = %s"))


@transaction.atomic
def heartbeat(*, user: User, assignment_id: int, token: int | None, active_ms: int) -> Assignment:
    """Keep the lease, and add active time, at most the wall time. Work whose lease ended but that nobody took is revived.

    Raises:
        LeaseLost: it is not in this person's hands any more.
    """
    work = lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if work.slot is None or work.assignment.state == Assignment.State.PARKED:
        raise LeaseLost(f"This work is {work.assignment.state}. What was saved is kept; claim it again to go on.")
    now = timezone.now()
    move_assignment(
        work.assignment,
        Assignment.State.HELD,
        expires_at=now + timedelta(seconds=settings_of(work.access.project).lease_seconds),
        stale_until=None,
        active_ms=capped_active_ms(work.assignment, active_ms),
    )
    return work.assignment


def capped_active_ms(assignment: Assignment, more: int) -> int:
    """Active time can never be longer than the time since the claim."""
    wall = int((timezone.now() - assignment.claimed_at).total_seconds() * 1000)
    return max(assignment.active_ms, min(assignment.active_ms + more, wall))


@transaction.atomic
def resume(*, user: User, assignment_id: int) -> Assignment:
    """Open held work again: a live lease is renewed, stale work comes back to life; other states stay as they are."""
    work = lock_own_work(user=user, assignment_id=assignment_id)
    if work.slot is not None and work.assignment.state in (Assignment.State.HELD, Assignment.State.STALE):
        expires = timezone.now() + timedelta(seconds=settings_of(work.access.project).lease_seconds)
        move_assignment(work.assignment, Assignment.State.HELD, expires_at=expires, stale_until=None)
    return work.assignment


def _others_at_work(task_id: int, assignment: Assignment) -> bool:
    """Somebody else holds or has submitted an answer."""
    kept = (*OPEN_ASSIGNMENTS, Assignment.State.SUBMITTED)
    rows = Assignment.objects.filter(task_id=task_id, stage=Stage.ANNOTATE, state__in=kept)
    return rows.exclude(pk=assignment.pk).exists()


@transaction.atomic
def release(*, user: User, assignment_id: int, token: int | None = None) -> None:
    """Give work back: the slot is open again, and may come to the same person too. The draft is kept for them.

    Raises:
        LeaseLost: it is not in this person's hands any more, or the token is not the present one.
    """
    work = lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if work.slot is None:
        raise LeaseLost(f"This work is {work.assignment.state}: there is nothing to give back.")
    give_back(work.task, work.slot, work.assignment)


def give_back(task: Task, slot: Slot, assignment: Assignment) -> None:
    """Open the slot again. The caller holds the locks."""
    move_assignment(assignment, Assignment.State.RELEASED, expires_at=None, stale_until=None)
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.OPEN, withheld=task.trashed_at is not None)
    others = slot.rework_level > 0 or _others_at_work(task.pk, assignment)
    decision = after_release(stage=slot.stage, state=_worked(task, slot), others_at_work=others)  # type: ignore[arg-type]
    if decision.state != task.state:
        move_task(task, decision.state)
    else:
        announce(task)  # it may lie open on another of the person's pages


def _worked(task: Task, slot: Slot) -> TaskState:
    """The state that work at this slot is in; a parked task is treated as if its question had been answered."""
    if task.state != Task.State.PARKED:
        return TaskState(task.state)
    if slot.rework_level:
        return TaskState.REWORK
    worked = {Stage.ANNOTATE: TaskState.ANNOTATING, Stage.ADJUDICATE: TaskState.CONFLICT}
    return worked.get(Stage(slot.stage), TaskState.IN_REVIEW)


@transaction.atomic
def skip(*, user: User, assignment_id: int, token: int | None = None, reason: str = "") -> None:
    """Pass work on. It never comes back to this person; after the workflow's number of skips it goes to triage.

    Raises:
        LeaseLost: as `release`.
        WrongState: it belongs to an exam.
    """
    work = lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if work.slot is None:
        raise LeaseLost(f"This work is {work.assignment.state}: there is nothing to skip.")
    if work.task.purpose == Task.Purpose.EXAM:
        raise WrongState("Nothing of an exam is skipped. Hand in what you see.")
    move_assignment(work.assignment, Assignment.State.SKIPPED, expires_at=None, stale_until=None, reason=reason)
    free = {"reserved_for": None, "reserved_until": None} if work.slot.reserved_for_id == user.pk else {}
    Slot.objects.filter(pk=work.slot.pk).update(state=Slot.State.OPEN, **free)
    _after_skip(work)


def _after_skip(work: HeldWork) -> None:
    task, skips = work.task, work.task.skips + 1
    assert work.slot is not None
    if work.slot.stage == Stage.AUDIT:
        return  # another auditor takes it; nothing is the matter with the task
    decision = after_skip(
        parse(task.project.workflow.body),  # type: ignore[union-attr]
        stage=work.slot.stage,  # type: ignore[arg-type]
        skips=skips,
        state=_worked(task, work.slot),
        others_at_work=work.slot.rework_level > 0 or _others_at_work(task.pk, work.assignment),
    )
    apply_decision(task, decision, skips=skips)


def return_expired(*, project_id: int | None = None, at_once: int = SWEPT_AT_ONCE) -> int:
    """Bring lapsed work back: unedited work is released and its slot open again; edited work is stale and stays with
    its person for the hold time. Each task in a transaction of its own, and what others have locked is left to them.
    """
    now = timezone.now()
    if project_id is None:
        found = _EXPIRED_ANYWHERE.rows([now, at_once])
    else:
        found = _EXPIRED_IN_PROJECT.rows([now, project_id, at_once])
    return sum(_return_one(assignment_id, task_id) for assignment_id, task_id in found)


@transaction.atomic
def _return_one(assignment_id: int, task_id: int) -> bool:
    slots = {
        slot.pk: slot
        for slot in Slot.objects.select_for_update(no_key=True, skip_locked=True).filter(task_id=task_id).order_by("pk")
    }
    assignment = (
        Assignment.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=assignment_id, state=Assignment.State.HELD, expires_at__lt=timezone.now())
        .first()
    )
    if assignment is None:
        return False
    slot = slots.get(assignment.slot_id or 0)
    if slot is None:
        return False
    task = Task.objects.select_related("project").get(pk=task_id)
    if assignment.edited:
        hold = timedelta(hours=settings_of(task.project).hold_hours)
        move_assignment(assignment, Assignment.State.STALE, stale_until=timezone.now() + hold)
    else:
        give_back(task, slot, assignment)
    return True
