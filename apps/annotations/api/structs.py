"""What the endpoints of annotations and revisions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from apps.core.people import Person
from domain.elements.structs import Answer, AnyKeyframe, AnyRegion, Track

ElementKind = Literal["region", "track", "keyframe", "answer"]
AnnotationKind = Literal["answer", "fix", "consensus", "import", "gold"]
OutcomeName = Literal["labelled", "empty", "unusable", "cannot_tell"]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]


class RegionElement(msgspec.Struct, tag_field="kind", tag="region"):
    """A region of a document. `version`: the annotation version that last wrote it, to be sent back as `over`."""

    version: int
    element: AnyRegion


class TrackElement(msgspec.Struct, tag_field="kind", tag="track"):
    version: int
    element: Track


class KeyframeElement(msgspec.Struct, tag_field="kind", tag="keyframe"):
    version: int
    element: AnyKeyframe


class AnswerElement(msgspec.Struct, tag_field="kind", tag="answer"):
    """The answer to one item attribute."""

    version: int
    element: Answer


AnyElement = RegionElement | TrackElement | KeyframeElement | AnswerElement


class EditIn(msgspec.Struct, kw_only=True):
    """One change of one element. `over` is the element version it was made on, null for a new element.

    A put carries the element under the name of its kind; a delete carries `element_id`.
    """

    id: UUID
    op: Literal["put", "delete"]
    kind: ElementKind = "region"
    over: int | None = None
    region: AnyRegion | None = None
    track: Track | None = None
    keyframe: AnyKeyframe | None = None
    answer: Answer | None = None
    element_id: str | None = None


class EditsIn(msgspec.Struct, kw_only=True):
    """At most 1,000 edits and 4 MB. `active_ms` is what was worked since the last call."""

    session: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    edits: Annotated[list[EditIn], msgspec.Meta(max_length=1000)]
    active_ms: Milliseconds = 0


class AcceptedEdit(msgspec.Struct):
    """`changed` is the element as it was stored, where that differs from what was sent (cut to the image)."""

    id: str
    element: str
    version: int
    changed: AnyElement | None = None


class Theirs(msgspec.Struct):
    """What stands in the way of an edit: the element as somebody else left it, or its tombstone."""

    kind: ElementKind
    version: int
    deleted: bool
    editor: Person | None
    element: Any


class ConflictingEdit(msgspec.Struct):
    id: str
    element: str
    theirs: Theirs


class RejectedEdit(msgspec.Struct):
    """An edit that was refused; the others of the call were taken. `code` is stable."""

    id: str
    code: str
    detail: str
    element: str | None = None
    at: str = ""


class Finding(msgspec.Struct):
    """What a check says. `element` null: about the whole. `blocks`: stops a submit.

    `values` are what the sentence of `detail` is made of, for another language; `box` is x0, y0, x1, y1 of where the region
    would lie if the finding were settled.
    """

    rule: str
    code: str
    detail: str
    severity: Literal["error", "warning", "info"]
    element: str | None = None
    other: str | None = None  # a second element, where two are concerned
    at: str = ""
    x: float | None = None
    y: float | None = None
    blocks: bool = False
    values: dict[str, str | int | float] = {}
    box: list[float] | None = None


class EditsOut(msgspec.Struct):
    version: int
    accepted: list[AcceptedEdit]
    conflicts: list[ConflictingEdit]
    rejected: list[RejectedEdit]
    findings: list[Finding]
    rules_pending: list[str]


class AnnotationDocument(msgspec.Struct):
    """An annotation with its elements, or with `elements_url` where they are too many to come along."""

    id: int
    task: int
    kind: AnnotationKind
    state: Literal["draft", "submitted", "discarded"]
    version: int
    author: Person | None
    based_on: int | None
    edited: bool
    active_ms: int
    element_count: int
    elements: list[AnyElement] | None
    elements_url: str | None
    removed: list[str] = []  # ids of deleted regions: the others keep the numbers that people read


class ElementPage(msgspec.Struct):
    """Elements in the order of their ids. `next` is the address of the following page."""

    results: list[AnyElement]
    next: str | None


class ChangedElement(msgspec.Struct):
    """An element as it was last written; `element` null: it was deleted."""

    kind: ElementKind
    id: str
    version: int
    element: Any


class ChangesOut(msgspec.Struct):
    """What others wrote up to `version`. `more`: ask again from that version on. `stale`: open the document anew."""

    version: int
    results: list[ChangedElement]
    more: bool
    stale: bool


class RevisionOut(msgspec.Struct):
    """The immutable state of an annotation, made at submit."""

    id: int
    number: int
    task: int
    project: int
    annotation: int
    kind: AnnotationKind
    stage: str
    author: Person | None
    outcome: OutcomeName
    outcome_reason: str
    passed_reason: str
    sha256: str
    element_count: int
    region_count: int
    class_counts: dict[str, int]
    answers: dict[str, Any]
    schema_version: int
    guideline_version: int | None
    workflow_version: int
    active_ms: int
    wall_ms: int
    based_on: int | None
    bulk_change: int | None
    created_at: datetime
    web_url: str


class RevisionDocument(msgspec.Struct):
    """A revision with its elements, or with `elements_url`."""

    revision: RevisionOut
    elements: list[AnyElement] | None
    elements_url: str | None
    removed: list[str] = []  # ids of regions that were deleted in the same annotation


class RegionRow(msgspec.Struct):
    """One region of a current revision, out of the region index. `bounds`: x0, y0, x1, y1 in image pixels.

    `crop` is a picture of it, cut by the server: the part of the image that `window` says, x, y, w, h. `findings` are the codes
    of its open findings, for reviewers and managers.
    """

    id: str
    task: int
    task_number: int
    revision: int
    class_id: int
    shape: str
    bounds: list[float] | None
    area: float
    source: str | None
    score: float | None
    flags: list[str]
    thumb: str
    asset_width: int
    asset_height: int
    attributes: dict[str, Any]
    author: Person | None
    findings: list[str]
    crop: str | None
    window: list[int] | None
    web_url: str


class RegionCount(msgspec.Struct):
    """`count` is exact to 100,000; `more` says that there are more."""

    count: int
    more: bool


class RegionChangePreview(msgspec.Struct):
    """What a change would be about: regions of results of done tasks. `not_done`: those that are left alone, because their
    task is not done."""

    regions: int
    more: bool
    tasks: int
    not_done: int
