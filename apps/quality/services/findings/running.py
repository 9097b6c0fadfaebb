"""Checking revisions in bulk: a whole project, or those that were too large to look through while a person waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apps.accounts.models import User
from apps.annotations.models import Revision
from apps.annotations.services.index import current_revisions
from apps.core.errors import Conflict
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import project_for
from apps.projects.models import Project
from apps.quality.services.findings.recording import record_revisions
from apps.quality.services.knowledge import measure

KIND = "quality.check_project"
MOST_REVISIONS, MOST_REGIONS = 100, 5_000  # a transaction
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def ask_for_run(*, user: User, project_id: int) -> Job:
    """Ask for a run of every check over the project's current work.

    Raises:
        Conflict: one is under way.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    if Job.objects.filter(project_id=project_id, kind=KIND, state__in=OPEN).exists():
        raise Conflict("The checks are running over this project already. Wait for the end of that run.")
    return enqueue(
        kind=KIND,
        title="Run all checks",
        organisation=access.project.organisation_id,
        project=access.project,
        user=user,
        arguments={"project": project_id},
    )


def check_project(*, project: Project, report: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Measure what is usual, then check everything that stands; a second start does all again and changes nothing more."""
    measure(project=project)
    return check_revisions(ids=current_revisions(project.pk), report=report)


def check_revisions(*, ids: Sequence[int], report: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Check these revisions, a few at a time, and keep what is found."""
    found, seen = 0, 0
    for batch in _batches(ids):
        rows = Revision.objects.select_related("task__asset", "project", "annotation__based_on__annotation__based_on")
        revisions = list(rows.filter(pk__in=batch, task__trashed_at=None).order_by("pk"))
        found += record_revisions(revisions=revisions)
        seen += len(batch)
        if report is not None:
            report(seen, len(ids))
    return {"revisions": len(ids), "open": found}


def _batches(ids: Sequence[int]) -> list[list[int]]:
    """Runs of revisions that have not too many regions together."""
    sizes = dict(Revision.objects.filter(pk__in=ids).values_list("pk", "region_count"))
    batches: list[list[int]] = []
    regions = MOST_REGIONS
    for pk in ids:
        regions += sizes.get(pk, 0)
        if regions > MOST_REGIONS or len(batches[-1]) >= MOST_REVISIONS:
            batches.append([])
            regions = sizes.get(pk, 0)
        batches[-1].append(pk)
    return batches
