"""Entry points of machine work on tasks."""

from __future__ import annotations

from typing import Any

import msgspec
from celery import shared_task

from apps.core.permissions import Action
from apps.jobs.running import JobRun, job
from apps.projects.access import project_for
from apps.reviews import services as reviews
from apps.tasks import services
from apps.tasks.services.bulk import BulkChange, apply_change, matching_ids


@shared_task(name="tasks.return_expired", ignore_result=True)
def return_expired() -> None:
    """Bring back work whose lease ended. Safe to deliver twice."""
    services.return_expired()


@job("tasks.change_many")
def change_many(run: JobRun) -> dict[str, Any]:
    """One action on many tasks. A second start does the rest: tasks that have it already are skipped."""
    assert run.user is not None
    change = msgspec.convert(run.arguments["change"], BulkChange)
    access = project_for(run.user, run.arguments["project"], Action.TASKS_MANAGE)
    ids = matching_ids(access, change)
    report = lambda n: run.progress(n, len(ids))  # noqa: E731
    done = apply_change(access=access, change=change, ids=ids, report=report, verbs=reviews.verbs_of)
    return {"changed": done.changed, "skipped": done.skipped, "undo": msgspec.to_builtins(done.undo)}
