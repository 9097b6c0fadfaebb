"""What the endpoints of tasks and assignments take and give, and the document of a claim."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.annotations.api.structs import AnnotationDocument, AnyElement, Finding, Milliseconds, OutcomeName, RevisionOut
from apps.assets.api.structs import AssetWindow, MediaUrls, Tiles
from apps.core.people import Person
from apps.jobs.documents import JobOut
from apps.reviews.api.structs import IssueOut, MarkOut, QuestionOut, ReviewOut
from apps.tasks.filters import TaskFilter, TaskStateName
from domain.sampling.ordering import Why
from domain.schema.structs import LabelSchema

StageName = Literal["annotate", "review", "adjudicate", "audit"]
AssignmentStateName = Literal["held", "parked", "stale", "submitted", "skipped", "released"]
Reason = Annotated[str, msgspec.Meta(max_length=500)]


class TaskAsset(msgspec.Struct):
    """What a table row shows of the asset."""

    id: int
    name: str
    external_id: str | None
    group: str
    origin: str
    width: int
    height: int
    thumb: str
    metadata: dict[str, Any]


class QueuePlace(msgspec.Struct):
    """Why a task stands where an order of the queue put it (`projects/{id}/queue-order`). `value`: uncertainty or disagreement in
    [0, 1]; bits of 64 (`diverse`) or usual distances (`core_set`) to the nearest picture before it; or how rare the class
    `class_id` is. `model`: whose predictions the order was made by. `seconds`: that it may take, where the order went by that."""

    why: Why
    value: float | None
    class_id: int | None
    place: int
    model: str
    seconds: float | None


class TaskRow(msgspec.Struct):
    """A task in a table or gallery. `assignment` is the caller's own open one. `classes` are ids present in its work."""

    id: int
    number: int
    name: str
    state: TaskStateName
    outcome: str
    priority: int
    asset: TaskAsset
    batch: int | None
    annotator: Person | None
    region_count: int
    classes: list[int]
    skips: int
    triage_reason: str
    result: int | None
    assignment: int | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    trashed_at: datetime | None
    etag: str
    web_url: str
    queue_place: QueuePlace | None = None  # null: no order put it there, or it is not told to the caller


class TaskWindow(msgspec.Struct):
    """Rows from `offset`. `total` is exact up to 100,000; beyond it `more` is true."""

    results: list[TaskRow]
    offset: int
    total: int
    more: bool


class SlotOut(msgspec.Struct):
    id: int
    stage: StageName
    level: int
    state: Literal["open", "held", "done", "cancelled"]
    reserved_for: Person | None
    reserved_until: datetime | None


class AssignmentOut(msgspec.Struct):
    """A piece of work in one person's hands."""

    id: int
    task: int
    task_number: int
    task_name: str
    project: int
    project_name: str
    stage: StageName
    state: AssignmentStateName
    user: Person | None
    token: int
    expires_at: datetime | None
    claimed_at: datetime
    submitted_at: datetime | None
    active_ms: int
    reason: str
    returned: bool  # a rejection brought it back
    thumb: str
    web_url: str


class TaskOut(msgspec.Struct):
    """One task with its history."""

    task: TaskRow
    slots: list[SlotOut]
    assignments: list[AssignmentOut]
    revisions: list[RevisionOut]
    reviews: list[ReviewOut]
    issues: list[IssueOut]


class ClaimIn(msgspec.Struct):
    """`slot`: one piece of the review queue instead of the next. `filter` and `ids`: the next of these tasks only.

    `promised`: the slot of a promise, which comes first if it is still free.
    """

    stage: StageName = "annotate"
    slot: int | None = None
    filter: TaskFilter | None = None
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None
    promised: int | None = None


class PromiseIn(msgspec.Struct):
    """`again`: the slot of a promise that is to last longer. `filter` and `ids` as in a claim."""

    stage: StageName = "annotate"
    again: int | None = None
    filter: TaskFilter | None = None
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None


class LetGoIn(msgspec.Struct):
    slots: Annotated[list[int], msgspec.Meta(max_length=100)]
    stage: StageName = "annotate"


class ClaimProject(msgspec.Struct):
    """What the label page needs of the project's settings."""

    id: int
    name: str
    state: str
    blind: bool
    amodal: bool
    semantic: bool
    coverage: float
    auto_advance: bool
    reject_reasons: list[str]
    unusable_reasons: list[str]
    skip_reasons: list[str]
    actions: list[str]


class ClaimTask(msgspec.Struct):
    id: int
    number: int
    name: str
    state: TaskStateName
    outcome: str
    web_url: str
    queue_place: QueuePlace | None = None  # null: no order put it there, or it is not told to the caller


class ClaimAsset(msgspec.Struct):
    id: int
    name: str
    width: int
    height: int
    bit_depth: int
    channels: int
    window: AssetWindow | None
    group: str
    metadata: dict[str, Any]
    attribution: str
    urls: MediaUrls
    tiles: Tiles | None = None


class Promise(msgspec.Struct):
    """What a claim with `promised: slot` will bring, if it comes before `until`. It is nobody's work yet.

    `elements` is what the work begins with (the revision to judge, an import); null when it is too long to come along.
    """

    slot: int
    stage: StageName
    until: datetime
    task: ClaimTask
    asset: ClaimAsset
    schema_version: int
    elements: list[AnyElement] | None


class ClaimSchema(msgspec.Struct):
    number: int
    body: LabelSchema


class ClaimAssignment(msgspec.Struct):
    """`token` fences submit, release and skip; the lease ends at `expires_at` unless a heartbeat comes."""

    id: int
    stage: StageName
    level: int
    state: AssignmentStateName
    token: int
    expires_at: datetime | None
    lease_seconds: int
    active_ms: int


class PreviousWork(msgspec.Struct):
    """The revision that was judged before this one: what a review of a resubmission shows the difference to."""

    revision: RevisionOut
    elements: list[AnyElement] | None
    elements_url: str | None


class Prediction(msgspec.Struct):
    """A model's answer to the task."""

    id: int
    model: str
    elements: list[AnyElement]
    hints: list[str] = []
    """Regions so sure that a submit is asked about those on which nothing is drawn; empty in tests of people, and where several
    answer by themselves."""


class ClaimDocument(msgspec.Struct):
    """All that the canvas needs for one piece of work.

    In a review `annotation` is the reviewer's own fix draft, based on `revision`, and `previous` what was judged before.
    `marks` and `last_review` tell an annotator why work came back.
    """

    project: ClaimProject
    task: ClaimTask
    asset: ClaimAsset
    schema: ClaimSchema
    guideline_version: int | None
    assignment: ClaimAssignment
    annotation: AnnotationDocument
    revision: RevisionOut | None
    previous: PreviousWork | None
    last_review: ReviewOut | None
    marks: list[MarkOut]
    issues: list[IssueOut]
    questions: list[QuestionOut]
    predictions: list[Prediction]
    findings: list[Finding]
    remaining: int | None  # open work at this stage, counted to 1,000
    web_url: str


class HeartbeatIn(msgspec.Struct):
    active_ms: Milliseconds = 0
    token: int | None = None


class HeartbeatOut(msgspec.Struct):
    expires_at: datetime
    token: int


class ReleaseIn(msgspec.Struct):
    token: int | None = None


class SkipIn(msgspec.Struct):
    reason: Reason = ""
    token: int | None = None


class ParkIn(msgspec.Struct):
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]
    element: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    token: int | None = None


class SubmitIn(msgspec.Struct):
    """`outcome` may be left out where there are regions or answers: then it is `labelled`.

    `pass_reason`: why findings that stop a submit do not hold here; it is kept, and the task goes to review.
    """

    outcome: OutcomeName | None = None
    outcome_reason: Annotated[str, msgspec.Meta(max_length=200)] = ""
    pass_reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    active_ms: Milliseconds = 0
    token: int | None = None


class RevisionRef(msgspec.Struct):
    id: int
    number: int


class SubmitOut(msgspec.Struct):
    """`review_skipped`: nobody else could have reviewed, so the task went on without."""

    revision: RevisionRef
    task_state: TaskStateName
    review_skipped: bool
    findings: list[Finding]


class HandOverIn(msgspec.Struct):
    """`to` null: back to the queue; the draft stays with the task's next person only where `to` is given."""

    to: int | None = None


class TriageIn(msgspec.Struct):
    """`requeue` sends it back to the queue, `accept` keeps the outcome as the result, `archive` takes it out."""

    choice: Literal["requeue", "accept", "archive"]
    note: Reason = ""


class BulkTasksIn(msgspec.Struct, kw_only=True):
    """One action on many tasks, named by `ids` or by `filter`. Over 500 tasks it is a job."""

    action: Literal[
        "assign",
        "unassign",
        "priority",
        "send_back",
        "ask_again",
        "undo_send_back",
        "archive",
        "unarchive",
        "trash",
        "restore",
        "batch",
        "assign_group",
        "unassign_group",
    ]
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None
    filter: TaskFilter | None = None
    user: int | None = None  # assign
    users: Annotated[list[int], msgspec.Meta(min_length=1, max_length=500)] | None = None  # assign: in turn
    group: int | None = None  # assign_group: only its people annotate the tasks
    priority: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] | None = None
    reason: Reason = ""  # send_back, ask_again: the annotators read it
    batch: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class BulkTasksOut(msgspec.Struct):
    """`undo` is the body to send to take it back, null where that is not possible. `job` when it runs in the background."""

    matched: int
    changed: int
    skipped: int
    undo: list[BulkTasksIn]
    job: JobOut | None


class SendBackPreviewIn(msgspec.Struct, kw_only=True):
    """Which tasks would be sent back, or asked for again, named by `ids` or by `filter`."""

    action: Literal["send_back", "ask_again"] = "send_back"
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None
    filter: TaskFilter | None = None


class SendBackPreview(msgspec.Struct):
    """How many would be sent back, and why the others would stay: not submitted, imported, or the caller's own work."""

    matched: int
    sent_back: int
    not_submitted: int
    imported: int
    own_work: int


ViewName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
ColumnNames = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=60)]], msgspec.Meta(max_length=40)]
TaskSort = Literal[
    "number", "-number", "name", "-name", "updated", "-updated", "state", "-state",
    "regions", "-regions", "priority", "-priority",
]  # fmt: skip


class SavedViewIn(msgspec.Struct, kw_only=True):
    """A view of the data page to keep. `shared`: the whole team sees it; this takes the right to manage tasks."""

    name: ViewName
    shared: bool = False
    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    sort: TaskSort = "number"
    layout: Literal["gallery", "table"] = "gallery"
    columns: ColumnNames = []  # shown in the table, in their order; empty: the usual ones


class SavedViewOut(msgspec.Struct):
    """A kept view. `mine`: the caller may change and delete it."""

    id: int
    name: str
    shared: bool
    owner: Person | None
    mine: bool
    filter: TaskFilter
    sort: TaskSort
    layout: Literal["gallery", "table"]
    columns: list[str]
    updated_at: datetime
