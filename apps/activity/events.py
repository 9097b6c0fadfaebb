"""Live events: what changed, told to open pages through Valkey. A nudge only: the truth is in the database.

`publish` waits for the commit and never fails a request. The stream that browsers hear is in `config/asgi.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    publish_all(channel, [(type, data)])


def publish_all(channel: str, told: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Several events of one channel, each (type, data), in one round trip."""
    bodies = [(type, msgspec.json.encode(data)) for type, data in told]
    transaction.on_commit(lambda: _send(channel, bodies), robust=True)


# Keeps the event and tells it, under one number. ARGV: type, data, how many are kept, for how long, the message around its number.
_TELL = """
local number = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'type', ARGV[1], 'data', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[2], ARGV[5] .. number .. ARGV[6])
"""


def _send(channel: str, bodies: list[tuple[str, bytes]]) -> None:
    try:
        pipeline = _redis().pipeline(transaction=False)
        for type, body in bodies:
            rest = msgspec.json.encode({"channel": channel, "type": type, "data": msgspec.Raw(body)})
            around = b'{"id":"', b'",' + rest[1:]
            keys = history_of(channel), channel_of(channel)
            pipeline.eval(_TELL, len(keys), *keys, type, body, KEPT, KEPT_SECONDS, *around)
        pipeline.execute()
    except RedisError as error:
        log.warning("event_not_published", channel=channel, types=[type for type, _ in bodies], error=str(error))


@lru_cache(maxsize=1)
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
