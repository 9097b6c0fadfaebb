"""In a project of boxes: a head learns what accepted regions look like, names the boxes of a model that finds things, and the queue follows."""

from __future__ import annotations

from typing import Any

import pytest

from apps.jobs.models import Job
from apps.learning.models import Crop, Training
from apps.learning.services import tend
from apps.predictions.models import ModelVersion, Prediction, PrelabelRun
from apps.predictions.queries import entries
from apps.tasks.models import Task
from domain.elements import decode
from tests.factories import api, run_job
from tests.integration.learning.making import finish_with_boxes, learn, pictures
from tests.integration.models.making import registered
from tests.tiny_models import detector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


@pytest.fixture
def base(team: Any, project: Any) -> ModelVersion:
    """It finds one thing over nearly all of every picture, and calls all of them cars."""
    return registered(project, team, detector((32, 32, 60, 60, 0, 0.9)))


@pytest.fixture
def taught(team: Any, project: Any) -> list[Task]:
    """Twelve tasks with a box each that people finished, half of them just now: cars where it is clear, persons where it rains."""
    tasks = pictures(project, team, ["clear", "rain"] * 6)
    finish_with_boxes(project, tasks)
    Task.objects.filter(pk__in=[one.pk for one in tasks[:6]]).update(updated_at="2026-01-01T00:00:00Z")
    return tasks


def named(task: Task) -> list[tuple[int, Any, str]]:
    found = Prediction.objects.get(task=task, model__startswith="Named")
    regions = [decode("region", one.body) for one in entries(found)]
    return [(one.class_id, one.geometry, one.source) for one in regions]


def test_boxes_of_a_detector_get_the_projects_own_classes_and_the_queue_follows(team, project, base, taught):
    new = pictures(project, team, ["clear", "rain", "rain"])
    http = api(team.manager)
    begun = http.post(f"projects/{project.pk}/prelabel", {"model_version": base.pk}).json()["job"]["id"]
    assert run_job(begun) == "succeeded"
    stock = http.get(f"projects/{project.pk}/learning").json()
    regions = next(one for one in stock["targets"] if one["target"] == "regions")
    assert (regions["labels"], regions["problem"]) == ({"car": 6, "person": 6}, "")
    assert stock["bases"] == [{"id": base.model_id, "name": "Tiny"}]

    asked = {"target": "regions", "name": "Named", "base": base.model_id, "order": True}
    started = learn(team, project, **asked)
    assert run_job(started["job"]["id"]) == "succeeded", Job.objects.get(pk=started["job"]["id"]).error
    told = http.get(f"model-trainings/{started['training']['id']}").json()
    assert (told["labels"], told["base"], told["measured"]["right"]) == (12, base.model_id, 12)
    assert [(one["label"], one["n"]) for one in told["measured"]["by_label"]] == [("car", 6), ("person", 6)]
    assert Crop.objects.count() == 12

    assert tend() == 1
    assert run_job(PrelabelRun.objects.latest("pk").job_id) == "succeeded"
    was = Prediction.objects.get(task=new[1], model="Tiny:1")
    (box,) = [decode("region", one.body) for one in entries(was)]
    assert box.class_id == 1
    assert [named(one) for one in new] == [[(c, box.geometry, "Named:1")] for c in (1, 2, 2)]
    assert {one.committee for one in Prediction.objects.filter(model="Named:1")} == {0.0}
    assert tend() == 1
    assert run_job(Job.objects.get(kind="predictions.order_queue").pk) == "succeeded"
    shown = http.get(f"projects/{project.pk}/queue-order").json()["tasks"]
    assert {one["why"] for one in shown} <= {"uncertain", "random"}
    assert {one["number"] for one in shown} == {one.number for one in new}


def test_training_again_keeps_whose_boxes_are_named_and_what_was_not_looked_at_waits(team, project, base, taught):
    first = learn(team, project, target="regions", name="Named", base=base.model_id)
    assert run_job(first["job"]["id"]) == "succeeded"
    again = learn(team, project, target="regions", model=first["training"]["model"])
    assert again["training"]["base"] == base.model_id
    assert run_job(again["job"]["id"]) == "succeeded"
    version = ModelVersion.objects.get(pk=Training.objects.latest("pk").version_id)
    checked = api(team.manager).post(f"model-versions/{version.pk}/check").json()["job"]["id"]
    assert run_job(checked) == "succeeded"
    version.refresh_from_db()
    assert (version.state, version.model.kind) == ("ok", "detect")
    pictures(project, team, ["clear"])
    sent = {"model_version": version.pk}
    refused = api(team.manager).post(f"projects/{project.pk}/prelabel", sent)  # the detector said nothing of it yet
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_predict")
    varied = api(team.manager).post(f"projects/{project.pk}/prelabel", sent | {"variants": True})
    assert varied.json()["code"] == "no_variants"


def test_what_finds_nothing_is_no_base(team, project, base, taught):
    assert learn(team, project, 400, target="regions")["code"] == "bad_base"
    assert learn(team, project, 404, target="regions", base=10**9)["code"] == "not_found"
    head = learn(team, project, target="regions", name="Named", base=base.model_id)["training"]["model"]
    assert learn(team, project, 400, target="regions", base=head, name="Other")["code"] == "bad_base"
