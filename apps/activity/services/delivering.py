"""Sending what webhooks are told: take what is due, post it, write down what came back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.activity.kinds import PING
from apps.activity.models import Delivery, DeliveryTry, Webhook
from apps.activity.services.recording import record
from apps.activity.services.signing import headers, secrets_of
from apps.core.errors import DomainError
from apps.core.outgoing import Answered, post

log = structlog.get_logger("labelwright.webhooks")

WAITS: Final = (60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600)  # seconds before the second try and those after it
TRIES: Final = len(WAITS) + 1
AT_ONCE = 8  # deliveries under way in one process
AT_ONCE_EACH = 4  # of one webhook; one where its last try failed, so that a slow receiver holds up nobody
LONGEST_REST = 600  # seconds that a webhook whose tries fail is left alone
ROUND_SECONDS = 20.0  # then the worker does something else first
ANSWER_BYTES = 1_000  # kept of what a receiver says

_TAKE = """
WITH due AS (
    SELECT d.id FROM activity_webhook w CROSS JOIN LATERAL (
        SELECT id, next_try_at FROM activity_delivery
        WHERE webhook_id = w.id AND state = 'pending' AND next_try_at <= clock_timestamp()
            AND (kind = 'ping' OR (w.state = 'active' AND (w.rests_until IS NULL OR w.rests_until <= clock_timestamp())))
        ORDER BY next_try_at, id LIMIT CASE WHEN w.failures > 0 THEN 1 ELSE %s END FOR UPDATE SKIP LOCKED) d
    ORDER BY d.next_try_at, d.id LIMIT %s)
UPDATE activity_delivery SET token = token + 1, tries = tries + 1,
    next_try_at = clock_timestamp() + %s * interval '1 second'
WHERE id IN (SELECT id FROM due) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try came to."""

    at: datetime
    ms: int
    status: int | None
    problem: str  # "": delivered
    answer: str


def deliver(*, people: Callable[[Webhook], list[int]] = lambda _: [], seconds: float = ROUND_SECONDS) -> int:
    """Send what is due until nothing is, or for about `seconds`; how many tries were made. Safe to run many times at once.

    Args:
        people: ids of who is told when a webhook is disabled.
    """
    end, made = time.monotonic() + seconds, 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < end and (taken := _take()):
            for delivery, tried in _all_sent(pool, taken):
                _write(delivery, tried, people)
            made += len(taken)
    return made


def _take() -> list[Delivery]:
    """Deliveries in this process's hands for longer than a try can last."""
    held = settings.LABELWRIGHT_WEBHOOK_TIMEOUT_SECONDS + 50
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [AT_ONCE_EACH, AT_ONCE, held])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).select_related("webhook").order_by("pk"))


def _all_sent(pool: ThreadPoolExecutor, taken: list[Delivery]) -> Iterator[tuple[Delivery, Tried]]:
    """Each as it ends, so that one is written down before the next is waited for."""
    now = timezone.now()
    sent = {pool.submit(_send, row, secrets_of(row.webhook, now)): row for row in taken}
    for done in as_completed(sent):
        yield sent[done], done.result()


def _send(delivery: Delivery, secrets: list[str]) -> Tried:
    """One request. Touches no database: it runs in a thread."""
    at, before = timezone.now(), time.monotonic()
    body = delivery.body.encode()
    sent = headers(secrets=secrets, key=str(delivery.key), kind=delivery.kind, timestamp=int(at.timestamp()), body=body)
    status, problem, answer = None, "", ""
    try:
        found = post(
            delivery.webhook.url,
            body,
            headers=sent,
            seconds=settings.LABELWRIGHT_WEBHOOK_TIMEOUT_SECONDS,
            read_bytes=ANSWER_BYTES,
        )
    except DomainError as error:
        problem = error.detail
    except Exception as error:
        log.exception("webhook_fault", delivery=delivery.pk, exc_info=error)
        problem = "The server made a mistake while sending. Its log tells more."
    else:
        status, problem, answer = found.status, _problem(found), _text(found.start)
    return Tried(at, int((time.monotonic() - before) * 1000), status, problem, answer)


def _problem(found: Answered) -> str:
    if 200 <= found.status < 300:
        return ""
    if 300 <= found.status < 400:
        return f"The receiver answered {found.status}. Redirects are not followed: name the address it leads to."
    return f"The receiver answered {found.status}."


def _text(start: bytes) -> str:
    return start.decode("utf-8", "replace").replace("\x00", "�")


@transaction.atomic
def _write(delivery: Delivery, tried: Tried, people: Callable[[Webhook], list[int]]) -> None:
    """Note a try and what follows. Where the row was taken by another meanwhile, or deleted, nothing is written."""
    ended, delivered = timezone.now(), not tried.problem
    last = delivery.kind == PING or delivery.tries >= TRIES
    values: dict[str, Any] = {"next_try_at": ended + timedelta(seconds=WAITS[min(delivery.tries, len(WAITS)) - 1])}
    if delivered or last:
        state = Delivery.State.DELIVERED if delivered else Delivery.State.FAILED
        values = {"state": state, "finished_at": ended}
    hook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    mine = Delivery.objects.filter(pk=delivery.pk, token=delivery.token, state=Delivery.State.PENDING)
    if hook is None or not mine.update(**values):
        return
    DeliveryTry.objects.create(
        delivery=delivery,
        at=tried.at,
        ms=tried.ms,
        status=tried.status,
        problem=tried.problem[:300],
        answer=tried.answer,
    )
    if delivered:
        Webhook.objects.filter(pk=hook.pk).update(failures=0, rests_until=None, delivered_at=ended)
    elif delivery.kind != PING:
        rest = min(LONGEST_REST, 15 * 2 ** min(hook.failures, 10))
        Webhook.objects.filter(pk=hook.pk).update(
            failures=F("failures") + 1, rests_until=ended + timedelta(seconds=rest)
        )
        if last and (hook.delivered_at is None or hook.delivered_at < delivery.created_at):
            _disable(hook, people(hook))


def _disable(hook: Webhook, people: list[int]) -> None:
    """Nothing has come through in all the time that a delivery is tried for."""
    if not Webhook.objects.filter(pk=hook.pk, state=Webhook.State.ACTIVE).update(state=Webhook.State.DISABLED):
        return
    record(
        organisation_id=hook.organisation_id, project_id=hook.project_id, verb="webhook.disabled", actor=None,
        object_type="webhook", object_id=hook.pk, details={"name": hook.name}, notify=[hook.created_by_id, *people],
    )  # fmt: skip


def tidy() -> int:
    """Delete what is older than the log is kept, in portions; how many deliveries went."""
    before = timezone.now() - timedelta(days=settings.LABELWRIGHT_WEBHOOK_LOG_DAYS)
    gone = 0
    while ids := list(
        Delivery.objects.filter(created_at__lt=before).order_by("created_at").values_list("pk", flat=True)[:5_000]
    ):
        with transaction.atomic():
            DeliveryTry.objects.filter(delivery_id__in=ids)._raw_delete("default")
            Delivery.objects.filter(pk__in=ids)._raw_delete("default")
        gone += len(ids)
    return gone
