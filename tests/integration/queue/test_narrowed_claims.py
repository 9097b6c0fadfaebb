"""Labelling only some tasks: a claim narrowed by a filter or by ids keeps every rule of the queue."""

from __future__ import annotations

from typing import Any

import pytest

from apps.projects.models import Project
from apps.tasks.models import Task
from tests.factories import api, make_member, make_project
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2, group="left")
    make_tasks(project, team.manager, 2, group="right")
    return project


def claim(user: Any, project: Any, stage: str = "annotate", **only: Any) -> Any:
    response = api(user).post(f"projects/{project.pk}/tasks/claim", {"stage": stage, **only})
    assert response.status_code in (200, 204), response.content
    return response.json() if response.status_code == 200 else None


def ids_of(project: Any, group: str) -> list[int]:
    rows = Task.objects.filter(project=project, asset__group=group).order_by("number")
    return list(rows.values_list("pk", flat=True))


def test_only_the_tasks_of_the_filter_are_handed_out_in_the_order_of_the_queue(team: Any, project: Any) -> None:
    taken = [claim(team.annotator, project, filter={"group": "right"}) for _ in range(3)]
    assert [one and one["task"]["id"] for one in taken] == [*ids_of(project, "right"), None]


def test_only_named_tasks_are_handed_out(team: Any, project: Any) -> None:
    wanted = ids_of(project, "right")[1]
    assert claim(team.annotator, project, ids=[wanted])["task"]["id"] == wanted
    assert claim(team.annotator, project, ids=[wanted]) is None


def test_the_rest_of_the_queue_is_as_before(team: Any, project: Any) -> None:
    claim(team.annotator, project, filter={"group": "right"})
    assert claim(team.annotator, project)["task"]["id"] == ids_of(project, "left")[0]


def test_what_is_assigned_to_somebody_else_is_left_to_them(team: Any, project: Any) -> None:
    first, second = ids_of(project, "left")
    other = make_member(team.organisation, "annotator")
    body = {"action": "assign", "ids": [first], "user": other.pk}
    assert api(team.manager).post(f"projects/{project.pk}/tasks/bulk", body).status_code == 200
    assert claim(team.annotator, project, filter={"group": "left"})["task"]["id"] == second
    assert claim(other, project, filter={"group": "left"})["task"]["id"] == first


def test_nobody_gets_a_second_answer_to_one_task(team: Any) -> None:
    flow = {"stages": [{"kind": "annotate", "overlap": 2}, {"kind": "review"}]}
    project = make_project(team.organisation, team.manager)
    assert api(team.manager).put(f"projects/{project.pk}/workflow", {"body": flow}).status_code in (200, 201)
    make_tasks(Project.objects.get(pk=project.pk), team.manager, 1)
    ids = list(Task.objects.filter(project=project).values_list("pk", flat=True))
    assert claim(team.annotator, project, ids=ids) is not None
    assert claim(team.annotator, project, ids=ids) is None
    assert claim(team.reviewer, project, ids=ids) is not None
    assert claim(team.manager, project, ids=ids) is None


def test_nobody_reviews_their_own_work_by_asking_for_it(team: Any, project: Any) -> None:
    done, _ = Person(team.reviewer).label(project, region())
    assert claim(team.reviewer, project, "review", ids=[done["task"]["id"]]) is None
    assert claim(team.manager, project, "review", ids=[done["task"]["id"]]) is not None


def test_tasks_of_another_project_are_not_handed_out(team: Any, project: Any) -> None:
    other = make_project(team.organisation, team.manager)
    (foreign,) = make_tasks(other, team.manager, 1)
    assert claim(team.annotator, project, ids=[foreign.pk]) is None


def test_a_blind_annotator_learns_nothing_of_others_by_filtering(team: Any, project: Any) -> None:
    Project.objects.filter(pk=project.pk).update(blind=True)
    Person(team.reviewer).label(project, region(class_id=2))
    assert claim(team.annotator, project, filter={"class_id": [2]}) is None
