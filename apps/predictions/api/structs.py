"""Bodies and answers of models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.core.people import Person
from apps.jobs.documents import JobOut
from domain.inference.targets import Target, Thresholds

BackendName = Literal["onnx", "http", "label_studio", "builtin"]
ModelKind = Literal["detect", "segment", "pose", "obb", "classify", "semantic", "interactive", "any", ""]
VersionState = Literal["checking", "ok", "failed", "failing"]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Labels = Annotated[list[Label], msgspec.Meta(max_length=20_000)]


class ModelIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    backend: BackendName
    description: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    licence: Annotated[str, msgspec.Meta(max_length=300)] = ""
    credit: Annotated[str, msgspec.Meta(max_length=500)] = ""
    url: Annotated[str, msgspec.Meta(max_length=500)] = ""
    timeout_seconds: Seconds = 60


class ModelPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Members that are left out stay."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    description: Annotated[str, msgspec.Meta(max_length=10_000)] | msgspec.UnsetType = msgspec.UNSET
    licence: Annotated[str, msgspec.Meta(max_length=300)] | msgspec.UnsetType = msgspec.UNSET
    credit: Annotated[str, msgspec.Meta(max_length=500)] | msgspec.UnsetType = msgspec.UNSET
    url: Annotated[str, msgspec.Meta(max_length=500)] | msgspec.UnsetType = msgspec.UNSET
    timeout_seconds: Seconds | msgspec.UnsetType = msgspec.UNSET
    archived: bool | msgspec.UnsetType = msgspec.UNSET


class ModelGivenIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a file does not say of itself. What is left out is told from its tensors and metadata."""

    labels: Labels = []
    fit: Literal["letterbox", "stretch", "crop", "shortest"] | None = None
    normalise: Literal["unit", "imagenet", "none"] | None = None
    order: Literal["rgb", "bgr"] | None = None
    joints: Annotated[list[Label], msgspec.Meta(max_length=1_000)] = []


class ModelVersionPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Members that are left out stay."""

    mapping: dict[str, Target | None] | msgspec.UnsetType = msgspec.UNSET
    thresholds: Thresholds | msgspec.UnsetType = msgspec.UNSET


class ModelFileOut(msgspec.Struct):
    role: str
    name: str
    sha256: str
    size: int


class ModelVersionOut(msgspec.Struct, kw_only=True):
    """One version. `mapping` says by label what it means here; null: nothing."""

    id: int
    model: int
    number: int
    name: str
    source: str
    state: VersionState
    reason: str
    detail: str
    adapter: str
    labels: list[str]
    input_size: tuple[int, int] | None
    mapping: dict[str, Target | None]
    thresholds: Thresholds
    files: list[ModelFileOut]
    predictions: int
    checked_at: datetime | None
    created_at: datetime
    created_by: Person | None


class ModelOut(msgspec.Struct, kw_only=True):
    id: int
    project: int
    name: str
    backend: BackendName
    kind: ModelKind
    description: str
    licence: str
    credit: str
    url: str
    timeout_seconds: int
    archived: bool
    versions: list[ModelVersionOut]
    created_at: datetime
    web_url: str


class ModelFolderFile(msgspec.Struct):
    name: str
    size: int


class ModelList(msgspec.Struct):
    """All models of a project, and the files that the operator placed for all projects."""

    results: list[ModelOut]
    folder: list[ModelFolderFile]
    largest_file: int


class ModelVersionStarted(msgspec.Struct):
    version: ModelVersionOut
    job: JobOut


def changed(body: msgspec.Struct) -> dict[str, Any]:
    """The members of a patch that were given."""
    return {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not msgspec.UNSET}
