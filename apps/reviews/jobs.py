"""Entry points of machine work on reviews."""

from __future__ import annotations

from typing import Any

from apps.jobs.running import JobRun, job
from apps.reviews import services
from apps.reviews.services.accept_clean import ACCEPT_JOB, UNDO_JOB


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
