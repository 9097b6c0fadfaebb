"""Label Studio's machine learning back ends, used as they are: `/health`, `/setup`, `/predict` and `/train`.

They are told the labelling interface that fits the project's schema, so that they answer with its classes, and the
answers are read by the same code as exports of Label Studio.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import msgspec
from django.conf import settings

from apps.assets.queries import blob_bytes
from apps.core.errors import DomainError
from apps.predictions.backends.base import Asked, Backend, Reply, Taught, Told
from apps.predictions.backends.servers import answer_to_training, asked_for, picture_url, sent_to
from apps.predictions.errors import ModelFails, ModelRefused
from apps.predictions.models import ModelVersion
from apps.projects.models import Project
from apps.projects.queries import schema_of
from domain.elements.structs import Answer as Said
from domain.elements.structs import Region
from domain.formats import FormatError, open_source
from domain.formats.base import AssetMeta, ExportItem, ImportItem
from domain.formats.label_studio import LabelStudioReader, LabelStudioWriter, labelling_interface
from domain.formats.sinks import ZipSink
from domain.inference.base import Answer, Found, Spec
from domain.schema import LabelSchema

PROTOCOL = "label_studio"
CHECK_SECONDS = 15.0
AT_ONCE = 4  # images of one call
UP = ("UP", "OK", "HEALTHY")


class Health(msgspec.Struct):
    status: str = ""
    model_class: str = ""


class Setup(msgspec.Struct):
    model_version: str | int | float | None = None


class Results(msgspec.Struct):
    results: list[dict[str, Any]]


def check(version: ModelVersion) -> Spec:
    """Ask for its health, and tell it what is labelled here.

    Raises:
        ModelRefused: it is not well, or does not speak the protocol.
        FetchRefused, FetchFailed, FetchTooLarge
    """
    url, project = version.model.url, version.model.project
    try:
        health = asked_for(f"{url}/health", Health, seconds=CHECK_SECONDS)
        if health.status.upper() not in UP:
            raise ModelRefused("not_well", f"The server says of its health: {health.status[:80] or 'nothing'}.")
        found = asked_for(f"{url}/setup", Setup, _setup(project), seconds=float(version.model.timeout_seconds))
    except ModelFails as error:
        raise ModelRefused(error.reason, error.detail) from error
    options = {"class": health.model_class[:80], "said": str(found.model_version or "")[:80]}
    return Spec(adapter=PROTOCOL, kind="any", labels=labels_of(_schema(project)), options=options)


def labels_of(schema: LabelSchema) -> list[str]:
    """What a back end may answer: names of classes, and options of questions about the image."""
    names = [one.name for one in schema.classes if not one.archived]
    names += [option for question in schema.item_attributes if not question.archived for option in question.options]
    return list(dict.fromkeys(names))


def _schema(project: Project) -> LabelSchema:
    assert project.schema is not None
    return schema_of(project.schema)


def _interface(project: Project) -> str:
    schema = _schema(project)
    return labelling_interface([one for one in schema.classes if not one.archived], schema.item_attributes)


def _name(project: Project) -> str:
    return f"{project.pk}.{int(project.created_at.timestamp())}"


def _setup(project: Project) -> dict[str, Any]:
    return {
        "project": _name(project),
        "schema": _interface(project),
        "hostname": settings.LABELWRIGHT_BASE_URL,
        "access_token": "",
        "extra_params": "",
    }


def opened(version: ModelVersion) -> Backend:
    return _Studio(version)


class _Studio:
    at_once = AT_ONCE

    def __init__(self, version: ModelVersion) -> None:
        self._model, self._project = version.model, version.model.project
        self._interface = _interface(self._project)

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        tasks = [_task(one) for one in asked]
        sent = {
            "tasks": tasks,
            "project": _name(self._project),
            "label_config": self._interface,
            "params": {"login": None, "password": None, "context": None},
        }
        seconds = float(self._model.timeout_seconds)
        found = asked_for(f"{self._model.url}/predict", Results, sent, seconds=seconds)
        if len(found.results) != len(asked):
            detail = f"The server answered {len(found.results)} of {len(asked)} images."
            raise ModelFails(detail, reason="half_an_answer")
        return [_reply(one, result) for one, result in zip(asked, found.results, strict=True)]


def _task(one: Asked) -> dict[str, Any]:
    return {"id": one.key, "data": {"image": picture_url(one.asset)}, "annotations": [], "predictions": []}


def _reply(asked: Asked, result: dict[str, Any]) -> Reply:
    """Read by the reader of the format, as if it were a task with one prediction."""
    task = {"id": asked.key, "data": {"image": asked.asset.name}, "predictions": [result]}
    size = (asked.asset.width, asked.asset.height)
    try:
        source = open_source("tasks.json", BytesIO(msgspec.json.encode([task])))
        reader = LabelStudioReader(source, size_of=lambda _: size, options={"read": "predictions"})
        names = {one.key: one.name for one in reader.header().classes}
        item = next(iter(reader.items()))
    except (FormatError, StopIteration) as error:
        return Reply(error=ModelFails(f"The server's answer cannot be read: {error}", reason="bad_answer"))
    except DomainError as error:
        return Reply(error=error)
    return _said(item, names, result)


def _said(item: ImportItem, names: dict[int, str], result: dict[str, Any]) -> Reply:
    whole = result.get("score")
    score = float(whole) if isinstance(whole, int | float) and 0 <= whole <= 1 else 1.0
    labels: list[str] = []
    places: dict[str, int] = {}

    def place(name: str) -> int:
        if name not in places:
            places[name] = len(labels)
            labels.append(name)
        return places[name]

    answer = Answer()
    for problem in item.problems:
        answer.problems[problem.code] += 1
    for element in item.elements:
        if isinstance(element, Region):
            name = names.get(element.class_id, "")
            sure = score if element.score is None else element.score
            answer.found.append(Found(place(name), sure, element.geometry))
        elif isinstance(element, Said):
            values = element.value if isinstance(element.value, list) else [element.value]
            answer.found += [Found(place(str(one)), score, None) for one in values if one is not None]
    return Reply(answer, labels)


def teach(version: ModelVersion, taught: Sequence[Taught]) -> Told:
    """Send it accepted work: `/train`, or where that is not there `/webhook`, which newer back ends train on. How long they
    take, and how it ended, they do not say: what they do afterwards is theirs.

    Raises: see `backends.teach`.
    """
    model, project = version.model, version.model.project
    seconds = float(model.timeout_seconds)
    config, tasks = _interface(project), _lessons(project, taught)
    sent = {
        "annotations": tasks,
        "project": _name(project),
        "label_config": config,
        "params": {"login": None, "password": None},
    }
    status, raw = sent_to(f"{model.url}/train", sent, seconds=seconds)
    if status in (404, 405):
        project_said = {"id": project.pk, "title": project.name, "label_config": config}
        event = {"action": "START_TRAINING", "project": project_said, "annotations": tasks}
        status, raw = sent_to(f"{model.url}/webhook", event, seconds=seconds)
    found = answer_to_training(status, raw)
    return Told("running", str(found.get("job") or found.get("status") or "")[:80])


def _lessons(project: Project, taught: Sequence[Taught]) -> list[dict[str, Any]]:
    """Label Studio's tasks with their annotations, as its exports have them, each with an address of its picture."""
    out = BytesIO()
    sink = ZipSink(out, make_scratch=BytesIO)
    writer = LabelStudioWriter(sink, schema=_schema(project), load_blob=partial(blob_bytes, project))
    by_asset = {one.asset.pk: one for one in taught}
    for one in taught:
        asset = one.asset
        meta = AssetMeta(name=asset.name, width=asset.width, height=asset.height, id=asset.pk, sha256=asset.sha256)
        writer.add(ExportItem(asset=meta, chunks=one.chunks, outcome=one.outcome))
    writer.finish()
    sink.close()
    tasks: list[dict[str, Any]] = msgspec.json.decode(ZipFile(out).read("tasks.json"))
    for task in tasks:
        this = by_asset[task["id"]]
        task["id"] = this.task_id
        task["data"]["image"] = picture_url(this.asset)
    return tasks
