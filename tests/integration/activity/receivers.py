"""A receiver of webhooks on loopback, which checks signatures as the guide tells its readers to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each request with the next of `answers` (status, headers, body), and with 200 when there are none left."""

    server: Any
    got: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    gate: threading.Event | None = None  # answers wait for it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def keys(self) -> list[str]:
        return [one.headers["X-Labelwright-Delivery"] for one in self.got]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        own: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        own.got.append(Received(dict(self.headers), body))
        own.came.release()
        if own.gate is not None:
            own.gate.wait(20)
        status, headers, text = own.answers.pop(0) if own.answers else (200, {}, b"thanks")
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(text))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    own = Receiver(server)
    server.receiver = own  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield own
    finally:
        if own.gate is not None:
            own.gate.set()
        server.shutdown()
        server.server_close()
