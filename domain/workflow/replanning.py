"""Where work in flight goes when the workflow changes. Pure: who calls has read how each task stands."""

from __future__ import annotations

import msgspec

from .decisions import NewSlot, Piece, StillOpen, after_answers, way_on
from .moves import TaskState
from .stages import Adjudicate, Consensus, Workflow

MOVABLE = frozenset(
    {
        TaskState.WAITING,
        TaskState.ANNOTATING,
        TaskState.IN_REVIEW,
        TaskState.REWORK,
        TaskState.COMPARING,
        TaskState.CONFLICT,
        TaskState.PARKED,
    }
)


class OpenSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A slot to annotate, to judge or to adjudicate that is not done. `kept`: it waits for a certain person."""

    id: int
    ordinal: int = 0
    level: int = 0
    held: bool = False
    kept: bool = False


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A submitted answer, or what was made out of several.

    `passed`: the highest level that let it through, in the numbering of the workflow before; `review`: its open review.
    """

    key: int  # whatever the caller knows it by
    passed: int = 0
    review: OpenSlot | None = None
    piece: Piece = Piece()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a task stands. `done_places` are ordinals of answers that are there; `rework` counts what was sent back."""

    state: TaskState
    done_places: frozenset[int] = frozenset()
    answers: list[OpenSlot] = []
    rework: int = 0
    submitted: list[Judged] = []
    merged: Judged | None = None
    adjudicate: OpenSlot | None = None


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """A slot to add; `key` of what it judges."""

    slot: NewSlot
    key: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What changes for a task. Held work is never taken from anybody, and nothing that was submitted is dropped."""

    state: TaskState
    cancel: list[int] = []
    add: list[Addition] = []
    result: str = "none"


def replan(before: Workflow, after: Workflow, now: Standing, *, wanted: int) -> Plan | None:
    """What the new workflow makes of a task; None where it stays as it is, as finished work and triage always do.

    Args:
        wanted: how many answers the new workflow wants of this task at first.
    """
    if now.state not in MOVABLE or (now.adjudicate is not None and now.adjudicate.held):
        return None
    plan = _merged(after, now, before) if now.merged is not None else _unmerged(before, after, now, wanted)
    same = plan.state == now.state and not plan.cancel and not plan.add
    return None if same else plan


def _place(before: Workflow, after: Workflow, passed: int) -> int:
    """The place in the new workflow up to which an answer that passed this level of the old one has come."""
    if passed <= 0 or not after.reviews:
        return 0
    old = before.place_of_level(passed)
    name = before.name(old) if old >= 0 else ""
    there = after.place(name) if name else len(after.stages)
    return there if there < len(after.stages) else after.place_of_level(min(passed, len(after.reviews)))


def _review(judged: Judged, level: int, plan: tuple[list[int], list[Addition]], *, any_level: bool) -> bool:
    """Keep, replace, add or cancel the open review of an answer; whether there is one afterwards."""
    cancel, add = plan
    open_now = judged.review
    if open_now is not None and (open_now.held or open_now.level == level or (open_now.kept and any_level)):
        return True
    if open_now is not None:
        cancel.append(open_now.id)
    if level:
        add.append(Addition(slot=NewSlot(stage="review", level=level, judges=True), key=judged.key))
    return level > 0


def _unmerged(before: Workflow, after: Workflow, now: Standing, wanted: int) -> Plan:
    cancel: list[int] = []
    add: list[Addition] = []
    waiting = _surplus(now, wanted, cancel)
    places = {slot.ordinal for slot in waiting} | now.done_places
    for ordinal in range(max(wanted, len(places))):
        if len(places) >= wanted:
            break
        if ordinal not in places:
            places.add(ordinal)
            add.append(Addition(slot=NewSlot(stage="annotate", ordinal=ordinal)))
    if not now.submitted and not waiting and not now.rework and not add:
        add.append(
            Addition(slot=NewSlot(stage="annotate"))
        )  # what was submitted was no answer: nothing can be done of it
    answers, reviews = max(1, len(places)), 0
    for judged in now.submitted:
        piece = msgspec.structs.replace(judged.piece, answers=answers)
        way = way_on(after, piece, place=_place(before, after, judged.passed))
        reviews += _review(judged, way.level, (cancel, add), any_level=bool(after.reviews))
    missing = len(waiting) + sum(one.slot.stage == "annotate" for one in add)
    still = StillOpen(answers=missing, reviews=reviews, rework=now.rework)
    begun = bool(now.done_places) or any(slot.held for slot in waiting)
    return _state(after, now, still, begun=begun, answers=answers, cancel=cancel, add=add)


def _surplus(now: Standing, wanted: int, cancel: list[int]) -> list[OpenSlot]:
    """Answers still to be made: of those beyond what is wanted, the ones that nobody has begun or was promised go."""
    kept = sorted(now.answers, key=lambda slot: (not slot.held, not slot.kept, slot.ordinal))
    places = len({slot.ordinal for slot in kept} | now.done_places)
    while kept and places > wanted and not kept[-1].held and len(now.done_places) + len(kept) > 1:
        cancel.append(kept.pop().id)
        places = len({slot.ordinal for slot in kept} | now.done_places)
    return kept


def _state(
    after: Workflow,
    now: Standing,
    still: StillOpen,
    *,
    begun: bool,
    answers: int,
    cancel: list[int],
    add: list[Addition],
) -> Plan:
    state, result = TaskState.IN_REVIEW, "none"
    if now.state == TaskState.PARKED and still.answers:
        state = TaskState.PARKED
    elif still.rework:
        state = TaskState.REWORK
    elif still.answers:
        state = TaskState.ANNOTATING if begun else TaskState.WAITING
    elif not still.reviews:
        first = now.submitted[0].piece if now.submitted else Piece()
        decision = after_answers(after, piece=msgspec.structs.replace(first, answers=answers))
        state, result = decision.state, decision.result
        if now.adjudicate is None or state != TaskState.CONFLICT:
            add = [*add, *(Addition(slot=slot) for slot in decision.slots)]
    if now.adjudicate is not None and state != TaskState.CONFLICT:
        cancel = [*cancel, now.adjudicate.id]
    return Plan(state=state, cancel=cancel, add=add, result=result)


def _merged(after: Workflow, now: Standing, before: Workflow) -> Plan:
    """One was made out of the answers: it stands, and goes through the reviews that the new workflow has after that."""
    assert now.merged is not None
    cancel: list[int] = []
    add: list[Addition] = []
    merges = [i for i, stage in enumerate(after.stages) if isinstance(stage, Consensus | Adjudicate)]
    place = max(_place(before, after, now.merged.passed), merges[-1] if merges else 0)
    piece = msgspec.structs.replace(now.merged.piece, answers=max(2, len(now.done_places)))
    way = way_on(after, piece, place=place, merged=True) if merges else None
    level = way.level if way is not None else 0
    reviewed = _review(now.merged, level, (cancel, add), any_level=bool(after.reviews))
    if now.adjudicate is not None:  # it was rejected: a person settles it, whatever the workflow is
        return Plan(state=TaskState.CONFLICT, cancel=cancel, add=add)
    state = TaskState.IN_REVIEW if reviewed else TaskState.DONE
    return Plan(state=state, cancel=cancel, add=add, result="none" if reviewed else "this")
