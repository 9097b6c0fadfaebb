"""Google Cloud Storage and Azure Blob on loopback for tests: as much of their interfaces as their clients ask for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class Clouds(BaseHTTPRequestHandler):
    """As much of Google's and Azure's interfaces as is called. What it is asked without a signature it refuses."""

    protocol_version = "HTTP/1.1"
    files: dict[str, bytes]
    blocks: dict[str, bytes]
    server: Any

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _object(self, key: str, tag: str | None) -> None:
        data = self.files.get(key)
        if data is None:
            return self._answer(404)
        version = str(crc32(data))
        headers = {"x-goog-generation": version, "ETag": f'"{version}"'}
        if tag and tag != version:
            return self._answer(412)
        if wanted := self.headers.get("Range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = data[int(first) : int(last) + 1 if last else None]
            return self._answer(206, part, **headers, Content_Range=f"bytes {first}-{last}/{len(data)}")
        return self._answer(200, data, **headers)

    def do_GET(self) -> None:
        parts, asked = urlsplit(self.path), {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        known = self.headers.get("Authorization", "")
        if not known.startswith(("Bearer tok", "SharedKey acc:")):
            return self._answer(403)
        if parts.path.startswith("/storage/v1/b/pics/o/"):
            return self._object(
                unquote(parts.path.removeprefix("/storage/v1/b/pics/o/")), asked.get("ifGenerationMatch")
            )
        keys = sorted(key for key in self.files if key.startswith(asked.get("prefix", "")))
        at = int(asked.get("pageToken") or asked.get("marker") or 0)
        more = str(at + 2) if at + 2 < len(keys) else ""
        found = [(key, self.files[key], str(crc32(self.files[key]))) for key in keys[at : at + 2]]
        if parts.path == "/storage/v1/b/pics/o":
            items = [{"name": k, "size": str(len(d)), "generation": v} for k, d, v in found]
            return self._answer(200, json.dumps({"items": items} | ({"nextPageToken": more} if more else {})).encode())
        if asked.get("comp") == "list" and parts.path == "/pics":
            blobs = "".join(
                f"<Blob><Name>{k}</Name><Properties><Content-Length>{len(d)}</Content-Length><Etag>{v}</Etag></Properties></Blob>"
                for k, d, v in found
            )
            text = f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker>{more}</NextMarker></EnumerationResults>"
            return self._answer(200, text.encode("utf-8-sig"))
        if parts.path.startswith("/pics/"):
            tag = self.headers.get("If-Match", "").strip('"')
            return self._object(unquote(parts.path.removeprefix("/pics/")), tag)
        return self._answer(404)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def do_POST(self) -> None:
        parts, body = urlsplit(self.path), self._body()
        if parts.path == "/token":
            self.server.assertions.append(parse_qs(body.decode())["assertion"][0])
            return self._answer(200, b'{"access_token": "tok", "expires_in": 3600, "token_type": "Bearer"}')
        self.files[parse_qs(parts.query)["name"][0]] = body
        return self._answer(200, b"{}")

    def do_PUT(self) -> None:
        parts, body = urlsplit(self.path), self._body()
        key, asked = unquote(parts.path.removeprefix("/pics/")), parse_qs(parts.query)
        if asked["comp"][0] == "block":
            self.blocks[asked["blockid"][0]] = body
        else:
            self.files[key] = b"".join(self.blocks.pop(name) for name in sorted(self.blocks))
        return self._answer(201)

    def do_DELETE(self) -> None:
        self.files.pop(unquote(urlsplit(self.path).path).split("/o/")[-1].removeprefix("/pics/"), None)
        return self._answer(204)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def clouds_server() -> Iterator[tuple[Any, str]]:
    """The server, with the `files` it holds and the `assertions` it was sent, and its address."""
    handler: Any = type("Handler", (Clouds,), {"files": {}, "blocks": {}})
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.assertions, server.files = True, [], handler.files
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def service_account(base: str) -> str:
    """Credentials of Google whose tokens this server gives out."""
    pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return json.dumps({"client_email": "a@b.c", "private_key": pem.decode(), "token_uri": f"{base}/token"})
