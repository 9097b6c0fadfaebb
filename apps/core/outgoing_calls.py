"""Calls to the interface of another service, by the rules of `core.outgoing`: the connection goes to the address it checked.

A `Caller` keeps a connection a thread and origin, so that a thousand small objects cost one handshake. What is kept was
checked when it was opened; each new one is checked anew, and so is each redirect.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import IO
from urllib.parse import SplitResult, urljoin

from apps.core.outgoing import MAX_REDIRECTS, FetchFailed, FetchRefused, FetchTooLarge, _Http, _parts, checked_address

READ_BYTES = 1 << 18
SECONDS = 20.0  # without a byte
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Read once: loading the certificates costs more than a call."""
    return ssl.create_default_context()


class _Https(_Http):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = tls().wrap_socket(self.sock, server_hostname=self.host)


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
        sent = {"User-Agent": "Labelwright", "Accept-Encoding": "identity"} | dict(headers or {})
        for _ in range(MAX_REDIRECTS + 1):
            parts = _parts(url)
            origin = _origin(parts)
            try:
                response = self._answer(method, parts, origin, sent, body)
                where = response.headers.get("Location")
                if follow and response.status in _REDIRECTS and where:
                    self._drop(origin)
                    url = urljoin(url, where)
                    if _origin(_parts(url)) != origin:
                        sent.pop("Authorization", None)
                    continue
                yield response
            except UnicodeEncodeError as error:
                raise FetchRefused("The address has characters that must be percent-encoded.") from error
            except (OSError, http.client.HTTPException) as error:
                self._drop(origin)
                raise FetchFailed("The other server did not answer as expected.") from error
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
        origin: tuple[str, str, int],
        headers: dict[str, str],
        body: bytes | IO[bytes] | None,
    ) -> http.client.HTTPResponse:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target.encode("ascii")
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

    def _connections(self) -> dict[tuple[str, str, int], http.client.HTTPConnection]:
        if not hasattr(self._kept, "connections"):
            self._kept.connections = {}
        return self._kept.connections  # type: ignore[no-any-return]

    def _connect(self, origin: tuple[str, str, int]) -> http.client.HTTPConnection:
        scheme, host, port = origin
        connection = (_Https if scheme == "https" else _Http)(host, port, timeout=self.seconds)
        connection.addresses = checked_address(host, port)  # type: ignore[misc]
        self._connections()[origin] = connection
        return connection

    def _drop(self, origin: tuple[str, str, int]) -> None:
        connection = self._connections().pop(origin, None)
        if connection is not None:
            connection.close()


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


def chunks(response: http.client.HTTPResponse, *, seconds: float | None = None) -> Iterator[bytes]:
    """The body, piece by piece. Raises FetchFailed where it ends early or takes longer than `seconds`."""
    deadline = time.monotonic() + seconds if seconds else None
    left = response.length
    while data := response.read1(READ_BYTES):
        left = None if left is None else left - len(data)
        if deadline is not None and time.monotonic() > deadline:
            raise FetchFailed("The other server took too long.")
        yield data
    if left:
        raise FetchFailed("The other server ended before the file did.")


def read_at_most(response: http.client.HTTPResponse, most: int, *, seconds: float | None = None) -> bytes:
    """The whole body. Raises FetchTooLarge, FetchFailed."""
    found = bytearray()
    for data in chunks(response, seconds=seconds):
        found += data
        if len(found) > most:
            raise FetchTooLarge(f"The answer has more than {most} bytes.")
    return bytes(found)
