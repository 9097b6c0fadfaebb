"""Django's WSGI application under an ASGI server, in a fixed pool of threads.

Django's own ASGI handler opens a database connection a request; these threads keep theirs. A thread is
held only while it makes an answer or reads its next piece, so that slow downloads do not block others.
"""

from __future__ import annotations

import asyncio
import errno
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SPOOL_BYTES = 1024 * 1024  # of a request's body held in memory, the rest in a temporary file
_TOO_LARGE = (
    b'{"type":"urn:labelwright:problem:too_large","title":"The request is too large","status":413,'
    b'"code":"too_large","detail":"The request is larger than this server takes. Send it in parts."}'
)
_STORAGE_FULL = (
    b'{"type":"urn:labelwright:problem:storage_full","title":"The server has no room left","status":507,'
    b'"code":"storage_full","detail":"The disk of the server is full. Nothing was kept; free some space and try again."}'
)


class BodyTooLarge(Exception):
    """The body is over the limit; reading stopped there."""


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class WsgiPool:
    """Runs a WSGI application in `threads` threads."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int, limit: int) -> None:
        self.application = application
        self.limit = limit  # bytes of a request's body
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self._read(scope, receive)
        except BodyTooLarge:
            await answer(send, 413, _TOO_LARGE, "application/problem+json")
            return
        except OSError as error:  # a long body waits on disk
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            await answer(send, 507, _STORAGE_FULL, "application/problem+json")
            return
        except ClientGone:
            return
        with body:
            await self._respond(environ_of(scope, body), send)

    async def _read(self, scope: Scope, receive: Receive) -> IO[bytes]:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            raise BodyTooLarge
        body = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed by the caller
        read = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise ClientGone
            chunk = message.get("body", b"")
            read += len(chunk)
            if read > self.limit:
                body.close()
                raise BodyTooLarge
            body.write(chunk)
            if not message.get("more_body", False):
                body.seek(0)
                return body

    async def _respond(self, environ: dict[str, Any], send: Send) -> None:
        loop = asyncio.get_running_loop()
        start: dict[str, Any] = {}

        def run() -> tuple[bytes, Iterator[bytes] | None, Any]:
            def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
                start["status"] = int(status.split(" ", 1)[0])
                start["headers"] = [
                    (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
                ]

            result = self.application(environ, start_response)
            if getattr(result, "streaming", False):
                return b"", iter(result), result
            try:
                return b"".join(result), None, None
            finally:
                close(result)

        whole, pieces, result = await loop.run_in_executor(self.pool, run)
        try:
            await send({"type": "http.response.start", **start})
            while (
                pieces is not None and (piece := await loop.run_in_executor(self.pool, next, pieces, None)) is not None
            ):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": whole})
        finally:
            if result is not None:
                await loop.run_in_executor(self.pool, close, result)


def close(result: Any) -> None:
    """WSGI's promise: what has a `close` is closed, whatever happened."""
    if hasattr(result, "close"):
        result.close()


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of an ASGI request."""
    host, port = scope.get("server") or ("localhost", 80)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path.split(b"?", 1)[0]).decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = str(client[0]), str(client[1])
    length = 0
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if "_" in name.decode("latin-1"):
            continue  # `X_Forwarded_For` must not pass for `X-Forwarded-For`
        if key == "CONTENT_LENGTH":
            length = int(value)
        elif key == "CONTENT_TYPE":
            environ[key] = value.decode("latin-1")
        else:
            key = f"HTTP_{key}"
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    if not length:  # a chunked body has no length of its own
        length = body.seek(0, 2)
        body.seek(0)
    environ["CONTENT_LENGTH"] = str(length)
    return environ


async def answer(send: Send, status: int, body: bytes, content_type: str) -> None:
    """One whole answer."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
