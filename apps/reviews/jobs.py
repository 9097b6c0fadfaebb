"""Entry points of machine work on reviews, and on the way of tasks through the workflow."""

from __future__ import annotations

from typing import Any

import msgspec

from apps.core.permissions import Action
from apps.jobs.running import JobRun, job
from apps.projects.access import project_for
from apps.projects.api.workflows import preview_out
from apps.projects.models import BulkChange
from apps.projects.services import finish_bulk_change, workflows
from apps.reviews import services
from apps.reviews.services import replanning
from apps.reviews.services.accept_clean import ACCEPT_JOB, UNDO_JOB
from domain.workflow import parse


@job(ACCEPT_JOB)
def accept_clean(run: JobRun) -> dict[str, Any]:
    """Accept what nothing stands out of. A second start does the rest."""
    assert run.user is not None
    return services.accept_clean(
        user=run.user,
        project_id=run.arguments["project"],
        given=run.arguments["given"],
        report=run.progress,
    )


@job(UNDO_JOB)
def undo_accept_clean(run: JobRun) -> dict[str, Any]:
    """Withdraw such verdicts. A second start does the rest."""
    assert run.user is not None
    return services.undo_accepting(
        user=run.user,
        project_id=run.arguments["project"],
        reviews=run.arguments["reviews"],
        report=run.progress,
    )


def _change(run: JobRun) -> BulkChange:
    return BulkChange.objects.select_related("project", "created_by").get(pk=run.arguments["bulk_change"])


@job(workflows.MOVE_JOB)
def move_in_flight(run: JobRun) -> dict[str, Any]:
    """Move work in flight to the workflow of a change. A second start does the rest."""
    change = _change(run)
    moved = replanning.move_work_in_flight(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "tasks": moved}


@job(workflows.UNDO_JOB)
def undo_move_in_flight(run: JobRun) -> dict[str, Any]:
    """Put back what a change moved and nobody has gone on with. A second start does the rest."""
    change = _change(run)
    back, left = replanning.undo_moves(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.UNDONE)
    return {"bulk_change": change.pk, "tasks": back, "left": left}


@job(workflows.PREVIEW_JOB)
def preview_in_flight(run: JobRun) -> dict[str, Any]:
    """Count what a workflow would move. Nothing is changed."""
    assert run.user is not None
    access = project_for(run.user, run.arguments["project"], Action.PROJECT_EDIT)
    workflow = parse(run.arguments["workflow"])
    found = replanning.preview_moves(project=access.project, workflow=workflow, report=run.progress)
    out: dict[str, Any] = msgspec.to_builtins(preview_out(*found))
    return out
