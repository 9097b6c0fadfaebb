"""What follows an event: the task's new state, slots to add, and whether there is a result.

Pure: whoever calls gives the counts that it read under its locks, the sampling number and whether anybody else could
review. The caller writes slots and states and checks them by the tables of `moves`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .moves import Outcome, TaskState
from .stages import Workflow

StageName = Literal["annotate", "review", "adjudicate"]
Verdict = Literal["accept", "fix", "reject"]
Reserve = Literal["author", "rejecter"]


class NewSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A slot to add.

    `judges` says that it is about the revision at hand; its author is then excluded. `reserve` names whom it waits for
    during the hold time.
    """

    stage: StageName
    level: int = 1
    ordinal: int = 0
    judges: bool = False
    reserve: Reserve | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What to do.

    `result`: none; `this` revision (of a fix verdict the fix, else the one submitted or judged); or, at an overlap over
    1, the `first` finished answer by its slot's ordinal. `cancel_open` takes back all open and held slots of the task.
    `review_skipped` is to be said to people: nobody else could have reviewed.
    """

    state: TaskState
    slots: list[NewSlot] = []
    result: Literal["none", "this", "first"] = "none"
    cancel_open: bool = False
    review_skipped: bool = False
    reason: str = ""


def open_task(workflow: Workflow) -> Decision:
    """A new task: one annotate slot for each answer wanted."""
    slots = [NewSlot(stage="annotate", ordinal=i) for i in range(workflow.overlap)]
    return Decision(state=TaskState.WAITING, slots=slots)


def next_slots(workflow: Workflow, *, level: int, sampling: float, solo: bool) -> tuple[list[NewSlot], bool]:
    """The review slot that an answer needs after passing `level` (0: just submitted), and whether one was left out.

    Args:
        sampling: a number in [0, 1) drawn once an answer; a level judges it when the number is under its sample.
        solo: nobody but the author could review.
    """
    for number, review in enumerate(workflow.reviews, start=1):
        if number <= level or sampling >= review.sample:
            continue
        if solo:
            return [], True
        return [NewSlot(stage="review", level=number, judges=True)], False
    return [], False


def after_claim(state: TaskState, stage: StageName) -> TaskState:
    """Claiming the first answer begins the task; other claims change no state."""
    return TaskState.ANNOTATING if stage == "annotate" and state == TaskState.WAITING else state


def after_submit(
    workflow: Workflow,
    *,
    outcome: Outcome | str,
    sampling: float,
    solo: bool,
    open_answers: int,
    open_reviews: int,
    open_rework: int = 0,
    rejected_at: int = 0,
) -> Decision:
    """An answer was submitted.

    Args:
        outcome: unusable and cannot_tell go to triage and to nobody else.
        open_answers: other annotate slots of the task that are open or held (without rework).
        open_reviews: review slots of the task that are open or held.
        open_rework: other annotate slots of the task, open or held, that were added by a rejection.
        rejected_at: the review level whose rejection this answers, 0 for a first submission. The resubmission goes to
            that level again, to the rejecter first, whatever the sampling number says.
    """
    if Outcome(outcome) in (Outcome.UNUSABLE, Outcome.CANNOT_TELL):
        return Decision(state=TaskState.TRIAGE, cancel_open=True, reason=str(outcome))
    if rejected_at and not solo:
        level = min(rejected_at, max(1, len(workflow.reviews)))
        slots, skipped = [NewSlot(stage="review", level=level, judges=True, reserve="rejecter")], False
    else:
        slots, skipped = next_slots(workflow, level=0, sampling=sampling, solo=solo)
    return _settle(
        workflow, slots, skipped, open_answers=open_answers, open_reviews=open_reviews, open_rework=open_rework
    )


def after_review(
    workflow: Workflow,
    *,
    level: int,
    verdict: Verdict,
    sampling: float,
    solo: bool,
    open_answers: int,
    open_reviews: int,
    open_rework: int = 0,
) -> Decision:
    """A verdict was given at a level.

    Args:
        verdict: a rejection adds an annotate slot reserved for the author; accept and fix go to the next level or on.
        solo: nobody could review at the next level (neither the author nor who has just judged).
        open_answers, open_reviews, open_rework: other open or held slots of the task, as in `after_submit`.
    """
    if verdict == "reject":
        again = NewSlot(stage="annotate", level=level, reserve="author")
        return Decision(state=TaskState.REWORK, slots=[again])
    slots, skipped = next_slots(workflow, level=level, sampling=sampling, solo=solo)
    return _settle(
        workflow, slots, skipped, open_answers=open_answers, open_reviews=open_reviews, open_rework=open_rework
    )


def _settle(
    workflow: Workflow, slots: list[NewSlot], skipped: bool, *, open_answers: int, open_reviews: int, open_rework: int
) -> Decision:
    """The state that what is still open asks for; done, with a result, when nothing is."""
    if open_rework:
        return Decision(state=TaskState.REWORK, slots=slots, review_skipped=skipped)
    if open_answers:
        return Decision(state=TaskState.ANNOTATING, slots=slots, review_skipped=skipped)
    if slots or open_reviews:
        return Decision(state=TaskState.IN_REVIEW, slots=slots, review_skipped=skipped)
    if workflow.adjudicates and workflow.overlap > 1:
        return Decision(state=TaskState.CONFLICT, slots=[NewSlot(stage="adjudicate")], review_skipped=skipped)
    return Decision(state=TaskState.DONE, result="this" if workflow.overlap == 1 else "first", review_skipped=skipped)


def after_adjudicate() -> Decision:
    """The adjudicator's revision is the result."""
    return Decision(state=TaskState.DONE, result="this", cancel_open=True)


def after_skip(workflow: Workflow, *, stage: StageName, skips: int, state: TaskState, others_at_work: bool) -> Decision:
    """A person passed the task on. `skips` counts this one.

    The slot is opened again for others; after the workflow's number of skips the task goes to triage.
    """
    if skips >= workflow.skips_to_triage:
        return Decision(state=TaskState.TRIAGE, cancel_open=True, reason="skipped")
    return after_release(stage=stage, state=state, others_at_work=others_at_work)


def after_release(*, stage: StageName, state: TaskState, others_at_work: bool) -> Decision:
    """A person gave the work back, or an unedited lease ended: the same slot is open again.

    `others_at_work`: somebody else holds or has submitted an answer to the task.
    """
    begun = others_at_work or stage != "annotate" or state != TaskState.ANNOTATING
    return Decision(state=state if begun else TaskState.WAITING)


def after_park(*, others_at_work: bool, state: TaskState) -> Decision:
    """A person asked a question: their slot is kept for them; the task waits when nobody else works on it."""
    return Decision(state=state if others_at_work else TaskState.PARKED)


def after_question(*, stage: StageName, rework: bool, others_at_work: bool, state: TaskState) -> Decision:
    """The question was answered: back to the stage where it was parked, to the same person first."""
    if others_at_work and state != TaskState.PARKED:
        return Decision(state=state)
    states: dict[str, TaskState] = {"review": TaskState.IN_REVIEW, "adjudicate": TaskState.CONFLICT}
    return Decision(state=TaskState.REWORK if rework else states.get(stage, TaskState.ANNOTATING))


def after_recall(*, rework: bool) -> Decision:
    """The author took a submission back before the next step claimed it: its open review slots are cancelled."""
    return Decision(state=TaskState.REWORK if rework else TaskState.ANNOTATING)


def after_triage(workflow: Workflow, *, choice: Literal["requeue", "accept", "archive"]) -> Decision:
    """A manager settled it: work on it again, keep the submitted outcome as the result, or take it out."""
    if choice == "requeue":
        return open_task(workflow)
    if choice == "accept":
        return Decision(state=TaskState.DONE, result="this", cancel_open=True)
    return Decision(state=TaskState.ARCHIVED, cancel_open=True)
