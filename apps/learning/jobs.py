"""Entry points of learning."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.jobs.running import JobRun, job
from apps.learning import services
from apps.learning.models import CropWatch, Training
from apps.learning.services import cutting, sending
from apps.learning.services import training as training_service


@job(training_service.JOB)
def train(run: JobRun) -> dict[str, Any]:
    """Train a head. A second start finds it done, or begins anew with the features that are kept."""
    row = Training.objects.select_related("project__schema", "model", "created_by").get(pk=run.arguments["training"])
    done = services.train(training=row, report=run.progress, check=run.check)
    return {"training": done.pk, "version": done.version_id, "labels": done.labels}


@job(sending.JOB)
def send_labels(run: JobRun) -> dict[str, Any]:
    """Send a server accepted work. A second start finds it done, or sends it again."""
    row = Training.objects.select_related("project__schema", "model", "created_by").get(pk=run.arguments["training"])
    done = services.send_labels(training=row, report=run.progress)
    return {"training": done.pk, "version": done.version_id, "labels": done.labels}


@shared_task(name="learning.tend", ignore_result=True)
def tend() -> None:
    """Go on with trainings, and begin those that are due. Safe to deliver twice."""
    services.tend()


@shared_task(name="learning.look_at_crops", ignore_result=True)
def look_at_crops() -> None:
    """Keep what accepted regions look like up to date. Safe to deliver twice."""
    for project_id in CropWatch.objects.values_list("pk", flat=True):
        cutting.look_at_crops(project_id=project_id)
