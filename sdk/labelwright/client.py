"""A server, and how to find it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from .errors import Problem, Unreachable
from .project import Project
from .runs import Job, Progress, watch
from .transport import PREFIX, Transport

URL, TOKEN = "LABELWRIGHT_URL", "LABELWRIGHT_TOKEN"


def kept_path() -> Path:
    """Where `labelwright login` keeps address and token."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "labelwright" / "login.json"


def _kept() -> dict[str, str]:
    try:
        found = json.loads(kept_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(url: str, token: str) -> Path:
    """Keep a login for later calls, readable by its owner only."""
    path = kept_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps({"url": url, "token": token}), encoding="utf-8")
    return path


def sign_in(url: str, email: str, password: str, *, name: str = "labelwright command") -> str:
    """A fresh token for a person.

    Raises:
        Problem: the e-mail and password do not fit. Unreachable: nobody answers there.
    """
    root = url.rstrip("/")
    with requests.Session() as session:
        try:
            answer = session.post(
                f"{root}{PREFIX}/auth/login/", json={"email": email, "password": password}, timeout=60
            )
            if answer.ok:
                csrf = {"X-CSRFToken": session.cookies.get("labelwright_csrf") or "", "Referer": root}
                answer = session.post(
                    f"{root}{PREFIX}/tokens/",
                    json={"name": name, "scopes": ["read", "write"]},
                    headers=csrf,
                    timeout=60,
                )
        except requests.RequestException as error:
            raise Unreachable(f"{root} does not answer: {error.__class__.__name__}") from error
    document = answer.json() if answer.headers.get("Content-Type", "").startswith("application/") else {}
    if not answer.ok:
        raise Problem(answer.status_code, document)
    return str(document["secret"])


class Client:
    """A server.

    Args:
        url: its address; else LABELWRIGHT_URL, else what `labelwright login` kept.
        token: an API token; else LABELWRIGHT_TOKEN, else the kept one.
        more: of `Transport`: tries, timeout.
    """

    def __init__(self, url: str | None = None, token: str | None = None, **more: Any) -> None:
        kept = _kept()
        address = url or os.environ.get(URL) or kept.get("url")
        if not address:
            raise ValueError(f"no server is named: give `url`, set {URL}, or run `labelwright login`")
        self.transport = Transport(address, token or os.environ.get(TOKEN) or kept.get("token"), **more)

    def me(self) -> dict[str, Any]:
        found: dict[str, Any] = self.transport.call("GET", "/auth/me/")
        return found

    def projects(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Cards of the projects that one may see."""
        return self.transport.pages("/projects/", **filters)

    def project(self, which: int | str) -> Project:
        """A project by id, or by its name.

        Raises:
            LookupError: no project, or several, are called so.
        """
        if isinstance(which, int) or which.isdigit():
            return Project(self.transport, self.transport.call("GET", f"/projects/{int(which)}/"))
        found = [card for card in self.projects(search=which) if card["name"] == which]
        if len(found) != 1:
            raise LookupError(
                f"{len(found) or 'no'} projects are called {which!r}" + ("; name one by its id" if found else "")
            )
        return Project(self.transport, self.transport.call("GET", f"/projects/{found[0]['id']}/"))

    def create_project(self, name: str, *, organisation: int | None = None, **more: Any) -> Project:
        """A new project in an organisation; in one's own where there is only one."""
        if organisation is None:
            mine = [o for o in self.me()["organisations"] if o["role"] in ("owner", "manager")]
            if len(mine) != 1:
                raise LookupError(f"name the organisation: projects can be made in {len(mine)} of them")
            organisation = mine[0]["id"]
        body = {"name": name, "organisation": organisation, **more}
        return Project(self.transport, self.transport.call("POST", "/projects/", makes=True, json=body))

    def formats(self) -> list[dict[str, Any]]:
        """What the server reads and writes."""
        return list(self.transport.call("GET", "/formats/")["results"])

    def job(self, job_id: int) -> Job:
        return Job.of(self.transport.call("GET", f"/jobs/{job_id}/"))

    def watch(self, job_id: int, progress: Progress | None = None, *, timeout: float | None = None) -> Job:
        """Wait until a job is over."""
        return watch(self.transport, job_id, progress, timeout=timeout)

    def cancel(self, job_id: int) -> Job:
        return Job.of(self.transport.call("POST", f"/jobs/{job_id}/cancel/"))
