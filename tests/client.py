"""A small REST client for tests and benchmarks that talk to a running server."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

PATIENCE = 120.0  # seconds until a job must have ended


class Refused(AssertionError):
    """An answer that was not expected; shows the problem document."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(
            f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:800]}"
        )
        self.response = response

    @property
    def code(self) -> str:
        return str(self.response.json().get("code", ""))


@dataclass
class Client:
    """One person with a token, or with a session after `login`."""

    base: str
    token: str | None = None
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        if self.token:
            self.http.headers["Authorization"] = f"Token {self.token}"

    def url(self, path: str) -> str:
        if path.startswith("http"):
            return path
        return self.base + path if path.startswith("/") else f"{self.base}/api/v1/{path}"

    def call(
        self, method: str, path: str, body: Any = None, *, expect: tuple[int, ...] = (), **options: Any
    ) -> requests.Response:
        """Any answer below 400 is fine unless `expect` names the statuses that are."""
        if body is not None:
            options["json"] = body
        response = self.http.request(method, self.url(path), timeout=60, **options)
        fine = response.status_code in expect if expect else response.status_code < 400
        if not fine:
            raise Refused(response)
        return response

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options).json()

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        response = self.call("POST", path, {} if body is None and "files" not in options else body, **options)
        return response.json() if response.content else None

    def login(self, email: str, password: str) -> dict[str, Any]:
        """Signs in by session, as a browser does."""
        self.call("GET", "auth/me", expect=(200, 401))
        self._remember_csrf()
        me: dict[str, Any] = self.post("auth/login", {"email": email, "password": password})
        self._remember_csrf()
        return me

    def _remember_csrf(self) -> None:
        token = self.http.cookies.get("labelwright_csrf") or ""
        self.http.headers["X-CSRFToken"] = token
        self.http.headers["Referer"] = self.base

    def upload(self, project: int, files: list[Path], **fields: str) -> Any:
        """POST projects/{id}/assets with the files as they are."""
        parts = [("files", (path.name, path.read_bytes())) for path in files]
        return self.post(f"projects/{project}/assets", files=parts, data=fields)

    def claim(self, project: int, stage: str = "annotate") -> Any:
        """The claim document, or None when nothing is left."""
        response = self.call("POST", f"projects/{project}/tasks/claim", {"stage": stage})
        return response.json() if response.status_code == 200 else None

    def save(self, annotation: int, edits: list[dict[str, Any]], *, session: str = "test") -> Any:
        return self.post(f"annotations/{annotation}/edits", {"session": session, "edits": edits, "active_ms": 1000})

    def wait(self, job: int, *, patience: float = PATIENCE) -> Any:
        """The job once it has ended; asks again every 0.1 s."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            row = self.get(f"jobs/{job}")
            if row["state"] in ("succeeded", "failed", "cancelled"):
                return row
            time.sleep(0.1)
        raise AssertionError(f"job {job} did not end within {patience} s: {row}")


def put(region: dict[str, Any], *, over: int | None = None) -> dict[str, Any]:
    """The edit that puts a region."""
    return {"id": str(uuid.uuid4()), "op": "put", "over": over, "region": region}


def box(class_id: int, x: float, y: float, w: float, h: float, **more: Any) -> dict[str, Any]:
    """A new box region."""
    return {
        "id": str(uuid.uuid4()),
        "class": class_id,
        "shape": "box",
        "geometry": {"x": x, "y": y, "w": w, "h": h},
        **more,
    }


def polygon(class_id: int, ring: list[float], **more: Any) -> dict[str, Any]:
    """A new polygon region of one ring."""
    return {"id": str(uuid.uuid4()), "class": class_id, "shape": "polygon", "geometry": {"parts": [[ring]]}, **more}
