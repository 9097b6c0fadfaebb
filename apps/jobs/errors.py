"""What can happen to a job while it runs."""

from __future__ import annotations

from apps.core.errors import Conflict, DomainError


class JobOver(Conflict):
    code, title = "job_over", "This job has ended already"


class JobLost(Exception):
    """Somebody else holds the lease now: stop at once and write nothing more."""


class JobCancelled(Exception):
    """A person asked the job to stop."""


class JobPoisoned(DomainError):
    code, status, title = "job_poisoned", 500, "The job was stopped after its worker died again and again"
