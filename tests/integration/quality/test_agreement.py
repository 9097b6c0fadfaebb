"""Agreement: incremental and anew are the same; what is taken back drops out; only answers count."""

from __future__ import annotations

from typing import Any

import pytest

from apps.annotations.models import Annotation
from apps.jobs.services import enqueue
from apps.quality.models import AgreementSum, SaidCount, TaskAgreement
from apps.quality.services import agreement
from apps.quality.services.agreement_sums import rebuild_totals
from apps.tasks.models import Task
from tests.answers import annotators, box, overlap_project, write_answers
from tests.factories import api, run_job
from tests.work import make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tasks whose scores were asked for, instead of a broker."""
    tasks: list[int] = []
    monkeypatch.setattr("apps.tasks.services.asking._send", tasks.extend)
    return tasks


def totals(project: Any) -> tuple[list[Any], list[Any]]:
    sums = AgreementSum.objects.filter(project=project, tasks__gt=0).order_by("subject", "a", "b", "batch_id", "day")
    said = SaidCount.objects.filter(project=project, times__gt=0)
    return (
        list(sums.values_list("subject", "a", "b", "batch_id", "day", "tasks", "pairs", "size", "alike", "overlap", "empty")),
        sorted(said.values_list("question", "a", "b", "raters", "left", "right", "times")),
    )  # fmt: skip


def score(project: Any, tasks: list[int]) -> None:
    agreement.ask(task_ids=tasks)
    agreement.score_waiting(project_id=project.pk)


class TestOneTask:
    def test_a_submit_asks_for_its_task_once_committed_and_the_scores_say_who_differs(
        self, team: Any, asked: list[int], django_capture_on_commit_callbacks: Any
    ) -> None:
        project = overlap_project(team, overlap=2)
        (task,) = make_tasks(project, team.manager)
        first, second = annotators(team, 2)
        with django_capture_on_commit_callbacks(execute=True):
            first.label(project, box(), box(2, x=200))
            second.label(project, box(), box(3, x=201))
        assert task.pk in asked
        score(project, [task.pk])
        row = TaskAgreement.objects.get(pk=task.pk)
        assert (row.value, len(row.people)) == (0.5, 2)
        assert Task.objects.get(pk=task.pk).agreement == 0.5
        whole = AgreementSum.objects.get(project=project, subject="all", a=0, b=0)
        assert (whole.tasks, whole.pairs, whole.size, whole.alike) == (1, 1, 4, 2)
        told = SaidCount.objects.get(project=project, a=0, b=0, question="class", left__in=["2"])
        assert (told.left, told.right, told.times) == ("2", "3", 1)

    def test_a_recalled_answer_takes_its_scores_with_it(self, team: Any, asked: list[int]) -> None:
        project = overlap_project(team, overlap=2, stages=[{"kind": "review"}])
        (task,) = make_tasks(project, team.manager)
        first, second = annotators(team, 2)
        first.label(project, box())
        claim, _ = second.label(project, box(x=300))
        score(project, [task.pk])
        assert AgreementSum.objects.filter(project=project, tasks__gt=0).exists()
        second.http.post(f"assignments/{claim['assignment']['id']}/recall")
        score(project, [task.pk])
        assert totals(project) == ([], [])
        assert not TaskAgreement.objects.filter(pk=task.pk).exists()
        assert Task.objects.get(pk=task.pk).agreement is None

    def test_two_empty_answers_agree_and_have_no_ratio(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        (task,) = make_tasks(project, team.manager)
        write_answers(project, [(task, person.user, []) for person in annotators(team, 2)])
        score(project, [task.pk])
        whole = AgreementSum.objects.get(project=project, subject="all", a=0, b=0)
        assert (whole.size, whole.empty) == (0, 1)
        assert Task.objects.get(pk=task.pk).agreement == 1.0

    def test_a_fix_a_consensus_and_a_draft_are_nobodys_answer(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        (task,) = make_tasks(project, team.manager)
        people = annotators(team, 3)
        write_answers(project, [(task, person.user, [(1, 0, 0, 9, 9)]) for person in people])
        others = Annotation.objects.filter(author=people[2].user)
        for kind, state in (("fix", "submitted"), ("consensus", "submitted"), ("answer", "draft")):
            others.update(kind=kind, state=state)
            score(project, [task.pk])
            assert len(TaskAgreement.objects.get(pk=task.pk).people) == 2

    def test_answers_under_two_schemas_are_compared_over_the_classes_of_both(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        (task,) = make_tasks(project, team.manager)
        first, second = annotators(team, 2)
        first.label(project, box())
        body = project.schema.body
        body["classes"].append({"id": 9, "name": "tram", "color": "#00ff00", "shapes": ["box"]})
        assert api(team.manager).put(f"projects/{project.pk}/schema", {"body": body}).status_code in (200, 201)
        second.label(project, box(), box(9, x=300))
        score(project, [task.pk])
        row = TaskAgreement.objects.get(pk=task.pk)
        assert (row.value, row.schemas) == (1.0, 2)


class TestAnew:
    def test_the_job_finds_what_the_submits_added_up(self, team: Any) -> None:
        project = overlap_project(team, overlap=3)
        tasks = make_tasks(project, team.manager, 12)
        people = annotators(team, 3)
        rows = []
        for n, task in enumerate(tasks):
            for m, person in enumerate(people):
                rows.append((task, person.user, [(1 + (n * m) % 3, 10.0 * k + m, 5, 20, 20) for k in range(n % 4)]))
                write_answers(project, [rows[-1]])
                score(project, [task.pk])
        incremental = totals(project)
        AgreementSum.objects.filter(project=project).delete()
        TaskAgreement.objects.filter(project=project).delete()
        job = enqueue(
            kind="quality.recompute_agreement",
            title="Agreement",
            organisation=team.organisation,
            user=team.manager,
            project=project,
            arguments={"project": project.pk},
        )
        assert run_job(job.pk) == "succeeded"
        assert totals(project) == incremental
        assert incremental[0]

    def test_scoring_again_changes_nothing(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        tasks = make_tasks(project, team.manager, 3)
        people = annotators(team, 2)
        write_answers(project, [(t, p.user, [(1, 0, 0, 9 + n, 9)]) for t in tasks for n, p in enumerate(people)])
        score(project, [t.pk for t in tasks])
        before = totals(project)
        score(project, [t.pk for t in tasks])
        rebuild_totals(project_id=project.pk)
        assert totals(project) == before

    def test_a_task_whose_message_was_lost_is_found(self, team: Any) -> None:
        project = overlap_project(team, overlap=2)
        (task,) = make_tasks(project, team.manager)
        write_answers(project, [(task, person.user, [(1, 0, 0, 9, 9)]) for person in annotators(team, 2)])
        assert agreement.ask_forgotten() == [project.pk]
        agreement.score_waiting(project_id=project.pk)
        assert agreement.ask_forgotten() == []
