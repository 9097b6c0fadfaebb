"""Workflow: tables of moves and the decisions after each event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import workflow as w
from domain.workflow import (
    ASSIGNMENT_MOVES,
    SLOT_MOVES,
    TASK_MOVES,
    AssignmentState,
    IllegalMove,
    TaskState,
    WorkflowError,
    check_move,
)


def flow(overlap=1, samples=(1.0,), adjudicate=False):
    last = [w.Adjudicate()] if adjudicate else []
    return w.Workflow(stages=[w.Annotate(overlap=overlap), *(w.Review(sample=s) for s in samples), *last])


def submit(workflow, **changes):
    given_ = {"outcome": "labelled", "sampling": 0.5, "solo": False, "open_answers": 0, "open_reviews": 0}
    return w.after_submit(workflow, **{**given_, **changes})


def review(workflow, verdict, **changes):
    given_ = {"level": 1, "sampling": 0.5, "solo": False, "open_answers": 0, "open_reviews": 0}
    return w.after_review(workflow, verdict=verdict, **{**given_, **changes})


def test_a_submitted_answer_waits_for_somebody_elses_review():
    found = submit(w.default())
    assert found.state == TaskState.IN_REVIEW
    assert found.result == "none"
    assert [(s.stage, s.level, s.judges) for s in found.slots] == [("review", 1, True)]


def test_a_solo_project_skips_review_and_says_so():
    found = submit(w.default(), solo=True)
    assert (found.state, found.result, found.review_skipped, found.slots) == (TaskState.DONE, "this", True, [])


def test_an_answer_that_is_not_sampled_is_done_without_a_word_about_skipping():
    found = submit(flow(samples=(0.2,)))
    assert (found.state, found.result, found.review_skipped) == (TaskState.DONE, "this", False)


@pytest.mark.parametrize("outcome", ["unusable", "cannot_tell"])
def test_unusable_and_cannot_tell_go_to_triage_and_to_nobody_else(outcome):
    found = submit(flow(overlap=3), outcome=outcome, open_answers=2)
    assert (found.state, found.cancel_open, found.slots, found.reason) == (TaskState.TRIAGE, True, [], outcome)


def test_a_rejection_goes_to_the_author_first_and_its_answer_to_the_rejecter():
    rejected = review(w.default(), "reject")
    assert rejected.state == TaskState.REWORK
    assert [(s.stage, s.reserve) for s in rejected.slots] == [("annotate", "author")]
    again = submit(flow(samples=(0.0,)), rejected_at=1)
    assert [(s.stage, s.reserve) for s in again.slots] == [("review", "rejecter")]


def test_levels_follow_each_other():
    two = flow(samples=(1.0, 1.0))
    first = review(two, "accept", level=1)
    assert (first.state, [s.level for s in first.slots]) == (TaskState.IN_REVIEW, [2])
    assert review(two, "fix", level=2).result == "this"


def test_with_overlap_the_task_waits_for_all_answers():
    three = flow(overlap=3, samples=())
    assert len(w.open_task(three).slots) == 3
    assert submit(three, open_answers=2).state == TaskState.ANNOTATING
    assert submit(three).result == "first"
    assert submit(flow(overlap=3, samples=(), adjudicate=True)).state == TaskState.CONFLICT


def test_skips_open_the_task_again_and_the_second_goes_to_triage():
    first = w.after_skip(w.default(), stage="annotate", skips=1, state=TaskState.ANNOTATING, others_at_work=False)
    second = w.after_skip(w.default(), stage="annotate", skips=2, state=TaskState.WAITING, others_at_work=False)
    assert first.state == TaskState.WAITING
    assert (second.state, second.cancel_open) == (TaskState.TRIAGE, True)


def test_a_parked_task_waits_and_comes_back_to_its_stage():
    assert w.after_park(others_at_work=False, state=TaskState.ANNOTATING).state == TaskState.PARKED
    back = w.after_question(stage="annotate", rework=True, others_at_work=False, state=TaskState.PARKED)
    assert back.state == TaskState.REWORK


def test_finished_work_cannot_be_edited():
    with pytest.raises(IllegalMove, match="from done"):
        check_move(TASK_MOVES, "done", "annotating")
    with pytest.raises(IllegalMove):
        check_move(ASSIGNMENT_MOVES, AssignmentState.SKIPPED, AssignmentState.HELD)
    assert check_move(TASK_MOVES, "in_review", "done") == TaskState.DONE


@pytest.mark.parametrize("table", [TASK_MOVES, ASSIGNMENT_MOVES, SLOT_MOVES])
def test_every_state_stands_in_its_table(table):
    assert set(table) == set(type(next(iter(table))))


@pytest.mark.parametrize(
    "body",
    [
        {"stages": []},
        {"stages": [{"kind": "review"}]},
        {"stages": [{"kind": "annotate"}, {"kind": "annotate"}]},
        {"stages": [{"kind": "annotate", "overlap": 0}]},
        {"stages": [{"kind": "annotate", "overlap": 1}, {"kind": "adjudicate"}]},
        {"stages": [{"kind": "annotate", "overlap": 2}, {"kind": "adjudicate"}, {"kind": "review"}]},
        {"stages": [{"kind": "dance"}]},
        {},
    ],
)
def test_a_body_that_is_no_workflow_is_refused(body):
    with pytest.raises(WorkflowError):
        w.parse(body)


class _Task:
    """A model of a task with its slots: the least that a server has to do."""

    def __init__(self, workflow, samplings):
        self.workflow, self.samplings = workflow, samplings
        first = w.open_task(workflow)
        self.state, self.result, self.open = first.state, None, []
        self.passed: dict[int, int] = {}  # answer → highest level passed
        self.made = 0
        for slot in first.slots:
            self.open.append((slot, self.made, 0))
            self.made += 1

    def counts(self):
        return {
            "open_answers": sum(s.stage == "annotate" and s.reserve is None for s, _, _ in self.open),
            "open_rework": sum(s.stage == "annotate" and s.reserve is not None for s, _, _ in self.open),
            "open_reviews": sum(s.stage == "review" for s, _, _ in self.open),
        }

    def apply(self, decision, answer, rejected_at):
        self.state = check_move(TASK_MOVES, self.state, decision.state)
        for slot in decision.slots:
            self.open.append((slot, answer, rejected_at))
        if decision.result != "none":
            assert self.result is None
            self.result = decision.result

    def step(self, pick, verdict):
        slot, answer, rejected_at = self.open.pop(pick % len(self.open))
        sampling = self.samplings[answer]
        claimed = w.after_claim(self.state, slot.stage)
        if claimed != self.state:
            self.state = check_move(TASK_MOVES, self.state, claimed)
        if slot.stage == "annotate":
            level = slot.level if slot.reserve else 0
            decision = w.after_submit(
                self.workflow, outcome="labelled", sampling=sampling, solo=False, rejected_at=level, **self.counts()
            )
            self.passed[answer] = max(level - 1, 0)
        elif slot.stage == "review":
            if verdict != "reject":
                self.passed[answer] = slot.level
            decision = w.after_review(
                self.workflow, level=slot.level, verdict=verdict, sampling=sampling, solo=False, **self.counts()
            )
        else:
            decision = w.after_adjudicate()
        self.apply(decision, answer, slot.level)


@given(
    overlap=st.integers(1, 4),
    samples=st.lists(st.sampled_from([0.0, 0.3, 0.7, 1.0]), max_size=3),
    adjudicate=st.booleans(),
    samplings=st.lists(st.floats(0, 0.999), min_size=4, max_size=4),
    steps=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["accept", "fix", "reject"])), max_size=40),
)
def test_no_path_skips_a_review_or_makes_more_answers_than_the_overlap(overlap, samples, adjudicate, samplings, steps):
    workflow = flow(overlap, samples, adjudicate and overlap > 1)
    task = _Task(workflow, samplings)
    for pick, verdict in [*steps, *[(0, "accept")] * 40]:
        if not task.open:
            break
        assert task.state != TaskState.DONE
        task.step(pick, verdict)
    assert task.made == overlap
    assert (task.state, task.open) == (TaskState.DONE, [])
    assert task.result == ("this" if overlap == 1 or workflow.adjudicates else "first")
    for answer in range(overlap):
        needed = [n for n, s in enumerate(samples, start=1) if samplings[answer] < s]
        assert task.passed[answer] >= max(needed, default=0)
