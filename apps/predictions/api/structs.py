"""Bodies and answers of models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.annotations.api.structs import AnyElement
from apps.core.people import Person
from apps.jobs.documents import JobOut
from apps.tasks.filters import TaskFilter
from domain.inference.targets import Target, Thresholds

AddedBackend = Literal["onnx", "http", "label_studio", "builtin"]
BackendName = Literal["onnx", "http", "label_studio", "builtin", "trained"]
ModelKind = Literal["detect", "segment", "pose", "obb", "classify", "semantic", "interactive", "any", ""]
VersionState = Literal["checking", "ok", "failed", "failing"]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Labels = Annotated[list[Label], msgspec.Meta(max_length=20_000)]


class ModelIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    backend: AddedBackend
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


class PrelabelIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which tasks a version is to look at. `again`: also those that it said something of before. `variants`: look at each picture
    mirrored and nearer, too, and keep how far the answers lie apart: then those are left out of which that is known."""

    model_version: int
    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    again: bool = False
    variants: bool = False


class PrelabelPreview(msgspec.Struct):
    """How many tasks the filter finds, and how many of them the version said something of before."""

    tasks: int
    predicted: int


class PrelabelRunOut(msgspec.Struct, kw_only=True):
    """One run. `kept` said something new, `same` what stood already; `problems` counts by code what was cleaned or failed."""

    id: int
    model_version: int
    source: str
    filter: dict[str, Any]
    again: bool
    variants: bool
    total: int
    waiting: int
    kept: int
    same: int
    failed: int
    regions: int
    problems: dict[str, int]
    job: JobOut | None
    created_at: datetime
    created_by: Person | None


class PrelabelStarted(msgspec.Struct):
    run: PrelabelRunOut
    job: JobOut


class PrelabelRunPage(msgspec.Struct):
    results: list[PrelabelRunOut]
    next: str | None = None


Text = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class PredictedRegion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A region as the model saw it. `class` is the id or the name of a class of the project, `track` the number that a tracker
    gives the same thing on all images of a sequence.
    """

    class_: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | Text = msgspec.field(name="class")
    shape: Text
    geometry: dict[str, Any]
    score: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    attributes: dict[str, Any] = {}
    track: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


class PredictedItemIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a model says of one image, named by its task or by its asset's `external_id` or `name`."""

    task: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    external_id: Text | None = None
    name: Text | None = None
    regions: Annotated[list[PredictedRegion], msgspec.Meta(max_length=10_000)] = []
    answers: dict[Text, Any] = {}


class PredictionsIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`model` names who says it, best as `name:version`; where that is registered here, the answers count for it."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    items: Annotated[list[PredictedItemIn], msgspec.Meta(max_length=1_000)]


class PredictedItemOut(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one item: kept, the same as what stood, or refused; `problems` counts regions that were left out."""

    index: int
    state: Literal["kept", "same", "refused"]
    task: int | None = None
    prediction: int | None = None
    regions: int = 0
    problems: dict[str, int] = {}
    code: str = ""
    detail: str = ""


class PredictionOut(msgspec.Struct):
    """What a model says of a task now. `class_counts`: regions by class id. `elements`: null where they were not asked for, or are
    more than come along: a claim of the task has them."""

    id: int
    task: int
    task_number: int
    name: str
    model: str
    model_version: int | None  # null: brought in, and the model is not registered here
    region_count: int
    class_counts: dict[str, int]
    created_at: datetime
    elements: list[AnyElement] | None


class PredictionPage(msgspec.Struct):
    results: list[PredictionOut]
    next: str | None


class PredictionsTaken(msgspec.Struct):
    kept: int
    same: int
    refused: int
    results: list[PredictedItemOut]


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
