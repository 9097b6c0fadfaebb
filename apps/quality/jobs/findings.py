"""Running checks where nobody waits: over a project, over large revisions, over what a save had no time for."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.annotations.services.draft_checks import tell_draft
from apps.jobs.running import JobRun, job
from apps.projects.models import Project
from apps.quality.services import findings


@job("quality.check_project")
def check_project(run: JobRun) -> dict[str, Any]:
    """Every check over the project's current work. A second start does all again and changes nothing more."""
    project = Project.objects.select_related("schema").get(pk=run.arguments["project"])
    return findings.check_project(project=project, report=run.progress)


@job("quality.check_revisions")
def check_revisions(run: JobRun) -> dict[str, Any]:
    """Every check over named revisions."""
    return findings.check_revisions(ids=run.arguments["revisions"], report=run.progress)


@shared_task(name="quality.check_draft", ignore_result=True)
def check_draft(*, annotation_id: int) -> None:
    """The rules that a save had no time for; what they find goes to who draws. Safe to deliver twice."""
    tell_draft(annotation_id=annotation_id)
