"""What the endpoints of reviews, issues, comments and questions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.annotations.api.structs import Milliseconds
from apps.core.people import Person
from apps.jobs.documents import JobOut

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


class CleanReviews(msgspec.Struct):
    """What waits for the caller. `clean`: nothing stands out of them; `why`: how many have each reason to look; `most`: at one go."""

    waiting: int
    clean: int
    most: int
    why: dict[str, int]


class AcceptCleanIn(msgspec.Struct):
    """Narrowed as the queue is."""

    annotator: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    class_id: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


class AcceptCleanOut(msgspec.Struct):
    """The job's outcome has `accepted`, `skipped` and `reviews`."""

    matched: int
    job: JobOut


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


class DisputeIn(msgspec.Struct):
    """`elements`: the regions that it is about; none for the whole verdict."""

    text: Talk
    elements: Annotated[list[ElementId], msgspec.Meta(max_length=500)] = []


class DisputeOut(msgspec.Struct):
    """An author's objection to a verdict, and its decision. `may_decide`: whether the caller is the one to decide."""

    id: int
    review: int
    task: int
    task_number: int
    task_name: str
    thumb: str
    author: Person | None
    reviewer: Person | None
    verdict: GivenVerdict
    reason: str
    text: str
    elements: list[str]
    state: Literal["open", "upheld", "overturned"]
    decided_by: Person | None
    decision: str
    restored: bool
    decided_at: datetime | None
    created_at: datetime
    may_decide: bool
    may_restore: bool
    web_url: str


class DecideIn(msgspec.Struct):
    """`restore`: the author's answer becomes the result again, where its fix is."""

    decision: Literal["upheld", "overturned"]
    text: Talk
    restore: bool = False


class FeedbackRow(msgspec.Struct):
    """A fix or a rejection of somebody's work."""

    review: ReviewOut
    task_number: int
    task_name: str
    thumb: str
    marks: int
    dispute: DisputeOut | None


class FeedbackChange(msgspec.Struct):
    """One element before and after. Both are null for a mark at a point. `bounds` hold both states, in image pixels."""

    element: str
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    bounds: list[float] | None
    marks: list[MarkOut]


class FeedbackOut(msgspec.Struct):
    """A verdict with what it changed. `settled`: there is an after: the fix, or the author's next revision. `more`: changes that are not listed."""

    row: FeedbackRow
    preview: str
    asset_width: int
    asset_height: int
    settled: bool
    may_dispute: bool
    changes: list[FeedbackChange]
    more: int


class AnswerIn(msgspec.Struct):
    text: Talk
