"""The lease of a job: one row, one token, and every write asks whether the token is still mine.

Times are the database's, so that clocks of workers do not matter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

STARTS_ALLOWED = 2  # the third start, after two workers died of it, marks the job as poison

_TAKE = """
UPDATE jobs_job SET state = 'running', token = token + 1, starts = starts + 1,
    started_at = COALESCE(started_at, clock_timestamp()), updated_at = clock_timestamp(),
    lease_expires_at = clock_timestamp() + %s * interval '1 second'
WHERE id = %s AND starts < %s AND cancel_requested_at IS NULL
    AND (state = 'queued' OR (state = 'running' AND lease_expires_at < clock_timestamp()))
RETURNING token
"""
_RENEW = """
UPDATE jobs_job SET lease_expires_at = clock_timestamp() + %s * interval '1 second',
    done = %s, total = %s, message = %s, updated_at = clock_timestamp()
WHERE id = %s AND token = %s AND state = 'running'
RETURNING cancel_requested_at IS NOT NULL
"""
_PEEK = "SELECT cancel_requested_at IS NOT NULL FROM jobs_job WHERE id = %s AND token = %s AND state = 'running'"
_FINISH = """
UPDATE jobs_job SET state = %s, outcome = %s, error = %s, done = %s, total = %s, message = %s, lease_expires_at = NULL,
    finished_at = clock_timestamp(), updated_at = clock_timestamp()
WHERE id = %s AND token = %s AND state = 'running'
"""
_GIVE_BACK = """
UPDATE jobs_job SET state = 'queued', starts = starts - 1, lease_expires_at = NULL,
    enqueued_at = clock_timestamp() - %s * interval '1 second', updated_at = clock_timestamp()
WHERE id = %s AND token = %s AND state = 'running'
"""


@dataclass(slots=True)
class Progress:
    done: int = 0
    total: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in this process's hands."""

    job_id: int
    token: int

    def renew(self, progress: Progress) -> bool | None:
        """Write progress and move the expiry. None: the lease is lost; else whether a cancel was asked for."""
        values = [settings.LABELWRIGHT_JOB_LEASE_SECONDS, progress.done, progress.total, progress.message[:500]]
        return _one(_RENEW, [*values, self.job_id, self.token])

    def cancel_asked(self) -> bool | None:
        """As `renew`, without writing."""
        return _one(_PEEK, [self.job_id, self.token])

    def finish(
        self,
        state: str,
        progress: Progress,
        *,
        outcome: dict[str, Any] | None = None,
        error: dict[str, str] | None = None,
    ) -> bool:
        """Write the end. False: the lease was lost, and nothing was written."""
        values = [
            state,
            json.dumps(outcome) if outcome is not None else None,
            json.dumps(error) if error is not None else None,
            progress.done,
            progress.total,
            progress.message[:500],
        ]
        return _count(_FINISH, [*values, self.job_id, self.token]) == 1

    def give_back(self, retry_in: int) -> bool:
        """Put the job back into the queue; the sweeper sends it in about `retry_in` seconds."""
        waited = max(0, settings.LABELWRIGHT_JOB_QUEUED_SECONDS - retry_in)
        return _count(_GIVE_BACK, [waited, self.job_id, self.token]) == 1


def take(job_id: int) -> Lease | None:
    """The job's lease, or None where somebody has it, it is over, cancelled or poison."""
    token = _one(_TAKE, [settings.LABELWRIGHT_JOB_LEASE_SECONDS, job_id, STARTS_ALLOWED])
    return None if token is None else Lease(job_id=job_id, token=token)


def _one(statement: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _count(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
