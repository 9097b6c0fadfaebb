"""Workflow: tables of moves and the decisions after each event."""

from __future__ import annotations

import pytest

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


def submit(workflow, *, outcome="labelled", rejected_at=0, still=w.NOTHING_OPEN, **piece):
    piece = w.Piece(**{"answers": workflow.overlap, "sampling": 0.5} | piece)
    return w.after_submit(workflow, outcome=outcome, piece=piece, still=still, rejected_at=rejected_at)


def review(workflow, verdict, *, level=1, still=w.NOTHING_OPEN, **piece):
    piece = w.Piece(**{"answers": workflow.overlap, "sampling": 0.5} | piece)
    return w.after_review(workflow, level=level, verdict=verdict, piece=piece, still=still)


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
    found = submit(flow(overlap=3), outcome=outcome, still=w.StillOpen(answers=2))
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
    assert submit(three, still=w.StillOpen(answers=2)).state == TaskState.ANNOTATING
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
        {"stages": [{"kind": "dance"}]},
        {},
    ],
)
def test_a_body_that_is_no_workflow_is_refused(body):
    with pytest.raises(WorkflowError):
        w.parse(body)


def merging(*, overlap=2, most=None, stop=None, when=None, after=()):
    stages = [
        w.Annotate(overlap=overlap, most=most, stop=stop),
        w.Consensus(),
        w.Adjudicate(when=when),
        *(w.Review(sample=s) for s in after),
    ]
    return w.Workflow(stages=stages)


def compared(workflow, *, answers=2, facts=w.UNKNOWN, sampling=0.5, **found):
    piece = w.Piece(answers=answers, facts=facts, sampling=sampling)
    return w.after_comparing(workflow, piece=piece, compared=w.Compared(**found))


def test_several_answers_are_compared_before_the_task_goes_on():
    assert submit(merging()).state == TaskState.COMPARING
    assert submit(flow(overlap=2)).state == TaskState.IN_REVIEW


def test_one_more_answer_is_asked_for_until_enough_agree_or_the_most_are_there():
    workflow = merging(most=4, stop=w.Quorum(agree=2))
    more = compared(workflow, agreeing=1)
    assert (more.state, [(s.stage, s.ordinal) for s in more.slots]) == (TaskState.ANNOTATING, [("annotate", 2)])
    assert compared(workflow, agreeing=2, conflicts=0).state == TaskState.DONE
    assert compared(workflow, answers=4, agreeing=1, conflicts=1).state == TaskState.CONFLICT


def test_certainty_that_is_not_known_asks_for_another_answer():
    workflow = merging(most=3, stop=w.Certainty(at_least=0.9))
    assert compared(workflow, certainty=None).state == TaskState.ANNOTATING
    assert compared(workflow, certainty=0.95, conflicts=0).state == TaskState.DONE


def test_only_conflicts_of_a_consensus_go_to_adjudication_and_the_rest_to_review():
    workflow = merging(after=(1.0,))
    assert [s.stage for s in compared(workflow, conflicts=2).slots] == ["adjudicate"]
    clean = compared(workflow, conflicts=0)
    assert (clean.state, [(s.stage, s.level, s.judges) for s in clean.slots]) == (
        TaskState.IN_REVIEW,
        [("review", 1, True)],
    )
    settled = w.after_adjudicate(workflow, piece=w.Piece(answers=2))
    assert (settled.state, [s.level for s in settled.slots]) == (TaskState.IN_REVIEW, [1])


def test_a_rejected_consensus_goes_to_a_person_who_settles_it():
    again = review(merging(after=(1.0,)), "reject", level=1)
    assert (again.state, [(s.stage, s.reserve) for s in again.slots]) == (
        TaskState.CONFLICT,
        [("adjudicate", "author")],
    )


def test_a_single_answer_passes_the_reviews_that_come_after_the_consensus():
    found = submit(merging(after=(1.0,)), answers=1)
    assert (found.state, [s.level for s in found.slots]) == (TaskState.IN_REVIEW, [1])


def test_a_condition_leaves_a_review_out_only_when_it_is_known_not_to_hold():
    workflow = w.Workflow(stages=[w.Annotate(), w.Review(when=w.HasFindings(at_least=2))])
    assert submit(workflow, facts=w.Facts(findings=1)).state == TaskState.DONE
    assert submit(workflow, facts=w.Facts(findings=2)).state == TaskState.IN_REVIEW
    assert submit(workflow).state == TaskState.IN_REVIEW


@pytest.mark.parametrize(
    "predicate, facts, expected",
    [
        (w.ClassPresent(classes=[3]), w.Facts(classes=frozenset({1, 3})), True),
        (w.ClassPresent(classes=[3]), w.Facts(classes=frozenset({1})), False),
        (w.AgreementBelow(value=0.5), w.Facts(agreement=0.4), True),
        (w.AgreementBelow(value=0.5), w.Facts(), None),
        (w.ScoreBelow(value=0.5), w.Facts(score=0.5), False),
        (w.HasTag(key="site", values=["north"]), w.Facts(tags={"site": "north"}), True),
        (w.HasTag(key="site", values=["north"]), w.Facts(tags={}), False),
        (w.Not(of=w.HasFindings()), w.Facts(findings=0), True),
        (w.AnyOf(of=[w.HasFindings(), w.AgreementBelow(value=0.5)]), w.Facts(findings=1), True),
        (w.AllOf(of=[w.HasFindings(), w.AgreementBelow(value=0.5)]), w.Facts(findings=0), False),
        (w.AllOf(of=[w.HasFindings(), w.AgreementBelow(value=0.5)]), w.Facts(findings=1), None),
    ],
)
def test_a_predicate_says_yes_no_or_not_known(predicate, facts, expected):
    assert w.holds(predicate, facts) is expected


def test_a_route_leads_past_the_reviews_between_or_to_triage():
    to = [w.Route(when=w.ClassPresent(classes=[7]), to="senior"), w.Route(when=w.HasFindings(at_least=9), to="triage")]
    workflow = w.Workflow(stages=[w.Annotate(routes=to), w.Review(), w.Review(name="senior")])
    assert [s.level for s in submit(workflow, facts=w.Facts(classes=frozenset({7}), findings=0)).slots] == [2]
    assert [s.level for s in submit(workflow, facts=w.Facts(classes=frozenset(), findings=0)).slots] == [1]
    assert submit(workflow, facts=w.Facts(classes=frozenset(), findings=9)).state == TaskState.TRIAGE


def test_a_good_record_is_reviewed_less_and_a_newcomer_always():
    band = w.Band(judged=50, accepted=0.9, sample=0.1)
    workflow = w.Workflow(stages=[w.Annotate(), w.Review(sample=0.8, by_record=[band])])
    assert submit(workflow, record=w.Record(judged=60, accepted=0.95)).state == TaskState.DONE
    assert submit(workflow, record=w.Record(judged=49, accepted=0.95)).state == TaskState.IN_REVIEW
    assert submit(workflow, record=w.Record(judged=60, accepted=0.85)).state == TaskState.IN_REVIEW
    new = w.Record(judged=60, accepted=0.95, probation=True)
    assert submit(workflow, record=new, sampling=0.99).state == TaskState.IN_REVIEW


ANNOTATE, REVIEW = {"kind": "annotate"}, {"kind": "review"}
BACK = {"when": {"kind": "has_findings"}, "to": "annotate"}


@pytest.mark.parametrize(
    "stages, pointer, code",
    [
        ([ANNOTATE, {**REVIEW, "routes": [BACK]}], "/stages/1/routes/0/to", "cannot_reach_done"),
        ([ANNOTATE, {**REVIEW, "routes": [{**BACK, "to": "nowhere"}]}], "/stages/1/routes/0/to", "unknown_stage"),
        ([ANNOTATE, {**REVIEW, "name": "done"}], "/stages/1/name", "name_taken"),
        ([{**ANNOTATE, "overlap": 2, "most": 4}], "/stages/0/stop", "stop_missing"),
        ([{**ANNOTATE, "overlap": 3, "most": 2}], "/stages/0/most", "most_below_overlap"),
        ([{**ANNOTATE, "stop": {"kind": "quorum"}}], "/stages/0/stop", "nothing_to_compare"),
        (
            [{**ANNOTATE, "overlap": 2, "stop": {"kind": "quorum", "agree": 3}}],
            "/stages/0/stop/agree",
            "quorum_too_large",
        ),
        (
            [{**ANNOTATE, "overlap": 2, "share": {"share": 0.1, "overlap": 2}}],
            "/stages/0/share/overlap",
            "share_adds_nothing",
        ),
        (
            [{**ANNOTATE, "overlap": 2}, {"kind": "consensus"}, REVIEW, {"kind": "adjudicate"}],
            "/stages/3",
            "bad_stages",
        ),
        ([ANNOTATE, {"kind": "consensus"}], "/stages/1", "bad_stages"),
        ([{**ANNOTATE, "overlap": 0}], "/stages/0/overlap", "bad_workflow"),
        (
            [
                {**ANNOTATE, "overlap": 2, "routes": [{**BACK, "to": "review-1"}]},
                {"kind": "consensus"},
                REVIEW,
            ],
            "/stages/0/routes/0/to",
            "cannot_reach_done",
        ),
    ],
)
def test_a_workflow_that_does_not_lead_to_done_is_refused_with_the_place(stages, pointer, code):
    with pytest.raises(WorkflowError) as error:
        w.parse({"stages": stages})
    assert (error.value.pointer, error.value.code) == (pointer, code)


def test_a_share_of_overlap_is_enough_to_adjudicate():
    body = {"stages": [{**ANNOTATE, "share": {"share": 0.1, "overlap": 3}}, {"kind": "adjudicate"}]}
    assert len(w.open_task(w.parse(body), shared=True).slots) == 3
    assert len(w.open_task(w.parse(body)).slots) == 1
