"""What managers do to work: handing over with its draft, and triage."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.tasks import services as tasks
from apps.tasks.errors import WrongState
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.queries import assignment_for, task_for
from apps.tasks.services.moves import OPEN_ASSIGNMENTS
from domain.workflow import after_triage, parse


@transaction.atomic
def hand_over(*, user: User, assignment_id: int, to_user_id: int | None) -> Assignment | None:
    """Give open work to another person with its draft, or back to the queue. Each region keeps who drew it.

    Raises: as `tasks.services.give_to`; NotFound for a person who is not there.
    """
    assignment, _ = assignment_for(user, assignment_id, Action.TASKS_MANAGE)
    to = None
    if to_user_id is not None:
        to = User.objects.filter(pk=to_user_id).first()
        if to is None:
            raise NotFound("There is no such person in this project.")
    return give(assignment, to, user)


def give(assignment: Assignment, to: User | None, by: User) -> Assignment | None:
    given = tasks.give_to(assignment=assignment, to=to, by=by)
    if given is not None:
        rows = Annotation.objects.filter(state=Annotation.State.DRAFT)
        rows.filter(assignment=given).update(state=Annotation.State.DISCARDED)
        rows.filter(assignment=assignment).update(assignment=given, author=to)
    return given


def hand_over_all(*, user: User, to: User | None, organisation_id: int, by: User) -> tuple[int, int]:
    """Everything that a person who leaves holds, with the drafts. Work that the other may not take goes back to the queue.

    Returns:
        (freed, handed over).
    """
    freed = handed = 0
    rows = Assignment.objects.filter(user=user, project__organisation_id=organisation_id, state__in=OPEN_ASSIGNMENTS)
    for assignment in rows.order_by("task_id"):
        try:
            with transaction.atomic():
                given = give(assignment, to, by)
        except WrongState:
            with transaction.atomic():
                given = give(assignment, None, by)
        handed += given is not None
        freed += given is None
    Slot.objects.filter(
        reserved_for=user, project__organisation_id=organisation_id, state__in=[Slot.State.OPEN, Slot.State.HELD]
    ).update(reserved_for=None, reserved_until=None)
    return freed, handed


@transaction.atomic
def settle_triage(*, user: User, task_id: int, choice: str, note: str = "") -> Task:
    """Settle a task in triage: back to the queue, accept what was said as the result, or out of the work.

    Raises:
        WrongState: it is not in triage, or there is nothing submitted to accept.
    """
    task, access = task_for(user, task_id, Action.TASKS_MANAGE)
    tasks.lock_slots(task.pk)
    task = Task.objects.select_related("project__workflow").get(pk=task.pk)
    if task.state != Task.State.TRIAGE:
        raise WrongState(f"The task is {task.state}, not in triage.", state=task.state)
    last = Revision.objects.filter(task_id=task.pk).order_by("-number").first()
    if choice == "accept" and last is None:
        raise WrongState(
            "Nobody has submitted anything: there is nothing to accept. Send it back to the queue or archive it."
        )
    decision = after_triage(parse(access.project.workflow.body), choice=choice)  # type: ignore[union-attr,arg-type]
    fields: dict[str, Any] = {"triage_reason": "", "skips": 0} if choice == "requeue" else {}
    tasks.apply_decision(task, decision, result_id=last.pk if last else None, **fields)
    record(
        organisation_id=access.project.organisation_id,
        project_id=access.project.pk,
        verb="task.triaged",
        actor=user,
        object_type="task",
        object_id=task.pk,
        details={"choice": choice, "note": note},
    )
    return task
