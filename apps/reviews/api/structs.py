"""What the endpoints of reviews, issues, comments and questions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.annotations.api.structs import Milliseconds
from apps.core.people import Person

VerdictName = Literal["accept", "fix", "reject"]
GivenVerdict = Literal["accept", "fix", "reject", "reopen"]  # reopen: asked for again after the guideline changed
MarkKind = Literal["missed", "extra", "wrong_class", "loose", "cut_off", "attribute", "other"]
Severity = Literal["minor", "major"]
Coordinate = Annotated[float, msgspec.Meta(ge=-10_000_000, le=10_000_000)]
ElementId = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Talk = Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]


class ImagePoint(msgspec.Struct):
    """Pixels of the displayed image."""

    x: Coordinate
    y: Coordinate


class MarkIn(msgspec.Struct, kw_only=True):
    """What is wrong, and where: on an element or at a point."""

    kind: MarkKind
    element: ElementId | None = None
    point: ImagePoint | None = None
    severity: Severity = "major"
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class ReviewIn(msgspec.Struct, kw_only=True):
    """A verdict. A rejection needs a reason; `fix` freezes the reviewer's draft and writes its marks from the difference."""

    verdict: VerdictName
    reason: Annotated[str, msgspec.Meta(max_length=5000)] = ""
    marks: Annotated[list[MarkIn], msgspec.Meta(max_length=1000)] = []
    active_ms: Milliseconds = 0
    token: int | None = None


class MarkOut(msgspec.Struct):
    """`derived`: written from the difference of a fix."""

    id: int
    kind: MarkKind
    severity: Severity
    element: str | None
    point: ImagePoint | None
    note: str
    derived: bool


class ReviewOut(msgspec.Struct):
    id: int
    revision: int
    task: int
    reviewer: Person | None
    verdict: GivenVerdict
    reason: str
    fix_revision: int | None
    marks: list[MarkOut]
    active_ms: int
    created_at: datetime
    task_state: str


class ReviewQueueRow(msgspec.Struct):
    """A piece of review work. `why` are codes of what makes it risky, the riskiest first; `risk` is of 100."""

    slot: int
    task: int
    number: int
    name: str
    thumb: str
    author: Person | None
    revision: int
    revision_number: int
    region_count: int
    level: int
    open_issues: int
    rejected_before: int
    findings: int
    reserved: bool
    risk: int
    why: list[str]
    waiting_since: datetime
    web_url: str


class CommentOut(msgspec.Struct):
    id: int
    author: Person | None
    text: str
    created_at: datetime
    updated_at: datetime


class IssueOut(msgspec.Struct):
    """A point to settle, pinned to a region, to a point, or about the whole task."""

    id: int
    number: int
    project: int
    task: int
    state: Literal["open", "resolved"]
    element: str | None
    point: ImagePoint | None
    created_by: Person | None
    created_at: datetime
    resolved_by: Person | None
    resolved_at: datetime | None
    comments: list[CommentOut]
    web_url: str


Mentions = Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]], msgspec.Meta(max_length=20)]


class IssueIn(msgspec.Struct, kw_only=True):
    task: int
    text: Talk
    element: ElementId | None = None
    point: ImagePoint | None = None
    mentions: Mentions = []


class CommentIn(msgspec.Struct):
    """`mentions` are the numbers of members whom the text names; they are notified."""

    text: Talk
    mentions: Mentions = []


class QuestionOut(msgspec.Struct):
    """What somebody asked when they parked a task. `region` is what it is about, as it was when it was asked.

    `drafted`: it is in the draft of the guideline; `published_in`: the version that it became part of.
    """

    id: int
    project: int
    task: int
    task_number: int
    task_name: str
    thumb: str
    preview: str
    asset_width: int
    asset_height: int
    element: str | None
    region: dict[str, Any] | None
    bounds: list[float] | None
    class_id: int | None
    asked_by: Person | None
    text: str
    answer: str
    answered_by: Person | None
    answered_at: datetime | None
    drafted: bool
    published_in: int | None
    created_at: datetime
    web_url: str


class SimilarQuestion(msgspec.Struct):
    """`score`: 1 is the same question."""

    score: float
    question: QuestionOut


class QuestionGuidelineIn(msgspec.Struct):
    """`example`: its picture goes along as a good or a bad one. `section`: an anchor; null for the section of its class."""

    example: Literal["good", "bad"] | None = None
    section: Annotated[str, msgspec.Meta(max_length=90)] | None = None


class AnswerIn(msgspec.Struct):
    text: Talk
