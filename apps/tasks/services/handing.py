"""Where a person's open work can go when they are away: to a person, to a group, or to the queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from apps.accounts.models import User
from apps.core.errors import DomainError, Invalid
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import PeopleGroup, Project
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.assignments import stage_action
from apps.tasks.queries.people import barred_levels
from apps.tasks.services.moves import OPEN_ASSIGNMENTS

KINDS = ("assigned", "drafts", "rejected", "reviews")


@dataclass(frozen=True, slots=True)
class Target:
    """To a person, to a group, or to everybody where both are None."""

    person: User | None = None
    group: PeopleGroup | None = None


@dataclass(slots=True)
class Piece:
    """One piece of somebody's open work: a slot in their hands (`assignment`) or kept for them."""

    slot: Slot
    assignment: Assignment | None

    @property
    def kind(self) -> str:
        if self.slot.stage != Stage.ANNOTATE:
            return "reviews"
        if self.slot.rework_level:
            return "rejected"
        return "drafts" if self.assignment is not None and self.assignment.edited else "assigned"


@dataclass(slots=True)
class Tally:
    """How many pieces of each kind go where; `instead` counts those that go to the queue though a person was named."""

    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    instead: dict[str, int] = field(default_factory=dict)  # by reason

    def add(self, piece: Piece, why: str | None) -> None:
        self.moved[piece.kind] += 1
        if why is not None:
            self.instead[why] = self.instead.get(why, 0) + 1


def open_pieces(*, project_id: int, user_id: int) -> list[Piece]:
    """All open work of a person in a project: what they hold, parked or left stale, and what is kept for them. An exam is
    nobody else's."""
    held = Assignment.objects.filter(user_id=user_id, project_id=project_id, state__in=OPEN_ASSIGNMENTS)
    held = held.exclude(task__purpose=Task.Purpose.EXAM)
    found = {a.slot_id: Piece(a.slot, a) for a in held.select_related("slot") if a.slot is not None}
    kept = Slot.objects.filter(project_id=project_id, reserved_for_id=user_id, state=Slot.State.OPEN)
    for slot in kept.exclude(task__purpose=Task.Purpose.EXAM):
        found.setdefault(slot.pk, Piece(slot, None))
    return [piece for _, piece in sorted(found.items(), key=lambda one: one[1].slot.order_key)]


class Takers:
    """Who may take which slot: asked once a piece, with what holds for the whole target read once."""

    def __init__(self, project: Project, target: Target) -> None:
        self.target = target
        self.access = {stage: self._access(project, stage) for stage in (Stage.ANNOTATE, Stage.REVIEW)}

    def _access(self, project: Project, stage: Stage) -> ProjectAccess | None:
        if self.target.person is None:
            return None
        try:
            return project_for(self.target.person, project.pk, stage_action(stage))
        except DomainError:
            return None

    def obstacle(self, slot: Slot) -> str | None:
        """Why the named person may not take it; None where they may, and for a group or the queue."""
        person = self.target.person
        if person is None:
            return None
        stage = Stage(slot.stage)
        access = self.access[Stage.ANNOTATE if stage == Stage.ANNOTATE else Stage.REVIEW]
        if access is None:
            return "role"
        if slot.excluded_author_id == person.pk:
            return "own_work"
        if stage == Stage.REVIEW and slot.level in barred_levels(access):
            return "role"
        return _taken(slot, stage, person)


def _taken(slot: Slot, stage: Stage, person: User) -> str | None:
    mine = Assignment.objects.filter(task_id=slot.task_id, user=person)
    if mine.filter(stage=stage).exclude(state=Assignment.State.RELEASED).exists():
        return "answered" if stage == Stage.ANNOTATE else "judged"
    if stage != Stage.ANNOTATE:
        answers = mine.filter(stage=Stage.ANNOTATE).exclude(state=Assignment.State.RELEASED)
        if stage == Stage.ADJUDICATE and answers.exists():
            return "own_work"
        if answers.filter(state__in=OPEN_ASSIGNMENTS).exists():
            return "answered"
    others = Slot.objects.filter(task_id=slot.task_id, stage=stage, reserved_for=person).exclude(pk=slot.pk)
    return "answered" if others.filter(state__in=[Slot.State.OPEN, Slot.State.HELD]).exists() else None


def keep_for(slot: Slot, target: Target) -> None:
    """An open slot that was kept for somebody who is away: for the person, the group, or everybody from now on."""
    groups = sorted({*slot.groups, target.group.pk}) if target.group is not None else slot.groups
    Slot.objects.filter(pk=slot.pk).update(
        reserved_for=target.person,
        reserved_until=slot.reserved_until if target.person is not None else None,
        groups=groups,
        promised_to=None,
        promised_until=None,
    )


def forget_rejecter(*, project_id: int, user: User, to: User | None) -> None:
    """What they sent back comes back to who takes over, unless they made it themselves."""
    rows = Slot.objects.filter(project_id=project_id, rejected_by=user, stage=Stage.ANNOTATE)
    rows = rows.filter(state__in=[Slot.State.OPEN, Slot.State.HELD])
    own = Q(reserved_for=to) | Q(assignments__user=to) if to is not None else Q(pk=None)
    mine = set(rows.filter(own).values_list("pk", flat=True)) if to is not None else set()
    rows.filter(pk__in=mine).update(rejected_by=None)
    rows.exclude(pk__in=mine).update(rejected_by=to)


def target_of(project: Project, *, person: int | None, group: int | None, away: int) -> Target:
    """The target that a request names.

    Raises:
        Invalid: both, or the person who is away, or somebody or a group that is not there.
    """
    if person is not None and group is not None:
        raise Invalid("Name a person or a group, or neither for the queue.")
    if person == away:
        raise Invalid("Work cannot be moved to the person who is away.", fields=[_fault("/to_user", "is away")])
    if group is not None:
        found = PeopleGroup.objects.filter(project=project, pk=group).first()
        if found is None:
            raise Invalid("The project has no such group.", fields=[_fault("/to_group", "is not there")])
        return Target(group=found)
    if person is None:
        return Target()
    user = User.objects.filter(pk=person, is_active=True).first()
    takers = Takers(project, Target(person=user)) if user is not None else None
    if takers is None or all(access is None for access in takers.access.values()):
        raise Invalid("That person does no work in this project.", fields=[_fault("/to_user", "does no work here")])
    return Target(person=user)


def _fault(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "invalid", "detail": detail}
