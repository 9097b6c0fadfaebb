"""The queue in the order in which it teaches most: told first, made by a job, explained per task, undone as one."""

from __future__ import annotations

from collections import Counter

import pytest

from apps.assets.models import Asset
from apps.predictions.models import PictureFeatures, Prediction, TaskPlace
from apps.predictions.queries import withheld
from apps.predictions.services import NewPrediction, keep_predictions
from apps.tasks.models import Assignment, Slot, Task
from domain.elements import decode, encode
from tests.factories import make_project, run_job
from tests.integration.learning.making import finish, pictures
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db
MODEL = "yolo:3"
SURE_LAST = {"model": MODEL, "random": 0, "diverse": 0, "rare": 0}


@pytest.fixture
def project(team):
    """Ten waiting tasks: the model is the surer the later they come, and says nothing of the last."""
    project = make_project(team.organisation, team.manager)
    waiting = make_tasks(project, team.manager, 10)
    for place, task in enumerate(waiting[:9]):
        one = region(class_id=1 + place % 3, source=MODEL, score=0.99 - place * 0.05)
        elements = [("region", encode(decode("region", one)))]
        keep_predictions(
            project=project, user=team.manager, new=[NewPrediction(task=task, model=MODEL, elements=elements)]
        )
        Asset.objects.filter(pk=task.asset_id).update(likeness=(place % 5) * 0x0F0F0F0F0F0F)
    return project


def post(team, project, path="", status=202, **asked):
    answer = Person(team.manager).http.post(f"projects/{project.pk}/queue-order{path}", SURE_LAST | asked)
    assert answer.status_code == status, answer.content
    return answer.json()


def order(team, project, **asked):
    started = post(team, project, **asked)
    assert run_job(started["job"]["id"]) == "succeeded"
    return started["bulk_change"]["id"]


def queue(project) -> list[int]:
    return list(Task.objects.filter(project=project).order_by("order_key").values_list("number", flat=True))


def test_a_plan_shows_the_order_with_its_reasons_and_writes_nothing(team, project):
    before = queue(project)
    plan = post(team, project, "/plan", 200)
    assert [one["number"] for one in plan["first"]] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 10]
    assert (plan["waiting"], plan["ordered"], plan["by"]) == (10, 10, {"uncertain": 9, "unknown": 1})
    values = [one["value"] for one in plan["first"][:9]]
    assert values == sorted(values, reverse=True)
    assert (queue(project), TaskPlace.objects.count()) == (before, 0)


def test_people_are_handed_what_the_model_is_least_sure_of(team, project):
    order(team, project)
    claimed = Person(team.annotator).claim(project)
    assert Task.objects.get(pk=claimed["task"]["id"]).number == 9
    assert queue(project) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 10]
    keys = dict(Slot.objects.filter(project=project).values_list("task_id", "order_key"))
    assert keys == dict(Task.objects.filter(project=project).values_list("pk", "order_key"))


def test_each_task_says_why_it_comes_and_who_is_done_is_told_no_more(team, project):
    change = order(team, project, random=0.2, diverse=0.2, rare=0.2)
    http = Person(team.manager).http
    shown = http.get(f"projects/{project.pk}/queue-order").json()
    assert shown["change"]["id"] == change
    assert [one["number"] for one in shown["tasks"]] == queue(project)
    assert set(Counter(one["why"] for one in shown["tasks"])) >= {"random", "diverse", "rare", "uncertain"}
    Person(team.annotator).label(project, region())
    assert len(http.get(f"projects/{project.pk}/queue-order").json()["tasks"]) == 9


def test_an_order_is_undone_as_one_unless_something_else_moved_a_task_since(team, project):
    before = queue(project)
    change = order(team, project)
    moved = Task.objects.get(project=project, number=5)
    Task.objects.filter(pk=moved.pk).update(order_key=10**9)
    answer = Person(team.manager).http.post(f"projects/{project.pk}/bulk-changes/{change}/undo")
    assert run_job(answer.json()["job"]["id"]) == "succeeded"
    assert queue(project) == [number for number in before if number != 5] + [5]
    assert Person(team.manager).http.get(f"projects/{project.pk}/queue-order").json() == {"change": None, "tasks": []}


def test_what_is_urgent_stays_before_what_is_not(team, project):
    last = Task.objects.get(project=project, number=1)
    http = Person(team.manager).http
    sent = http.post(f"projects/{project.pk}/tasks/bulk", {"action": "priority", "priority": 5, "ids": [last.pk]})
    assert sent.status_code == 200, sent.content
    order(team, project)
    assert queue(project)[0] == 1


def test_a_second_run_of_the_same_job_changes_nothing(team, project):
    started = post(team, project)
    assert run_job(started["job"]["id"]) == "succeeded"
    before = queue(project)
    run_job(started["job"]["id"])
    assert queue(project) == before


def test_shares_that_come_to_more_than_all_are_refused(team, project):
    assert post(team, project, "/plan", 400, random=0.9, diverse=0.2)["code"] == "invalid"


def test_by_disagreement_only_where_it_was_measured_and_why_is_told(team, project):
    assert post(team, project, "/plan", 409, measure="committee")["code"] == "not_measured"
    assert post(team, project, "", 409, measure="augmented")["code"] == "not_measured"
    for place, task in enumerate(Task.objects.filter(project=project, number__lte=3).order_by("number")):
        Prediction.objects.filter(task=task).update(committee=place / 4)
    plan = post(team, project, "/plan", 200, measure="committee")
    told = [(one["number"], one["why"], one["value"]) for one in plan["first"]]
    assert told[:4] == [(3, "committee", 0.5), (2, "committee", 0.25), (1, "committee", 0.0), (4, "unmeasured", None)]
    assert told[-1] == (10, "unknown", None)
    order(team, project, measure="committee")
    assert queue(project)[:3] == [3, 2, 1]
    assert places(Person(team.annotator), project)[2]["why"] == "committee"


def test_the_order_looks_at_pictures_itself_and_takes_those_unlike_all_that_is_done(team, project):
    finish(project, pictures(project, team, ["clear"]))
    new = pictures(project, team, ["clear", "rain"])
    Task.objects.filter(project=project, state="waiting").exclude(pk__in=[one.pk for one in new]).update(
        trashed_at="2026-01-01T00:00:00Z"
    )
    all_unlike = {"diverse": 1.0}
    plan = post(team, project, "/plan", 200, **all_unlike)
    assert (plan["by_features"], PictureFeatures.objects.count()) == (False, 0)
    order(team, project, **all_unlike)
    assert PictureFeatures.objects.filter(asset__tasks__in=new).count() == 2
    plan = post(team, project, "/plan", 200, **all_unlike)
    assert plan["by_features"]
    far, near = plan["first"]
    assert (far["name"].split("-")[0], far["why"], near["why"]) == ("rain", "core_set", "core_set")
    assert far["value"] > 2 * near["value"] > 0
    shown = Person(team.manager).http.get(f"projects/{project.pk}/queue-order").json()["tasks"]
    assert [(one["name"], one["why"]) for one in shown] == [(far["name"], "core_set"), (near["name"], "core_set")]


def test_by_what_a_minute_teaches_once_people_s_times_are_known(team, project):
    asked = {"per_minute": True}
    plan = post(team, project, "/plan", 200, **asked)
    assert (plan["timed"], {one["seconds"] for one in plan["first"]}) == (0, {None})
    done = make_tasks(project, team.manager, 20)
    finish(project, done, ["clear"] * 20)
    for place, task in enumerate(done):
        Assignment.objects.create(
            project=project, task=task, stage="annotate", user=team.annotator, state="submitted",
            claimed_at="2026-01-01T00:00:00Z", active_ms=8_000 if place % 2 else 80_000,
        )  # fmt: skip
        Task.objects.filter(pk=task.pk).update(region_count=place % 2)
    plan = post(team, project, "/plan", 200, **asked)
    assert (plan["timed"], plan["first"][0]["seconds"]) == (20, 80.0)  # one region takes no less than none
    Task.objects.filter(pk__in=[task.pk for task in done[::2]]).update(region_count=8)
    plan = post(team, project, "/plan", 200, **asked)
    assert [one["seconds"] for one in plan["first"]] == [8.0] * 9 + [None]
    order(team, project, **asked)
    assert places(Person(team.manager), project)[8]["seconds"] == 8.0


def places(person: Person, project) -> list[dict | None]:
    found = person.http.get(f"projects/{project.pk}/tasks/window").json()["results"]
    return [one["queue_place"] for one in sorted(found, key=lambda one: one["number"])]


def test_a_task_tells_why_it_comes_to_managers_and_to_who_labels_it(team, project):
    manager, annotator = Person(team.manager), Person(team.annotator)
    assert places(manager, project) == [None] * 10
    order(team, project)
    told = places(manager, project)
    assert told[8] == {
        "why": "uncertain",
        "value": pytest.approx(0.82, abs=1e-3),
        "class_id": None,
        "place": 1,
        "model": MODEL,
        "seconds": None,
    }
    assert (told[9]["why"], told[9]["value"]) == ("unknown", None)
    assert places(annotator, project) == told
    assert annotator.claim(project)["task"]["queue_place"] == told[8]
    Task.objects.filter(project=project, number=5).update(order_key=10**9)
    assert places(manager, project)[4] is None  # something else moved it


def test_why_a_task_comes_is_not_told_where_it_would_betray_something(team, project):
    order(team, project, random=0.2)
    manager, annotator = Person(team.manager), Person(team.annotator)

    def settings(**body):
        answer = manager.http.patch(f"projects/{project.pk}", body)
        assert answer.status_code == 200, answer.content

    settings(settings={"without_predictions": 0.9})
    project.refresh_from_db()
    waiting = list(Task.objects.filter(project=project).order_by("number"))
    silent = [place for place, task in enumerate(waiting) if withheld(project, task.pk)]
    by_chance = {None, "random", "unknown"}
    shown = {one and one["why"] for place, one in enumerate(places(annotator, project)) if place in silent}
    assert shown <= by_chance
    assert "uncertain" in {one and one["why"] for one in places(manager, project)}
    claims = [manager.claim(project)["task"] for _ in range(3)]
    hidden = {waiting[place].pk for place in silent}
    assert {one["queue_place"] and one["queue_place"]["why"] for one in claims if one["id"] in hidden} <= by_chance
    settings(settings={"without_predictions": 0, "hidden_tests": {"share": 0.1}})
    assert set(places(annotator, project)) <= {None}
    assert annotator.claim(project)["task"]["queue_place"] is None
    assert (
        Person(team.viewer).http.get(f"projects/{project.pk}/tasks/window").json()["results"][0]["queue_place"] is None
    )
