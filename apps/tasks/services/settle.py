"""What managers and imports do to work: handing over, finishing without a claim."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.activity.services import record
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.projects.settings import settings_of
from apps.tasks.errors import WrongState
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.queries.people import barred_levels, may_annotate, may_review
from apps.tasks.services.leases import give_back
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import OPEN_ASSIGNMENTS, cancel_open, move_assignment, move_task


def give_to(*, assignment: Assignment, to: User | None, by: User) -> Assignment | None:
    """Take open work out of a person's hands: to another's, with a lease, or back to the queue. In the caller's transaction.

    Returns:
        The other person's assignment, None when it went back to the queue. Drafts are for the caller to carry over.

    Raises:
        WrongState: it is in nobody's hands, or the other person may not do it, has skipped it or has answered already.
    """
    slots = lock_slots(assignment.task_id)
    locked = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    task = Task.objects.select_related("project").get(pk=locked.task_id)
    slot = next((s for s in slots if s.pk == locked.slot_id and s.state == Slot.State.HELD), None)
    if slot is None or locked.state not in OPEN_ASSIGNMENTS:
        raise WrongState(f"This assignment is {locked.state}: it is in nobody's hands.")
    if to is None:
        give_back(task, slot, locked)
        Slot.objects.filter(pk=slot.pk, reserved_for_id=locked.user_id).update(reserved_for=None, reserved_until=None)
        return None
    _check_can_take(task, slot, to)
    move_assignment(locked, Assignment.State.RELEASED, expires_at=None, stale_until=None)
    now = timezone.now()
    hold = timedelta(hours=max(settings_of(task.project).hold_hours, 1 / 60))
    given, _ = Assignment.objects.update_or_create(
        task_id=task.pk,
        stage=slot.stage,
        user=to,
        defaults={
            "project_id": task.project_id,
            "slot": slot,
            "state": Assignment.State.STALE if locked.edited else Assignment.State.HELD,
            "token": 1
            + (
                Assignment.objects.filter(task=task, stage=slot.stage, user=to).values_list("token", flat=True).first()
                or 0
            ),
            "expires_at": now + hold,
            "stale_until": now + hold,
            "claimed_at": now,
            "edited": locked.edited,
        },
    )
    record(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        verb="task.handed_over",
        actor=by,
        object_type="task",
        object_id=task.pk,
        details={"from": locked.user_id, "to": to.pk, "number": task.number, "name": task.name},
        notify=[to.pk],
    )
    return given


def _check_can_take(task: Task, slot: Slot, to: User) -> None:
    able = (
        may_annotate(task.project, to.pk)
        if slot.stage == "annotate"
        else may_review(task.project).filter(user_id=to.pk).exists()
    )
    if not able:
        raise WrongState("That person may not do this work in this project. Choose another, or change their role.")
    if slot.stage != "annotate" and slot.level in barred_levels(project_for(to, task.project_id, Action.REVIEW)):
        raise WrongState("This level of review is for people of another role or group.")
    if slot.excluded_author_id == to.pk:
        raise WrongState("That person made the work: nobody judges their own.")
    other = Assignment.objects.filter(task_id=task.pk, stage=slot.stage, user_id=to.pk).first()
    if other is not None and other.state != Assignment.State.RELEASED:
        raise WrongState(f"That person's own assignment of this task is {other.state}. Choose another person.")


def finish_from_import(*, task: Task, revision_id: int, **fields: object) -> None:
    """An import brought accepted work: the task is done by this revision, and what was open is taken back."""
    lock_slots(task.pk)
    fresh = Task.objects.select_related("project").get(pk=task.pk)
    cancel_open(fresh)
    move_task(fresh, Task.State.DONE, result_id=revision_id, **fields)
    task.state = fresh.state


def keep_as_import(*, task: Task, revision_id: int, **fields: object) -> None:
    """An import brought work to begin from: the task stays in the queue, and who takes it starts with this revision."""
    lock_slots(task.pk)
    Slot.objects.filter(task_id=task.pk, stage="annotate", state=Slot.State.OPEN).update(revision_id=revision_id)
    fresh = Task.objects.select_related("project").get(pk=task.pk)
    move_task(fresh, fresh.state, **fields)
