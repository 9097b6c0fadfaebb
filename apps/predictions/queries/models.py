"""Reading models, their versions and runs."""

from __future__ import annotations

import msgspec
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.permissions import Action
from apps.predictions.errors import ModelRefused
from apps.predictions.models import ModelFile, ModelVersion, PrelabelRun, RegisteredModel
from apps.projects.access import ProjectAccess, found_for
from apps.projects.models import Project
from domain.inference.base import Spec


def models_of(project: Project) -> QuerySet[RegisteredModel]:
    """All of a project, those in use first, by name."""
    return RegisteredModel.objects.filter(project=project).order_by("archived_at", "name", "id")


def model_for(user: User, model_id: int, action: Action) -> tuple[RegisteredModel, ProjectAccess]:
    """Raises NotFound, NotAllowed."""
    row = RegisteredModel.objects.select_related("project__schema").filter(pk=model_id).first()
    return found_for(user, row, "model", action)


def version_for(user: User, version_id: int, action: Action) -> tuple[ModelVersion, ProjectAccess]:
    """Raises NotFound, NotAllowed."""
    row = ModelVersion.objects.select_related("model__project__schema", "created_by").filter(pk=version_id).first()
    return found_for(user, row, "model version", action)


def runs_of(project: Project) -> QuerySet[PrelabelRun]:
    """Newest first."""
    return PrelabelRun.objects.filter(project=project).select_related("version__model", "job", "created_by").order_by("-id")  # fmt: skip


def run_for(user: User, run_id: int, action: Action) -> tuple[PrelabelRun, ProjectAccess]:
    """Raises NotFound, NotAllowed."""
    related = ("version__model", "job", "created_by", "version__model__project", "project__schema")
    return found_for(user, PrelabelRun.objects.select_related(*related).filter(pk=run_id).first(), "run", action)


def spec_of(version: ModelVersion) -> Spec:
    """How to run a version that was checked."""
    return msgspec.convert(version.spec, Spec)


def interactive_version(project: Project) -> ModelVersion | None:
    """The newest version of the project that answers clicks and is ready."""
    return (
        ModelVersion.objects.select_related("model")
        .filter(project=project, state=ModelVersion.State.OK, model__kind="interactive", model__archived_at=None)
        .order_by("-id")
        .first()
    )


def file_of(version: ModelVersion, role: str = "model") -> ModelFile:
    """Its file of that role. Raises ModelRefused: it has none."""
    found = ModelFile.objects.filter(version=version, role=role).first()
    if found is None:
        raise ModelRefused("no_file", f"The version has no {role} file.")
    return found
