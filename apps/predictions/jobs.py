"""Entry points of machine work with models."""

from __future__ import annotations

from typing import Any

import msgspec
from celery import shared_task

from apps.jobs.running import JobRun, job
from apps.predictions import services
from apps.predictions.models import ModelVersion, PredictionWatch, PrelabelRun
from apps.predictions.services import checking, ordering, prelabelling, registering, segmenting
from apps.projects.models import BulkChange
from apps.projects.services import finish_bulk_change


@shared_task(name="predictions.measure_uses", ignore_result=True)
def measure_uses() -> None:
    """What became of predictions since the last look. Safe to deliver twice."""
    for project_id in PredictionWatch.objects.values_list("pk", flat=True):
        while services.measure_moved(project_id=project_id):
            pass


@job(registering.CHECK)
def check_version(run: JobRun) -> dict[str, Any]:
    """Look at a version. Run twice, the same is found."""
    version = ModelVersion.objects.select_related("model__project__schema").get(pk=run.arguments["version"])
    run.progress(0, 1)
    version = checking.check_version(version=version)
    return {"version": version.pk, "state": version.state, "reason": version.reason}


@shared_task(name=segmenting.ENCODE, ignore_result=True)
def encode_image(*, version_id: int, asset_id: int) -> None:
    """Make the embedding of an image before anybody asks. Safe to deliver twice."""
    segmenting.encode_image(version_id=version_id, asset_id=asset_id)


@shared_task(name=segmenting.ANSWER, ignore_result=True)
def answer_prompts(*, question: dict[str, Any]) -> None:
    """A mask for somebody who waits. A second delivery answers nobody."""
    segmenting.answer_question(question=msgspec.convert(question, segmenting.Question))


@job(prelabelling.RUN)
def prelabel(run: JobRun) -> dict[str, Any]:
    """Let a model look at the tasks of a run. A second start goes on where the first was."""
    return _work_on(run, helper=False)


@job(prelabelling.HELP)
def help_prelabel(run: JobRun) -> dict[str, Any]:
    """Share a run with others, as long as there is something to take."""
    return _work_on(run, helper=True)


def _work_on(run: JobRun, *, helper: bool) -> dict[str, Any]:
    row = PrelabelRun.objects.select_related("version__model__project", "project__schema").get(pk=run.arguments["run"])
    assert run.user is not None
    return prelabelling.work_on(run=row, user=run.user, progress=run.progress, check=run.check, helper=helper)


@job(ordering.JOB)
def order_queue(run: JobRun) -> dict[str, Any]:
    """Put the queue into the order of a change. A second start finds it done."""
    change = BulkChange.objects.select_related("project", "created_by").get(pk=run.arguments["bulk_change"])
    tasks = ordering.order_queue(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "tasks": tasks}


@job(ordering.UNDO_JOB)
def undo_order(run: JobRun) -> dict[str, Any]:
    """Give the queue its order back. A second start finds it done."""
    change = BulkChange.objects.get(pk=run.arguments["bulk_change"])
    tasks = ordering.undo_order(change=change)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.UNDONE)
    return {"bulk_change": change.pk, "tasks": tasks}
