"""The live event stream: one a person, native async, Valkey pub/sub only.

A person is signed in once, in a thread of the web pool; from then on the stream costs no thread and no
database connection. It ends after a while and the client comes back with `Last-Event-ID`: that is also
how new projects, changed roles and ended sessions are noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from concurrent.futures import Executor
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apps.activity.events import channel_of, history_of
from config.front import Receive, Scope, Send, answer
from config.listeners import NotWelcome, listener

log = structlog.get_logger("labelwright.events")

PING_SECONDS = 15.0
LIFE_SECONDS = 600.0  # a stream lives 0.75 to 1.25 of it
WAITING_EVENTS = 1_000  # a client that reads slower than this loses the stream and replays
ACCESS_CHANGED = "access.changed"  # ends the stream, so that the next one is signed in anew


class Published(msgspec.Struct):
    """What `apps.activity.events` puts on a channel."""

    id: str
    type: str
    data: msgspec.Raw
    channel: str = ""

    def as_lines(self) -> bytes:
        return b"id: %b\nevent: %b\ndata: %b\n\n" % (self.id.encode(), self.type.encode(), bytes(self.data))


Queue = asyncio.Queue[Published | None]  # None: the stream has to end


class EventHub:
    """One pub/sub connection a process, shared by its streams."""

    def __init__(self, redis_url: str) -> None:
        self.redis_url = redis_url
        self._queues: dict[str, set[Queue]] = defaultdict(set)
        self._redis: Redis | None = None
        self._pubsub: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @property
    def redis(self) -> Redis:
        if self._redis is None:
            self._redis = Redis.from_url(self.redis_url, socket_connect_timeout=2, health_check_interval=30)
        return self._redis

    async def join(self, names: list[str], queue: Queue) -> None:
        """Hear these channels from now on.

        Raises:
            RedisError: the bus does not answer.
        """
        async with self._lock:
            if self._pubsub is None:
                self._pubsub = self.redis.pubsub(ignore_subscribe_messages=True)
            new = [name for name in names if not self._queues.get(name)]
            for name in names:
                self._queues[name].add(queue)
            if new:
                await self._pubsub.subscribe(*map(channel_of, new))
            if self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._read())

    async def leave(self, names: list[str], queue: Queue) -> None:
        async with self._lock:
            for name in names:
                self._queues[name].discard(queue)
            empty = [name for name in names if not self._queues[name]]
            for name in empty:
                del self._queues[name]
            if empty and self._pubsub is not None and self._queues:
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.unsubscribe(*map(channel_of, empty))

    async def _read(self) -> None:
        """Hand out what arrives; when the bus is lost, end all streams: their clients come back and replay."""
        by_channel = channel_of("").encode()
        try:
            async for message in self._pubsub.listen():
                if message["type"] == "message":
                    name = message["channel"].removeprefix(by_channel).decode()
                    self._hand_out(name, msgspec.json.decode(message["data"], type=Published))
        except (RedisError, OSError, msgspec.MsgspecError) as error:
            log.warning("event_bus_lost", error=str(error))
        lost, self._pubsub = self._pubsub, None
        with contextlib.suppress(RedisError, OSError):
            await lost.aclose()
        queues, self._queues = self._queues, defaultdict(set)
        for queue in {queue for several in queues.values() for queue in several}:
            end(queue)

    def _hand_out(self, name: str, event: Published) -> None:
        for queue in self._queues.get(name, ()):
            if queue.full() or event.type == ACCESS_CHANGED:
                end(queue)
            else:
                queue.put_nowait(event)

    async def missed(self, names: list[str], last: str) -> list[Published]:
        """What the channels kept since the event with the id `last`, in order.

        Ids are milliseconds and a number *a channel*: those of the same millisecond come again, since
        another channel's event may have the same id.
        """
        since = last.split("-")[0]
        if not since.isascii() or not since.isdigit():
            return []
        found: list[Published] = []
        for name in names:
            rows: Any = await self.redis.xrange(history_of(name), min=since)
            for number, fields in rows:
                kind, data = fields[b"type"].decode(), msgspec.Raw(fields[b"data"])
                found.append(Published(id=number.decode(), type=kind, data=data, channel=name))
        return sorted(found, key=lambda event: tuple(map(int, event.id.split("-"))))


def end(queue: Queue) -> None:
    """Ask a stream to end, even one whose queue is full."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(None)


class EventStream:
    """`GET /api/v1/events`."""

    def __init__(self, hub: EventHub, pool: Executor) -> None:
        self.hub = hub
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            names = await asyncio.get_running_loop().run_in_executor(self.pool, listener, scope)
        except NotWelcome as error:
            await answer(send, error.status, error.body, "application/problem+json")
            return
        queue: Queue = asyncio.Queue(WAITING_EVENTS)
        try:
            await self.hub.join(names, queue)
            headers = dict(scope["headers"])
            last = headers.get(b"last-event-id", b"").decode("latin-1")
            missed = await self.hub.missed(names, last) if last else []
        except (RedisError, OSError):
            await self.hub.leave(names, queue)
            await answer(send, 503, NotWelcome.unavailable().body, "application/problem+json")
            return
        gone = asyncio.create_task(_gone(receive))
        try:
            await self._stream(send, queue, missed, gone)
        finally:
            gone.cancel()
            await self.hub.leave(names, queue)

    async def _stream(self, send: Send, queue: Queue, missed: list[Published], gone: asyncio.Task[None]) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        replayed = {(event.channel, event.id) for event in missed}
        opening = b"retry: 2000\n: welcome\n\n" + b"".join(event.as_lines() for event in missed)
        await send({"type": "http.response.body", "body": opening, "more_body": True})
        until = asyncio.get_running_loop().time() + LIFE_SECONDS * random.uniform(0.75, 1.25)  # noqa: S311
        while not gone.done() and asyncio.get_running_loop().time() < until:
            chunk = await _next_chunk(queue, replayed, gone)
            if chunk is None:
                break
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _next_chunk(queue: Queue, replayed: set[tuple[str, str]], gone: asyncio.Task[None]) -> bytes | None:
    """All events that wait, or a ping when none comes for a while; None when the stream has to end."""
    waiting = asyncio.ensure_future(queue.get())
    await asyncio.wait({waiting, gone}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        return None if gone.done() else b": ping\n\n"
    events = [waiting.result()]
    while not queue.empty():
        events.append(queue.get_nowait())
    if None in events:
        return None
    return b"".join(e.as_lines() for e in events if e is not None and (e.channel, e.id) not in replayed) or b": \n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
