"""Who gets what: batches, skills, groups, caps, pauses and probation."""

from __future__ import annotations

import pytest

from apps.tasks.models import Slot, Task
from tests.factories import make_member, make_project
from tests.work import Person, make_tasks

pytestmark = pytest.mark.django_db


def batch(manager, project, tasks, **values):
    made = manager.post(f"projects/{project.pk}/batches", values).json()
    body = {"action": "batch", "ids": [task.pk for task in tasks], "batch": values["name"]}
    assert manager.post(f"projects/{project.pk}/tasks/bulk", body).json()["changed"] == len(tasks)
    return made["id"]


def claimed(person, project):
    claim = person.claim(project)
    return claim["task"]["number"] if claim else None


def test_batches_come_by_priority_then_by_due_date_then_what_is_in_none(team, project, manager):
    tasks = make_tasks(project, team.manager, 8)
    batch(manager, project, tasks[6:8], name="Urgent", priority=5)
    batch(manager, project, tasks[4:6], name="Later", due_on="2027-06-01")
    batch(manager, project, tasks[2:4], name="Soon", due_on="2027-01-01")
    person = Person(team.annotator)
    assert [claimed(person, project) for _ in range(8)] == [7, 8, 3, 4, 5, 6, 1, 2]


def test_fair_batches_are_worked_on_at_the_same_pace(team, project, manager):
    tasks = make_tasks(project, team.manager, 6)
    batch(manager, project, tasks[:4], name="Large", order="fair")
    batch(manager, project, tasks[4:], name="Small", order="fair")
    person = Person(team.annotator)
    first_half = {claimed(person, project) for _ in range(3)}
    assert len(first_half & {1, 2, 3, 4}) == 2


def test_a_change_of_a_batch_moves_its_tasks_and_its_end_leaves_them(team, project, manager):
    tasks = make_tasks(project, team.manager, 4)
    pk = batch(manager, project, tasks[2:], name="Second half")
    assert manager.patch(f"batches/{pk}", {"priority": 9}).status_code == 200
    assert claimed(Person(team.annotator), project) == 3
    shown = manager.get(f"projects/{project.pk}/batches").json()["results"][0]
    assert (shown["tasks"], shown["states"]) == (2, {"waiting": 1, "annotating": 1})
    assert manager.delete(f"batches/{pk}").status_code == 204
    assert Task.objects.filter(project=project, batch=None).count() == 4
    other = Person(make_member(team.organisation, "annotator"))
    assert claimed(other, project) == 1


def test_a_batch_that_needs_a_skill_goes_to_people_who_have_it(team, project, manager):
    tasks = make_tasks(project, team.manager, 2)
    skilled = make_member(team.organisation, "annotator")
    body = {"name": "Radiology", "kind": "skill", "members": [skilled.pk]}
    skill = manager.post(f"projects/{project.pk}/groups", body).json()["id"]
    batch(manager, project, tasks[:1], name="Scans", priority=9, skill=skill)
    assert claimed(Person(team.annotator), project) == 2
    assert claimed(Person(skilled), project) == 1


def test_work_pushed_to_a_group_or_to_several_people_reaches_them_only(team, project, manager):
    tasks = make_tasks(project, team.manager, 6)
    first, second = (make_member(team.organisation, "annotator") for _ in range(2))
    group = manager.post(f"projects/{project.pk}/groups", {"name": "Night", "members": [first.pk]}).json()["id"]
    url = f"projects/{project.pk}/tasks/bulk"
    pushed = manager.post(url, {"action": "assign_group", "ids": [tasks[0].pk, tasks[1].pk], "group": group}).json()
    turns = {"action": "assign", "ids": [task.pk for task in tasks[2:]], "users": [first.pk, second.pk]}
    assert (pushed["changed"], manager.post(url, turns).json()["changed"]) == (2, 4)
    assert Slot.objects.filter(reserved_for=first).count() == Slot.objects.filter(reserved_for=second).count() == 2
    assert Person(team.annotator).claim(project) is None
    mine = Person(first)
    assert sorted(claimed(mine, project) for _ in range(4)) == [1, 2, 4, 6]
    manager.post(url, pushed["undo"][0])
    assert Task.objects.exclude(groups=[]).count() == 0


def test_a_group_that_is_deleted_frees_its_work_and_one_that_reviews_cannot_be(team, project, manager):
    tasks = make_tasks(project, team.manager, 1)
    group = manager.post(f"projects/{project.pk}/groups", {"name": "Night", "members": [team.reviewer.pk]}).json()["id"]
    body = {"action": "assign_group", "ids": [tasks[0].pk], "group": group}
    manager.post(f"projects/{project.pk}/tasks/bulk", body)
    stages = [{"kind": "annotate"}, {"kind": "review", "groups": [group]}]
    manager.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages}})
    assert manager.delete(f"projects/{project.pk}/groups/{group}").status_code == 409
    manager.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages[:1]}})
    assert manager.delete(f"projects/{project.pk}/groups/{group}").status_code == 204
    assert claimed(Person(team.annotator), project) == 1


def test_caps_hold_work_in_hand_and_submits_a_day(team, project, manager):
    make_tasks(project, team.manager, 5)
    person = Person(team.annotator)
    url = f"projects/{project.pk}/members/{team.annotator.pk}/terms"
    assert manager.patch(url, {"cap_open": 2}).json()["cap_open"] == 2
    held = [person.claim(project) for _ in range(2)]
    refused = person.http.post(f"projects/{project.pk}/tasks/claim", {})
    assert (refused.status_code, refused.json()["code"], refused.json()["cap"]) == (409, "cap_reached", "open")
    person.submit(held[0], outcome="empty")
    assert person.claim(project) is not None
    manager.patch(url, {"cap_open": None, "cap_day": 1})
    refused = person.http.post(f"projects/{project.pk}/tasks/claim", {})
    assert refused.json()["cap"] == "day"


def test_the_first_answers_of_a_newcomer_are_all_reviewed(team, manager):
    project = make_project(team.organisation, team.manager, settings={"probation": 2})
    stages = [{"kind": "annotate"}, {"kind": "review", "sample": 0}]
    manager.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages}})
    make_tasks(project, team.manager, 3)
    person, reviewer = Person(team.annotator), Person(team.reviewer)
    for _ in range(2):
        _, done = person.label(project)
        assert done["task_state"] == "in_review"
        reviewer.judge(done["revision"]["id"], "accept")
    assert person.label(project)[1]["task_state"] == "done"
