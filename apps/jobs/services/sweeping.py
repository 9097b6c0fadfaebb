"""The sweeper: enqueues what a dead worker left and what a lost message forgot."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import connection

from apps.jobs.errors import JobPoisoned
from apps.jobs.leases import STARTS_ALLOWED
from apps.jobs.models import Job
from apps.jobs.services.asking import announce, send

_CANCELLED = """
UPDATE jobs_job
SET state = 'cancelled', finished_at = clock_timestamp(), updated_at = clock_timestamp(), lease_expires_at = NULL
WHERE cancel_requested_at IS NOT NULL
    AND (state = 'queued' OR (state = 'running' AND lease_expires_at < clock_timestamp()))
RETURNING id, kind
"""
_POISONED = """
UPDATE jobs_job
SET state = 'failed', finished_at = clock_timestamp(), updated_at = clock_timestamp(), lease_expires_at = NULL, error = %s
WHERE starts >= %s AND (state = 'queued' OR (state = 'running' AND lease_expires_at < clock_timestamp()))
RETURNING id, kind
"""
_FREED = """
UPDATE jobs_job
SET state = 'queued', lease_expires_at = NULL, enqueued_at = clock_timestamp(), updated_at = clock_timestamp()
WHERE state = 'running' AND lease_expires_at < clock_timestamp()
RETURNING id, kind
"""
_FORGOTTEN = """
UPDATE jobs_job SET enqueued_at = clock_timestamp()
WHERE state = 'queued' AND enqueued_at < clock_timestamp() - %s * interval '1 second' RETURNING id, kind
"""


def sweep() -> int:
    """Bring back what was lost; returns how many jobs were sent again. Safe to run twice at the same time."""
    ended = _rows(_CANCELLED, [])
    poison = JobPoisoned(
        f"Its worker died {STARTS_ALLOWED} times while running it. Look into the log before trying again."
    )
    error = json.dumps({"code": poison.code, "detail": poison.detail})
    ended += _rows(_POISONED, [error, STARTS_ALLOWED])
    waiting = _rows(_FREED, []) + _rows(_FORGOTTEN, [settings.LABELWRIGHT_JOB_QUEUED_SECONDS])
    for job in Job.objects.filter(pk__in=[job_id for job_id, _ in ended]).select_related("created_by"):
        announce(job)
    for job_id, kind in waiting:
        send(kind, job_id)
    return len(waiting)


def _rows(statement: str, values: list[Any]) -> list[tuple[int, str]]:
    """(id, kind) of each job the statement changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
