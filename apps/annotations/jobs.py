"""Entry points of machine work on annotations."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.annotations import services
from apps.annotations.services import absence, merging, regions, topping_up
from apps.core.permissions import Action
from apps.jobs.running import JobRun, job
from apps.projects.access import project_for
from apps.projects.models import BulkChange
from apps.projects.services import finish_bulk_change
from apps.quality.queries.findings import with_findings
from apps.quality.services.findings import check_revisions


def _change(run: JobRun) -> BulkChange:
    return BulkChange.objects.select_related("project", "created_by").get(pk=run.arguments["bulk_change"])


@job("annotations.merge_classes")
def merge_classes(run: JobRun) -> dict[str, Any]:
    """Turn regions of merged classes into regions of the class that stays. A second start does the rest."""
    change = _change(run)
    tasks = merging.merge_results(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "tasks": tasks}


@job("annotations.undo_bulk_change")
def undo_bulk_change(run: JobRun) -> dict[str, Any]:
    """Give the regions their old classes again. A second start does the rest."""
    change = _change(run)
    if change.kind == BulkChange.Kind.TOP_UP:
        topping_up.before_undo(change=change)
    if change.kind in (BulkChange.Kind.REGIONS, BulkChange.Kind.TOP_UP):
        made = regions.undo_regions(change=change, report=run.progress)
        tasks = len(made)
        check_revisions(ids=made)
    else:
        tasks = merging.undo_results(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.UNDONE)
    return {"bulk_change": change.pk, "tasks": tasks}


@job(regions.JOB)
def change_regions(run: JobRun) -> dict[str, Any]:
    """Change many regions. A second start does the rest: what was changed is not found again."""
    change = _change(run)
    done = regions.change_regions(change=change, narrow=with_findings, report=run.progress)
    check_revisions(ids=done.revisions)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "tasks": done.tasks, "regions": done.regions, "skipped": done.skipped}


@job(topping_up.JOB)
def prepare_top_up(run: JobRun) -> dict[str, Any]:
    """Gather the regions of a top-up. A second start does the rest."""
    change = _change(run)
    top_up = topping_up.prepare(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "top_up": top_up.pk, "tasks": top_up.pieces.count()}


@job(absence.AWAY_JOB)
def move_work(run: JobRun) -> dict[str, Any]:
    """Move the open work of a person who is away. A second start does the rest."""
    assert run.user is not None
    asked = run.arguments
    access = project_for(run.user, asked["project"], Action.TASKS_MANAGE)
    tally = services.move_pieces(
        access=access, away=asked["away"], to_user=asked["to_user"], to_group=asked["to_group"], report=run.progress
    )
    return {**tally.moved, "instead": tally.instead}


@shared_task(name="annotations.map_late_results", ignore_result=True)
def map_late_results() -> None:
    """Results accepted after a merge. Safe to deliver twice."""
    merging.map_late_results()
