"""Findings of work that was handed in: kept over revisions, decided by people, found again by a run over the project."""

from __future__ import annotations

from typing import Any

import pytest

from apps.jobs.models import Job
from apps.quality.models import Finding
from tests.factories import api, make_project, run_job
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 4)
    return project


def listed(who: Person, project: Any, /, **query: Any) -> list[Any]:
    answer = who.http.get(f"projects/{project.pk}/quality/findings", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def decide(person: Person, project: Any, **body: Any) -> Any:
    return person.http.post(f"projects/{project.pk}/quality/findings/decide", body)


def twice() -> tuple[dict[str, Any], dict[str, Any]]:
    return region(1, 10, 10, 40, 40), region(1, 10.5, 10, 40, 40)


class TestOverRevisions:
    def test_a_submit_keeps_what_is_found_with_its_place_and_person(
        self, team: Any, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        annotator.label(project, *twice())
        (row,) = listed(reviewer, project)
        assert (row["rule"], row["state"], row["class_id"], row["task_number"]) == ("duplicate", "open", 1, 1)
        assert row["person"]["name"] == team.annotator.name
        assert row["window"] == [2, 2, 57, 57]
        assert row["web_url"] == f"/tasks/{row['task']}?region={row['element']}"

    def test_a_reviewers_fix_settles_it_and_the_same_fault_again_opens_it(
        self, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        one, other = twice()
        annotator.label(project, one, other)
        judged = reviewer.claim(project, "review")
        reviewer.save(judged["annotation"]["id"], [delete(other["id"], over=1)])
        reviewer.judge(judged["revision"]["id"], "fix")
        (row,) = listed(reviewer, project)
        assert row["state"] == "fixed"
        assert row["person"]["name"] == annotator.user.name

    def test_rework_is_the_same_answer_and_its_accepted_findings_stay_accepted(
        self, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        annotator.label(project, *twice())
        (row,) = listed(reviewer, project)
        assert decide(reviewer, project, ids=[row["id"]], state="accepted", reason="Two things").json()["changed"] == 1
        judged = reviewer.claim(project, "review")
        reviewer.judge(judged["revision"]["id"], "reject", reason="Missed something")
        again = annotator.claim(project)
        annotator.save(again["annotation"]["id"], [put(region(1, 300, 300, 1, 1))])
        annotator.submit(again)
        rows = {one["rule"]: one for one in listed(reviewer, project)}
        assert {rule: one["state"] for rule, one in rows.items()} == {"duplicate": "accepted", "tiny": "open"}
        assert rows["duplicate"]["reason"] == "Two things"
        assert rows["duplicate"]["decided_by"]["name"] == reviewer.user.name
        assert Finding.objects.count() == 2


class TestDeciding:
    def test_all_that_a_filter_finds_is_accepted_at_once_and_taken_back(
        self, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        for _ in range(2):
            annotator.label(project, *twice(), region(2, 300, 300, 1, 1))
        done = decide(reviewer, project, filter={"rule": "duplicate"}, state="accepted", reason="Fine").json()
        assert done["changed"] == 2
        assert [one["rule"] for one in listed(reviewer, project, state="open")] == ["tiny", "tiny"]
        summary = reviewer.http.get(f"projects/{project.pk}/quality/findings/summary").json()
        assert summary["rules"] == [
            {"rule": "duplicate", "open": 0, "accepted": 2},
            {"rule": "tiny", "open": 2, "accepted": 0},
        ]
        assert decide(reviewer, project, ids=done["ids"], state="open").json()["changed"] == 2
        assert len(listed(reviewer, project, state="open")) == 4

    def test_accepting_needs_a_reason_and_exactly_one_way_of_naming(self, project: Any, reviewer: Person) -> None:
        assert decide(reviewer, project, ids=[1], state="accepted").status_code == 400
        assert decide(reviewer, project, state="accepted", reason="x").status_code == 400
        assert decide(reviewer, project, ids=[1], filter={}, state="accepted", reason="x").status_code == 400

    def test_what_an_annotator_keeps_is_not_told_them_again_and_reviewers_see_who_kept_it(
        self, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        claim = annotator.claim(project)
        saved = annotator.save(claim["annotation"]["id"], [put(one) for one in twice()])
        (told,) = saved["findings"]
        kept = {name: told[name] for name in ("rule", "element", "other", "detail")}
        path = f"annotations/{claim['annotation']['id']}/keep"
        assert annotator.http.post(path, kept).status_code == 204
        assert reviewer.http.post(path, kept).status_code == 404
        again = annotator.http.get(f"assignments/{claim['assignment']['id']}").json()
        assert again["findings"] == []
        annotator.submit(claim)
        (row,) = listed(reviewer, project)
        assert (row["state"], row["decided_by"]["name"]) == ("accepted", annotator.user.name)
        judged = reviewer.claim(project, "review")
        assert [one["rule"] for one in judged["findings"]] == ["duplicate"]

    def test_filters_narrow_by_class_person_rule_and_severity(
        self, team: Any, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        annotator.label(project, *twice(), region(2, 300, 300, 1, 1))
        assert [one["rule"] for one in listed(reviewer, project, class_id=2)] == ["tiny"]
        assert [one["rule"] for one in listed(reviewer, project, rule="duplicate")] == ["duplicate"]
        assert listed(reviewer, project, person=team.manager.pk) == []
        assert len(listed(reviewer, project, person=team.annotator.pk, severity="warning")) == 2
        assert reviewer.http.get(f"projects/{project.pk}/quality/findings", {"state": "odd"}).status_code == 400


class TestWhoSees:
    def test_annotators_and_viewers_see_no_list_of_findings(self, team: Any, project: Any) -> None:
        for who in (team.annotator, team.viewer):
            assert api(who).get(f"projects/{project.pk}/quality/findings").status_code == 403

    def test_who_answers_a_task_does_not_see_findings_of_others_answers_to_it(self, team: Any) -> None:
        project = make_project(team.organisation, team.manager)
        two = {"stages": [{"kind": "annotate", "overlap": 2}]}
        assert api(team.manager).put(f"projects/{project.pk}/workflow", {"body": two}).status_code in (200, 201)
        make_tasks(project, team.manager, 1)
        annotator, reviewer = Person(team.annotator), Person(team.reviewer)
        annotator.label(project, *twice())
        assert len(listed(reviewer, project)) == 1
        reviewer.claim(project)
        assert listed(reviewer, project) == []


class TestRuns:
    def test_a_run_over_the_project_finds_what_no_save_has_seen_and_again_changes_nothing(
        self, team: Any, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        annotator.label(project, *twice())
        Finding.objects.all().delete()
        manager = api(team.manager)
        started = manager.post(f"projects/{project.pk}/quality/findings/run")
        assert started.status_code == 202, started.content
        assert manager.post(f"projects/{project.pk}/quality/findings/run").status_code == 409
        assert run_job(started.json()["job"]["id"]) == "succeeded"
        (row,) = listed(reviewer, project)
        job = Job.objects.get(pk=started.json()["job"]["id"])
        assert (job.done, job.total, job.outcome) == (1, 1, {"revisions": 1, "open": 1})
        again = manager.post(f"projects/{project.pk}/quality/findings/run").json()["job"]["id"]
        assert run_job(again) == "succeeded"
        assert listed(reviewer, project) == [row]

    def test_a_rule_that_was_switched_off_settles_its_findings_in_the_next_run(
        self, team: Any, project: Any, annotator: Person, reviewer: Person
    ) -> None:
        annotator.label(project, *twice())
        manager = api(team.manager)
        manager.patch(f"projects/{project.pk}", {"settings": {"checks": {"rules": {"duplicate": {"on": False}}}}})
        run_job(manager.post(f"projects/{project.pk}/quality/findings/run").json()["job"]["id"])
        assert [one["state"] for one in listed(reviewer, project)] == ["fixed"]
