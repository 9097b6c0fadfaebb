"""What the endpoints of projects take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from apps.accounts.api.structs import RoleName
from apps.core.people import Person
from apps.jobs.documents import JobOut
from apps.projects.settings import ProjectSettings
from domain.schema import LabelSchema
from domain.workflow import Workflow

ProjectState = Literal["draft", "active", "paused", "done", "archived"]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Description = Annotated[str, msgspec.Meta(max_length=20_000)]
Note = Annotated[str, msgspec.Meta(max_length=500)]


class ProjectIn(msgspec.Struct):
    """A new project. `organisation` may be left out by a member of only one.

    `starter_schema` begins with one class "object" (box, polygon), so that labelling can start at once; `schema` gives a
    whole schema body instead.
    """

    name: Title
    organisation: int | None = None
    description: Description = ""
    state: Literal["draft", "active"] = "active"
    restricted: bool = False
    blind: bool = True
    settings: dict[str, Any] = {}
    starter_schema: bool = False
    schema: LabelSchema | None = None


class ProjectPatch(msgspec.Struct):
    """Only what is sent changes; `settings` may hold some settings only."""

    name: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    state: ProjectState | UnsetType = UNSET
    restricted: bool | UnsetType = UNSET
    blind: bool | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET


class OrganisationRef(msgspec.Struct):
    id: int
    name: str


class ProjectOut(msgspec.Struct):
    """One project, with what the reader may do in it (`actions`).

    `solo`: nobody but the reader could review, so a review stage is skipped. `etag` goes into `If-Match`.
    """

    id: int
    name: str
    description: str
    state: ProjectState
    organisation: OrganisationRef
    restricted: bool
    blind: bool
    settings: ProjectSettings
    role: RoleName
    actions: list[str]
    schema_version: int
    guideline_version: int | None
    workflow_version: int
    solo: bool
    created_by: Person
    created_at: datetime
    updated_at: datetime
    trashed_at: datetime | None
    etag: str
    web_url: str


class Measure(msgspec.Struct):
    """A value, or null with the reason."""

    value: float | None
    reason: str | None = None


class ProjectCard(msgspec.Struct):
    """A project on the projects page. `states` counts tasks by state."""

    id: int
    name: str
    description: str
    state: ProjectState
    organisation: OrganisationRef
    role: RoleName
    tasks: int
    states: dict[str, int]
    done_share: float | None
    agreement: Measure
    expected_on: date | None
    shapes: list[str]
    thumbs: list[str]
    people: list[Person]
    people_total: int
    reviewed: bool  # the workflow has a review stage
    updated_at: datetime
    trashed_at: datetime | None
    web_url: str


class DuplicateIn(msgspec.Struct):
    """The copy has schema, guideline, workflow, settings and named members, and no data."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SchemaPut(msgspec.Struct):
    """The whole new body. The bare body (`{"classes": …}`) is taken too."""

    body: LabelSchema
    note: Note = ""


class SchemaOut(msgspec.Struct):
    """One version of the label schema. `etag` goes into `If-Match` when the next one is put."""

    number: int
    body: LabelSchema
    note: str
    created_by: Person
    created_at: datetime
    etag: str
    current: bool
    web_url: str


class SchemaVersionRow(msgspec.Struct):
    """A version in the list: without its body."""

    number: int
    note: str
    classes: int
    created_by: Person
    created_at: datetime
    current: bool


class SchemaChange(msgspec.Struct):
    """One difference, and how much saved work it touches."""

    kind: str
    detail: str
    class_id: int | None
    attribute: str | None
    touches_work: bool
    regions: int | None
    tasks: int | None


class SchemaProblemOut(msgspec.Struct):
    pointer: str
    code: str
    detail: str


class SchemaSaved(msgspec.Struct):
    """The version that holds now, and what it changed; no changes where the body was the same."""

    number: int
    body: LabelSchema
    note: str
    created_by: Person
    created_at: datetime
    etag: str
    current: bool
    web_url: str
    changes: list[SchemaChange]


class SchemaPreview(msgspec.Struct):
    """What putting this body would do. With `problems` it would be refused."""

    number: int  # the version it was compared with
    changes: list[SchemaChange]
    problems: list[SchemaProblemOut]


class ClassCount(msgspec.Struct):
    """Regions of one class in the current work."""

    class_id: int
    regions: int
    tasks: int


class SchemaCounts(msgspec.Struct):
    classes: list[ClassCount]


class MergeIn(msgspec.Struct):
    """Regions of `classes` become `into`; the merged classes are archived."""

    classes: Annotated[list[int], msgspec.Meta(min_length=1, max_length=500)]
    into: int


class MergePreview(msgspec.Struct):
    """What a merge touches: nothing has happened yet."""

    classes: list[ClassCount]
    regions: int
    tasks: int
    drafts: int  # open drafts that hold such regions; they are mapped once their task is done
    problems: list[SchemaProblemOut]


class BulkChangeOut(msgspec.Struct):
    """One change of many results, undone as one."""

    id: int
    kind: str
    title: str
    state: Literal["running", "done", "undoing", "undone", "failed"]
    regions: int
    tasks: int
    created_by: Person
    created_at: datetime
    undoable: bool
    job: JobOut | None


class BulkChangeStarted(msgspec.Struct):
    """A bulk change and the job that carries it out."""

    bulk_change: BulkChangeOut
    job: JobOut


class WorkflowPut(msgspec.Struct):
    """The whole new body. The bare body (`{"stages": …}`) is taken too. `move`: work in flight too, by a job."""

    body: Workflow
    note: Note = ""
    move: bool = False


class WorkflowMoves(msgspec.Struct):
    """So many tasks of a state would stand in another one."""

    state: str
    to: str
    tasks: int


class WorkflowPreview(msgspec.Struct):
    """What a workflow would do to work in flight; finished work stays. With `problems` it would be refused.

    Over 2,000 tasks in flight a `job` counts: its result has `moves`, and the numbers, of this answer.
    """

    problems: list[SchemaProblemOut]
    moves: list[WorkflowMoves]
    answers_added: int
    answers_taken_back: int
    reviews_added: int
    reviews_taken_back: int
    job: JobOut | None


class OverlapPlanIn(msgspec.Struct):
    """A share of the tasks in flight with `overlap` answers each; `kappa`: the agreement that is expected."""

    share: Annotated[float, msgspec.Meta(ge=0, le=1)]
    overlap: Annotated[int, msgspec.Meta(ge=2, le=50)] = 2
    kappa: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.8


class OverlapPlan(msgspec.Struct):
    """What it costs and what it will say: the interval of Cohen's kappa to expect, at 95 %.

    `hours` is null where nobody has worked here yet; `low` and `high` with fewer than two tasks. `classes`: how many of the
    classes drawn so far it is reckoned with, null where two alike ones are supposed.
    """

    tasks: int
    shared: int
    extra_answers: int
    hours: float | None
    kappa: float
    classes: int | None
    low: float | None
    high: float | None


class WorkflowOut(msgspec.Struct):
    """One version of the workflow. `solo`: nobody but the reader could review, so review is skipped for now."""

    number: int
    body: Workflow
    note: str
    created_by: Person
    created_at: datetime
    etag: str
    current: bool
    solo: bool
    web_url: str


class WorkflowSaved(msgspec.Struct):
    """The version that holds now, and the change that moves work in flight where one was asked for."""

    number: int
    body: Workflow
    note: str
    created_by: Person
    created_at: datetime
    etag: str
    current: bool
    solo: bool
    web_url: str
    bulk_change: BulkChangeOut | None


class GroupIn(msgspec.Struct):
    """A group of people, or a skill that they have. `members`: ids of people who take part."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    kind: Literal["group", "skill"] = "group"
    members: Annotated[list[int], msgspec.Meta(max_length=2000)] = []


class GroupPatch(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    members: Annotated[list[int], msgspec.Meta(max_length=2000)] | UnsetType = UNSET


class GroupOut(msgspec.Struct):
    id: int
    name: str
    kind: Literal["group", "skill"]
    members: list[int]


class TermsPatch(msgspec.Struct):
    """How one person works here; only what is sent changes. null caps: as the project's settings say."""

    cap_open: Annotated[int, msgspec.Meta(ge=1, le=1000000)] | UnsetType | None = UNSET
    cap_day: Annotated[int, msgspec.Meta(ge=1, le=1000000)] | UnsetType | None = UNSET
    paused: Annotated[str, msgspec.Meta(max_length=500)] | UnsetType = UNSET


class ProjectMemberOut(msgspec.Struct):
    """A person who takes part. `role` is what counts here; `project_role` is null where the organisation's holds."""

    id: int
    name: str
    email: str
    role: RoleName
    organisation_role: RoleName
    project_role: RoleName | None
    named: bool
    groups: list[int] = []
    cap_open: int | None = None
    cap_day: int | None = None
    paused: str = ""


class ProjectMemberIn(msgspec.Struct):
    """Names a person in the project; `role` null keeps the organisation's role."""

    user_id: int
    role: RoleName | None = None


class ProjectMemberPatch(msgspec.Struct):
    role: RoleName | None = None


class Mentionable(msgspec.Struct):
    """Somebody whom a comment can mention; `number` stands in the comment's `mentions`."""

    number: int
    name: str
