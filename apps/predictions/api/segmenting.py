"""Masks from clicks: what the smart tool asks of an interactive model."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, cast

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core import storage
from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.core.views import Api
from apps.predictions.errors import NotUsable
from apps.predictions.inference import embeddings
from apps.predictions.queries import file_of, interactive_version, version_for
from apps.predictions.services import segmenting
from apps.tasks.queries import task_for

FOR_GOOD = "private, max-age=31536000, immutable"
Place = Annotated[float, msgspec.Meta(ge=-1_000_000, le=1_000_000)]


class EmbeddingOut(msgspec.Struct, kw_only=True):
    """`none`: the project has no interactive model that is ready. `coming`: a worker encodes the image."""

    state: Literal["none", "coming", "ready"]
    version: int | None = None
    source: str | None = None
    """How regions name the model."""
    decoder: Literal["sam", "sam2", "efficientsam"] | None = None
    """Family of the decoder, where the page may decode by itself; null: only the server answers clicks."""


class PromptPoint(msgspec.Struct, forbid_unknown_fields=True):
    """In image pixels; `inside`: it belongs to the object."""

    x: Place
    y: Place
    inside: bool = True


class SegmentIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Points, a box, or both. `refines` names the answer that these prompts go on from."""

    points: Annotated[list[PromptPoint], msgspec.Meta(max_length=200)] = []
    box: tuple[Place, Place, Place, Place] | None = None
    """x_min, y_min, x_max, y_max."""
    refines: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{24}$")] | None = None
    words: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """What is looked for, as the name of a class; for a model that reads words."""


class SegmentOut(msgspec.Struct, kw_only=True):
    """`mask` is the geometry of a mask region, or null where nothing was found."""

    source: str
    mask: dict[str, Any] | None
    score: float
    refines: str


class EmbeddingView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.ANNOTATE, "post": Action.ANNOTATE}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, task_id: int) -> HttpResponseBase:
        """What the encoder made of the image, as safetensors in half precision, for a client that decodes by itself."""
        task, _ = task_for(self.user, task_id, Action.ANNOTATE)
        version = segmenting.usable_version(task=task)
        key = embeddings.key_of(task.asset, file_of(version, "encoder"))
        path = embeddings.path_of(task.project_id, key)
        if not storage.exists(path):
            raise NotUsable("The image is not encoded yet. POST here asks for it.")
        return storage.send_file(request, path=path, content_type="application/octet-stream", etag=key)

    @extend_schema(request=None, responses={200: EmbeddingOut})
    def post(self, request: Request, task_id: int) -> HttpResponse:
        """Ask for the image to be encoded, before the first click. Called again, it says how far it is."""
        task, access = task_for(self.user, task_id, Action.ANNOTATE)
        version = interactive_version(access.project)
        if version is None:
            return answer(EmbeddingOut(state="none"))
        ready = segmenting.ask_embedding(task=task, version=version)
        return answer(
            EmbeddingOut(
                state="ready" if ready else "coming",
                version=version.pk,
                source=version.source,
                decoder=cast(Any, segmenting.handed_out(version)),
            )
        )


class DecoderView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.ANNOTATE}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, model_version_id: int) -> HttpResponseBase:
        """The decoder of an interactive model as ONNX, for a client that decodes by itself. It never changes."""
        version, _ = version_for(self.user, model_version_id, Action.ANNOTATE)
        if segmenting.handed_out(version) is None:
            raise NotUsable(
                "No decoder is handed out: the version has none that is ready, or the operator keeps it here."
            )
        file = file_of(version, "decoder")
        return storage.send_file(
            request, path=file.path, content_type="application/octet-stream", etag=file.sha256, cache=FOR_GOOD
        )


class SegmentView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ANNOTATE}

    @extend_schema(request=SegmentIn, responses={200: SegmentOut})
    def post(self, request: Request, task_id: int) -> HttpResponse:
        """The mask of what clicks and a box speak of. Nothing is saved."""
        task, _ = task_for(self.user, task_id, Action.ANNOTATE)
        sent = body(request, SegmentIn)
        if not sent.points and sent.box is None:
            raise Invalid("Say a point or a box.")
        found = segmenting.segment(
            task=task,
            version=segmenting.usable_version(task=task),
            points=[(one.x, one.y, one.inside) for one in sent.points],
            box=sent.box,
            refines=sent.refines,
            words=sent.words,
        )
        return answer(SegmentOut(source=found.source, mask=found.mask, score=found.score, refines=found.refines))
