"""Models and their versions."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.predictions import queries, services
from apps.predictions.api.documents import model_list, model_out, version_out
from apps.predictions.api.structs import (
    ModelGivenIn,
    ModelIn,
    ModelList,
    ModelOut,
    ModelPatch,
    ModelVersionOut,
    ModelVersionPatch,
    ModelVersionStarted,
    changed,
)
from apps.projects.access import project_for

FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "The ONNX file of a model of one file."},
            "encoder": {"type": "string", "format": "binary", "description": "With `decoder`: an interactive model."},
            "decoder": {"type": "string", "format": "binary"},
            "language": {"type": "string", "format": "binary", "description": "With both: a model that reads words."},
            "vocabulary": {"type": "string", "format": "binary", "description": "Of its words, a gzipped text."},
            "placed": {
                "type": "string",
                "description": "Instead of `file`: the name of a file that the operator placed.",
            },
            "placed_encoder": {"type": "string"},
            "placed_decoder": {"type": "string"},
            "placed_language": {"type": "string"},
            "placed_vocabulary": {"type": "string"},
            "name": {"type": "string", "description": "How predictions call the version; its number where left out."},
            "given": {"type": "string", "description": "JSON of `ModelGivenIn`: what the file does not say of itself."},
        },
    }
}
PARTS = ("encoder", "decoder", "language", "vocabulary")
ROLES = {"file": "model", **{role: role for role in PARTS}}
PLACED = {"placed": "model", **{f"placed_{role}": role for role in PARTS}}


class ModelsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "post": Action.MODELS_EDIT}

    @extend_schema(responses={200: ModelList})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Models of a project with their versions, those in use first."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        return answer(model_list(queries.models_of(access.project)))

    @extend_schema(request=ModelIn, responses={201: ModelOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Register a model. An ONNX model gets its file with its first version; a server and what is built in are checked
        once a version is added."""
        access = project_for(self.user, project_id, Action.MODELS_EDIT)
        sent = msgspec.structs.asdict(body(request, ModelIn))
        made = services.register_model(project=access.project, user=self.user, **sent)
        return answer(model_out(made), status=201)


class ModelView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "patch": Action.MODELS_EDIT}

    @extend_schema(responses={200: ModelOut})
    def get(self, request: Request, model_id: int) -> HttpResponse:
        model, _ = queries.model_for(self.user, model_id, Action.MODELS_VIEW)
        return answer(model_out(model))

    @extend_schema(request=ModelPatch, responses={200: ModelOut})
    def patch(self, request: Request, model_id: int) -> HttpResponse:
        """Change what is said of a model, or archive it."""
        model, _ = queries.model_for(self.user, model_id, Action.MODELS_EDIT)
        changes = changed(body(request, ModelPatch))
        return answer(model_out(services.change_model(model=model, user=self.user, changes=changes)))


class ModelVersionsView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.MODELS_EDIT}
    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(request=FORM, responses={202: ModelVersionStarted})
    def post(self, request: Request, model_id: int) -> HttpResponse:
        """Add a version. It is checked by a job in a process of its own before it can be used."""
        model, _ = queries.model_for(self.user, model_id, Action.MODELS_EDIT)
        files = [
            _file(role, cast(UploadedFile, request.FILES[name]))
            for name, role in ROLES.items()
            if name in request.FILES
        ]
        files += [
            services.from_folder(str(request.POST[name]), role)
            for name, role in PLACED.items()
            if request.POST.get(name)
        ]
        given = _given(str(request.POST.get("given") or "{}"))
        version, job = services.add_version(
            model=model,
            user=self.user,
            name=str(request.POST.get("name") or ""),
            files=files,
            labels=given.pop("labels", []),
            given=given,
        )
        return answer(ModelVersionStarted(version=version_out(version), job=job_out(job)), status=202)


def _file(role: str, file: UploadedFile) -> services.WeightFile:
    return services.WeightFile(role=role, name=file.name or role, content=file, size=file.size or 0)  # type: ignore[arg-type]


def _given(text: str) -> dict[str, Any]:
    """Raises Invalid: not JSON, or not of that form."""
    try:
        found: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(text, type=ModelGivenIn))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"`given` is JSON of what the file does not say: {error}") from error
    return found


class ModelVersionView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "patch": Action.MODELS_EDIT}

    @extend_schema(responses={200: ModelVersionOut})
    def get(self, request: Request, model_version_id: int) -> HttpResponse:
        version, _ = queries.version_for(self.user, model_version_id, Action.MODELS_VIEW)
        return answer(version_out(version))

    @extend_schema(request=ModelVersionPatch, responses={200: ModelVersionOut})
    def patch(self, request: Request, model_version_id: int) -> HttpResponse:
        """Say what labels mean here, and from which score on they are kept."""
        version, _ = queries.version_for(self.user, model_version_id, Action.MODELS_EDIT)
        changes = {
            name: msgspec.to_builtins(value) for name, value in changed(body(request, ModelVersionPatch)).items()
        }
        return answer(version_out(services.change_version(version=version, user=self.user, **changes)))


class CheckView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.MODELS_EDIT}

    @extend_schema(request=None, responses={202: ModelVersionStarted})
    def post(self, request: Request, model_version_id: int) -> HttpResponse:
        """Look at a version again: a server that was down, a file after an upgrade."""
        version, _ = queries.version_for(self.user, model_version_id, Action.MODELS_EDIT)
        job = services.ask_to_check(version=version, user=self.user)
        return answer(ModelVersionStarted(version=version_out(version), job=job_out(job)), status=202)
