"""What models say, as a list: to whom it comes, and to whom not."""

from __future__ import annotations

import pytest

from apps.predictions.queries import withheld
from apps.predictions.services import NewPrediction, keep_predictions
from apps.tasks.models import Assignment, Task
from domain.elements import decode, encode
from tests.factories import api, make_project
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


def says(project, user, task, model, *classes):
    drawn = [region(class_id=one, source=model, score=0.9) for one in classes]
    elements = sorted(("region", encode(decode("region", one))) for one in drawn)
    keep_predictions(project=project, user=user, new=[NewPrediction(task=task, model=model, elements=elements)])


@pytest.fixture
def project(team):
    """Three tasks: one model has answered all, the first twice, and another the second."""
    project = make_project(team.organisation, team.manager)
    first, second, third = make_tasks(project, team.manager, 3)
    for task, classes in ((first, (1,)), (second, (1, 2)), (third, (3,)), (first, (1, 1, 2))):
        says(project, team.manager, task, "yolo:3", *classes)
    says(project, team.manager, second, "other:1", 2)
    return project


def listed(user, project, status=200, **query):
    answer = api(user).get(f"projects/{project.pk}/predictions", query)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_present_answers_come_page_by_page_by_model_and_task(team, project):
    found = listed(team.reviewer, project)
    told = [(one["task_number"], one["model"], one["region_count"]) for one in found["results"]]
    assert told == [(2, "other:1", 1), (1, "yolo:3", 3), (3, "yolo:3", 1), (2, "yolo:3", 2)]
    assert (found["results"][1]["class_counts"], found["results"][1]["elements"]) == ({"1": 2, "2": 1}, None)
    assert [one["model"] for one in listed(team.manager, project, model="other:1")["results"]] == ["other:1"]
    second = Task.objects.get(project=project, number=2)
    whole = listed(team.manager, project, task=second.pk, elements="true")["results"]
    assert [len(one["elements"]) for one in whole] == [1, 2]
    page = listed(team.manager, project, limit=3)
    rest = listed(team.manager, project, limit=3, cursor=page["next"])
    assert (len(page["results"]), len(rest["results"]), rest["next"]) == (3, 1, None)


def test_wrong_input_is_named_and_roles_are_kept(team, project):
    assert listed(team.manager, project, 400, task="x")["code"] == "invalid"
    assert listed(team.manager, project, 400, elements="true", limit=51)["code"] == "invalid"
    assert listed(team.annotator, project, 403)["code"] == "not_allowed"


def test_predictions_are_not_listed_where_they_would_betray_something(team, project):
    manager = api(team.manager)
    manager.patch(f"projects/{project.pk}", {"settings": {"without_predictions": 0.9}})
    project.refresh_from_db()
    shown = {one["task"] for one in listed(team.reviewer, project)["results"]}
    open_tasks = Task.objects.filter(project=project).values_list("pk", flat=True)
    assert shown == {task for task in open_tasks if not withheld(project, task)}
    assert len(listed(team.manager, project)["results"]) == 4
    claimed = Person(team.manager).claim(project)["task"]["id"]
    Assignment.objects.filter(task=claimed).update(stage="audit")
    assert claimed not in {one["task"] for one in listed(team.manager, project)["results"]}
    manager.patch(f"projects/{project.pk}", {"settings": {"hidden_tests": {"share": 0.1}}})
    assert listed(team.reviewer, project, 403)["code"] == "not_allowed"
