"""Live events: what changed, told to open pages through Valkey. A nudge only: the truth is in the database.

`publish` waits for the commit and never fails a request. The stream that browsers hear is in `config/asgi.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger("labelwright.events")

CHANNEL = "lw:events:{name}"  # pub/sub
HISTORY = "lw:history:{name}"  # a capped stream of the same, for `Last-Event-ID`
KEPT = 500  # events a channel
KEPT_SECONDS = 3600


def channel_of(name: str) -> str:
    """The pub/sub channel of `project:5` or `user:7`."""
    return CHANNEL.format(name=name)


def history_of(name: str) -> str:
    return HISTORY.format(name=name)


def publish(channel: str, type: str, data: dict[str, Any]) -> None:
    """Tell everybody who listens to `channel` ("project:5", "user:7"), once the transaction is committed."""
    body = msgspec.json.encode(data)
    transaction.on_commit(lambda: _send(channel, type, body), robust=True)


def _send(channel: str, type: str, body: bytes) -> None:
    try:
        redis = _redis()
        number = redis.xadd(history_of(channel), {"type": type, "data": body}, maxlen=KEPT, approximate=True)
        redis.expire(history_of(channel), KEPT_SECONDS)
        message = msgspec.json.encode(
            {
                "id": number.decode() if isinstance(number, bytes) else number,
                "channel": channel,
                "type": type,
                "data": msgspec.Raw(body),
            }
        )
        redis.publish(channel_of(channel), message)
    except RedisError as error:
        log.warning("event_not_published", channel=channel, type=type, error=str(error))


@lru_cache(maxsize=1)
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
