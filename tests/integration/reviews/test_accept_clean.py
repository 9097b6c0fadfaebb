"""Accepting at once what nothing stands out of, and what must be settled before any acceptance."""

from __future__ import annotations

from typing import Any

import pytest

from apps.activity.queries import totals
from apps.jobs.models import Job
from apps.projects.models import Project
from apps.quality.services.counting import recount
from apps.reviews.models import Review
from apps.tasks.models import Task
from tests.factories import Team, api, make_project, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Team) -> Project:
    """Four answers wait: two clean ones, one with a doubled region, one with an issue."""
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 4)
    annotator = Person(team.annotator)
    annotator.label(project, region(1))
    annotator.label(project, region(2))
    twin = region(1)
    annotator.label(project, twin, region(1))
    claim, _ = annotator.label(project, region(1))
    annotator.http.post("issues", {"task": claim["task"]["id"], "text": "Look"})
    return project


def start(team: Team, project: Project, body: dict[str, Any] | None = None) -> dict[str, Any]:
    response = api(team.reviewer).post(f"projects/{project.pk}/reviews/accept-clean", body or {})
    assert response.status_code == 202, response.content
    return response.json()


def states(project: Project) -> dict[str, int]:
    return totals([project.pk], "tasks_by_state")[project.pk]


def counted(project: Project, measure: str) -> dict[str, int]:
    return totals([project.pk], measure).get(project.pk, {})


def test_only_what_nothing_stands_out_of_is_accepted_and_the_rest_says_why(team: Team, project: Project) -> None:
    seen = api(team.reviewer).get(f"projects/{project.pk}/reviews/clean").json()
    assert (seen["waiting"], seen["clean"]) == (4, 2)
    assert seen["why"] == {"finding": 1, "open_issue": 1}
    started = start(team, project)
    assert run_job(started["job"]["id"]) == "succeeded"
    assert Job.objects.get(pk=started["job"]["id"]).outcome["accepted"] == started["matched"] == 2  # type: ignore[index]
    assert states(project) == {"done": 2, "in_review": 2}


def test_it_is_narrowed_as_the_queue_is(team: Team, project: Project) -> None:
    started = start(team, project, {"class_id": 2})
    run_job(started["job"]["id"])
    assert states(project) == {"done": 1, "in_review": 3}


def test_nobody_accepts_their_own_work_at_once(team: Team, project: Project) -> None:
    make_tasks(project, team.manager)
    Person(team.reviewer).label(project)
    assert api(team.reviewer).get(f"projects/{project.pk}/reviews/clean").json()["waiting"] == 4


def test_taking_it_back_leaves_everything_as_it_was(team: Team, project: Project) -> None:
    before = (states(project), counted(project, "accepted"), counted(project, "reviewed"))
    started = start(team, project)
    run_job(started["job"]["id"])
    undo = api(team.reviewer).post(f"projects/{project.pk}/reviews/accept-clean/{started['job']['id']}/undo")
    assert run_job(undo.json()["job"]["id"]) == "succeeded"
    assert (states(project), counted(project, "accepted"), counted(project, "reviewed")) == before
    assert not Review.objects.filter(task__project=project).exists()
    assert Task.objects.filter(project=project, result=None).count() == 4
    recount(project_id=project.pk)
    assert states(project) == before[0]
    again = start(team, project)
    run_job(again["job"]["id"])
    assert states(project) == {"done": 2, "in_review": 2}


def test_somebody_elses_acceptance_is_not_taken_back(team: Team, project: Project) -> None:
    started = start(team, project)
    run_job(started["job"]["id"])
    refused = api(team.manager).post(f"projects/{project.pk}/reviews/accept-clean/{started['job']['id']}/undo")
    assert refused.status_code == 409


def test_where_the_project_asks_for_it_open_issues_are_resolved_before_work_is_accepted(team: Team) -> None:
    project = make_project(team.organisation, team.manager)
    api(team.manager).patch(f"projects/{project.pk}", {"settings": {"resolve_issues": True}})
    make_tasks(project, team.manager)
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    claim, submitted = annotator.label(project)
    issue = reviewer.http.post("issues", {"task": claim["task"]["id"], "text": "What is this?"}).json()
    reviewer.claim(project, "review")
    address = f"revisions/{submitted['revision']['id']}/reviews"
    refused = reviewer.http.post(address, {"verdict": "accept"})
    assert (refused.status_code, refused.json()["code"], refused.json()["issues"]) == (409, "issues_open", 1)
    annotator.http.post(f"issues/{issue['id']}/resolve")
    assert reviewer.http.post(address, {"verdict": "accept"}).status_code == 201
