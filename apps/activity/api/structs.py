"""What the endpoints of activity give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from apps.activity.kinds import WebhookKind
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

    ids: Annotated[list[int], Meta(max_length=500)] | None = None


class NotificationsUnread(msgspec.Struct):
    unread: int


Kinds = Annotated[list[WebhookKind], Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2000)]
Name = Annotated[str, Meta(max_length=120)]


class WebhookIn(msgspec.Struct):
    """A new webhook. Without a name it is called by its host."""

    url: Url
    kinds: Kinds
    name: Name = ""


class WebhookPatch(msgspec.Struct):
    """What of it to change. `active` false pauses it; true lets it go on, also after it was disabled."""

    url: Url | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class WebhookOut(msgspec.Struct):
    """An address that is told of events. `failures` counts tries since the last success; it rests until `rests_until`."""

    id: int
    project: int | None
    name: str
    url: str
    kinds: list[str]
    state: Literal["active", "paused", "disabled"]
    failures: int
    rests_until: datetime | None
    delivered_at: datetime | None
    waiting: int  # deliveries that are not through yet
    created_by: Person | None
    created_at: datetime


class WebhooksOut(msgspec.Struct):
    """The webhooks of one place, and what they can be told of there."""

    results: list[WebhookOut]
    kinds: list[str]


class WebhookMade(msgspec.Struct):
    """A webhook with its secret, which is shown this once."""

    webhook: WebhookOut
    secret: str


class DeliveryTryOut(msgspec.Struct):
    """One try: what came back, and why it counts as failed ("" where it went well)."""

    at: datetime
    ms: int
    status: int | None
    problem: str
    answer: str


class DeliveryOut(msgspec.Struct):
    """One message. `key` is the id in its header, the same in every try; `body` is what is sent, byte for byte."""

    id: int
    key: str
    kind: str
    state: Literal["pending", "delivered", "failed"]
    next_try_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    body: str
    tries: list[DeliveryTryOut]
