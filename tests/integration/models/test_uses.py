"""What became of predictions: compared with what stands, again when that changes, in figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.annotations.services.freeze import NewRevision, write_revision
from apps.predictions.models import MissThreshold, Prediction, PredictionUse
from apps.predictions.services import NewPrediction, keep_predictions, measure_moved, withdraw_predictions
from apps.projects.models import Project
from apps.tasks.models import Task
from apps.tasks.services.moves import move_task
from domain.elements import decode, encode
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db
MODEL = "yolo:3"
NOW = timedelta(0)


def offer(project: Project, team, task: Task, *regions: dict, model: str = MODEL) -> list[Prediction]:
    elements = [("region", encode(decode("region", one))) for one in regions]
    new = [NewPrediction(task=task, model=model, elements=elements)]
    return [one.kept for one in keep_predictions(project=project, user=team.manager, new=new)]


def done(project: Project, team, *regions: dict) -> int:
    """The next task labelled with these and accepted: its revision."""
    _, answer = Person(team.annotator).label(project, *regions)
    reviewer = Person(team.reviewer)
    reviewer.judge(reviewer.claim(project, "review")["revision"]["id"], "accept")
    return answer["revision"]["id"]


def figures(project: Project, team, **query) -> dict:
    response = Person(team.manager).http.get(f"projects/{project.pk}/models/uses", {"model": MODEL, **query})
    assert response.status_code == 200, response.content
    return response.json()


def guess(x: float, score: float, **more) -> dict:
    return region(x=x, source=MODEL, score=score, **more)


def test_what_became_of_each_offered_region_is_counted_by_class(project, team):
    (task,) = make_tasks(project, team.manager)
    used, moved, wrong = guess(10, 0.9), guess(100, 0.8), guess(300, 0.3)
    offer(project, team, task, used, moved, wrong)
    shifted = moved | {"geometry": moved["geometry"] | {"x": 103.0}}
    done(project, team, used, shifted, region(x=500))
    assert measure_moved(project_id=project.pk, settled=NOW) > 0
    (row,) = figures(project, team)["classes"]
    counts = {name: row[name] for name in ("shown", "offered", "accepted", "edited", "rejected", "missed")}
    assert counts == {"shown": True, "offered": 3, "accepted": 1, "edited": 1, "rejected": 1, "missed": 1}
    assert row["precision"]["value"] == row["recall"]["value"] == pytest.approx(2 / 3)
    assert row["precision"]["low"] < 2 / 3 < row["precision"]["high"]
    assert row["likeness"] == pytest.approx(27 / 33)
    bins = {round(one["low"], 1): one["right"]["value"] for one in figures(project, team)["calibration"]}
    assert bins == {0.3: 0.0, 0.8: 1.0, 0.9: 1.0}


def test_a_second_look_finds_nothing_new_and_a_change_of_the_result_is_seen(project, team):
    (task,) = make_tasks(project, team.manager)
    offered = guess(10, 0.9)
    offer(project, team, task, offered)
    revision = done(project, team, offered)
    while measure_moved(project_id=project.pk, settled=NOW):
        pass
    assert PredictionUse.objects.get().revision_id == revision
    Task.objects.filter(pk=task.pk).update(state="in_review", result=None, updated_at=timezone.now())
    measure_moved(project_id=project.pk, settled=NOW)
    assert not PredictionUse.objects.exists()


def test_predictions_that_come_after_the_work_count_as_not_shown(project, team):
    (task,) = make_tasks(project, team.manager)
    same = region(x=10)
    done(project, team, same)
    offer(project, team, task, guess(11, 0.7))
    measure_moved(project_id=project.pk, settled=NOW)
    (row,) = figures(project, team)["classes"]
    assert (row["shown"], row["redrawn"], row["missed"]) == (False, 1, 0)


def test_a_share_of_the_tasks_is_done_without_and_measured_all_the_same(project, team):
    http = Person(team.manager).http
    assert http.patch(f"projects/{project.pk}", {"settings": {"without_predictions": 0.9}}).status_code == 200
    project.refresh_from_db()
    tasks = make_tasks(project, team.manager, 12)
    for task in tasks:
        offer(project, team, task, guess(10, 0.9))
    seen = []
    for _ in tasks:
        claim = Person(team.annotator).claim(project)
        seen.append(len(claim["predictions"]))
        Person(team.annotator).save(claim["annotation"]["id"], [put(region(x=10))])
        Person(team.annotator).submit(claim)
    assert sum(seen) < len(tasks) / 2, "nine of ten are done without"
    reviewer = Person(team.reviewer)
    for _ in tasks:
        claim = reviewer.claim(project, "review")
        assert len(claim["predictions"]) == 1, "who reviews sees them"
        reviewer.judge(claim["revision"]["id"], "accept")
    while measure_moved(project_id=project.pk, settled=NOW):
        pass
    rows = {row["shown"]: row["offered"] for row in figures(project, team)["classes"]}
    assert rows.get(True, 0) == sum(seen)
    assert rows[False] == len(tasks) - sum(seen)


def test_effort_with_and_without_is_told_apart(project, team):
    first, _ = make_tasks(project, team.manager, 2)
    offered = guess(10, 0.9)
    offer(project, team, first, offered)
    done(project, team, offered)
    done(project, team, region(x=200), region(x=300))
    measure_moved(project_id=project.pk, settled=NOW)
    found = figures(project, team)
    assert (found["effort_with"]["tasks"], found["effort_without"]["tasks"]) == (1, 1)
    assert found["effort_with"]["seconds"] > 0
    assert found["effort_with"]["low"] is None, "of one task there is no interval"


def test_what_is_withdrawn_counts_no_more(project, team):
    (task,) = make_tasks(project, team.manager)
    offered = guess(10, 0.9)
    (kept,) = offer(project, team, task, offered)
    done(project, team, offered)
    measure_moved(project_id=project.pk, settled=NOW)
    withdraw_predictions(project=project, ids=[kept.pk])
    assert figures(project, team)["classes"] == []


@pytest.mark.parametrize("query", [{}, {"model": ""}, {"model": "x" * 121}, {"model": MODEL, "class_id": "one"}])
def test_a_wrong_question_is_named(project, team, query):
    response = Person(team.manager).http.get(f"projects/{project.pk}/models/uses", query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_who_annotates_does_not_see_the_figures(project, team):
    assert Person(team.annotator).http.get(f"projects/{project.pk}/models/uses", {"model": MODEL}).status_code == 403


def measured_and_trusted(project: Project) -> None:
    """What became of predictions is known, and cars from 0.85 on are right nine times of ten."""
    measure_moved(project_id=project.pk, settled=NOW)
    known = {"score": 0.85, "n": 40, "right": 40, "low": 0.9}
    MissThreshold.objects.update_or_create(project=project, model=MODEL, class_id=1, defaults=known)


def test_finished_work_that_contradicts_what_a_model_is_sure_of_is_listed_until_it_is_corrected(project, team):
    first, second = make_tasks(project, team.manager, 2)
    sure, unsure = guess(10, 0.95), guess(300, 0.4)
    offer(project, team, first, sure, unsure)
    offer(project, team, second, guess(10, 0.9))
    done(project, team, region(x=500))
    done(project, team, region(x=10))
    measured_and_trusted(project)
    (one,) = figures(project, team)["disagreements"]
    assert (one["task"], one["class_id"], one["score"], one["regions"]) == (first.pk, 1, 0.95, 1)
    task = Task.objects.get(pk=first.pk)
    elements = [("region", encode(decode("region", region(x=10))))]
    fixed = NewRevision(task=task, elements=elements, kind="fix", author=team.reviewer, based_on=task.result)
    move_task(task, "done", result_id=write_revision(project=project, new=fixed).pk)
    measured_and_trusted(project)
    assert figures(project, team)["disagreements"] == []


def test_a_manager_says_that_contradicted_work_is_right_and_takes_that_back(project, team):
    (task,) = make_tasks(project, team.manager, 1)
    offer(project, team, task, guess(10, 0.95))
    done(project, team, region(x=500))
    measured_and_trusted(project)
    url = f"tasks/{task.pk}/upheld"
    said = {"model": MODEL, "class_id": 1}
    for person, status in ((team.annotator, 403), (team.reviewer, 403), (team.manager, 204), (team.manager, 204)):
        assert Person(person).http.put(url, said).status_code == status
    assert figures(project, team)["disagreements"] == []
    assert Person(team.manager).http.put(url, said | {"upheld": False}).status_code == 204
    assert [one["task"] for one in figures(project, team)["disagreements"]] == [task.pk]
    for wrong in ({"class_id": 2}, {"model": "other:1"}):
        assert Person(team.manager).http.put(url, said | wrong).json()["code"] == "wrong_state"


def test_contradicted_work_that_is_sent_back_leaves_the_list_and_comes_again_when_that_is_undone(project, team):
    (task,) = make_tasks(project, team.manager, 1)
    offer(project, team, task, guess(10, 0.95))
    done(project, team, region(x=500))
    measured_and_trusted(project)
    manager = Person(team.manager).http
    change = {"action": "send_back", "ids": [task.pk], "reason": "A car is missing on the left."}
    sent = manager.post(f"projects/{project.pk}/tasks/bulk", change).json()
    assert (sent["changed"], figures(project, team)["disagreements"]) == (1, [])
    assert manager.post(f"projects/{project.pk}/tasks/bulk", sent["undo"][0]).json()["changed"] == 1
    assert [one["task"] for one in figures(project, team)["disagreements"]] == [task.pk]
