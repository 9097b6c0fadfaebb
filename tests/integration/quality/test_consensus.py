"""Consensus: made when the answers are there, only conflicts go to a person, whose revision is the result; undone as one."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Role
from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.queries.documents import iter_revision
from apps.jobs.services import enqueue
from apps.quality.models import Consensus
from apps.quality.services.consensus import run_consensus
from apps.quality.services.consensus_runs import undo_consensus
from apps.tasks.errors import WrongState
from apps.tasks.models import Slot, Task
from tests.answers import annotators, box, overlap_project
from tests.factories import make_member, run_job
from tests.work import Person, make_tasks, put

pytestmark = pytest.mark.django_db
STAGES = [{"kind": "consensus", "method": "box_fusion"}, {"kind": "adjudicate"}]


@pytest.fixture
def judge(team: Any) -> Person:
    return Person(team.reviewer)


def answered(team: Any, *answers: list[dict[str, Any]], stages: Any = STAGES, overlap: int = 3) -> Task:
    """A task that as many people have answered, and the machine has looked at."""
    project = overlap_project(team, overlap=overlap, stages=stages)
    (task,) = make_tasks(project, team.manager)
    for person, elements in zip(annotators(team, len(answers)), answers, strict=True):
        person.label(project, *elements)
    run_consensus(task_id=task.pk)
    return Task.objects.select_related("project").get(pk=task.pk)


def regions_of(revision: Revision) -> list[Any]:
    return [entry for entry in iter_revision(revision) if entry.kind == "region"]


class TestMaking:
    def test_answers_that_agree_make_the_result_and_keep_their_own_revisions(self, team: Any) -> None:
        task = answered(team, [box()], [box(x=11)], [box(x=12)])
        assert task.state == "done"
        result = task.result
        assert result is not None
        assert (result.kind, result.author_id, result.region_count) == ("consensus", None, 1)
        made = Consensus.objects.get(task=task)
        assert (made.agreed, made.conflicts, len(made.made_of)) == (1, 0, 3)
        assert Revision.objects.filter(task=task, kind="answer").count() == 3

    def test_what_they_do_not_agree_on_is_left_out_and_goes_to_a_person(self, team: Any) -> None:
        task = answered(team, [box(), box(2, x=200)], [box()], [box()])
        assert task.state == "conflict"
        made = Consensus.objects.get(task=task)
        assert (made.agreed, made.conflicts) == (1, 1)
        assert Slot.objects.get(task=task, stage="adjudicate").state == "open"

    def test_looking_twice_changes_nothing(self, team: Any) -> None:
        task = answered(team, [box()], [box()], [box()])
        assert run_consensus(task_id=task.pk) is None
        assert Consensus.objects.filter(task=task).count() == 1

    def test_three_empty_answers_make_an_empty_result(self, team: Any) -> None:
        project = overlap_project(team, overlap=3, stages=STAGES)
        (task,) = make_tasks(project, team.manager)
        for person in annotators(team, 3):
            person.submit(person.claim(project), outcome="empty")
        run_consensus(task_id=task.pk)
        task.refresh_from_db()
        assert (task.state, task.outcome, task.agreement) == ("done", "empty", 1.0)

    @pytest.mark.parametrize("method", ["champion", "majority", "medoid", "pixel_vote", "staple", "dawid_skene"])
    def test_every_method_of_the_workflow_makes_one(self, team: Any, method: str) -> None:
        task = answered(team, [box()], [box(x=11)], [box(x=12)], stages=[{"kind": "consensus", "method": method}])
        assert (task.state, Consensus.objects.get(task=task).agreed) == ("done", 1)

    def test_a_class_may_have_its_own_threshold(self, team: Any) -> None:
        stage = {"kind": "consensus", "method": "box_fusion", "by_class": {"1": 0.95}}
        task = answered(team, [box()], [box(x=20)], [box(x=30)], stages=[stage, {"kind": "adjudicate"}])
        assert task.state == "conflict"

    def test_a_quorum_that_is_met_ends_the_asking_and_one_that_is_not_asks_once_more(self, team: Any) -> None:
        stop = {"overlap": 2, "most": 3, "stop": {"kind": "quorum", "agree": 2, "score": 0.8}}
        for second, state in ((box(), "done"), (box(2, x=300), "annotating")):
            project = overlap_project(team, stages=[])
            from apps.projects.services import put_workflow

            body = {"stages": [{"kind": "annotate", **stop}, {"kind": "consensus"}]}
            put_workflow(project=project, user=team.manager, body=body, note="")
            (task,) = make_tasks(project, team.manager)
            for person, element in zip(annotators(team, 2), (box(), second), strict=True):
                person.label(project, element)
            run_consensus(task_id=task.pk)
            task.refresh_from_db()
            assert task.state == state


class TestAdjudicating:
    def test_the_adjudicators_revision_is_the_result_and_begins_from_what_agrees(
        self, team: Any, judge: Person
    ) -> None:
        task = answered(team, [box(), box(2, x=200)], [box()], [box()])
        claim = judge.claim(task.project, "adjudicate")
        assert (claim["task"]["id"], len(claim["annotation"]["elements"])) == (task.pk, 1)
        judge.save(claim["annotation"]["id"], [put(box(2, x=200))])
        done = judge.submit(claim)
        task.refresh_from_db()
        assert (task.state, task.result_id) == ("done", done["revision"]["id"])
        assert (task.result.kind, task.result.author_id, task.result.stage) == (
            "consensus",
            judge.user.pk,
            "adjudicate",
        )
        assert len(regions_of(task.result)) == 2
        assert set(RegionIndex.objects.filter(task_id=task.pk, revision_id=task.result_id).values_list("class_id", flat=True)) == {1, 2}  # fmt: skip

    def test_nobody_settles_between_their_own_answer_and_others(self, team: Any) -> None:
        project = overlap_project(team, overlap=2, stages=STAGES)
        (task,) = make_tasks(project, team.manager)
        reviewer, other = Person(team.reviewer), annotators(team, 1)[0]
        reviewer.label(project, box())
        other.label(project, box(2, x=300))
        run_consensus(task_id=task.pk)
        assert reviewer.claim(project, "adjudicate") is None
        assert Person(make_member(team.organisation, Role.REVIEWER)).claim(project, "adjudicate") is not None

    def test_the_result_goes_through_a_review_that_comes_after(self, team: Any, judge: Person) -> None:
        task = answered(team, [box(), box(2, x=200)], [box()], [box()], stages=[*STAGES, {"kind": "review"}])
        claim = judge.claim(task.project, "adjudicate")
        judge.submit(claim)
        task.refresh_from_db()
        assert task.state == "in_review"
        second = Person(make_member(team.organisation, Role.REVIEWER))
        judged = second.claim(task.project, "review")
        second.judge(judged["revision"]["id"], "accept")
        task.refresh_from_db()
        assert task.state == "done"

    def test_a_given_back_conflict_waits_for_the_next(self, team: Any, judge: Person) -> None:
        task = answered(team, [box()], [box(2, x=200)], [box(3, x=400)])
        claim = judge.claim(task.project, "adjudicate")
        assert judge.http.post(f"assignments/{claim['assignment']['id']}/release", {}).status_code in (200, 204)
        task.refresh_from_db()
        assert task.state == "conflict"
        assert Person(make_member(team.organisation, Role.REVIEWER)).claim(task.project, "adjudicate") is not None


class TestUndoing:
    def test_an_undone_consensus_leaves_its_answers_to_a_person(self, team: Any) -> None:
        task = answered(team, [box()], [box()], [box()])
        made = Consensus.objects.get(task=task)
        undo_consensus(user=team.manager, consensus_id=made.pk)
        task.refresh_from_db()
        assert (task.state, task.result_id) == ("conflict", None)
        assert not RegionIndex.objects.filter(revision_id=made.revision_id).exists()
        assert Annotation.objects.get(pk=made.annotation_id).state == "discarded"
        assert Annotation.objects.filter(task=task, kind="answer", state="submitted").count() == 3

    def test_one_that_somebody_is_settling_or_has_built_on_cannot_be_undone(self, team: Any, judge: Person) -> None:
        task = answered(team, [box(), box(2, x=200)], [box()], [box()])
        made = Consensus.objects.get(task=task)
        claim = judge.claim(task.project, "adjudicate")
        with pytest.raises(WrongState):
            undo_consensus(user=team.manager, consensus_id=made.pk)
        judge.submit(claim)
        with pytest.raises(WrongState):
            undo_consensus(user=team.manager, consensus_id=made.pk)

    def test_a_run_over_what_was_done_is_taken_back_as_one_and_results_are_as_before(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        tasks = make_tasks(project, team.manager, 3)
        people = annotators(team, 2)
        for person in people:
            for _ in tasks:
                person.label(project, box())
        from apps.quality.services import agreement

        agreement.ask_all(project_id=project.pk)
        agreement.score_waiting(project_id=project.pk)
        before = dict(Task.objects.filter(project=project).values_list("pk", "result_id"))
        run = {"which": ["done"], "stage": {"kind": "consensus", "method": "box_fusion"}}
        job = _enqueue(team, project, "quality.make_consensus", {"run": run})
        assert run_job(job.pk) == "succeeded"
        kinds = Task.objects.filter(project=project).values_list("result__kind", flat=True)
        assert set(kinds) == {"consensus"}
        back = _enqueue(team, project, "quality.undo_consensus", {"job": job.pk})
        assert run_job(back.pk) == "succeeded"
        assert dict(Task.objects.filter(project=project).values_list("pk", "result_id")) == before


def _enqueue(team: Any, project: Any, kind: str, arguments: dict[str, Any]) -> Any:
    return enqueue(
        kind=kind,
        title="Consensus",
        organisation=team.organisation,
        user=team.manager,
        project=project,
        arguments={"project": project.pk, **arguments},
    )
