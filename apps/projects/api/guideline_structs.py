"""What the endpoints of guidelines take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from apps.accounts.api.structs import RoleName
from apps.core.people import Person
from apps.projects.api.structs import Note

Markdown = Annotated[str, msgspec.Meta(max_length=500_000)]
Topic = Annotated[str, msgspec.Meta(min_length=1, max_length=240)]
Anchor = Annotated[str, msgspec.Meta(min_length=1, max_length=90)]
Links = Annotated[dict[Topic, Anchor], msgspec.Meta(max_length=1000)]


class GuidelinePut(msgspec.Struct):
    """Published at once. `must_read`: whoever works here reads what changed before their next claim."""

    markdown: Markdown
    note: Note = ""
    must_read: bool = True


class GuidelineExample(msgspec.Struct):
    """A picture of the text that is shown as good or bad."""

    verdict: Literal["good", "bad"]
    url: str
    caption: str


class GuidelineSection(msgspec.Struct):
    """A heading. `topics` are what leads to it: `class:3`, `finding:tiny`, `reason:Loose outline`."""

    anchor: str
    title: str
    level: int
    topics: list[str]
    examples: list[GuidelineExample]


class GuidelineOut(msgspec.Struct):
    """One version of the guideline. `html` is safe to show as it is; number 0 and empty where none was written."""

    number: int
    markdown: str
    html: str
    note: str
    must_read: bool
    links: dict[str, str]
    sections: list[GuidelineSection]
    created_by: Person | None
    created_at: datetime | None
    etag: str
    current: bool
    web_url: str


class GuidelineVersionRow(msgspec.Struct):
    number: int
    note: str
    must_read: bool
    created_by: Person
    created_at: datetime
    current: bool


class GuidelineDraftPut(msgspec.Struct):
    """`links` name the section that speaks of a class, finding or reason, beside those that a title names."""

    markdown: Markdown
    links: Links = {}


class GuidelineDraftOut(msgspec.Struct):
    """What becomes the next version, or null members where there is no draft. `number` is what it would be."""

    exists: bool
    markdown: str
    links: dict[str, str]
    number: int
    base_number: int
    updated_by: Person | None
    updated_at: datetime | None
    etag: str


class GuidelinePublishIn(msgspec.Struct):
    note: Note = ""
    must_read: bool = True


class GuidelineChange(msgspec.Struct):
    """One block that is otherwise, with changed words in `<ins>` and `<del>`; safe HTML."""

    kind: Literal["added", "removed", "changed"]
    section: str
    anchor: str
    html: str
    before_html: str


class GuidelineChanges(msgspec.Struct):
    """From version `before` (0: nothing) to version `number`; `number` null is the draft. `topics` are what the changed sections speak of."""

    before: int
    number: int | None
    note: str
    changes: list[GuidelineChange]
    topics: list[str]


class GuidelineUnreadOut(msgspec.Struct):
    """What the caller has to read before their next claim; `changes` null where there is nothing."""

    changes: GuidelineChanges | None


class GuidelineReadIn(msgspec.Struct):
    number: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class GuidelineReader(msgspec.Struct):
    """Somebody who works here, and the version that they have read last, if it is the wanted one or newer."""

    person: Person
    role: RoleName
    number: int | None
    read_at: datetime | None
    has_worked: bool


class GuidelineReaders(msgspec.Struct):
    """Who has read version `number`, the newest that must be read; null where there is none."""

    number: int | None
    read: int
    total: int
    results: list[GuidelineReader]


class OlderWorkRow(msgspec.Struct):
    """Accepted tasks whose result was made under an older version, with this class (null: all of them)."""

    class_id: int | None
    tasks: int
    by_version: dict[str, int]


class OlderWork(msgspec.Struct):
    """Accepted work made under older versions than `number`, by class."""

    number: int
    results: list[OlderWorkRow]


class MarkdownIn(msgspec.Struct):
    markdown: Markdown


class MarkdownHtml(msgspec.Struct):
    html: str


class GuidelineImageOut(msgspec.Struct):
    """An image for the guideline; `markdown` is what to paste."""

    id: int
    name: str
    url: str
    markdown: str
