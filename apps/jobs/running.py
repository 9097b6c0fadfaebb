"""Running a job: `@job("datasets.write_export") def write_export(run: JobRun) -> dict | None`.

A job may run twice and may die half-way. Its lease is renewed and its progress written by a thread with a database
connection of its own, so a long transaction of the job neither hides progress nor lets the lease run out.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from apps.accounts.models import User
from apps.activity.services import record
from apps.core.errors import DomainError, StorageFull, Unavailable, is_disk_full
from apps.jobs import leases
from apps.jobs.errors import JobCancelled, JobLost
from apps.jobs.leases import Lease, Progress
from apps.jobs.models import Job
from apps.jobs.services.asking import announce

log = structlog.get_logger("labelwright.jobs")
Work = Callable[["JobRun"], "dict[str, Any] | None"]
KINDS: dict[str, Work] = {}
TICK_SECONDS = 0.5  # how often progress is written and a cancel is noticed
RETRY_SECONDS = 5  # after a part of the server was not reachable


class JobRun:
    """One run of a job, in the hands of this process."""

    def __init__(self, job: Job, lease: Lease) -> None:
        self.job, self.lease = job, lease
        self.reached = Progress(job.done, job.total, job.message)
        self.stop: type[Exception] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        return self.job.arguments

    @property
    def user_id(self) -> int | None:
        return self.job.created_by_id

    @property
    def user(self) -> User | None:
        return self.job.created_by

    @property
    def token(self) -> int:
        """The fencing token: it grows with every start, so that two runs never write the same part."""
        return self.lease.token

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far it is; call it as often as convenient. A `total` or `message` once given stays.

        Raises:
            JobLost: another run holds the lease. Let it through and write nothing more.
            JobCancelled: a person asked it to stop. Clean up and let it through.
        """
        self.reached = Progress(done, self.reached.total if total is None else total, message or self.reached.message)
        self.check()

    def check(self) -> None:
        """Raises JobLost or JobCancelled where that is so."""
        if self.stop is not None:
            raise self.stop

    def part_path(self, name: str) -> Path:
        """A local file of this run alone, removed when the run ends."""
        folder = _scratch(self.job.pk) / str(self.token)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def job(kind: str) -> Callable[[Work], Work]:
    """Register the entry point of a kind of job, `<app>.<verb_noun>`, also as the Celery task of this name."""

    def register(work: Work) -> Work:
        KINDS[kind] = work

        @shared_task(name=kind, acks_late=True, ignore_result=True)
        def entry(*, job_id: int) -> None:
            run(job_id)

        return work

    return register


def run(job_id: int) -> str | None:
    """Take the job and run it to its end; the state it ended in, or None where there was nothing to take."""
    lease = leases.take(job_id)
    if lease is None:
        return None
    row = Job.objects.select_related("created_by", "organisation").get(pk=job_id)
    this = JobRun(row, lease)
    announce(row)
    keeper = None if connection.in_atomic_block else _Keeper(this)
    if keeper:
        keeper.start()
    try:
        return _run(this)
    finally:
        if keeper:
            keeper.end()
        shutil.rmtree(_scratch(job_id) / str(lease.token), ignore_errors=True)


def _run(this: JobRun) -> str | None:
    name = this.job.kind
    try:
        outcome = KINDS[name](this)
        this.check()
    except JobLost:
        log.warning("job_lost", job=this.job.pk, kind=name, token=this.token)
        return None
    except JobCancelled:
        return _end(this, Job.State.CANCELLED)
    except (OperationalError, InterfaceError, Unavailable) as error:
        if is_disk_full(error):
            return _end(this, Job.State.FAILED, error=_told(StorageFull()))
        log.warning("job_given_back", job=this.job.pk, kind=name, error=str(error))
        connection.close()
        this.lease.give_back(RETRY_SECONDS)
        return None
    except DomainError as error:
        return _end(this, Job.State.FAILED, error=_told(error))
    except Exception as error:
        if is_disk_full(error):
            return _end(this, Job.State.FAILED, error=_told(StorageFull()))
        log.exception("job_failed", job=this.job.pk, kind=name, exc_info=error)
        detail = "The server made a mistake. Its log tells more under this job's number."
        return _end(this, Job.State.FAILED, error={"code": "job_fault", "detail": detail})
    return _end(this, Job.State.SUCCEEDED, outcome=outcome)


def _told(error: DomainError) -> dict[str, str]:
    return {"code": error.code, "detail": error.detail}


def _end(
    this: JobRun, state: Job.State, *, outcome: dict[str, Any] | None = None, error: dict[str, str] | None = None
) -> str | None:
    if state == Job.State.SUCCEEDED and this.reached.total is not None:
        this.reached.done = max(this.reached.done, this.reached.total)
    if not this.lease.finish(state, this.reached, outcome=outcome, error=error):
        log.warning("job_lost", job=this.job.pk, kind=this.job.kind, token=this.token)
        return None
    announce(Job.objects.select_related("created_by").get(pk=this.job.pk))
    if this.job.created_by_id is not None and state != Job.State.CANCELLED:  # who cancels knows
        record(
            organisation_id=this.job.organisation_id,
            project_id=this.job.project_id,
            verb=f"job.{state}",
            actor=None,
            object_type="job",
            object_id=this.job.pk,
            details={"title": this.job.title, "kind": this.job.kind},
            notify=[this.job.created_by_id],
        )
    log.info("job_ended", job=this.job.pk, kind=this.job.kind, state=str(state), error=error)
    return state


def _scratch(job_id: int) -> Path:
    return Path(settings.LABELWRIGHT_DATA) / "jobs" / str(job_id)


class _Keeper(threading.Thread):
    """Renews the lease and writes progress while the job runs."""

    def __init__(self, this: JobRun) -> None:
        super().__init__(name=f"job-{this.job.pk}", daemon=True)
        self.this, self.over = this, threading.Event()
        self.renewed, self.written = time.monotonic(), this.reached

    def end(self) -> None:
        self.over.set()
        self.join(timeout=10)

    def run(self) -> None:
        try:
            while not self.over.wait(TICK_SECONDS):
                try:
                    self._tick()
                except (OperationalError, InterfaceError) as error:
                    log.warning("job_lease_not_renewed", job=self.this.job.pk, error=str(error))
                    connection.close()
        finally:
            connection.close()

    def _tick(self) -> None:
        reached, now = self.this.reached, time.monotonic()
        moved = reached != self.written
        if moved or now - self.renewed > settings.LABELWRIGHT_JOB_LEASE_SECONDS / 3:
            asked = self.this.lease.renew(reached)
            self.renewed, self.written = now, reached
        else:
            asked = self.this.lease.cancel_asked()
        if asked is None:
            self.this.stop = JobLost
        elif asked:
            self.this.stop = JobCancelled
        if moved and asked is not None:
            announce(Job.objects.select_related("created_by").get(pk=self.this.job.pk))
