"""What the endpoints of jobs give."""

from __future__ import annotations

from apps.jobs.documents import JobError, JobOut, JobState

__all__ = ["JobError", "JobOut", "JobState"]
