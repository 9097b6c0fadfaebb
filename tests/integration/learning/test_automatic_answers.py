"""Automatic labelling of pictures that are asked something and not drawn on: what becomes of answers, and what is trusted."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from apps.predictions.models import PredictionUse
from apps.predictions.services import NewPrediction, keep_predictions, measure_moved
from apps.projects.queries import schema_of
from apps.projects.services import put_schema
from apps.tasks.models import Task
from domain.elements import decode, encode
from domain.schema import ItemAttribute
from tests.factories import make_project, run_job
from tests.work import Person, make_tasks, put

pytestmark = pytest.mark.django_db
MODEL = "sky:1"
ASKED = {"model": MODEL, "target": 0.5, "confidence": 0.6, "limit": 0.3}  # six reviewed tasks are enough for it
WEATHER = ItemAttribute(name="weather", kind="select", options=["clear", "rain"], required=True)


@pytest.fixture
def project(team):
    """No class that is drawn, one question. People finished six pictures as the model had said and one otherwise; four wait: two are surely
    clear, one hardly, one is rain, of which little is known."""
    project = make_project(team.organisation, team.manager)
    with_classes(project, team, archived=True)
    for said, stands in [*[("clear", "clear")] * 6, ("rain", "clear")]:
        (task,) = make_tasks(project, team.manager)
        offer(project, team, task, said, 0.9)
        answer(project, team, stands)
    while measure_moved(project_id=project.pk, settled=timedelta(0)):
        pass
    waiting = make_tasks(project, team.manager, 4)
    for task, value, score in zip(waiting, ["clear", "clear", "clear", "rain"], [0.95, 0.9, 0.2, 0.9], strict=True):
        offer(project, team, task, value, score)
    return project


def with_classes(project, team, *, archived: bool) -> None:
    body = schema_of(project.schema)
    classes = [msgspec.structs.replace(one, archived=archived) for one in body.classes]
    asked = msgspec.structs.replace(body, classes=classes, item_attributes=[WEATHER])
    put_schema(project=project, user=team.manager, body=asked)
    project.refresh_from_db()


def offer(project, team, task, value, score) -> None:
    elements = [("answer", encode(decode("answer", {"id": "weather", "value": value})))]
    other = {"clear": "rain", "rain": "clear"}[value]
    new = NewPrediction(
        task=task, model=MODEL, elements=elements, scores={"weather": {value: score, other: round(1 - score, 4)}}
    )
    keep_predictions(project=project, user=team.manager, new=[new])


def answer(project, team, value) -> None:
    person, reviewer = Person(team.annotator), Person(team.reviewer)
    claim = person.claim(project)
    person.save(claim["annotation"]["id"], [put({"id": "weather", "value": value}, kind="answer")])
    person.submit(claim)
    reviewer.judge(reviewer.claim(project, "review")["revision"]["id"], "accept")


def post(team, project, path="", status=202, **more):
    got = Person(team.manager).http.post(f"projects/{project.pk}/automatic{path}", ASKED | more)
    assert got.status_code == status, got.content
    return got.json()


def uses(team, project, **more) -> dict:
    query = "&".join(f"{name}={value}" for name, value in ({"model": MODEL} | more).items())
    return Person(team.manager).http.get(f"projects/{project.pk}/models/uses?{query}").json()


def test_what_became_of_answers_is_told_by_value(team, project):
    found = {one["value"]: one for one in uses(team, project)["classes"]}
    assert {one["attribute"] for one in found.values()} == {"weather"}
    clear, rain = found["clear"], found["rain"]
    assert (clear["offered"], clear["accepted"], clear["missed"]) == (6, 6, 1)
    assert (rain["offered"], rain["rejected"], rain["missed"]) == (1, 1, 0)
    assert clear["recall"]["value"] == pytest.approx(6 / 7)
    (only,) = uses(team, project, attribute="weather", value="rain")["calibration"]
    assert (only["right"]["n"], only["right"]["value"]) == (1, 0.0)
    assert uses(team, project)["calibration"][0]["right"]["n"] == 7


def test_a_plan_has_a_threshold_for_each_value_and_takes_what_is_above(team, project):
    plan = post(team, project, "/plan", 200)
    clear, rain = plan["thresholds"]
    assert (clear["attribute"], clear["value"], clear["score"], clear["n"]) == ("weather", "clear", 0.3, 6)
    assert (rain["value"], rain["score"]) == ("rain", None)
    assert (plan["held_out"], plan["waiting"], plan["tasks"], plan["unsound"]) == (7, 4, 2, 0)


def test_a_run_answers_the_pictures_and_a_sample_of_them_goes_to_people(team, project):
    job = post(team, project)["job"]["id"]
    assert run_job(job) == "succeeded"
    made = Task.objects.filter(project=project, result__stage="automatic")
    assert [task.result.answers for task in made] == [{"weather": "clear"}] * 2
    assert Task.objects.filter(project=project, state="waiting").count() == 2
    (row,) = Person(team.manager).http.get(f"projects/{project.pk}/automatic").json()["results"]
    assert row["state"] == "proving"
    auditor = Person(team.reviewer)
    while (claim := auditor.claim(project, "audit")) is not None:
        sent = {"assignment": claim["assignment"]["id"], "defects": []}
        assert auditor.http.post("audits/judge", sent).status_code == 200
    (row,) = Person(team.manager).http.get(f"projects/{project.pk}/automatic").json()["results"]
    assert row["state"] == "proven"
    while measure_moved(project_id=project.pk, settled=timedelta(0)):
        pass
    assert PredictionUse.objects.filter(project=project, value="clear", right=1).count() == 6


def test_where_there_is_something_to_draw_an_answer_alone_finishes_nothing(team, project):
    with_classes(project, team, archived=False)
    plan = post(team, project, "/plan", 200)
    assert (plan["tasks"], plan["unsound"]) == (0, 2)
