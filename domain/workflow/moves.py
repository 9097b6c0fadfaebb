"""States and legal moves, as tables. The server refuses every move that is not here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class TaskState(StrEnum):
    WAITING = "waiting"  # nobody has begun
    ANNOTATING = "annotating"  # answers are being made
    IN_REVIEW = "in_review"  # answers wait for a verdict
    REWORK = "rework"  # an answer was sent back
    COMPARING = "comparing"  # the machine looks at the answers
    CONFLICT = "conflict"  # answers wait for adjudication
    PARKED = "parked"  # waits for the answer to a question
    TRIAGE = "triage"  # a manager decides
    DONE = "done"  # has a result
    ARCHIVED = "archived"  # taken out of the work


class SlotState(StrEnum):
    OPEN = "open"
    HELD = "held"
    DONE = "done"
    CANCELLED = "cancelled"


class AssignmentState(StrEnum):
    HELD = "held"
    PARKED = "parked"
    STALE = "stale"  # the lease ended with edits; it waits for its person
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    RELEASED = "released"


class Outcome(StrEnum):
    LABELLED = "labelled"
    EMPTY = "empty"  # said by a person, never inferred
    UNUSABLE = "unusable"
    CANNOT_TELL = "cannot_tell"


S = TypeVar("S", bound=StrEnum)


def _table(rows: Mapping[S, tuple[S, ...]]) -> dict[S, frozenset[S]]:
    return {state: frozenset(following) for state, following in rows.items()}


_T = TaskState
_OPEN_WORK = (
    _T.ANNOTATING,
    _T.IN_REVIEW,
    _T.REWORK,
    _T.COMPARING,
    _T.CONFLICT,
    _T.PARKED,
    _T.TRIAGE,
    _T.DONE,
    _T.ARCHIVED,
)

TASK_MOVES: dict[TaskState, frozenset[TaskState]] = _table(
    {
        _T.WAITING: (_T.ANNOTATING, _T.TRIAGE, _T.DONE, _T.IN_REVIEW, _T.ARCHIVED),  # done, in_review: by an import
        _T.ANNOTATING: (_T.WAITING, *_OPEN_WORK),
        _T.IN_REVIEW: _OPEN_WORK,
        _T.REWORK: _OPEN_WORK,
        _T.COMPARING: (*_OPEN_WORK,),
        _T.CONFLICT: (
            _T.CONFLICT,
            _T.COMPARING,
            _T.IN_REVIEW,
            _T.REWORK,
            _T.ANNOTATING,
            _T.PARKED,
            _T.TRIAGE,
            _T.DONE,
            _T.ARCHIVED,
        ),
        _T.PARKED: (_T.WAITING, _T.ANNOTATING, _T.IN_REVIEW, _T.REWORK, _T.CONFLICT, _T.TRIAGE, _T.ARCHIVED),
        _T.TRIAGE: (_T.WAITING, _T.ANNOTATING, _T.DONE, _T.ARCHIVED),
        _T.DONE: (
            _T.DONE,
            _T.WAITING,
            _T.IN_REVIEW,
            _T.REWORK,
            _T.COMPARING,
            _T.CONFLICT,
            _T.ARCHIVED,
        ),  # done → done: a logged bulk change
        _T.ARCHIVED: (_T.WAITING, _T.DONE),
    }
)

_A = AssignmentState
ASSIGNMENT_MOVES: dict[AssignmentState, frozenset[AssignmentState]] = _table(
    {
        _A.HELD: (_A.HELD, _A.PARKED, _A.STALE, _A.SUBMITTED, _A.SKIPPED, _A.RELEASED),
        _A.PARKED: (_A.HELD, _A.RELEASED, _A.SKIPPED),
        _A.STALE: (_A.HELD, _A.SUBMITTED, _A.RELEASED, _A.SKIPPED),
        _A.SUBMITTED: (_A.HELD,),  # recalled, or sent back to its author
        _A.SKIPPED: (),  # never returns to the same person
        _A.RELEASED: (_A.HELD, _A.SUBMITTED),  # submit takes an open slot of that task again
    }
)

_S = SlotState
SLOT_MOVES: dict[SlotState, frozenset[SlotState]] = _table(
    {
        _S.OPEN: (_S.HELD, _S.CANCELLED),
        _S.HELD: (_S.OPEN, _S.DONE, _S.CANCELLED),
        _S.DONE: (_S.HELD,),  # a recall, before the next step claims it
        _S.CANCELLED: (),
    }
)


class IllegalMove(ValueError):
    """A move that the table does not have."""

    def __init__(self, state: StrEnum, to: StrEnum, legal: frozenset[StrEnum]) -> None:
        names = ", ".join(sorted(legal)) or "nowhere"
        super().__init__(f"cannot move from {state} to {to}; from {state} it goes to {names}")
        self.state, self.to = state, to


def check_move(moves: Mapping[S, frozenset[S]], state: str, to: str) -> S:
    """The new state, as the table's enum.

    Raises:
        IllegalMove: the table does not have the move.
        ValueError: a name that is no state.
    """
    kind = type(next(iter(moves)))
    before, after = kind(state), kind(to)
    if after not in moves[before]:
        raise IllegalMove(before, after, moves[before])
    return after
