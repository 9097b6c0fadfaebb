"""What the endpoints of pages of alike pictures take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from apps.annotations.api.structs import AnyElement, Milliseconds
from apps.tasks.api.structs import ClaimAsset, ClaimAssignment, ClaimProject, ClaimSchema, ClaimTask, RevisionRef
from apps.tasks.filters import TaskFilter, TaskStateName
from apps.tasks.services.pages import LEAST, MOST
from domain.schema.structs import Value


class PageClaimIn(msgspec.Struct):
    """`size`: pictures, at most. `filter` and `ids`: of these tasks only."""

    size: Annotated[int, msgspec.Meta(ge=LEAST, le=MOST)] = 24
    filter: TaskFilter | None = None
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None


class PageItem(msgspec.Struct):
    """One picture: a piece of work of its own. `elements` are the answers that its draft begins with."""

    task: ClaimTask
    asset: ClaimAsset
    assignment: ClaimAssignment
    elements: list[AnyElement]


class WorkPage(msgspec.Struct):
    """Pictures that look alike, all in the caller's hands; the first is the one that the queue had next."""

    project: ClaimProject
    schema: ClaimSchema
    guideline_version: int | None
    items: list[PageItem]
    remaining: int | None  # open work, counted to 1,000


class PageLease(msgspec.Struct):
    """A piece of the page, with the token of its claim."""

    assignment: int
    token: int | None = None


class PageLeasesIn(msgspec.Struct):
    assignments: Annotated[list[PageLease], msgspec.Meta(min_length=1, max_length=MOST)]


class PageKept(msgspec.Struct):
    """`lost`: assignments that are not in the caller's hands any more."""

    expires_at: datetime | None
    lost: list[int]


class PageReleased(msgspec.Struct):
    """How many went back to the queue."""

    released: int


class PageAnswerIn(msgspec.Struct):
    """One picture's answers by the name of the question; they take the place of all that its draft has."""

    assignment: int
    answers: Annotated[dict[str, Value], msgspec.Meta(max_length=100)]
    token: int | None = None


class PageSubmitIn(msgspec.Struct):
    """`active_ms`: on the page since it was opened, or since the last call; it is shared equally among `items`."""

    items: Annotated[list[PageAnswerIn], msgspec.Meta(min_length=1, max_length=MOST)]
    active_ms: Milliseconds = 0


class PageProblem(msgspec.Struct):
    """Why a picture stays: members of a problem."""

    code: str
    title: str
    detail: str


class PageHandedIn(msgspec.Struct):
    """What became of one picture. `active_ms`: what it was charged of the page's time; 0 where it stays."""

    assignment: int
    revision: RevisionRef | None
    task_state: TaskStateName | None
    active_ms: int
    problem: PageProblem | None


class PageSubmitOut(msgspec.Struct):
    """In the order sent. Those with a `problem` are in the caller's hands as before, unless it is `lease_lost`."""

    results: list[PageHandedIn]


class PageRecallIn(msgspec.Struct):
    assignments: Annotated[list[int], msgspec.Meta(min_length=1, max_length=MOST)]


class PageNotRecalled(msgspec.Struct):
    assignment: int
    problem: PageProblem


class PageRecallOut(msgspec.Struct):
    """`page`: what is in the caller's hands again, with its answers; null when nothing is."""

    page: WorkPage | None
    refused: list[PageNotRecalled]
