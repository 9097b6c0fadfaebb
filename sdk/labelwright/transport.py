"""Calls over HTTP: the token, problems as exceptions, and another try where it cannot do harm."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from .errors import Problem, Unreachable

AGAIN = frozenset({429, 502, 503, 504})
PREFIX = "/api/v1"
BLOCK = 1 << 20
TUS = "1.0.0"


class Transport:
    """One session to one server.

    Args:
        url: of the server, as the browser has it.
        token: an API token; without one only signing in works.
        tries: how often a call is made before it fails; waits double from half a second.
        timeout: seconds without an answer.
    """

    def __init__(
        self, url: str, token: str | None, *, tries: int = 5, timeout: float = 60.0, wait: Any = time.sleep
    ) -> None:
        self.url, self.tries, self.timeout, self._wait = url.rstrip("/"), tries, timeout, wait
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        if token:
            self._session.headers["Authorization"] = f"Token {token}"

    def call(self, method: str, route: str, *, makes: bool = False, **more: Any) -> Any:
        """The answer's JSON; None where there is none.

        Args:
            route: below `/api/v1`, with its values filled in.
            makes: the call makes something: a key lets the server know a second try for what it is.

        Raises:
            Problem: the server refused. Unreachable: nobody answered.
        """
        response = self._send(method, f"{self.url}{PREFIX}{route}", makes=makes, **more)
        return response.json() if response.content else None

    def begin(self, route: str, name: str, size: int) -> int:
        """The id of a new upload that takes a file in parts."""
        told = base64.b64encode(name.encode()).decode()
        headers = {"Tus-Resumable": TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {told}"}
        made = self._send("POST", f"{self.url}{PREFIX}{route}", extra=headers)
        return int(made.json()["id"])

    def send_parts(self, upload: int, path: Path, size: int, *, part: int, progress: Any = None) -> None:
        """Send what the server does not have yet; a line that breaks is asked how far it came."""
        address = self._address(f"/uploads/{upload}/")
        failed = 0
        with path.open("rb") as file:
            offset = self._offset(address)
            while offset < size:
                file.seek(offset)
                data = file.read(part)
                try:
                    self._send("PATCH", address, data=data, extra=_part(offset, data))
                except (Unreachable, Problem) as error:
                    failed += 1
                    worth = isinstance(error, Unreachable) or error.status in (*AGAIN, 409, 460)
                    if failed >= self.tries or not worth:
                        raise
                    self._wait(0.5 * 2 ** (failed - 1))
                else:
                    failed = 0
                after = self._offset(address) if failed else offset + len(data)
                if progress is not None and after > offset:
                    progress(after - offset)
                offset = after

    def _address(self, route: str) -> str:
        return f"{self.url}{PREFIX}{route}"

    def _offset(self, address: str) -> int:
        return int(self._send("HEAD", address, extra={"Tus-Resumable": TUS}).headers["Upload-Offset"])

    def pages(self, route: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.call("GET", route, params={**params, **({"cursor": cursor} if cursor else {})})
            yield from page["results"]
            cursor = page["next"]
            if not cursor:
                return

    def download(self, url: str, to: Path, progress: Any = None) -> Path:
        """A file, whole or not at all: it has its name only when it is complete."""
        part = to.with_name(f"{to.name}.part")
        address = url if url.startswith("http") else f"{self.url}{url}"
        response = self._send("GET", address, stream=True)
        with part.open("wb") as out:
            for block in response.iter_content(BLOCK):
                out.write(block)
                if progress is not None:
                    progress(len(block))
        part.replace(to)
        return to

    def _send(
        self, method: str, address: str, *, makes: bool = False, extra: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        headers = ({"Idempotency-Key": uuid.uuid4().hex} if makes else {}) | (extra or {})
        again = method in ("GET", "HEAD", "PUT", "DELETE") or makes
        for attempt in range(1, self.tries + 1):
            last = attempt == self.tries
            try:
                response = self._session.request(method, address, timeout=self.timeout, headers=headers, **more)
            except (requests.ConnectionError, requests.Timeout) as error:
                if last or not again:
                    raise Unreachable(f"{self.url} does not answer: {error.__class__.__name__}") from error
                self._wait(0.5 * 2 ** (attempt - 1))
                continue
            if response.status_code in AGAIN and again and not last:
                self._wait(_after(response, 0.5 * 2 ** (attempt - 1)))
                continue
            if response.status_code >= 400:
                raise Problem(response.status_code, _document(response))
            return response
        raise AssertionError("the last try answers or raises")


def _part(offset: int, data: bytes) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {digest}",
        "Content-Type": "application/offset+octet-stream",
    }


def _after(response: requests.Response, otherwise: float) -> float:
    """Seconds that the server asks to wait, at most a minute."""
    text = response.headers.get("Retry-After", "")
    return min(float(text), 60.0) if text.isdigit() else otherwise


def _document(response: requests.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {"title": response.reason or "", "code": f"http_{response.status_code}"}
    return found if isinstance(found, dict) else {"detail": str(found)[:300]}
