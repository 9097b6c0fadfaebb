"""What the endpoints of activity give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

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


class NotificationOut(msgspec.Struct):
    """One thing that the person should know of. `web_url` is the place that it is about."""

    id: int
    read: bool
    event: EventOut
    web_url: str


class NotificationPage(msgspec.Struct):
    """A page of the caller's own notifications. `unread` counts all of them, not this page's."""

    results: list[NotificationOut]
    unread: int
    next: str | None = None


class NotificationsReadIn(msgspec.Struct):
    """Which notifications were read; without `ids` all of them."""

    ids: Annotated[list[int], msgspec.Meta(max_length=500)] | None = None


class NotificationsUnread(msgspec.Struct):
    unread: int
