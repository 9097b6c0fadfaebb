"""Paths on which the workflow's promises once broke, each in the fewest steps."""

from __future__ import annotations

from typing import Any

import pytest

from apps.tasks.models import Slot, Task
from tests.factories import api, make_member, make_project
from tests.work import Person, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 1)
    return project


def cannot_tell(team: Any, project: Any) -> tuple[Any, Task]:
    """An answer that cannot tell, and its task asked of somebody else by the manager."""
    claim, _ = Person(team.annotator).label(project, outcome="cannot_tell")
    asked = api(team.manager).post(f"tasks/{claim['task']['id']}/triage", {"choice": "requeue"})
    assert asked.status_code == 200, asked.content
    return claim, Task.objects.get(pk=claim["task"]["id"])


def test_who_could_not_tell_does_not_take_the_place_back_from_who_was_asked_instead(team: Any, project: Any) -> None:
    claim, task = cannot_tell(team, project)
    other = Person(make_member(team.organisation, "annotator"))
    assert other.claim(project)["task"]["id"] == task.pk
    back = Person(team.annotator).http.post(f"assignments/{claim['assignment']['id']}/recall")
    assert (back.status_code, back.json()["code"]) == (409, "too_late_to_recall")
    assert Slot.objects.filter(task=task, stage="annotate", state="held").count() == 1


def test_before_anybody_was_handed_it_the_place_is_taken_back(team: Any, project: Any) -> None:
    claim, task = cannot_tell(team, project)
    back = Person(team.annotator).http.post(f"assignments/{claim['assignment']['id']}/recall")
    assert back.status_code == 200, back.content
    assert Person(make_member(team.organisation, "annotator")).claim(project) is None
    assert sorted(Slot.objects.filter(task=task).values_list("state", flat=True)) == ["cancelled", "held"]


def test_tasks_that_move_while_in_the_trash_are_counted_as_they_come_back(team: Any, project: Any) -> None:
    person, manager = Person(team.annotator), api(team.manager)
    claim = person.claim(project)
    ids = [claim["task"]["id"]]
    manager.post(f"projects/{project.pk}/tasks/bulk", {"action": "trash", "ids": ids})
    person.http.post(f"assignments/{claim['assignment']['id']}/release")
    assert sum(manager.get(f"projects/{project.pk}/stats").json()["states"].values()) == 0
    manager.post(f"projects/{project.pk}/tasks/bulk", {"action": "restore", "ids": ids})
    states = manager.get(f"projects/{project.pk}/stats").json()["states"]
    assert states[Task.objects.get(pk=ids[0]).state] == 1
    assert sum(states.values()) == 1
