"""A model looks at tasks: what it says is kept apart, what is wrong with it is counted, and nothing is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from apps.annotations.models import Annotation
from apps.jobs.models import Job
from apps.predictions import queries
from apps.predictions.models import ModelVersion, Prediction, PrelabelItem
from tests.factories import api, make_project, run_job
from tests.integration.models.making import photos, registered, server
from tests.integration.models.studio_backend import studio_backend
from tests.tiny_models import detector, names, saying, yolo8

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback(settings: Any, monkeypatch: Any) -> None:
    settings.LABELWRIGHT_OUTGOING_NETWORKS = ["127.0.0.1/32"]
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)


def prelabel(team: Any, project: Any, version: ModelVersion, **sent: Any) -> tuple[str | None, dict[str, Any]]:
    """(how the job ended, the run)."""
    http = api(team.manager)
    begun = http.post(f"projects/{project.pk}/prelabel", {"model_version": version.pk} | sent)
    assert begun.status_code == 202, begun.content
    ended = run_job(begun.json()["job"]["id"])
    return ended, http.get(f"prelabel-runs/{begun.json()['run']['id']}").json()


def elements(task: Any) -> list[dict[str, Any]]:
    return [json.loads(one.body) for row in queries.latest([task.pk]) for one in queries.entries(row)]


def test_a_detector_leaves_boxes_beside_the_work(team, project):
    tasks = photos(project, team, 3)
    version = registered(project, team, detector((32, 32, 20, 10, 0, 0.9), (10, 30, 8, 8, 2, 0.8)))
    ended, run = prelabel(team, project, version)
    assert ended == "succeeded"
    assert (run["total"], run["kept"], run["same"], run["failed"], run["regions"]) == (3, 3, 0, 0, 3)
    (box,) = elements(tasks[0])
    assert (box["class"], box["shape"], box["source"], box["score"]) == (1, "box", "Tiny:1", 0.9)
    assert box["geometry"] == {"x": 44.0, "y": 22.0, "w": 40.0, "h": 20.0}
    assert set(Prediction.objects.values_list("version_id", flat=True)) == {version.pk}
    assert not Annotation.objects.filter(project=project).exists()


def test_variants_of_a_picture_tell_how_steady_an_answer_is(team, project):
    tasks = photos(project, team, 2)
    version = registered(project, team, detector((32, 32, 20, 10, 0, 0.9)))  # whatever it is shown, amid 128 x 64
    prelabel(team, project, version)
    assert set(Prediction.objects.values_list("augmented", flat=True)) == {None}
    http, url = api(team.manager), f"projects/{project.pk}/prelabel"
    asked = {"model_version": version.pk, "variants": True}
    assert http.post(f"{url}/preview", asked).json() == {"tasks": 2, "predicted": 0}
    _, run = prelabel(team, project, version, variants=True)
    assert (run["variants"], run["same"], run["kept"]) == (True, 2, 0)
    far = Prediction.objects.get(task=tasks[0]).augmented  # mirrored it is the same box; nearer, 0.85 of it each way
    assert far == pytest.approx((1 - 0.85**2) / 2, abs=1e-3)
    assert http.post(f"{url}/preview", asked).json() == {"tasks": 0, "predicted": 2}
    assert elements(tasks[0])[0]["geometry"] == {"x": 44.0, "y": 22.0, "w": 40.0, "h": 20.0}


def test_a_server_is_shown_no_variants(team, project):
    photos(project, team, 1)
    with studio_backend() as there:
        version = server(project, team, there.url, "label_studio")
        sent = {"model_version": version.pk, "variants": True}
        refused = api(team.manager).post(f"projects/{project.pk}/prelabel", sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_variants")


def test_a_run_asks_for_what_is_not_said_yet_and_again_only_if_told(team, project):
    photos(project, team, 2)
    version = registered(project, team, detector())
    prelabel(team, project, version)
    http, url = api(team.manager), f"projects/{project.pk}/prelabel"
    assert http.post(f"{url}/preview", {"model_version": version.pk}).json() == {"tasks": 0, "predicted": 2}
    refused = http.post(url, {"model_version": version.pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_predict")
    _, run = prelabel(team, project, version, again=True)
    assert (run["kept"], run["same"]) == (0, 2)
    assert Prediction.objects.count() == 2


def test_a_filter_says_which_tasks(team, project):
    tasks = photos(project, team, 3)
    version = registered(project, team, detector())
    wanted = {"filter": {"name": "photo-1"}}
    preview = api(team.manager).post(f"projects/{project.pk}/prelabel/preview", {"model_version": version.pk} | wanted)
    assert preview.json() == {"tasks": 1, "predicted": 0}
    prelabel(team, project, version, **wanted)
    assert list(Prediction.objects.values_list("task_id", flat=True)) == [tasks[1].pk]


def test_thresholds_are_by_class_and_labels_without_a_meaning_are_left_out(team, project):
    tasks = photos(project, team, 1)
    version = registered(
        project, team, detector((32, 32, 20, 10, 0, 0.5), (12, 32, 10, 10, 1, 0.5), (50, 30, 8, 8, 2, 0.9))
    )
    sent = {"thresholds": {"score": 0.3, "classes": {"person": 0.6}}}
    assert api(team.manager).patch(f"model-versions/{version.pk}", sent).status_code == 200
    prelabel(team, project, version)
    assert [one["class"] for one in elements(tasks[0])] == [1]


def test_bad_outputs_are_cleaned_and_counted_and_the_run_goes_on(team, project):
    tasks = photos(project, team, 2)
    head = yolo8(
        [(32, 32, 20, 10, 0, 0.9), (300, 300, 20, 10, 0, 0.8), (5, 32, 20, 10, 1, 0.7), (20, 30, 0, 0, 0, 0.6)], 3
    )
    head[0, 0, 4], head[0, 4, 4] = np.nan, 0.9
    version = registered(project, team, saying({"output0": head}, metadata={"names": names("car", "person", "zebra")}))
    ended, run = prelabel(team, project, version)
    assert (ended, run["kept"]) == ("succeeded", 2)
    assert run["problems"] == {"outside": 2, "clamped": 2, "degenerate": 2, "not_finite": 2}
    assert sorted(one["class"] for one in elements(tasks[0])) == [1, 2]


def test_ten_thousand_boxes_become_the_best_of_them(team, project):
    tasks = photos(project, team, 1, width=1280, height=640)
    head = np.zeros((1, 4 + 3, 84), dtype=np.float32)
    rows = np.zeros((1, 1000, 6), dtype=np.float32)
    rows[0, :, 0] = np.arange(1000) % 32 * 2
    rows[0, :, 1] = 16 + np.arange(1000) // 32
    rows[0, :, 2:4] = rows[0, :, 0:2] + 1
    rows[0, :, 4] = np.linspace(0.9, 0.3, 1000)
    version = registered(project, team, saying({"d": rows}, metadata={"names": names("car")}))
    sent = {"thresholds": {"most": 50}}
    assert api(team.manager).patch(f"model-versions/{version.pk}", sent).status_code == 200
    _, run = prelabel(team, project, version)
    assert (run["regions"], len(elements(tasks[0])), head.size) == (50, 50, 7 * 84)
    assert run["problems"]["too_many"] == 250


def test_a_picture_that_is_gone_fails_alone(team, project):
    from apps.core import storage

    tasks = photos(project, team, 2)
    storage.local_path(tasks[0].asset.path).unlink()
    version = registered(project, team, detector())
    ended, run = prelabel(team, project, version)
    assert (ended, run["kept"], run["failed"], run["problems"]) == ("succeeded", 1, 1, {"not_found": 1})


def test_a_cancelled_run_goes_on_where_it_was(team, project):
    photos(project, team, 2)
    version = registered(project, team, detector())
    http = api(team.manager)
    begun = http.post(f"projects/{project.pk}/prelabel", {"model_version": version.pk}).json()
    again = http.post(f"prelabel-runs/{begun['run']['id']}/go-on")
    assert (again.status_code, again.json()["code"]) == (409, "model_not_ready")
    assert http.post(f"jobs/{begun['job']['id']}/cancel").status_code == 200
    resumed = http.post(f"prelabel-runs/{begun['run']['id']}/go-on").json()
    assert run_job(resumed["job"]["id"]) == "succeeded"
    assert http.get(f"prelabel-runs/{begun['run']['id']}").json()["kept"] == 2


def test_only_a_version_that_is_ready_and_means_something_is_run(team, project):
    photos(project, team, 1)
    http, url = api(team.manager), f"projects/{project.pk}/prelabel"
    broken = registered(project, team, b"no model", name="Broken")
    assert http.post(url, {"model_version": broken.pk}).json()["code"] == "model_not_ready"
    mute = registered(project, team, detector(labels=("a", "b", "c")), name="Mute")
    assert http.post(url, {"model_version": mute.pk}).json()["code"] == "model_not_ready"
    elsewhere = make_project(team.organisation, team.manager)
    foreign = registered(elsewhere, team, detector())
    assert http.post(url, {"model_version": foreign.pk}).json()["code"] == "unknown_model_version"


def test_a_label_studio_back_end_is_used_unchanged(team, project):
    tasks = photos(project, team, 5)
    with studio_backend() as there:
        version = server(project, team, there.url, "label_studio")
        assert (version.state, version.adapter) == ("ok", "label_studio")
        ended, run = prelabel(team, project, version)
        assert all(url.startswith("http://127.0.0.1") and "/media/" in url for url in there.model.asked)
    assert (ended, run["kept"]) == ("succeeded", 5)
    (box,) = elements(tasks[0])
    assert (box["class"], box["score"], box["source"]) == (1, 0.75, "Server:1")
    assert box["geometry"] == pytest.approx({"x": 12.8, "y": 12.8, "w": 64.0, "h": 16.0})


SPOILT = {
    "half_an_answer": b'{"results": []}',
    "bad_answer": b"<html>busy</html>",
    "fetch_failed": b"",
}


@pytest.mark.parametrize("reason", SPOILT)
def test_a_server_that_answers_badly_ends_the_run_with_a_reason_and_is_seen(team, project, reason):
    photos(project, team, 16)
    with studio_backend() as there:
        version = server(project, team, there.url, "label_studio")
        there.answers["/predict"] = SPOILT[reason] or b"{}"
        there.status = 500 if not SPOILT[reason] else 200
        ended, run = prelabel(team, project, version)
        version.refresh_from_db()
        assert (ended, version.state, version.reason) == ("failed", "failing", reason)
        assert run["waiting"] > 0
        assert run["job"]["error"]["code"] in ("model_fails", "fetch_failed")
        there.answers.clear()
        there.status = 200
        again = api(team.manager).post(f"prelabel-runs/{run['id']}/go-on").json()
        assert run_job(again["job"]["id"]) == "succeeded"
    version.refresh_from_db()
    assert (version.state, Prediction.objects.count()) == ("ok", 16)


def test_a_server_at_an_internal_address_is_never_asked(team, project, settings):
    with studio_backend() as there:
        url = there.url.replace("127.0.0.1", "localhost")
        settings.LABELWRIGHT_OUTGOING_NETWORKS = []
        version = server(project, team, url, "label_studio")
    assert (version.state, version.reason) == ("failed", "address_refused")
    assert there.model.label_config == ""
    literal = {"name": "Metadata", "backend": "http", "url": "http://169.254.169.254/latest"}
    answer = api(team.manager).post(f"projects/{project.pk}/models", literal)
    assert (answer.status_code, answer.json()["code"]) == (400, "address_refused")


def test_a_server_of_our_own_protocol_answers_with_our_shapes(team, project):
    tasks = photos(project, team, 2)
    sent = {
        "images": [
            {
                "id": tasks[0].pk,
                "regions": [
                    {"label": "auto", "score": 0.8, "shape": "box", "geometry": {"x": 1, "y": 2, "w": 30, "h": 20}},
                    {"label": "unicorn", "shape": "box", "geometry": {"x": 1, "y": 2, "w": 30, "h": 20}},
                    {"label": "auto", "shape": "star", "geometry": {}},
                    {"label": "auto", "shape": "box", "geometry": {"x": "left"}},
                ],
                "answers": [{"label": "wet", "score": 0.9}],
            }
        ]
    }
    hello = {"protocol": "labelwright/1", "labels": ["auto", "wet"], "kind": "detect", "at_once": 8}
    with studio_backend() as there:
        there.answers |= {"/health": b"{}", "/": json.dumps(hello).encode(), "/predict": json.dumps(sent).encode()}
        version = server(project, team, there.url + "/", "http")
        assert (version.state, version.labels, version.detail) == ("ok", ["auto", "wet"], "")
        meaning = {"mapping": {"auto": {"class": 1}, "wet": {"attribute": "weather", "value": "rain"}}}
        assert api(team.manager).patch(f"model-versions/{version.pk}", meaning).status_code == 200
        ended, run = prelabel(team, project, version)
    assert (ended, run["kept"], run["failed"]) == ("succeeded", 1, 1)
    assert run["problems"] == {"unknown_class": 1, "unknown_shape": 1, "bad_region": 1, "left_out": 1}
    assert {(one.get("class"), one.get("value")) for one in elements(tasks[0])} == {(None, "rain"), (1, None)}


def test_predictions_come_by_rest_once(team, project):
    tasks = photos(project, team, 2)
    box = {"class": "car", "shape": "box", "geometry": {"x": 1, "y": 2, "w": 30, "h": 20}, "score": 0.5}
    sent = {
        "model": "elsewhere:7",
        "items": [
            {"task": tasks[0].pk, "regions": [box, box | {"class": 99}], "answers": {"weather": "rain"}},
            {"name": tasks[1].name, "regions": []},
            {"task": tasks[0].pk},
            {"external_id": "nobody"},
            {},
        ],
    }
    http, url = api(team.manager), f"projects/{project.pk}/predictions"
    first = http.post(url, sent)
    assert first.status_code == 200, first.content
    said = first.json()
    assert (said["kept"], said["same"], said["refused"]) == (2, 0, 3)
    assert said["results"][0]["problems"] == {"unknown_class": 1}
    assert [one.get("code", "") for one in said["results"]] == ["", "", "named_twice", "not_found", "invalid"]
    assert http.post(url, sent).json()["same"] == 2
    assert Prediction.objects.count() == 2
    assert {one.get("source") for one in elements(tasks[0])} == {"elsewhere:7", None}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"model": "", "items": []},
        {"model": "m:1", "items": [{"task": "x"}]},
        {"model": "m:1", "items": [{"task": 1, "regions": [{"class": 1, "shape": "box", "geometry": {}, "score": 2}]}]},
        {"model": "m:1", "items": [{}] * 1001},
    ],
)
def test_predictions_of_another_form_are_refused(team, project, sent):
    answer = api(team.manager).post(f"projects/{project.pk}/predictions", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_two_that_share_a_run_do_everything_once(team, project, settings):
    settings.LABELWRIGHT_PRELABEL_WORKERS = 2
    photos(project, team, 33, width=32, height=32)
    version = registered(project, team, detector())
    begun = api(team.manager).post(f"projects/{project.pk}/prelabel", {"model_version": version.pk}).json()
    helper = Job.objects.get(kind="predictions.help_prelabel")
    assert run_job(helper.pk) == "succeeded"
    assert run_job(begun["job"]["id"]) == "succeeded"
    assert Prediction.objects.count() == PrelabelItem.objects.filter(state="kept").count() == 33
