"""Models and pictures for these tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.predictions.models import ModelVersion
from apps.predictions.services import WeightFile, add_version, register_model
from apps.projects.models import Project
from apps.tasks.models import Task
from tests.factories import Team, api, run_job
from tests.pictures import jpeg


def registered(project: Project, team: Team, data: bytes, *, name: str = "Tiny", **more: Any) -> ModelVersion:
    """A version of this file, checked."""
    model = register_model(project=project, user=team.manager, name=name, backend="onnx")
    files = [WeightFile("model", "tiny.onnx", BytesIO(data), len(data))]
    version, job = add_version(model=model, user=team.manager, files=files, **more)
    run_job(job.pk)
    version.refresh_from_db()
    return version


def server(project: Project, team: Team, url: str, backend: str, *, seconds: int = 20) -> ModelVersion:
    """A version of a server, checked."""
    model = register_model(
        project=project, user=team.manager, name="Server", backend=backend, url=url, timeout_seconds=seconds
    )
    version, job = add_version(model=model, user=team.manager)
    run_job(job.pk)
    version.refresh_from_db()
    return version


def photos(project: Project, team: Team, number: int, *, width: int = 128, height: int = 64) -> list[Task]:
    """Tasks on pictures that are stored."""
    files = [
        SimpleUploadedFile(f"photo-{n}.jpg", jpeg(width, height, seed=n + 1), content_type="image/jpeg")
        for n in range(number)
    ]
    made = api(team.manager).upload(f"projects/{project.pk}/assets", {"files": files})
    assert made.status_code == 201, made.content
    return list(Task.objects.filter(project=project).order_by("id"))
