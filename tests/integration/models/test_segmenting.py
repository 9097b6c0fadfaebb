"""Interactive models: an image is encoded once, clicks are answered by a worker, and who waits in vain is told so."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.core import storage
from apps.predictions import jobs
from apps.predictions.backends import onnx
from apps.predictions.inference import embeddings
from apps.predictions.inference.probe import probe
from apps.predictions.inference.trying import Tried
from apps.predictions.models import ModelVersion
from apps.predictions.services import WeightFile, add_version, register_model, segmenting
from apps.tasks.models import Task
from domain.inference.tensors import packed, unpacked
from domain.shapes.mask import Mask
from tests import stub_sam, stub_sam3
from tests.factories import api, make_project, make_team, run_job

pytestmark = pytest.mark.django_db
SIZE = (300, 200)


def photo() -> SimpleUploadedFile:
    """Grey, with a red square from (60, 50) to (140, 130)."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    pixels[50:130, 60:140] = (200, 30, 30)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return SimpleUploadedFile("square.png", out.getvalue(), content_type="image/png")


@pytest.fixture(autouse=True)
def _tried_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are tried in this process, but where the test is about the trial: a process of its own costs two seconds."""
    if "family" not in request.fixturenames:
        monkeypatch.setattr(onnx, "try_file", _tried)


def _tried(path: Path, *, labels: list[str], given: dict[str, Any], role: str) -> Tried:
    return msgspec.convert(probe({"path": str(path), "labels": labels, "given": given, "role": role}), Tried)


@pytest.fixture
def task(team: Any) -> Task:
    project = make_project(team.organisation, team.manager)
    made = api(team.manager).upload(f"projects/{project.pk}/assets", {"files": [photo()]})
    assert made.status_code == 201, made.content
    return Task.objects.get(project=project)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A worker that does at once what it is sent; the list says what that was."""
    sent: list[str] = []
    work = {segmenting.ENCODE: jobs.encode_image, segmenting.ANSWER: jobs.answer_prompts}

    def send_task(name: str, kwargs: dict[str, Any], **_: Any) -> None:
        sent.append(name)
        work[name](**kwargs)

    monkeypatch.setattr(segmenting.current_app, "send_task", send_task)
    embeddings._kept.clear()
    return sent


def registered(task: Task, team: Any, files: tuple[bytes, ...], name: str = "Stub") -> ModelVersion:
    roles = ("encoder", "decoder", "language", "vocabulary")
    model = register_model(project=task.project, user=team.manager, name=name, backend="onnx")
    weights = [WeightFile(role, f"{role}.onnx", BytesIO(data), len(data)) for role, data in zip(roles, files, strict=False)]  # fmt: skip
    version, job = add_version(model=model, user=team.manager, files=weights)
    run_job(job.pk)
    version.refresh_from_db()
    return version


def ask(team: Any, task: Task, **sent: Any) -> Any:
    return api(team.annotator).post(f"tasks/{task.pk}/segment", sent)


def pixels(geometry: dict[str, Any]) -> np.ndarray:
    found = Mask(geometry["x"], geometry["y"], tuple(geometry["size"]), geometry["counts"])
    return found.to_mask(width=SIZE[0], height=SIZE[1]) > 0


@pytest.mark.parametrize("family", ["sam", "sam2", "efficientsam"])
def test_a_pair_is_told_by_its_tensors_and_answers_clicks_in_image_pixels(team, task, worker, family):
    version = registered(task, team, getattr(stub_sam, family)())
    assert (version.state, version.model.kind) == ("ok", "interactive"), version.detail
    answer = ask(team, task, points=[{"x": 100, "y": 90}])
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["source"], found["score"]) == ("Stub:1", pytest.approx(0.9))
    square = np.zeros((SIZE[1], SIZE[0]), bool)
    square[50:130, 60:140] = True
    mask = pixels(found["mask"])
    assert (mask & square).sum() / (mask | square).sum() > 0.85
    refined = ask(team, task, points=[{"x": 100, "y": 90}], box=[60, 50, 100, 130], refines=found["refines"])
    assert pixels(refined.json()["mask"]).sum() < mask.sum()


def test_an_image_is_encoded_once_however_often_it_is_asked_for(team, task, worker, monkeypatch):
    registered(task, team, stub_sam.sam())
    made: list[int] = []
    real = embeddings._made
    monkeypatch.setattr(embeddings, "_made", lambda *given: made.append(1) or real(*given))
    http = api(team.annotator)
    assert http.post(f"tasks/{task.pk}/embedding").json()["state"] == "coming"
    assert http.post(f"tasks/{task.pk}/embedding").json() | {"version": 0} == {"state": "ready", "version": 0, "source": "Stub:1", "decoder": "sam"}  # fmt: skip
    embeddings._kept.clear()  # another worker
    assert ask(team, task, points=[{"x": 100, "y": 90}]).status_code == 200
    assert made == [1]
    assert worker == [segmenting.ENCODE, segmenting.ANSWER]


def test_the_embedding_is_sent_in_half_precision_with_an_etag(team, task, worker):
    registered(task, team, stub_sam.sam())
    http = api(team.annotator)
    assert http.get(f"tasks/{task.pk}/embedding").json()["code"] == "model_not_ready"
    http.post(f"tasks/{task.pk}/embedding")
    sent = http.get(f"tasks/{task.pk}/embedding")
    arrays = unpacked(b"".join(sent.streaming_content))
    assert {name: (array.dtype.name, array.shape) for name, array in arrays.items()} == {
        "image_embeddings": ("float16", (1, 256, 64, 64))
    }
    again = http.get(f"tasks/{task.pk}/embedding", headers={"If-None-Match": sent["ETag"]})
    assert again.status_code == 304


def test_the_decoder_is_handed_to_the_page_up_to_a_size_and_never_to_outsiders(team, task, worker, settings):
    files = stub_sam.sam()
    version = registered(task, team, files)
    annotator, address = api(team.annotator), f"model-versions/{version.pk}/decoder"
    assert annotator.post(f"tasks/{task.pk}/embedding").json()["decoder"] == "sam"
    sent = annotator.get(address)
    assert b"".join(sent.streaming_content) == files[1]
    assert "immutable" in sent["Cache-Control"]
    assert api(make_team().annotator).get(address).status_code == 404
    settings.LABELWRIGHT_PAGE_DECODER_BYTES = len(files[1]) - 1
    assert annotator.post(f"tasks/{task.pk}/embedding").json()["decoder"] is None
    refused = annotator.get(address)
    assert (refused.status_code, refused.json()["code"]) == (409, "model_not_ready")


def test_another_encoder_or_image_has_another_embedding(team, task, worker):
    first, second = registered(task, team, stub_sam.sam()), registered(task, team, stub_sam.sam(raw=True), "Raw")
    keys = {embeddings.key_of(task.asset, version.files.get(role="encoder")) for version in (first, second)}
    task.asset.sha256 = "0" * 64
    keys.add(embeddings.key_of(task.asset, first.files.get(role="encoder")))
    assert len(keys) == 3


def test_files_of_two_families_are_no_pair(team, task):
    version = registered(task, team, (stub_sam.sam()[0], stub_sam.sam2()[1]))
    assert (version.state, version.reason) == ("failed", "pair_does_not_fit")


def test_a_model_that_reads_is_asked_by_the_name_of_the_class_and_by_the_click_alone_where_that_finds_nothing(
    team, task, worker
):
    files = (stub_sam3.encoder(), stub_sam3.decoder("heads"), stub_sam3.language(), stub_sam3.vocabulary())
    version = registered(task, team, files)
    assert (version.state, version.model.kind) == ("ok", "interactive"), version.detail
    assert api(team.annotator).post(f"tasks/{task.pk}/embedding").json()["decoder"] is None
    square = np.zeros((SIZE[1], SIZE[0]), bool)
    square[50:130, 60:140] = True
    for words, score in (("", 0.9), ("red", 0.8)):
        found = ask(team, task, points=[{"x": 100, "y": 90}], words=words).json()
        mask = pixels(found["mask"])
        assert (mask & square).sum() / (mask | square).sum() > 0.85
        assert found["score"] == pytest.approx(score, abs=1e-4)
    elsewhere = ask(team, task, points=[{"x": 20, "y": 20}], words="red").json()  # where nothing is red
    assert (elsewhere["score"], elsewhere["mask"] is None) == (pytest.approx(0.9, abs=1e-4), False)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ((stub_sam3.encoder(), stub_sam3.decoder("masks")), "pair_does_not_fit"),
        ((*stub_sam.sam(), stub_sam3.language()), "pair_does_not_fit"),
        ((*stub_sam.sam(), stub_sam3.language(), b"no vocabulary"), "vocabulary_does_not_fit"),
    ],
)
def test_files_that_do_not_belong_together_are_refused_with_a_reason(team, task, files, reason):
    version = registered(task, team, files)
    assert (version.state, version.reason) == ("failed", reason)


def test_without_a_model_that_is_ready_it_is_said_so(team, task):
    http = api(team.annotator)
    assert http.post(f"tasks/{task.pk}/embedding").json()["state"] == "none"
    assert ask(team, task, points=[{"x": 1, "y": 1}]).json()["code"] == "model_not_ready"


@pytest.mark.parametrize("sent", [{}, {"points": [{"x": "a", "y": 1}]}, {"points": [{"x": 1e12, "y": 1}]}, {"box": [1, 2]}, {"points": [{"x": 1, "y": 1}], "refines": "../x"}])  # fmt: skip
def test_what_is_no_prompt_is_refused_with_a_reason(team, task, sent):
    answer = ask(team, task, **sent)
    assert answer.status_code == 400
    assert answer.json()["code"]


def test_where_no_worker_answers_in_time_the_tool_is_told(team, task, monkeypatch):
    registered(task, team, stub_sam.sam())
    monkeypatch.setattr(segmenting.current_app, "send_task", lambda *_, **__: None)
    monkeypatch.setattr(segmenting, "WAIT_SECONDS", 1)
    answer = ask(team, task, points=[{"x": 1, "y": 1}])
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_a_damaged_embedding_is_made_anew(team, task, worker):
    version = registered(task, team, stub_sam.sam())
    encoder = version.files.get(role="encoder")
    storage.put(embeddings.path_of(task.project_id, embeddings.key_of(task.asset, encoder)), b"half of it")
    assert ask(team, task, points=[{"x": 100, "y": 90}]).json()["mask"] is not None


def test_tensors_come_back_as_they_were():
    arrays = {"b": np.arange(6, dtype=np.float16).reshape(2, 3), "a": np.ones((1, 1), np.float32)}
    found = unpacked(packed(arrays))
    assert {name: array.tolist() for name, array in found.items()} == {name: array.tolist() for name, array in arrays.items()}  # fmt: skip
    assert packed(arrays) == packed(dict(reversed(arrays.items())))
    for bad in (b"", b"\xff" * 9, packed(arrays)[:-1]):
        with pytest.raises(ValueError):
            unpacked(bad)
