"""Entry points of automatic labelling."""

from __future__ import annotations

from typing import Any

from apps.jobs.running import JobRun, job
from apps.projects.models import BulkChange
from apps.projects.services import finish_bulk_change
from apps.quality.services import automatic, automatic_returning
from apps.quality.services.audits import stop_audit_of


def _change(run: JobRun) -> BulkChange:
    return BulkChange.objects.select_related("project", "created_by").get(pk=run.arguments["bulk_change"])


@job(automatic.JOB)
def label_automatically(run: JobRun) -> dict[str, Any]:
    """Finish what the model is trusted with. A second start does the rest."""
    change = _change(run)
    told = automatic.label_automatically(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, **told}


@job(automatic_returning.JOB)
def return_automatic(run: JobRun) -> dict[str, Any]:
    """Give a batch back to people. A second start does the rest."""
    change = _change(run)
    stop_audit_of(change=change)
    told = automatic_returning.return_batch(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.UNDONE)
    return {"bulk_change": change.pk, **told}
