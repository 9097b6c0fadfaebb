"""Human work for tests: assets without files, tasks with slots, and the steps of labelling by REST."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any

from apps.accounts.models import User
from apps.assets.models import Asset
from apps.projects.models import Project
from apps.tasks.models import Task
from apps.tasks.services import create_for_assets
from tests.factories import ApiClient, api

_numbers = count(1)


def make_tasks(
    project: Project, user: User, number: int = 1, *, width: int = 600, height: int = 400, **fields: Any
) -> list[Task]:
    """Tasks on assets that have rows and no files."""
    first = next(_numbers) * 100_000
    assets = Asset.objects.bulk_create(
        [
            Asset(
                project=project,
                name=f"photo-{first + n}.jpg",
                sha256=f"{first + n:064x}",
                file_bytes=1,
                content_type="image/jpeg",
                width=width,
                height=height,
                path=f"none/{first + n}.jpg",
                created_by=user,
                **fields,
            )
            for n in range(number)
        ]
    )
    return create_for_assets(project=project, assets=assets, user=user)


def region(
    class_id: int = 1, x: float = 10, y: float = 20, w: float = 30, h: float = 40, **more: Any
) -> dict[str, Any]:
    geometry = {"x": x, "y": y, "w": w, "h": h}
    return {"id": str(uuid.uuid4()), "class": class_id, "shape": "box", "geometry": geometry, "attributes": {}} | more


def put(
    element: dict[str, Any], *, kind: str = "region", over: int | None = None, edit_id: str | None = None
) -> dict[str, Any]:
    return {"id": edit_id or str(uuid.uuid4()), "op": "put", "kind": kind, "over": over, kind: element}


def delete(element_id: str, *, kind: str = "region", over: int | None = None) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "op": "delete", "kind": kind, "over": over, "element_id": element_id}


class Person:
    """Somebody at work by REST."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.http: ApiClient = api(user)  # type: ignore[assignment]

    def claim(self, project: Project, stage: str = "annotate") -> Any:
        response = self.http.post(f"projects/{project.pk}/tasks/claim", {"stage": stage})
        assert response.status_code in (200, 204), response.content
        return response.json() if response.status_code == 200 else None

    def save(self, annotation: int, edits: list[dict[str, Any]], *, session: str = "s1") -> Any:
        response = self.http.post(
            f"annotations/{annotation}/edits", {"session": session, "edits": edits, "active_ms": 1000}
        )
        assert response.status_code == 200, response.content
        return response.json()

    def submit(self, claim: Any, **body: Any) -> Any:
        response = self.http.post(f"assignments/{claim['assignment']['id']}/submit", body)
        assert response.status_code == 200, response.content
        return response.json()

    def label(self, project: Project, *elements: dict[str, Any], **body: Any) -> tuple[Any, Any]:
        """Claim, draw, submit: (claim, answer)."""
        claim = self.claim(project)
        self.save(claim["annotation"]["id"], [put(element) for element in elements or (region(),)])
        return claim, self.submit(claim, **body)

    def judge(self, revision: int, verdict: str, **body: Any) -> Any:
        response = self.http.post(f"revisions/{revision}/reviews", {"verdict": verdict, **body})
        assert response.status_code == 201, response.content
        return response.json()
