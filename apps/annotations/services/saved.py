"""What a save is asked for and what it answers, edit by edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import msgspec

from apps.annotations.queries.documents import Entry
from apps.projects.access import ProjectAccess
from domain import checks

Kind = Literal["region", "track", "keyframe", "answer"]


class Edit(msgspec.Struct):
    """An edit as it is sent; its element is still bytes."""

    id: UUID
    op: Literal["put", "delete"]
    kind: Kind = "region"
    over: int | None = None
    region: msgspec.Raw = msgspec.Raw()
    track: msgspec.Raw = msgspec.Raw()
    keyframe: msgspec.Raw = msgspec.Raw()
    answer: msgspec.Raw = msgspec.Raw()
    element_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    edit: str
    element: str
    version: int
    changed: Entry | None = None  # stored otherwise than sent


@dataclass(frozen=True, slots=True)
class Theirs:
    kind: str
    version: int
    editor_id: int | None
    body: bytes | None  # None: deleted


@dataclass(frozen=True, slots=True)
class Conflicting:
    edit: str
    element: str
    theirs: Theirs


@dataclass(frozen=True, slots=True)
class Rejected:
    edit: str
    code: str
    detail: str
    element: str | None = None
    at: str = ""


@dataclass(slots=True)
class Saved:
    """The answer to a save."""

    access: ProjectAccess  # decides how other people are named to the person
    version: int
    accepted: list[Accepted] = field(default_factory=list)
    conflicts: list[Conflicting] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[checks.Finding] = field(default_factory=list)
    rules_pending: list[str] = field(default_factory=list)
