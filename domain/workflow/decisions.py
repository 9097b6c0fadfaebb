"""What follows an event: the task's new state, slots to add, and whether there is a result.

Pure: whoever calls gives the counts that it read under its locks, the sampling number and whether anybody else could
review. The caller writes slots and states and checks them by the tables of `moves`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .moves import Outcome, TaskState
from .routing import UNKNOWN, Facts, holds
from .stages import DONE, TRIAGE, Adjudicate, Certainty, Consensus, Quorum, Record, Review, Workflow, sample_for

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

    `result`: none; `this` revision (of a fix verdict the fix, else the one submitted or judged); or, of several answers
    of which nothing made one, the `first` finished answer by its slot's ordinal. `cancel_open` takes back all open and
    held slots of the task. `review_skipped` is to be said to people: nobody else could have reviewed. In the state
    `comparing` the machine looks at the answers; `after_comparing` says what follows.
    """

    state: TaskState
    slots: list[NewSlot] = []
    result: Literal["none", "this", "first"] = "none"
    cancel_open: bool = False
    review_skipped: bool = False
    reason: str = ""


def open_task(workflow: Workflow, *, shared: bool = False) -> Decision:
    """A new task: one annotate slot for each answer wanted at first. `shared`: it was drawn for the overlap share."""
    slots = [NewSlot(stage="annotate", ordinal=i) for i in range(answers_wanted(workflow, shared=shared))]
    return Decision(state=TaskState.WAITING, slots=slots)


def answers_wanted(workflow: Workflow, *, shared: bool) -> int:
    """How many answers a task gets at first."""
    share = workflow.annotate.share
    return share.overlap if shared and share is not None else workflow.overlap


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Where one piece of work goes next: to a review `level`, to a person who `adjudicates`, to `triage`, or through.

    `skipped`: a review was left out because nobody else could do it.
    """

    level: int = 0
    adjudicates: bool = False
    triage: bool = False
    skipped: bool = False

    @property
    def through(self) -> bool:
        return not (self.level or self.adjudicates or self.triage)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about the way of an answer, or of what was made out of several.

    Args:
        answers: how many answers its task has, or will have by the slots there are.
        sampling: a number in [0, 1) drawn once an answer; a level judges it when the number is under its sample.
        solo: nobody but who made it could review.
        facts: what routes and conditions look at; what is not known counts as asking for the stage.
        record: the author's; None where it is not kept.
    """

    answers: int = 1
    sampling: float = 0.0
    solo: bool = False
    facts: Facts = UNKNOWN
    record: Record | None = None


def way_on(workflow: Workflow, piece: Piece, *, place: int, merged: bool = False) -> Way:
    """The way after the stage at `place`. One of several answers that is not `merged` goes no further than the merge."""
    end = len(workflow.stages) if merged or piece.answers == 1 else workflow.merge_at
    skipped = False
    while place < end:
        routed = _routed(workflow, place, piece.facts)
        if routed == TRIAGE:
            return Way(triage=True, skipped=skipped)
        place = place + 1 if routed is None else (end if routed == DONE else workflow.place(routed))
        if place >= end:
            break
        stage = workflow.stages[place]
        if isinstance(stage, Review):
            if piece.sampling >= sample_for(stage, piece.record) or not _asked_for(stage, piece.facts):
                continue
            if piece.solo:
                skipped = True
                continue
            return Way(level=_level_at(workflow, place), skipped=skipped)
    return Way(skipped=skipped)


def _routed(workflow: Workflow, place: int, facts: Facts) -> str | None:
    """Where the first route of a stage that holds leads. A condition that cannot be known yet leads nowhere."""
    return next((route.to for route in workflow.stages[place].routes if holds(route.when, facts)), None)


def _asked_for(stage: Consensus | Review | Adjudicate, facts: Facts) -> bool:
    """Whether the stage is for this work; what is not known counts as yes: rather one look too many."""
    return stage.when is None or holds(stage.when, facts) is not False


def _level_at(workflow: Workflow, place: int) -> int:
    return sum(isinstance(stage, Review) for stage in workflow.stages[: place + 1])


def after_claim(state: TaskState, stage: StageName) -> TaskState:
    """Claiming the first answer begins the task; other claims change no state."""
    return TaskState.ANNOTATING if stage == "annotate" and state == TaskState.WAITING else state


class StillOpen(msgspec.Struct, frozen=True, kw_only=True):
    """Other slots of the task that are open or held: answers (without rework), reviews, rework after a rejection."""

    answers: int = 0
    reviews: int = 0
    rework: int = 0


NOTHING_OPEN = StillOpen()


def after_submit(
    workflow: Workflow,
    *,
    outcome: Outcome | str,
    piece: Piece,
    still: StillOpen = NOTHING_OPEN,
    rejected_at: int = 0,
    must_review: bool = False,
) -> Decision:
    """An answer was submitted.

    Args:
        outcome: unusable and cannot_tell go to triage and to nobody else.
        rejected_at: the review level whose rejection this answers, 0 for a first submission. The resubmission goes to
            that level again, to the rejecter first, whatever the sampling number says.
        must_review: a check that stops a submit was passed with a reason: somebody looks at it whatever the sampling number
            says, also where the workflow has no review.
    """
    if Outcome(outcome) in (Outcome.UNUSABLE, Outcome.CANNOT_TELL):
        return Decision(state=TaskState.TRIAGE, cancel_open=True, reason=str(outcome))
    if rejected_at and not piece.solo and workflow.reviews:
        level = min(rejected_at, len(workflow.reviews))
        slots = [NewSlot(stage="review", level=level, judges=True, reserve="rejecter")]
        return _settle(workflow, slots, False, piece=piece, still=still)
    way = way_on(workflow, piece, place=0)
    if must_review and way.through and not (piece.answers > 1 and workflow.judges_merged(1)):
        way = Way(skipped=True) if piece.solo else Way(level=1)
    return _go(workflow, way, piece=piece, still=still)


def after_exam() -> Decision:
    """An answer of an exam was submitted: compared with what is known, it needs nobody's review."""
    return Decision(state=TaskState.DONE, result="this")


def after_review(
    workflow: Workflow, *, level: int, verdict: Verdict, piece: Piece, still: StillOpen = NOTHING_OPEN
) -> Decision:
    """A verdict was given at a level.

    Args:
        verdict: a rejection adds an annotate slot reserved for the author, or, of what was made out of several answers,
            one to adjudicate; accept and fix go to the next level or on.
        piece: the judged answer; `solo` says that nobody could review at the next level (neither the author nor who has
            just judged).
    """
    merged = piece.answers > 1 and workflow.judges_merged(level)
    if verdict == "reject":
        if merged:
            return Decision(state=TaskState.CONFLICT, slots=[NewSlot(stage="adjudicate", reserve="author")])
        return Decision(state=TaskState.REWORK, slots=[NewSlot(stage="annotate", level=level, reserve="author")])
    place = workflow.place_of_level(level)
    if place < 0:  # the level went away with another version of the workflow
        return _settle(workflow, [], False, piece=piece, still=still)
    way = way_on(workflow, piece, place=place, merged=merged)
    return _on_merged(way) if merged else _go(workflow, way, piece=piece, still=still)


def _go(workflow: Workflow, way: Way, *, piece: Piece, still: StillOpen) -> Decision:
    if way.triage:
        return Decision(state=TaskState.TRIAGE, cancel_open=True, reason="routed", review_skipped=way.skipped)
    slots = [NewSlot(stage="review", level=way.level, judges=True)] if way.level else []
    return _settle(workflow, slots, way.skipped, piece=piece, still=still)


def _settle(workflow: Workflow, slots: list[NewSlot], skipped: bool, *, piece: Piece, still: StillOpen) -> Decision:
    """The state that what is still open asks for; the merge, or done, when nothing is."""
    if still.rework:
        return Decision(state=TaskState.REWORK, slots=slots, review_skipped=skipped)
    if still.answers:
        return Decision(state=TaskState.ANNOTATING, slots=slots, review_skipped=skipped)
    if slots or still.reviews:
        return Decision(state=TaskState.IN_REVIEW, slots=slots, review_skipped=skipped)
    return msgspec.structs.replace(after_answers(workflow, piece=piece), review_skipped=skipped)


def after_answers(workflow: Workflow, *, piece: Piece) -> Decision:
    """All answers are there and settled: done with the one, or the machine compares several, or people do."""
    if piece.answers == 1:
        return Decision(state=TaskState.DONE, result="this")
    if workflow.compares:
        return Decision(state=TaskState.COMPARING)
    return _by_people(workflow, piece)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing the answers of a task found. None: it could not be said, which never stops the task.

    `agreeing`: the most answers that are alike, each to each, by the quorum's score. `conflicts`: what a consensus could
    not settle, None where none was made.
    """

    agreeing: int | None = None
    certainty: float | None = None
    conflicts: int | None = None


def enough(workflow: Workflow, *, answers: int, compared: Compared) -> bool:
    """Whether the answers there are will do, by the stop rule or because there may be no more."""
    annotate = workflow.annotate
    if annotate.stop is None or answers >= annotate.limit(answers):
        return True
    match annotate.stop:
        case Quorum(agree=agree):
            return compared.agreeing is not None and compared.agreeing >= agree
        case Certainty(at_least=least):
            return compared.certainty is not None and compared.certainty >= least


def merges(workflow: Workflow, facts: Facts) -> bool:
    """Whether a consensus is to be made out of the answers."""
    return workflow.consensus is not None and _asked_for(workflow.consensus, facts)


def after_comparing(workflow: Workflow, *, piece: Piece, compared: Compared) -> Decision:
    """The machine compared the answers: one more is asked for, or there is a consensus, or people settle it.

    Where a consensus was made (`compared.conflicts` is a number), it is the revision at hand: `this` of the result and what
    review slots judge.
    """
    if not enough(workflow, answers=piece.answers, compared=compared):
        more = NewSlot(stage="annotate", ordinal=piece.answers)
        return Decision(state=TaskState.ANNOTATING, slots=[more])
    if compared.conflicts is None or workflow.consensus is None:
        return _by_people(workflow, piece)
    adjudicate = workflow.adjudicate
    if compared.conflicts and adjudicate is not None and _asked_for(adjudicate, piece.facts):
        return Decision(state=TaskState.CONFLICT, slots=[NewSlot(stage="adjudicate")])
    last = workflow.stages.index(adjudicate or workflow.consensus)
    routed = _routed(workflow, workflow.stages.index(workflow.consensus), piece.facts)
    place = last if routed is None else workflow.stages.index(workflow.consensus)
    return _on_merged(way_on(workflow, piece, place=place, merged=True))


def _by_people(workflow: Workflow, piece: Piece) -> Decision:
    """Several answers without a consensus: somebody makes one of them, or the first one stands."""
    adjudicate = workflow.adjudicate
    if adjudicate is not None and _asked_for(adjudicate, piece.facts):
        return Decision(state=TaskState.CONFLICT, slots=[NewSlot(stage="adjudicate")])
    return Decision(state=TaskState.DONE, result="first")


def _on_merged(way: Way) -> Decision:
    """What was made out of several answers goes on: to a review, to triage, or it is the result."""
    if way.triage:
        return Decision(state=TaskState.TRIAGE, cancel_open=True, reason="routed", review_skipped=way.skipped)
    if way.level:
        slot = NewSlot(stage="review", level=way.level, judges=True)
        return Decision(state=TaskState.IN_REVIEW, slots=[slot], review_skipped=way.skipped)
    return Decision(state=TaskState.DONE, result="this", cancel_open=True, review_skipped=way.skipped)


def after_adjudicate(workflow: Workflow, *, piece: Piece) -> Decision:
    """The adjudicator's revision goes on to the reviews after adjudication, or is the result.

    `piece.solo`: nobody but the adjudicator could review.
    """
    adjudicate = workflow.adjudicate
    place = workflow.stages.index(adjudicate) if adjudicate is not None else workflow.merge_at
    return _on_merged(way_on(workflow, piece, place=place, merged=True))


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
