"""What the endpoints of jobs give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from apps.core.people import Person

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobError(msgspec.Struct):
    code: str
    detail: str


class JobOut(msgspec.Struct):
    """Machine work. `rate` is units a second, `eta_seconds` what is left at that rate; null while unknown."""

    id: int
    kind: str
    title: str
    organisation: int
    project: int | None
    state: JobState
    done: int
    total: int | None
    message: str
    error: JobError | None
    outcome: dict[str, Any] | None
    rate: float | None
    eta_seconds: int | None
    cancel_requested: bool
    created_by: Person | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    web_url: str
