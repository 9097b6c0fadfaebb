"""Models are registered, checked in a process of their own, and mapped to the project's classes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from apps.core import storage
from apps.predictions.errors import ModelDamaged
from apps.predictions.inference.files import local_file
from apps.predictions.models import ModelFile
from apps.predictions.services import WeightFile, add_version, register_model
from domain.inference.onnx import Graph
from tests.factories import api, run_job
from tests.integration.models.making import registered
from tests.tiny_models import detector, names, saying, yolo8

pytestmark = pytest.mark.django_db


def test_an_uploaded_detector_is_ready_with_its_labels_and_a_first_mapping(team, project):
    http = api(team.manager)
    made = http.post(f"projects/{project.pk}/models", {"name": "Tiny", "backend": "onnx", "licence": "MIT"})
    assert made.status_code == 201, made.content
    file = SimpleUploadedFile("tiny.onnx", detector(labels=("Car", "person", "zebra")))
    begun = http.upload(f"models/{made.json()['id']}/versions", {"file": file})
    assert begun.status_code == 202, begun.content
    assert run_job(begun.json()["job"]["id"]) == "succeeded"
    version = http.get(f"projects/{project.pk}/models").json()["results"][0]["versions"][0]
    assert (version["state"], version["adapter"], version["source"]) == ("ok", "yolo", "Tiny:1")
    assert version["labels"] == ["Car", "person", "zebra"]
    assert version["mapping"] == {"Car": {"class": 1}, "person": {"class": 2}, "zebra": None}
    assert version["input_size"] == [64, 64]
    assert http.get(f"models/{made.json()['id']}").json()["kind"] == "detect"


REFUSED = {
    "not_onnx": b"\x80\x04\x95\x1a\x00\x00\x00cposix\nsystem\n",
    "unknown_signature": saying({"x": np.zeros((1, 7, 9, 2, 2), dtype=np.float32)}),
    "load_failed": detector().replace(b"ReduceMean", b"ReduceBean"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_file_that_is_not_fit_is_kept_with_the_reason(team, project, reason):
    version = registered(project, team, REFUSED[reason])
    assert (version.state, version.reason) == ("failed", reason)
    assert version.detail
    assert "/" not in version.detail.replace("×", "")


@override_settings(LABELWRIGHT_MODEL_CHECK_BYTES=2_500_000_000)
def test_a_file_that_would_take_all_memory_is_refused(team, project):
    graph = Graph("greedy")
    graph.input("images", "float32", (1, 3, 64, 64))
    graph.weight("sides", np.array([60_000, 60_000], dtype=np.int64))
    graph.weight("said", yolo8([], 3))
    graph.node("ReduceMean", ["images"], ["mean"], keepdims=0)
    graph.node("Expand", ["mean", "sides"], ["huge"])
    graph.node("ReduceMax", ["huge"], ["small"], keepdims=0)
    graph.node("Add", ["said", "small"], ["output0"])
    graph.output("output0", "float32", (1, 7, 84))
    version = registered(project, team, graph.encode(metadata={"names": names("a", "b", "c")}))
    assert (version.state, version.reason) == ("failed", "out_of_memory")


@override_settings(LABELWRIGHT_MAX_MODEL_BYTES=1000)
def test_a_huge_file_is_refused_before_it_is_stored(team, project):
    http = api(team.manager)
    model = http.post(f"projects/{project.pk}/models", {"name": "Big", "backend": "onnx"}).json()["id"]
    answer = http.upload(f"models/{model}/versions", {"file": SimpleUploadedFile("big.onnx", b"x" * 1001)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not ModelFile.objects.exists()


def test_a_file_that_was_changed_in_the_store_is_not_run(team, project):
    version = registered(project, team, detector())
    file = version.files.get()
    path = storage.local_path(file.path)
    assert path is not None
    path.chmod(0o640)
    path.write_bytes(detector(labels=("other", "labels", "here")))
    with pytest.raises(ModelDamaged):
        local_file(file)


def test_the_next_version_inherits_what_labels_mean(team, project):
    version = registered(project, team, detector())
    http = api(team.manager)
    sent = {"mapping": {"zebra": {"class": 3}, "person": None}, "thresholds": {"score": 0.4, "classes": {"car": 0.6}}}
    assert http.patch(f"model-versions/{version.pk}", sent).status_code == 200
    data = saying({"output0": yolo8([], 2)}, metadata={"names": names("zebra", "horse")})
    files = [WeightFile("model", "next.onnx", BytesIO(data), len(data))]
    second, job = add_version(model=version.model, user=team.manager, files=files)
    run_job(job.pk)
    second.refresh_from_db()
    assert (second.name, second.mapping) == ("2", {"zebra": {"class": 3}, "horse": None})
    assert second.thresholds["score"] == 0.4


@pytest.mark.parametrize(
    "sent",
    [
        {"mapping": {"unicorn": {"class": 1}}},
        {"mapping": {"car": {"class": 99}}},
        {"mapping": {"car": {"class": 1, "attribute": "weather", "value": "rain"}}},
        {"mapping": {"car": {"attribute": "weather", "value": "snow"}}},
        {"mapping": {"car": {"attribute": "mood", "value": "good"}}},
        {"thresholds": {"classes": {"unicorn": 0.5}}},
        {"thresholds": {"score": 1.5}},
    ],
)
def test_a_mapping_names_only_what_there_is(team, project, sent):
    version = registered(project, team, detector())
    answer = api(team.manager).patch(f"model-versions/{version.pk}", sent)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("bad_mapping", "invalid")


def test_names_are_given_once_and_have_no_colon(team, project):
    http, url = api(team.manager), f"projects/{project.pk}/models"
    assert http.post(url, {"name": "A", "backend": "onnx"}).status_code == 201
    assert http.post(url, {"name": "A", "backend": "onnx"}).json()["code"] == "name_taken"
    assert http.post(url, {"name": "a:b", "backend": "onnx"}).status_code == 400
    assert http.post(url, {"name": "B", "backend": "onnx", "url": "http://example.org"}).status_code == 400
    assert (
        http.post(url, {"name": "C", "backend": "http", "url": "file:///etc/passwd"}).json()["code"]
        == "address_refused"
    )


def test_a_file_of_the_operators_folder_is_copied_and_nothing_outside_of_it(team, project, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.onnx").write_bytes(detector())
    (tmp_path / "secret.onnx").write_bytes(b"secret")
    (tmp_path / "models" / "way-out.onnx").symlink_to(tmp_path / "secret.onnx")
    http = api(team.manager)
    model = http.post(f"projects/{project.pk}/models", {"name": "Placed", "backend": "onnx"}).json()["id"]
    with override_settings(LABELWRIGHT_MODELS=str(tmp_path / "models")):
        listed = http.get(f"projects/{project.pk}/models").json()["folder"]
        assert [one["name"] for one in listed] == ["a.onnx"]
        begun = http.upload(f"models/{model}/versions", {"placed": "a.onnx"})
        assert begun.status_code == 202, begun.content
        for wrong in ("../secret.onnx", "way-out.onnx", "/etc/passwd", "b.onnx"):
            assert http.upload(f"models/{model}/versions", {"placed": wrong}).json()["code"] == "unknown_model_file"
    assert run_job(begun.json()["job"]["id"]) == "succeeded"


def test_the_built_in_model_needs_no_file(team, project):
    model = register_model(project=project, user=team.manager, name="Foreground", backend="builtin")
    version, job = add_version(model=model, user=team.manager)
    run_job(job.pk)
    version.refresh_from_db()
    assert (version.state, version.labels, version.adapter) == ("ok", ["object"], "foreground")
