"""Moving all open work of a person who is away. What they did keeps their name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import Membership, User
from apps.activity.services import record
from apps.annotations.models import Annotation
from apps.annotations.services.settle import give
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import ProjectAccess, project_for
from apps.projects.services import set_terms
from apps.tasks.errors import WrongState
from apps.tasks.models import Slot
from apps.tasks.services.handing import (
    Piece,
    Takers,
    Tally,
    Target,
    forget_rejecter,
    keep_for,
    open_pieces,
    target_of,
)
from apps.tasks.services.locks import lock_slots

INLINE = 200  # pieces; more of them may take over a second and are a job
AWAY_JOB = "annotations.move_work"


@dataclass(slots=True)
class Moved:
    tally: Tally
    job: Job | None = None


def preview_absence(
    *, user: User, project_id: int, away: int, to_user: int | None = None, to_group: int | None = None
) -> Tally:
    """What `move_work` would move where. Nothing is changed. Raises as `move_work`."""
    access = _access(user, project_id, away)
    target = target_of(access.project, person=to_user, group=to_group, away=away)
    takers, tally = Takers(access.project, target), Tally()
    for piece in open_pieces(project_id=project_id, user_id=away):
        tally.add(piece, takers.obstacle(piece.slot))
    return tally


def _access(user: User, project_id: int, away: int) -> ProjectAccess:
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    if not Membership.objects.filter(organisation_id=access.project.organisation_id, user_id=away).exists():
        raise NotFound("There is no such person in this project.")
    return access


def move_work(
    *,
    user: User,
    project_id: int,
    away: int,
    to_user: int | None = None,
    to_group: int | None = None,
    pause: str = "",
) -> Moved:
    """Move all open work of `away` to a person, a group or the queue: what is kept for them, what they hold with its
    draft, what was rejected, and their reviews. What the named person may not do goes to the queue.

    Args:
        pause: why they get no new work from now on; empty: they can claim.

    Raises:
        NotFound, NotAllowed: the project is not this manager's, or the person was never of the organisation.
        Invalid: nobody, or no group, to take it.
    """
    access = _access(user, project_id, away)
    target_of(access.project, person=to_user, group=to_group, away=away)
    if pause:
        set_terms(project=access.project, user=user, user_id=away, values={"paused": pause})
    if len(open_pieces(project_id=project_id, user_id=away)) > INLINE:
        arguments = {"project": project_id, "away": away, "to_user": to_user, "to_group": to_group}
        job = enqueue(
            kind=AWAY_JOB,
            title="Move the open work of a person",
            organisation=access.project.organisation,
            project=access.project,
            user=user,
            arguments=arguments,
        )
        return Moved(Tally(), job)
    return Moved(move_pieces(access=access, away=away, to_user=to_user, to_group=to_group))


def move_pieces(
    *,
    access: ProjectAccess,
    away: int,
    to_user: int | None = None,
    to_group: int | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Tally:
    """Carry it out, each piece in a transaction of its own. A second run does the rest."""
    target = target_of(access.project, person=to_user, group=to_group, away=away)
    takers, tally = Takers(access.project, target), Tally()
    pieces = open_pieces(project_id=access.project.pk, user_id=away)
    for done, piece in enumerate(pieces, start=1):
        _move(access, takers, piece, tally)
        if report is not None and done % 20 == 0:
            report(done, len(pieces))
    gone = User.objects.get(pk=away)
    forget_rejecter(project_id=access.project.pk, user=gone, to=target.person)
    record(
        organisation_id=access.project.organisation_id, project_id=access.project.pk, verb="work.moved",
        actor=access.user, object_type="user", object_id=away,
        details={"pieces": len(pieces), "to": to_user, "group": to_group},
        notify=[to_user] if to_user is not None else [],
    )  # fmt: skip
    return tally


@transaction.atomic
def _move(access: ProjectAccess, takers: Takers, piece: Piece, tally: Tally) -> None:
    lock_slots(piece.slot.task_id)
    slot = Slot.objects.get(pk=piece.slot.pk)
    why = takers.obstacle(slot)
    target = takers.target if why is None else Target()
    if piece.assignment is None:
        if slot.state != Slot.State.OPEN:
            return  # they took it up meanwhile: the next run finds it in their hands
        keep_for(slot, target)
    else:
        try:
            _hand_on(access, piece, slot, target)
        except WrongState:
            return  # finished or given back meanwhile
    tally.add(piece, why)


def _hand_on(access: ProjectAccess, piece: Piece, slot: Slot, target: Target) -> None:
    """Held work: to the person with its draft; else the draft waits with the slot for who takes it."""
    assert piece.assignment is not None
    if target.person is not None:
        give(piece.assignment, target.person, access.user)
        return
    give(piece.assignment, None, access.user)
    drafts = Annotation.objects.filter(assignment=piece.assignment, state=Annotation.State.DRAFT)
    draft = drafts.order_by("-pk").first()
    if draft is not None and draft.edited and slot.stage == "annotate":
        drafts.filter(pk=draft.pk).update(assignment=None)
        Slot.objects.filter(pk=slot.pk).update(draft=draft)
    keep_for(Slot.objects.get(pk=slot.pk), target)
