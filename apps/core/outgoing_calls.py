"""Calls to the interface of another service, by the rules of `core.outgoing`: the connection goes to the address it checked.

A `Caller` keeps a connection a thread and origin, so that a thousand small objects cost one handshake. What is kept was
checked when it was opened; each new one is checked anew, and so is each redirect.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO
from urllib.parse import SplitResult, urljoin

from apps.core.outgoing import (
    ASKING,
    MAX_REDIRECTS,
    REDIRECTS,
    FetchFailed,
    Origin,
    connection_to,
    in_our_words,
    origin_of,
    parts_of,
    target_of,
)

SECONDS = 20.0  # without a byte
_GONE_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Caller:
    """Calls that one part of the product makes to one service, from any thread."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._kept = threading.local()

    @contextmanager
    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | IO[bytes] | None = None,
        follow: bool = False,
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer, whatever its status; read it before the block ends. `Authorization` stays with its origin.

        Raises:
            FetchRefused: an address that may not be asked.
            FetchFailed: no answer; the text tells nothing of the other side.
        """
        sent = ASKING | dict(headers or {})
        for _ in range(MAX_REDIRECTS + 1):
            parts = parts_of(url)
            origin = origin_of(parts)
            try:
                with in_our_words():
                    response = self._answer(method, parts, origin, sent, body)
                    where = response.headers.get("Location")
                    if follow and response.status in REDIRECTS and where:
                        self._drop(origin)
                        url = urljoin(url, where)
                        if origin_of(parts_of(url)) != origin:
                            sent.pop("Authorization", None)
                        continue
                    yield response
            except BaseException:
                self._drop(origin)
                raise
            if not response.isclosed() or response.will_close:
                self._drop(origin)
            return
        raise FetchFailed(f"More than {MAX_REDIRECTS} redirects.")

    def _answer(
        self,
        method: str,
        parts: SplitResult,
        origin: Origin,
        headers: dict[str, str],
        body: bytes | IO[bytes] | None,
    ) -> http.client.HTTPResponse:
        target = target_of(parts)
        connections = self._connections()
        kept = origin in connections
        connection = connections.get(origin) or self._connect(origin)
        try:
            connection.request(method, target, body=body, headers=headers)
            return connection.getresponse()
        except _GONE_STALE:
            self._drop(origin)
            if not kept or not (body is None or isinstance(body, bytes)):
                raise
        connection = self._connect(origin)  # the other side closed what was kept
        connection.request(method, target, body=body, headers=headers)
        return connection.getresponse()

    def _connections(self) -> dict[Origin, http.client.HTTPConnection]:
        if not hasattr(self._kept, "connections"):
            self._kept.connections = {}
        return self._kept.connections  # type: ignore[no-any-return]

    def _connect(self, origin: Origin) -> http.client.HTTPConnection:
        connection = self._connections()[origin] = connection_to(origin, seconds=self.seconds)
        return connection

    def _drop(self, origin: Origin) -> None:
        connection = self._connections().pop(origin, None)
        if connection is not None:
            connection.close()
