"""Entry points of making consensus."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import structlog
from celery import shared_task
from django.utils import timezone

from apps.jobs.running import JobRun, job
from apps.quality.services import consensus, consensus_runs
from apps.tasks.models import Task

log = structlog.get_logger("labelwright.quality")
OVERDUE = timedelta(seconds=20)  # a message that was not lost was carried out long before


@shared_task(name="quality.compare_task", ignore_result=True)
def compare_task(*, task_id: int) -> None:
    """Look at the answers of a task that waits for it. Safe to deliver twice."""
    consensus.run_consensus(task_id=task_id)


@shared_task(name="quality.compare_overdue", ignore_result=True)
def compare_overdue() -> None:
    """Tasks whose message was lost. Safe to deliver twice."""
    rows = Task.objects.filter(state=Task.State.COMPARING, trashed_at=None, updated_at__lt=timezone.now() - OVERDUE)
    for task_id in rows.order_by("pk").values_list("pk", flat=True)[:500]:
        try:
            consensus.run_consensus(task_id=task_id)
        except Exception as error:
            log.exception("comparison_failed", task=task_id, exc_info=error)


@job("quality.make_consensus")
def make_consensus(run: JobRun) -> dict[str, Any]:
    """The consensus of many tasks. A second start does the rest."""
    assert run.user is not None
    wanted = msgspec.convert(run.arguments["run"], consensus_runs.ConsensusRun)
    return {
        "project": run.arguments["project"],
        **consensus_runs.make_for_many(
            user=run.user,
            project_id=run.arguments["project"],
            run=wanted,
            job_id=run.job.pk,
            report=run.progress,
        ),
    }


@job("quality.undo_consensus")
def undo_consensus(run: JobRun) -> dict[str, Any]:
    """Take back what one run made. A second start does the rest."""
    assert run.user is not None
    project_id = run.arguments["project"]
    told = consensus_runs.undo_run(
        user=run.user, project_id=project_id, job_id=run.arguments["job"], report=run.progress
    )
    return {"project": project_id, **told}
