"""A job as everybody sees it: the API's answer and the live event."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

import msgspec
from django.utils import timezone

from apps.core.people import Person
from apps.jobs.models import Job

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobError(msgspec.Struct):
    code: str
    detail: str


class JobOut(msgspec.Struct):
    """Machine work. `rate` is units a second, `eta_seconds` what is left at that rate; null while unknown."""

    id: int
    kind: str
    title: str
    organisation: int
    project: int | None
    state: JobState
    done: int
    total: int | None
    message: str
    error: JobError | None
    outcome: dict[str, Any] | None
    rate: float | None
    eta_seconds: int | None
    cancel_requested: bool
    created_by: Person | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    web_url: str


def job_out(job: Job, created_by: Person | None = None) -> JobOut:
    """The job's document. Whoever may see jobs sees names, so `created_by` is given where it is shown."""
    rate, eta = _pace(job)
    return JobOut(
        id=job.pk,
        kind=job.kind,
        title=job.title,
        organisation=job.organisation_id,
        project=job.project_id,
        state=cast(JobState, job.state),
        done=job.done,
        total=job.total,
        message=job.message,
        error=msgspec.convert(job.error, JobError) if job.error else None,
        outcome=job.outcome,
        rate=rate,
        eta_seconds=eta,
        cancel_requested=job.cancel_requested_at is not None,
        created_by=created_by,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        web_url="/jobs",
    )


def _pace(job: Job) -> tuple[float | None, int | None]:
    """(units a second since the start, seconds left)."""
    if job.started_at is None or job.done <= 0:
        return None, None
    seconds = ((job.finished_at or timezone.now()) - job.started_at).total_seconds()
    if seconds <= 0:
        return None, None
    rate = job.done / seconds
    running = job.state == Job.State.RUNNING and job.total is not None
    return round(rate, 3), int((job.total - job.done) / rate) if running and job.total is not None else None
