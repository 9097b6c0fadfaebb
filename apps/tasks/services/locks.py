"""Taking locks in the one order: membership, slots of the task, assignment, annotation, task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.projects.access import ProjectAccess
from apps.tasks.errors import LeaseLost
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries import assignment_of
from apps.tasks.queries.assignments import SHOWN_AS
from domain.workflow import StillOpen


@dataclass(slots=True)
class HeldWork:
    """A person's own assignment under lock, with the slots of its task."""

    assignment: Assignment
    slot: Slot | None  # None when it is not theirs any more
    slots: list[Slot]
    task: Task
    access: ProjectAccess

    def still_open(self) -> StillOpen:
        """Other slots of the task that are open or held."""
        others = self._others()
        return StillOpen(
            answers=sum(s.stage == Stage.ANNOTATE and not s.rework_level for s in others),
            reviews=sum(s.stage == Stage.REVIEW for s in others),
            rework=sum(s.stage == Stage.ANNOTATE and s.rework_level > 0 for s in others),
        )

    def answers(self) -> int:
        return answers_of(self.slots)

    def _others(self) -> list[Slot]:
        mine = self.slot.pk if self.slot else None
        return [s for s in self.slots if s.pk != mine and s.state in (Slot.State.OPEN, Slot.State.HELD)]


def answers_of(slots: Iterable[Slot]) -> int:
    """How many answers the task has or will have by its slots. A slot made anew after triage has the place of its old one."""
    kept = {
        s.ordinal for s in slots if s.stage == Stage.ANNOTATE and not s.rework_level and s.state != Slot.State.CANCELLED
    }
    return max(1, len(kept))


def lock_slots(task_id: int) -> list[Slot]:
    """All slots of a task, locked in the order of their ids."""
    return list(Slot.objects.select_for_update(no_key=True).filter(task_id=task_id).order_by("pk"))


def lock_page(*, access: ProjectAccess, assignment_ids: Sequence[int]) -> dict[int, HeldWork]:
    """The person's own answers of a page in this project, locked as `lock_own_work` locks one, by id.

    What is not among them is not the person's, of another project, or no answer.
    """
    own = Assignment.objects.filter(
        pk__in=assignment_ids, user_id=access.user.pk, project_id=access.project.pk, stage=Stage.ANNOTATE
    ).exclude(SHOWN_AS)
    task_ids = set(own.values_list("task_id", flat=True))
    slots: dict[int, list[Slot]] = {}
    for slot in Slot.objects.select_for_update(no_key=True).filter(task_id__in=task_ids).order_by("pk"):
        slots.setdefault(slot.task_id, []).append(slot)
    assignments = list(Assignment.objects.select_for_update(no_key=True).filter(pk__in=own.values("pk")).order_by("pk"))
    rows = Task.objects.select_related("project", "project__workflow", "asset").in_bulk(task_ids)
    return {one.pk: _held(one, slots.get(one.task_id, []), rows[one.task_id], access) for one in assignments}


def lock_own_work(*, user: User, assignment_id: int, token: int | None = None) -> HeldWork:
    """Lock the slots of the task and the person's assignment, in this transaction.

    Raises:
        NotFound, NotYours: as `assignment_of`.
        LeaseLost: `token` is not the present one: the work was handed out anew since.
    """
    seen, access = assignment_of(user, assignment_id)
    slots = lock_slots(seen.task_id)
    assignment = Assignment.objects.select_for_update(no_key=True).get(pk=seen.pk)
    check_token(assignment, token)
    task = Task.objects.select_related("project", "project__workflow", "asset").get(pk=seen.task_id)
    return _held(assignment, slots, task, access)


def check_token(assignment: Assignment, token: int | None) -> None:
    """Raises LeaseLost: it is not the present one."""
    if token is not None and token != assignment.token:
        raise LeaseLost(
            "The token is not the present one: this work was taken up anew since, perhaps in another tab. Open it again."
        )


def _held(assignment: Assignment, slots: list[Slot], task: Task, access: ProjectAccess) -> HeldWork:
    held = assignment.state in (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)
    slot = next((s for s in slots if s.pk == assignment.slot_id and s.state == Slot.State.HELD), None) if held else None
    return HeldWork(assignment=assignment, slot=slot, slots=slots, task=task, access=access)
