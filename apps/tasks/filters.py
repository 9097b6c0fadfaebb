"""Which tasks: the filter that lists, bulk changes and exports of ids share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

TaskStateName = Literal[
    "waiting", "annotating", "in_review", "rework", "comparing", "conflict", "parked", "triage", "done", "archived"
]
OutcomeName = Literal["labelled", "empty", "unusable", "cannot_tell"]


class TaskFilter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Every member that is given must hold. The same names are query parameters of the lists."""

    state: list[TaskStateName] | None = None
    class_id: list[int] | None = None
    annotator: int | None = None
    name: str | None = None
    search: str | None = None  # prefix of the name, exact external id, or the task's number
    external_id: str | None = None
    group: str | None = None
    origin: str | None = None
    batch: int | None = None
    outcome: OutcomeName | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    guideline_before: int | None = None  # accepted work made under an older guideline than this version
    bulk_change: int | None = None  # its present result was made by this bulk change
    metadata: dict[str, Any] | None = None
    trashed: bool = False
