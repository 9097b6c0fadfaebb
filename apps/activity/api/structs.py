"""What the endpoints of activity give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from apps.core.people import Person


class EventOut(msgspec.Struct):
    """One thing that happened: `verb` is stable ("task.submitted"), `details` belongs to the verb."""

    id: int
    verb: str
    actor: Person | None
    project: int | None
    object_type: str
    object_id: int | None
    details: dict[str, Any]
    created_at: datetime
