"""Storages on loopback for tests: an S3 server, and a web server whose files can be changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"access_key_id": "test", "secret_access_key": "test-secret-never-shown"}
LOOPBACK = ["127.0.0.1/32"]


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def bucket(endpoint: str, name: str) -> Any:
    """A new bucket on it."""
    resource = boto3.resource(
        "s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )
    return resource.create_bucket(Bucket=name)


class WebFiles:
    """A web server with `files` by path; `asked` are its requests as (method, path, headers)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges = True
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _send(self, *, body: bool) -> None:
                outer.asked.append((self.command, self.path, dict(self.headers)))
                data = outer.files.get(self.path)
                status, first = (404, 0) if data is None else (200, 0)
                data = data or b""
                whole = len(data)
                wanted = self.headers.get("Range")
                if wanted and outer.ranges and status == 200:
                    begin, _, end = wanted.removeprefix("bytes=").partition("-")
                    first, status = int(begin), 206
                    data = data[first : int(end) + 1 if end else None]
                self.send_response(status)
                if status == 206:
                    self.send_header("Content-Range", f"bytes {first}-{first + len(data) - 1}/{whole}")
                self.send_header("ETag", f'"{hash(outer.files.get(self.path, b""))}"')
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if body:
                    self.wfile.write(data)

            def do_GET(self) -> None:
                self._send(body=True)

            def do_HEAD(self) -> None:
                self._send(body=False)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator[WebFiles]:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
