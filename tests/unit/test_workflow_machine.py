"""Any order of events on one task, under any workflow: the promises that hold on every path."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import workflow as w
from domain.workflow import TASK_MOVES, TaskState, check_move

PEOPLE = ["ann", "bob", "cleo", "dan", "eve"]
SHARES = st.sampled_from([0.0, 0.3, 0.7, 1.0])


@st.composite
def workflows(draw):
    overlap = draw(st.integers(1, 3))
    share = draw(st.none() | st.just(w.OverlapShare(share=0.5, overlap=overlap + 1)))
    highest = max(overlap, share.overlap if share else 0)
    stop = draw(st.none() | st.sampled_from([w.Quorum(agree=2), w.Certainty(at_least=0.9)])) if highest > 1 else None
    annotate = w.Annotate(overlap=overlap, stop=stop, most=overlap + 2 if stop else None, share=share)
    before = [w.Review(sample=draw(SHARES)) for _ in range(draw(st.integers(0, 2)))]
    merge = []
    if highest > 1:
        merge = draw(st.sampled_from([[], [w.Consensus()], [w.Adjudicate()], [w.Consensus(), w.Adjudicate()]]))
    after = [w.Review(sample=draw(SHARES)) for _ in range(draw(st.integers(0, 1)))]
    workflow = w.Workflow(stages=[annotate, *before, *merge, *after])

    return w.parse(msgspec.to_builtins(workflow))


class Slot:
    def __init__(self, new, answer, author, rejecter=None):
        self.new, self.answer, self.author = new, answer, author
        self.holder, self.rejecter = None, rejecter


class TaskMachine(RuleBasedStateMachine):
    """The least that a server has to do with the decisions: hand out slots by its rules, count, and carry out."""

    @initialize(
        workflow=workflows(), shared=st.booleans(), samplings=st.lists(st.floats(0, 0.999), min_size=12, max_size=12)
    )
    def begin(self, workflow, shared, samplings):
        self.workflow, self.samplings = workflow, samplings
        self.state, self.result = TaskState.WAITING, None
        self.open, self.answered, self.passed = [], {}, {}
        self.merged_by = None  # who made one out of several: a person, or "machine"
        self.merged_passed: set[int] = set()
        for new in w.open_task(workflow, shared=shared).slots:
            self.open.append(Slot(new, new.ordinal, None))
        self.wanted = len(self.open)
        self.places = {slot.answer for slot in self.open}

    @precondition(lambda self: self.state in (TaskState.DONE, TaskState.TRIAGE))
    @rule(workflow=workflows(), shared=st.booleans())
    def next_task(self, workflow, shared):
        self.begin(workflow, shared, self.samplings)

    def still(self, but):
        others = [slot.new for slot in self.open if slot is not but]
        return w.StillOpen(
            answers=sum(new.stage == "annotate" and new.reserve is None for new in others),
            rework=sum(new.stage == "annotate" and new.reserve is not None for new in others),
            reviews=sum(new.stage == "review" for new in others),
        )

    def may_take(self, person, slot):
        if slot.new.stage == "annotate":
            return slot.author == person if slot.new.reserve else person not in self.answered.values()
        if slot.new.stage == "adjudicate":
            return person not in self.answered.values()
        return person != slot.author

    @precondition(lambda self: self.open)
    @rule(
        pick=st.integers(0, 20), person=st.sampled_from(PEOPLE), verdict=st.sampled_from(["accept", "fix", "reject"]),
        outcome=st.sampled_from(["labelled"] * 6 + ["empty", "unusable"]), rejections=st.booleans(),
    )  # fmt: skip
    def work(self, pick, person, verdict, outcome, rejections):
        slot = self.open[pick % len(self.open)]
        if not self.may_take(person, slot):
            return
        self.state = check_move(TASK_MOVES, self.state, w.after_claim(self.state, slot.new.stage))
        {"annotate": self.submit, "review": self.judge, "adjudicate": self.settle}[slot.new.stage](
            slot, person, verdict if rejections else "accept", outcome
        )

    def piece(self, answer):
        sampling = self.samplings[answer % len(self.samplings)] if answer is not None else 0.5
        return w.Piece(answers=len(self.places), sampling=sampling)

    def submit(self, slot, person, verdict, outcome):
        self.answered[slot.answer] = person
        level = slot.new.level if slot.new.reserve else 0
        self.passed[slot.answer] = {n for n in self.passed.get(slot.answer, set()) if n < level}
        decision = w.after_submit(
            self.workflow, outcome=outcome, piece=self.piece(slot.answer), still=self.still(slot), rejected_at=level
        )
        self.carry_out(slot, decision, answer=slot.answer, author=person, rejecter=slot.rejecter)

    def judge(self, slot, person, verdict, outcome):
        if verdict != "reject":
            passed = self.merged_passed if slot.answer is None else self.passed[slot.answer]
            passed.add(slot.new.level)
        decision = w.after_review(
            self.workflow, level=slot.new.level, verdict=verdict, piece=self.piece(slot.answer), still=self.still(slot)
        )
        self.carry_out(slot, decision, answer=slot.answer, author=slot.author, rejecter=person)

    def settle(self, slot, person, verdict, outcome):
        self.merged_by, self.merged_passed = person, set()
        decision = w.after_adjudicate(self.workflow, piece=self.piece(None))
        self.carry_out(slot, decision, answer=None, author=person)

    @precondition(lambda self: self.state == TaskState.COMPARING)
    @rule(agreeing=st.integers(1, 3), certainty=st.none() | st.floats(0, 1), conflicts=st.integers(0, 2))
    def compare(self, agreeing, certainty, conflicts):
        piece = self.piece(None)
        found = w.Compared(agreeing=agreeing, certainty=certainty)
        if w.enough(self.workflow, answers=piece.answers, compared=found) and w.merges(self.workflow, piece.facts):
            found = w.Compared(agreeing=agreeing, certainty=certainty, conflicts=conflicts)
            self.merged_by, self.merged_passed = "machine", set()
        decision = w.after_comparing(self.workflow, piece=piece, compared=found)
        self.carry_out(None, decision, answer=None, author=None)

    def carry_out(self, slot, decision, *, answer, author, rejecter=None):
        if slot is not None:
            self.open.remove(slot)
        if decision.cancel_open:
            self.open = []
        self.state = check_move(TASK_MOVES, self.state, decision.state)
        for new in decision.slots:
            place = new.ordinal if new.stage == "annotate" and new.reserve is None else answer
            self.open.append(Slot(new, place, author, rejecter if new.reserve == "author" else None))
            if new.stage == "annotate" and new.reserve is None:
                self.places.add(place)
        if decision.result != "none":
            assert self.result is None
            self.result = decision.result

    @invariant()
    def no_more_people_than_the_overlap(self):
        assert len(self.answered) <= self.workflow.annotate.limit(self.wanted)
        assert len(set(self.answered.values())) == len(self.answered)

    @invariant()
    def nothing_is_open_on_finished_work_and_something_on_the_rest(self):
        if self.state in (TaskState.DONE, TaskState.TRIAGE, TaskState.COMPARING):
            assert not self.open
        else:
            assert self.open

    @invariant()
    def no_review_is_skipped(self):
        if self.state != TaskState.DONE:
            return
        several = len(self.places) > 1
        for answer in self.answered:
            for level, review in enumerate(self.workflow.reviews, start=1):
                if several and self.workflow.judges_merged(level):
                    continue
                if self.samplings[answer] < review.sample:
                    assert any(n >= level for n in self.passed[answer]), (answer, level)
        if several and self.merged_by is not None:
            for level, review in enumerate(self.workflow.reviews, start=1):
                if self.workflow.judges_merged(level) and review.sample > 0.5:
                    assert level in self.merged_passed

    @invariant()
    def several_answers_become_one_result_by_somebody(self):
        if self.state == TaskState.DONE and len(self.places) > 1:
            merged = self.workflow.consensus is not None or self.workflow.adjudicates
            assert (self.merged_by is not None) == merged
            assert self.result == ("this" if merged else "first")


TestAnyOrderOfEvents = TaskMachine.TestCase
