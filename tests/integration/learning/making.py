"""Pictures that a machine can tell apart, and work that people finished on them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.assets.models import Asset
from apps.projects.models import Project
from apps.tasks.models import Task
from apps.tasks.services import finish_from_import
from domain.elements import decode, encode
from tests.factories import Team, api
from tests.work import region

SIDE = 48


def picture(label: str, number: int) -> bytes:
    """Upright stripes where it is clear, level ones where it rains, both under noise."""
    noise = np.random.default_rng([number, len(label)]).integers(0, 60, (SIDE, SIDE))
    stripes = np.where((np.arange(SIDE) + number) % 12 < 6, 60, 180)
    grey = (stripes[None, :] if label == "clear" else stripes[:, None]) + noise
    out = io.BytesIO()
    Image.fromarray(grey.astype(np.uint8)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def pictures(project: Project, team: Team, labels: list[str], *, group: str = "") -> list[Task]:
    """Waiting tasks on pictures that look like these labels."""
    start = Task.objects.filter(project=project).count()
    names = [f"{label}-{start + n}.png" for n, label in enumerate(labels)]
    files = [SimpleUploadedFile(name, picture(name.split("-")[0], start + n)) for n, name in enumerate(names)]
    made = api(team.manager).upload(f"projects/{project.pk}/assets", {"files": files})
    assert made.status_code == 201, made.content
    found = Task.objects.filter(project=project, name__in=names).order_by("pk")
    if group:
        Asset.objects.filter(tasks__in=found).update(group=group)
    return list(found)


def finish(project: Project, tasks: list[Task], said: list[str] | None = None) -> None:
    """They are done, with what their names say as the answer to `weather`, or with what is given."""
    values = said or [task.name.split("-")[0] for task in tasks]
    _finish(project, tasks, [("answer", {"id": "weather", "value": value}) for value in values])


def finish_with_boxes(project: Project, tasks: list[Task]) -> None:
    """They are done, each with one box over nearly all: a car where it is clear, a person where it rains."""
    classes = [1 if task.name.startswith("clear") else 2 for task in tasks]
    _finish(project, tasks, [("region", region(one, x=2, y=2, w=SIDE - 4, h=SIDE - 4)) for one in classes])


def _finish(project: Project, tasks: list[Task], elements: list[tuple[str, dict[str, Any]]]) -> None:
    project.refresh_from_db()
    new = [
        NewRevision(task=task, elements=[(kind, encode(decode(kind, element)))])  # type: ignore[arg-type]
        for task, (kind, element) in zip(tasks, elements, strict=True)
    ]
    for task, revision in zip(tasks, write_revisions(project=project, new=new), strict=True):
        finish_from_import(task=task, revision_id=revision.pk, outcome="labelled")


def learn(team: Team, project: Project, status: int = 202, **sent: Any) -> dict[str, Any]:
    """What the server answers to a training that is asked for."""
    body = {"target": "question:weather", "name": "Weather"} | sent
    answer = api(team.manager).post(f"projects/{project.pk}/learning", body)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found
