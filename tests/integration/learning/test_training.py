"""The loop that closes here: accepted work teaches a model, which looks at what waits, by which the queue is ordered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.datasets.models import DatasetVersion, VersionItem
from apps.jobs.models import Job
from apps.learning.models import CropWatch, Doubt, Repeat, Training
from apps.learning.services import tend, train
from apps.learning.services.cutting import watch_crops
from apps.predictions import queries
from apps.predictions.models import ModelVersion, PictureFeatures, Prediction, PrelabelRun, RegisteredModel
from apps.projects.models import BulkChange, Project
from apps.projects.services import purge_project
from apps.tasks.models import Task
from tests.factories import api, run_job
from tests.integration.learning.making import finish, learn, pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
TWELVE = ["clear", "rain"] * 6


@pytest.fixture
def taught(team: Any, project: Any) -> list[Task]:
    """Twelve tasks that people finished."""
    tasks = pictures(project, team, TWELVE)
    finish(project, tasks)
    return tasks


def trained(team: Any, project: Any, **sent: Any) -> dict[str, Any]:
    started = learn(team, project, **sent)
    assert run_job(started["job"]["id"]) == "succeeded", Job.objects.get(pk=started["job"]["id"]).error
    answer = api(team.manager).get(f"model-trainings/{started['training']['id']}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_accepted_work_becomes_a_version_with_what_was_measured_of_it(team, project, taught):
    told = trained(team, project, predict=False)
    assert (told["labels"], told["accepted"], told["step"]) == (12, 12, "done")
    measured = told["measured"]
    assert (measured["n"], measured["right"], measured["commonest"], measured["folds"]) == (12, 12, 0.5, 5)
    assert 0.7 < measured["low"] < measured["accuracy"] == measured["high"] == 1
    assert [one["label"] for one in measured["by_label"]] == ["clear", "rain"]
    version = ModelVersion.objects.get(pk=told["model_version"])
    assert (version.source, version.state, version.labels) == ("Weather:1", "ok", ["clear", "rain"])
    (file,) = version.files.all()
    assert file.path.endswith(f"/{file.sha256}.onnx")


def test_a_second_training_is_the_next_version_and_reads_no_picture_again(team, project, taught, monkeypatch):
    first = trained(team, project, predict=False)
    assert PictureFeatures.objects.count() == 12
    monkeypatch.setattr("apps.predictions.inference.features.describe", None)
    second = trained(team, project, model=first["model"], predict=False)
    assert (second["model"], second["source"]) == (first["model"], "Weather:2")
    assert second["measured"] == first["measured"]


def test_the_version_looks_at_what_waits_and_the_queue_follows(team, project, taught):
    waiting = pictures(project, team, ["clear", "rain", "clear"])
    trained(team, project, order=True)
    assert tend() == 1
    run = PrelabelRun.objects.get()
    assert (run.total, run_job(run.job_id)) == (3, "succeeded")
    said = {one.task_id: one for one in Prediction.objects.all()}
    answers = [entry.body for task in waiting for entry in queries.entries(said[task.pk])]
    assert [b"clear" in body for body in answers] == [True, False, True]
    scores = said[waiting[0].pk].scores["weather"]
    assert scores["clear"] > 0.5 > scores["rain"]
    assert abs(sum(scores.values()) - 1) < 1e-3
    assert tend() == 1
    change = BulkChange.objects.get(kind="order")
    assert run_job(Job.objects.get(kind="predictions.order_queue").pk) == "succeeded"
    shown = api(team.manager).get(f"projects/{project.pk}/queue-order").json()
    assert {one["why"] for one in shown["tasks"]} <= {"uncertain", "random"}
    assert (change.title, Training.objects.get().step) == ("Queue ordered by Weather:1", "done")
    assert api(team.manager).get(f"projects/{project.pk}/queue-order/models").json() == {
        "models": ["Weather:1"],
        "committee": ["Weather:1"],
        "augmented": [],
    }
    assert {one.committee for one in said.values()} == {0.0}  # clear cases: all members say the same


def test_no_test_split_is_learned_from_nor_a_copy_or_the_group_of_one(team, project, taught):
    version = DatasetVersion.objects.create(
        project=project, number=1, schema_version=project.schema, created_by=team.manager, state="frozen"
    )
    held, copy, friend = taught[0], taught[2], taught[4]
    copy.asset.sha256, friend.asset.group = held.asset.sha256, "scene 1"
    copy.asset.save()
    friend.asset.save()
    VersionItem.objects.create(
        version=version, ordinal=0, asset=held.asset, asset_sha256=held.asset.sha256, task_id=held.pk,
        revision=Task.objects.get(pk=held.pk).result, split="test", group="scene 1",
    )  # fmt: skip
    question, _regions = api(team.manager).get(f"projects/{project.pk}/learning").json()["targets"]
    assert question["left_out"] == {"test": 3}
    assert question["problem"] == "too_few_labels"
    assert learn(team, project, 409)["code"] == "too_few_labels"
    finish(project, pictures(project, team, ["clear"] * 3))
    told = trained(team, project, predict=False)
    assert (told["labels"], told["left_out"]) == (12, {"test": 3})


@pytest.mark.parametrize(
    ("labels", "group", "code"),
    [
        (["clear", "rain"] * 4, "", "too_few_labels"),
        (["clear"] * 11, "", "one_class"),
        (["clear", "rain"] * 6, "one scene", "nothing_held_out"),
    ],
)
def test_what_cannot_be_learned_is_named(team, project, labels, group, code):
    finish(project, pictures(project, team, labels, group=group))
    assert learn(team, project, 409)["code"] == code
    question, _regions = api(team.manager).get(f"projects/{project.pk}/learning").json()["targets"]
    assert question["problem"] == code
    assert not RegisteredModel.objects.exists()


def test_wrong_requests_are_named(team, project, taught):
    assert learn(team, project, 400, target="question:none")["code"] == "unknown_target"
    assert learn(team, project, 400, target="tags")["code"] == "unknown_target"
    assert learn(team, project, 400, name="a:b")["code"] == "invalid"
    assert learn(team, project, 404, model=10**9)["code"] == "not_found"
    learn(team, project)
    model = RegisteredModel.objects.get()
    assert learn(team, project, 409, model=model.pk)["code"] == "training_runs"
    assert learn(team, project, 409)["code"] == "name_taken"
    refused = api(team.manager).post(f"models/{model.pk}/versions", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    file = RegisteredModel.objects.create(project=project, name="File", backend="onnx", created_by=team.manager)
    assert learn(team, project, 409, model=file.pk)["code"] == "not_trained_here"
    assert api(team.manager).put(f"models/{file.pk}/repeat", {"after": 5}).json()["code"] == "not_trained_here"


def test_a_model_is_trained_again_after_so_many_tasks_and_not_before(team, project, taught):
    model = trained(team, project, predict=False)["model"]
    http = api(team.manager)
    assert http.put(f"models/{model}/repeat", {"after": 3, "predict": False}).json()["after"] == 3
    finish(project, pictures(project, team, ["clear", "rain"]))
    assert tend() == 0
    finish(project, pictures(project, team, ["clear"]))
    assert tend() == 1
    again = Training.objects.latest("pk")
    assert (again.model_id, again.target, again.accepted) == (model, "question:weather", 15)
    assert tend() == 0
    assert run_job(again.job_id) == "succeeded"
    assert tend() == 0
    assert http.put(f"models/{model}/repeat", {"after": 0}).json()["after"] == 0
    assert http.get(f"projects/{project.pk}/learning").json()["repeats"] == []


def test_a_label_that_the_model_doubts_is_listed_until_somebody_decides(team, project):
    tasks = pictures(project, team, ["clear", "rain"] * 10)
    said = [task.name.split("-")[0] for task in tasks]
    said[0], said[1] = "rain", "clear"
    finish(project, tasks, said)
    training = trained(team, project, predict=False)
    url = f"model-trainings/{training['id']}/doubts"
    listed = api(team.manager).get(url).json()["results"]
    assert {(one["task"], one["label"], one["instead"]) for one in listed} >= {
        (tasks[0].pk, "rain", "clear"),
        (tasks[1].pk, "clear", "rain"),
    }
    for task in tasks[:2]:
        doubt = Doubt.objects.get(task=task)
        if task is tasks[0]:
            assert api(team.manager).post(f"doubts/{doubt.pk}/keep").status_code == 200
    left = {one["task"] for one in api(team.manager).get(url).json()["results"]}
    assert tasks[0].pk not in left
    assert tasks[1].pk in left
    undone = f"doubts/{Doubt.objects.get(task=tasks[0]).pk}/keep"
    assert api(team.manager).delete(undone).status_code == 200
    assert tasks[0].pk in {one["task"] for one in api(team.manager).get(url).json()["results"]}


def test_a_job_that_comes_twice_makes_one_version(team, project, taught):
    started = learn(team, project, predict=False)
    first = Training.objects.select_related("project__schema", "model", "created_by").get()
    for _ in range(2):
        train(training=first, report=lambda done, total: None, check=lambda: None)
    assert run_job(started["job"]["id"]) == "succeeded"
    assert ModelVersion.objects.count() == 1


def test_who_cancels_loses_no_features(team, project, taught, monkeypatch):
    started = learn(team, project)
    seen: list[int] = []

    def stopping(this, done, total=None, message=""):
        from apps.jobs.errors import JobCancelled

        seen.append(done)
        if done == 5:
            raise JobCancelled

    monkeypatch.setattr("apps.jobs.running.JobRun.progress", stopping)
    assert run_job(started["job"]["id"]) == "cancelled"
    assert (PictureFeatures.objects.count(), ModelVersion.objects.count()) == (5, 0)
    assert learn(team, project, model=started["training"]["model"])["job"]["state"] == "queued"


def test_the_file_of_a_version_is_not_run_once_it_is_another(team, project, taught, settings):
    from apps.core import storage

    told = trained(team, project, predict=False)
    version = ModelVersion.objects.get(pk=told["model_version"])
    (file,) = version.files.all()
    path = storage.local_path(file.path)
    assert path is not None
    path.write_bytes(b"another")
    job = api(team.manager).post(f"model-versions/{version.pk}/check").json()["job"]["id"]
    run_job(job)
    version.refresh_from_db()
    assert (version.state, version.reason) == ("failed", "model_damaged")


def test_nothing_of_it_outlives_the_project(team, project, taught):
    told = trained(team, project)
    watch_crops(project.pk)
    Doubt.objects.create(
        training_id=told["id"], task=taught[0], result_id=Task.objects.get(pk=taught[0].pk).result_id, label="rain",
        instead="clear", score=0.9, place=999,
    )  # fmt: skip
    api(team.manager).put(f"models/{told['model']}/repeat", {"after": 5})
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    assert purge_project(project_id=project.pk)
    connection.check_constraints()
    left = (Training, Doubt, Repeat, CropWatch, PictureFeatures, ModelVersion)
    assert [model.__name__ for model in left if model.objects.exists()] == []
