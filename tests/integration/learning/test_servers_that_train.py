"""Servers that train by themselves: Label Studio's `/train` and our own, with answers that are right, late, wrong or none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apps.datasets.models import DatasetVersion, VersionItem
from apps.jobs.models import Job
from apps.predictions.models import ModelVersion
from apps.tasks.models import Task
from tests.factories import api, run_job
from tests.integration.models.making import server
from tests.work import Person, make_tasks, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


class Trainer(ThreadingHTTPServer):
    """Both protocols at once. `answers`: (status, body) by path, instead of the right one; None: it never answers."""

    daemon_threads = True
    version = "one"
    answers: dict[str, tuple[int, bytes] | None]
    got: dict[str, Any]
    over: threading.Event

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Routes(BaseHTTPRequestHandler):
    server: Trainer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        hello = {"protocol": "labelwright/1", "labels": ["car"], "version": self.server.version}
        self._answer(200, json.dumps({"status": "UP"} if self.path == "/health" else hello).encode())

    def do_POST(self) -> None:
        self.server.got[self.path] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/setup":
            self._answer(200, json.dumps({"model_version": self.server.version}).encode())
            return
        found = self.server.answers.get(self.path, (404, b""))
        if found is None:
            self.server.over.wait(30)
            return
        self.server.version = "two"
        self._answer(*found)

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def trainer(**answers: tuple[int, bytes] | None) -> Iterator[Trainer]:
    there = Trainer(("127.0.0.1", 0), Routes)
    there.answers, there.got, there.over = {f"/{path}": one for path, one in answers.items()}, {}, threading.Event()
    thread = threading.Thread(target=there.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        there.over.set()
        there.shutdown()
        there.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.LABELWRIGHT_OUTGOING_NETWORKS = ["127.0.0.1/32"]


@pytest.fixture
def done(team: Any, project: Any) -> list[Task]:
    """Two finished tasks with a car each; the second is in a test split."""
    tasks = make_tasks(project, team.manager, 2)
    for _ in tasks:
        Person(team.annotator).label(project, region())
        reviewer = Person(team.reviewer)
        reviewer.judge(reviewer.claim(project, "review")["revision"]["id"], "accept")
    held = Task.objects.get(pk=tasks[1].pk)
    project.refresh_from_db()
    version = DatasetVersion.objects.create(
        project=project, number=1, schema_version=project.schema, created_by=team.manager, state="frozen"
    )
    VersionItem.objects.create(
        version=version, ordinal=0, asset=held.asset, asset_sha256=held.asset.sha256, task_id=held.pk,
        revision=held.result, split="test",
    )  # fmt: skip
    return tasks


def train(team: Any, version: ModelVersion) -> tuple[Job, dict[str, Any]]:
    begun = api(team.manager).post(f"models/{version.model_id}/train")
    assert begun.status_code == 202, begun.content
    run_job(begun.json()["job"]["id"])
    training = api(team.manager).get(f"model-trainings/{begun.json()['training']['id']}").json()
    return Job.objects.get(pk=begun.json()["job"]["id"]), training


def test_a_label_studio_back_end_gets_tasks_with_their_annotations(team, project, done):
    with trainer(train=(201, b'{"job": "abc"}')) as there:
        version = server(project, team, there.url, "label_studio")
        job, training = train(team, version)
    assert (job.state, training["labels"], training["left_out"]) == ("succeeded", 1, {"test": 1})
    sent = there.got["/train"]
    assert "<RectangleLabels" in sent["label_config"]
    (task,) = sent["annotations"]
    assert task["id"] == done[0].pk
    assert task["data"]["image"].startswith("http")
    (box,) = task["annotations"][0]["result"]
    assert (box["type"], box["value"]["rectanglelabels"]) == ("rectanglelabels", ["car"])
    assert box["value"]["x"] == pytest.approx(100 * 10 / 600)
    assert training["told"] == {"state": "running", "detail": "abc", "said": "two"}
    made = ModelVersion.objects.get(pk=training["model_version"])
    assert (made.source, made.state) == ("Server:two", "checking")


def test_a_newer_back_end_is_told_by_its_webhook(team, project, done):
    with trainer(webhook=(200, b'{"result": {}, "status": "ok"}')) as there:
        job, training = train(team, server(project, team, there.url, "label_studio"))
    assert (job.state, training["told"]["detail"]) == ("succeeded", "ok")
    event = there.got["/webhook"]
    assert (event["action"], event["project"]["id"], len(event["annotations"])) == ("START_TRAINING", project.pk, 1)


def test_a_server_of_our_own_protocol_gets_regions_in_pixels(team, project, done):
    with trainer(train=(200, b'{"state": "done"}')) as there:
        job, training = train(team, server(project, team, there.url, "http"))
    assert (job.state, training["told"]["state"]) == ("succeeded", "done")
    sent = there.got["/train"]
    assert sent["labels"] == ["car", "person", "van"]
    (image,) = sent["images"]
    (one,) = image["regions"]
    assert (image["id"], image["width"], one["label"]) == (done[0].pk, 600, "car")
    assert one["geometry"] == {"x": 10.0, "y": 20.0, "w": 30.0, "h": 40.0}


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((404, b""), "no_training", "404"),
        ((500, b"Traceback"), "model_fails", "500"),
        ((200, b"<html>"), "model_fails", "JSON"),
        ((200, b"[1]"), "model_fails", "object"),
        ((200, b"{}"), "model_fails", "neither"),
        ((200, b'{"state": "failed", "detail": "no GPU"}'), "model_fails", "no GPU"),
        (None, "fetch_failed", "within 1 seconds"),
    ],
)
def test_what_goes_wrong_is_named_and_the_version_stays_ready(team, project, done, answer, code, said):
    with trainer(train=answer) as there:
        version = server(project, team, there.url, "http", seconds=1)
        job, training = train(team, version)
    assert (job.state, job.error["code"]) == ("failed", code)
    assert said in job.error["detail"]
    assert (training["told"], training["model_version"]) == (None, None)
    version.refresh_from_db()
    assert version.state == "ok"


def test_an_address_that_may_not_be_asked_is_never_sent_anything(team, project, done, settings):
    with trainer(train=(200, b'{"state": "done"}')) as there:
        version = server(project, team, there.url, "http")
        settings.LABELWRIGHT_OUTGOING_NETWORKS = []
        job, _ = train(team, version)
        assert (job.error["code"], there.got) == ("address_refused", {})


def test_there_must_be_a_server_and_something_to_learn(team, project):
    http = api(team.manager)
    with trainer() as there:
        version = server(project, team, there.url, "http")
        refused = http.post(f"models/{version.model_id}/train")
        assert (refused.status_code, refused.json()["code"]) == (409, "too_few_labels")
    made = http.post(f"projects/{project.pk}/models", {"name": "Outlines", "backend": "builtin"}).json()
    assert http.post(f"models/{made['id']}/train").json()["code"] == "no_training"
