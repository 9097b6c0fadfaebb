"""A job is asked for by name, on commit, and only for work that may be late."""

from __future__ import annotations

from typing import Any, Protocol

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.queries import plain_person
from apps.activity import events
from apps.jobs.documents import job_out
from apps.jobs.errors import JobOver
from apps.jobs.models import Job

log = structlog.get_logger("labelwright.jobs")


class HasId(Protocol):
    """A project, which comes later in the order of apps."""

    pk: Any


@transaction.atomic
def enqueue(
    *,
    kind: str,
    title: str,
    organisation: Organisation | int,
    user: User | None,
    arguments: dict[str, Any],
    project: HasId | int | None = None,
) -> Job:
    """Make the job's row, and nudge a worker once it is committed. With the broker down the sweeper does so later."""
    job = Job.objects.create(
        organisation_id=organisation if isinstance(organisation, int) else organisation.pk,
        project_id=project if isinstance(project, int) or project is None else project.pk,
        kind=kind,
        title=title[:200],
        arguments=arguments,
        created_by=user,
    )
    transaction.on_commit(lambda: send(job.kind, job.pk), robust=True)
    announce(job)
    return job


def send(kind: str, job_id: int) -> None:
    """Nudge a worker. Never fails: the row is what counts."""
    try:
        current_app.send_task(kind, kwargs={"job_id": job_id})
    except Exception as error:  # noqa: BLE001  (a broker has many ways to be gone, and none may fail the request)
        log.warning("job_not_sent", kind=kind, job=job_id, error=type(error).__name__)


def send_once(name: str, key: str, seconds: int, **arguments: Any) -> None:
    """Nudge a worker to do something small in a moment, that nothing is lost without; asked again within it, once.

    Never fails: with the cache or the broker down it is left out.
    """
    try:
        if not cache.add(f"{name}:{key}", 1, timeout=seconds):
            return
        current_app.send_task(name, kwargs=arguments, countdown=seconds, expires=seconds + 60)
    except Exception as error:  # noqa: BLE001  (as in `send`)
        log.warning("task_not_sent", name=name, error=type(error).__name__)


@transaction.atomic
def cancel(*, job: Job) -> Job:
    """Stop a job: at once while it is queued; a running one stops at its next step.

    Raises:
        JobOver: it has ended already.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (Job.State.QUEUED, Job.State.RUNNING):
        raise JobOver(f"The job has ended already: {job.state}.")
    job.cancel_requested_at = job.cancel_requested_at or timezone.now()
    if job.state == Job.State.QUEUED:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    job.save(update_fields=["cancel_requested_at", "state", "finished_at", "updated_at"])
    announce(job)
    return job


def announce(job: Job) -> None:
    """Tell live pages how the job stands, once it is committed."""
    data = {"job": job_out(job, plain_person(job.created_by) if job.created_by else None)}
    if job.created_by_id is not None:
        events.publish(f"user:{job.created_by_id}", "job.changed", data)
    if job.project_id is not None:
        events.publish(f"project:{job.project_id}", "job.changed", data)
