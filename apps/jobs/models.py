"""Work for a machine: its truth is its row and lease here, never the broker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.models import Timestamped


class Job(Timestamped):
    """One run of a named piece of machine work. Taken by `UPDATE … token + 1 WHERE queued OR lease expired`."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="jobs")
    project_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=64)  # the Celery task's name, "datasets.write_export"
    arguments = models.JSONField(default=dict)
    title = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    message = models.CharField(max_length=500, blank=True)
    error = models.JSONField(null=True, blank=True)  # {code, detail}
    outcome = models.JSONField(null=True, blank=True)  # ids and counts of what was made
    token = models.BigIntegerField(default=0)  # fencing token; grows with every take
    starts = models.PositiveSmallIntegerField(default=0)  # a third start after kills is poison
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="job_organisation"),
            models.Index(fields=["project_id", "-id"], name="job_project"),
            models.Index(
                fields=["state", "lease_expires_at"], condition=Q(state__in=["queued", "running"]), name="job_open"
            ),
        ]
