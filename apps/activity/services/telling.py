"""An outbox: what webhooks are told is written in the transaction of what happened, and sent after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from apps.activity.kinds import KINDS, PING, WORDS
from apps.activity.models import Delivery, Event, Webhook
from apps.core.prepared import Statement

log = structlog.get_logger("labelwright.webhooks")
SEND_TASK = "activity.deliver_webhooks"
NUDGE_SECONDS = 1  # one message a second wakes the sender; what it misses is found by its round

_LISTENING = Statement("""
    SELECT id FROM activity_webhook
    WHERE organisation_id = %s AND state = 'active' AND (project_id IS NULL OR project_id = %s::bigint) AND kinds @> ARRAY[%s]::varchar[]
    ORDER BY id""")


class WebhookObject(msgspec.Struct):
    """What an event is about."""

    type: str
    id: int | None


class WebhookBody(msgspec.Struct):
    """The body of a delivery: ids, numbers and words of the program. No answers, no names, nobody's text."""

    id: str  # of the delivery, as in its header
    kind: str
    created_at: datetime
    organisation: int
    project: int | None
    object: WebhookObject | None
    details: dict[str, Any]
    event: int | None  # of the activity log


def tell(
    *,
    kind: str,
    organisation_id: int,
    project_id: int | None,
    object_type: str = "",
    object_id: int | None = None,
    details: dict[str, Any] | None = None,
    event: Event | None = None,
) -> int:
    """Write a delivery for each webhook that listens to `kind`, in the caller's transaction; how many there are."""
    if kind not in KINDS:
        return 0
    with _LISTENING.run([organisation_id, project_id, kind]) as cursor:
        listening = [row[0] for row in cursor.fetchall()]
    if not listening:
        return 0
    now = timezone.now()
    about = WebhookObject(object_type, object_id) if object_type else None
    rows = [Delivery(webhook_id=webhook_id, kind=kind, next_try_at=now) for webhook_id in listening]
    for row in rows:
        row.body = msgspec.json.encode(
            WebhookBody(
                str(row.key), kind, event.created_at if event else now, organisation_id, project_id, about,
                plain(details or {}), event.pk if event else None,
            )
        ).decode()  # fmt: skip
    Delivery.objects.bulk_create(rows)
    transaction.on_commit(nudge, robust=True)
    return len(rows)


def ping(webhook: Webhook) -> Delivery:
    """A message that says nothing but that it came; it goes before all that waits, and is tried once."""
    row = Delivery(webhook=webhook, kind=PING, next_try_at=webhook.created_at)
    row.body = msgspec.json.encode(
        WebhookBody(str(row.key), PING, timezone.now(), webhook.organisation_id, webhook.project_id, None, {}, None)
    ).decode()
    row.save()
    transaction.on_commit(nudge, robust=True)
    return row


def plain(details: dict[str, Any]) -> dict[str, Any]:
    """Of an event's details the numbers, and the words that the program itself wrote."""
    return {name: value for name, value in details.items() if _is_plain(name, value)}


def _is_plain(name: str, value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(name, one) for one in value)
    return value is None or isinstance(value, (bool, int, float)) or (isinstance(value, str) and name in WORDS)


def nudge() -> None:
    """Wake a sender. Never fails: with the broker or the cache down, the next round finds what waits."""
    try:
        if cache.add("webhooks:nudged", 1, timeout=NUDGE_SECONDS):
            current_app.send_task(SEND_TASK, expires=60)
    except Exception as error:  # noqa: BLE001  (a broker has many ways to be gone, and none may fail the request)
        log.warning("webhooks_not_nudged", error=type(error).__name__)
