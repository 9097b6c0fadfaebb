"""The next piece of work is promised while somebody finishes another: it is no work, and it goes to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.projects.models import Project
from apps.tasks.models import Assignment, QueueCursor, Slot, Task
from tests.factories import api, make_member, make_project
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 4)
    return project


def promise(user: Any, project: Any, stage: str = "annotate", **more: Any) -> Any:
    response = api(user).post(f"projects/{project.pk}/tasks/promise", {"stage": stage, **more})
    assert response.status_code in (200, 204), response.content
    return response.json() if response.status_code == 200 else None


def claim(user: Any, project: Any, stage: str = "annotate", **more: Any) -> Any:
    response = api(user).post(f"projects/{project.pk}/tasks/claim", {"stage": stage, **more})
    assert response.status_code in (200, 204), response.content
    return response.json() if response.status_code == 200 else None


def let_go(user: Any, project: Any, *slots: int) -> None:
    body = {"stage": "annotate", "slots": list(slots)}
    assert api(user).post(f"projects/{project.pk}/tasks/promise/let-go", body).status_code == 204


def run_out() -> None:
    Slot.objects.exclude(promised_until=None).update(promised_until=timezone.now() - timedelta(seconds=1))


def numbers(*documents: Any) -> list[int]:
    return [document["task"]["number"] for document in documents]


def test_a_claim_brings_what_was_promised(team: Any, project: Any) -> None:
    claim(team.annotator, project)
    promised = promise(team.annotator, project)
    assert promised["task"]["number"] == 2
    assert promised["asset"]["urls"]["preview"]
    assert claim(team.annotator, project, promised=promised["slot"])["task"] == promised["task"] | {
        "state": "annotating"
    }


def test_a_promise_is_no_open_work_and_moves_no_cursor(team: Any, project: Any) -> None:
    claim(team.annotator, project)
    before = QueueCursor.objects.values_list("order_key", "slot_id").get()
    promise(team.annotator, project)
    assert Assignment.objects.count() == 1
    assert QueueCursor.objects.values_list("order_key", "slot_id").get() == before
    assert Task.objects.filter(state="annotating").count() == 1
    assert Slot.objects.filter(state="held").count() == 1


def test_others_pass_a_promised_task_over_until_it_runs_out(team: Any, project: Any) -> None:
    other = make_member(team.organisation, "annotator")
    assert numbers(promise(team.annotator, project)) == [1]
    assert numbers(claim(other, project)) == [2]
    run_out()
    QueueCursor.objects.all().delete()
    assert numbers(claim(other, project)) == [1]


def test_what_was_promised_and_taken_by_another_is_replaced_by_the_next(team: Any, project: Any) -> None:
    other = make_member(team.organisation, "annotator")
    promised = promise(team.annotator, project)
    run_out()
    assert numbers(claim(other, project)) == [1]
    assert numbers(claim(team.annotator, project, promised=promised["slot"])) == [2]


def test_a_promise_that_ran_out_is_kept_while_nobody_else_has_taken_it(team: Any, project: Any) -> None:
    other = make_member(team.organisation, "annotator")
    promise(other, project)
    promised = promise(team.annotator, project)
    run_out()
    assert numbers(claim(team.annotator, project, promised=promised["slot"])) == [2]


def test_each_tab_gets_a_promise_of_its_own(team: Any, project: Any) -> None:
    assert numbers(*[promise(team.annotator, project) for _ in range(4)]) == [1, 2, 3, 4]
    assert promise(team.annotator, project) is None


def test_a_promise_is_renewed_while_it_is_free(team: Any, project: Any) -> None:
    first = promise(team.annotator, project)
    again = promise(team.annotator, project, again=first["slot"])
    assert (again["slot"], again["until"] > first["until"]) == (first["slot"], True)
    claim(team.annotator, project)
    assert numbers(promise(team.annotator, project, again=first["slot"])) == [2]


def test_what_is_let_go_is_open_to_others_at_once(team: Any, project: Any) -> None:
    other = make_member(team.organisation, "annotator")
    promised = promise(team.annotator, project)
    let_go(other, project, promised["slot"])
    assert numbers(promise(other, project)) == [2]
    let_go(team.annotator, project, promised["slot"])
    assert numbers(claim(make_member(team.organisation, "annotator"), project)) == [1]


def test_one_person_is_never_promised_two_answers_to_one_task(team: Any) -> None:
    project = make_project(team.organisation, team.manager)
    flow = {"stages": [{"kind": "annotate", "overlap": 3}]}
    assert api(team.manager).put(f"projects/{project.pk}/workflow", {"body": flow}).status_code in (200, 201)
    make_tasks(Project.objects.get(pk=project.pk), team.manager, 2)
    assert numbers(*[promise(team.annotator, project) for _ in range(2)]) == [1, 2]
    assert promise(team.annotator, project) is None
    assert numbers(promise(make_member(team.organisation, "annotator"), project)) == [1]


def test_a_promised_review_shows_what_is_to_be_judged_and_never_ones_own_work(team: Any, project: Any) -> None:
    drawn = region()
    Person(team.annotator).label(project, drawn)
    assert promise(team.reviewer, project, "review")["elements"][0]["element"]["id"] == drawn["id"]
    run_out()
    Person(team.reviewer).label(project, region())
    assert numbers(promise(team.reviewer, project, "review")) == [1]
    assert promise(team.reviewer, project, "review") is None


def test_a_review_picked_from_the_queue_goes_before_anothers_promise(team: Any, project: Any) -> None:
    Person(team.annotator).label(project, region())
    promised = promise(team.reviewer, project, "review")
    assert numbers(claim(team.manager, project, "review", slot=promised["slot"])) == [1]
    assert claim(team.reviewer, project, "review", promised=promised["slot"]) is None


def test_a_promise_follows_the_narrowing_of_the_claim(team: Any, project: Any) -> None:
    wanted = Task.objects.get(project=project, number=3).pk
    assert numbers(promise(team.annotator, project, ids=[wanted])) == [3]
    assert promise(team.annotator, project, ids=[wanted]) is None


def test_a_paused_project_promises_nothing(team: Any, project: Any) -> None:
    Project.objects.filter(pk=project.pk).update(state="paused")
    response = api(team.annotator).post(f"projects/{project.pk}/tasks/promise", {})
    assert response.json()["code"] == "project_not_active"


def test_held_work_that_comes_back_is_promised_to_nobody(team: Any, project: Any) -> None:
    promised = promise(team.annotator, project)
    document = claim(team.annotator, project, promised=promised["slot"])
    assert api(team.annotator).post(f"assignments/{document['assignment']['id']}/release", {}).status_code == 204
    assert numbers(claim(make_member(team.organisation, "annotator"), project)) == [1]
