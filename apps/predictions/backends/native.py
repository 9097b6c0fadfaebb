"""Servers of our own protocol (docs/developer/models.md).

`GET url` → `{"protocol": "labelwright/1", "name", "version", "kind", "labels", "at_once"}`
`POST url/predict {"images": [{"id", "url", "width", "height"}]}` →
`{"images": [{"id", "regions": [{"label", "score", "shape", "geometry"}], "answers": [{"label", "score"}], "error"}]}`
`POST url/train {"labels", "images": [{"id", "url", "width", "height", "regions": [{"label", "shape", "geometry", "attributes"}],
"answers": [{"question", "value"}]}]}` → `{"state": "done" | "running" | "failed", "detail"}`
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from apps.predictions.backends.base import Asked, Backend, Reply, Taught, Told
from apps.predictions.backends.servers import answer_to_training, asked_for, picture_url, sent_to
from apps.predictions.errors import ModelFails, ModelRefused
from apps.predictions.models import ModelVersion
from apps.predictions.queries import spec_of
from apps.projects.queries import schema_of
from domain.elements import Region, decode_chunk
from domain.elements.structs import Answer as SaidAnswer
from domain.inference.base import Answer, Found, Kind, Spec
from domain.inference.names import clean, unlike
from domain.shapes import SHAPES

PROTOCOL = "labelwright/1"
MOST_AT_ONCE = 64
MOST_REGIONS = 100_000  # of one image; an answer with more is no answer
CHECK_SECONDS = 15.0


class Hello(msgspec.Struct):
    protocol: str
    labels: list[str]
    name: str = ""
    version: str = ""
    kind: Kind = "any"
    at_once: int = 1


class SentRegion(msgspec.Struct):
    label: str
    shape: str
    geometry: dict[str, Any]
    score: float = 1.0


class SentAnswer(msgspec.Struct):
    label: str
    score: float = 1.0


class SentImage(msgspec.Struct):
    id: int
    regions: list[msgspec.Raw] = []
    answers: list[SentAnswer] = []
    error: str = ""


class Sent(msgspec.Struct):
    images: list[SentImage]


def check(version: ModelVersion) -> Spec:
    """Ask it who it is.

    Raises:
        ModelRefused: another protocol, or nothing to say.
        FetchRefused, FetchFailed, FetchTooLarge
    """
    try:
        found = asked_for(version.model.url, Hello, seconds=CHECK_SECONDS)
    except ModelFails as error:
        raise ModelRefused(error.reason, error.detail) from error
    if found.protocol != PROTOCOL:
        raise ModelRefused("unknown_protocol", f"The server speaks {found.protocol[:40]!r}, not {PROTOCOL!r}.")
    labels = unlike([clean(one) for one in found.labels])
    at_once = min(MOST_AT_ONCE, max(1, found.at_once))
    return Spec(adapter=PROTOCOL, kind=found.kind, labels=labels, options={"at_once": at_once, "said": found.version})


def opened(version: ModelVersion) -> Backend:
    return _Native(version)


class _Native:
    def __init__(self, version: ModelVersion) -> None:
        self._spec = spec_of(version)
        self._url, self._seconds = version.model.url, float(version.model.timeout_seconds)
        self.at_once = int(self._spec.options.get("at_once", 1))

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        sent = {
            "images": [
                {"id": one.key, "url": picture_url(one.asset), "width": one.asset.width, "height": one.asset.height}
                for one in asked
            ]
        }
        found = asked_for(f"{self._url}/predict", Sent, sent, seconds=self._seconds)
        by_key = {one.id: one for one in found.images}
        return [_reply(by_key.get(one.key), self._spec.labels) for one in asked]


def _reply(found: SentImage | None, labels: list[str]) -> Reply:
    if found is None:
        return Reply(error=ModelFails("The server left this image out.", reason="left_out"))
    if found.error:
        return Reply(error=ModelFails(f"The server says: {clean(found.error)}", reason="server_error"))
    if len(found.regions) > MOST_REGIONS:
        return Reply(error=ModelFails(f"The server sent {len(found.regions)} regions.", reason="too_many"))
    known = {name: place for place, name in enumerate(labels)}
    answer = Answer()
    for raw in found.regions:
        read_region(raw, known, answer)
    for said in found.answers:
        answer.found.append(Found(known.get(clean(said.label), -1), said.score, None))
    return Reply(answer, labels)


def read_region(raw: msgspec.Raw, known: dict[str, int], answer: Answer) -> None:
    """Add a region in our own shapes; one that is none is counted."""
    try:
        region = msgspec.json.decode(raw, type=SentRegion)
        geometry = msgspec.convert(region.geometry, SHAPES[region.shape])
    except KeyError:
        answer.problems["unknown_shape"] += 1
    except msgspec.MsgspecError:
        answer.problems["bad_region"] += 1
    else:
        score = region.score if math.isfinite(region.score) else math.nan
        answer.found.append(Found(known.get(clean(region.label), -1), score, geometry))


def teach(version: ModelVersion, taught: Sequence[Taught]) -> Told:
    """Send it accepted work. Raises: see `backends.teach`."""
    assert version.model.project.schema is not None
    schema = schema_of(version.model.project.schema)
    names = {one.id: one.name for one in schema.classes}
    sent = {
        "labels": [one.name for one in schema.classes if not one.archived],
        "images": [_lesson(one, names) for one in taught],
    }
    url, seconds = f"{version.model.url}/train", float(version.model.timeout_seconds)
    found = answer_to_training(*sent_to(url, sent, seconds=seconds))
    state, detail = str(found.get("state", "")), clean(str(found.get("detail") or ""))
    if state == "failed":
        raise ModelFails(f"The server says: {detail or 'the training failed'}", reason="server_error")
    if state not in ("done", "running"):
        raise ModelFails(f"The server says neither done, running nor failed: {state[:40]!r}.", reason="bad_answer")
    return Told("done" if state == "done" else "running", detail)


def _lesson(one: Taught, names: dict[int, str]) -> dict[str, Any]:
    regions: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for body in one.chunks:
        for entry in decode_chunk(body):
            element = entry.element
            if isinstance(element, Region):
                told = {"label": names[element.class_id], "attributes": element.attributes}
                regions.append(
                    told | {"shape": element.geometry.shape, "geometry": msgspec.to_builtins(element.geometry)}
                )
            elif isinstance(element, SaidAnswer):
                answers.append({"question": element.id, "value": element.value})
    size = {"width": one.asset.width, "height": one.asset.height}
    return {"id": one.task_id, "url": picture_url(one.asset)} | size | {"regions": regions, "answers": answers}
