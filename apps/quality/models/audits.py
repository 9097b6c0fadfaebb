"""Audits: a sample of accepted work, judged by people who neither made nor reviewed it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.annotations.models import Revision
from apps.core.models import Timestamped
from apps.projects.models import Project
from apps.tasks.models import Slot, Task


class Audit(Timestamped):
    """One question to a lot of accepted tasks: is the share of wrong ones under the limit?"""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        CANCELLED = "cancelled", "Cancelled"

    project = models.ForeignKey(Project, models.CASCADE, related_name="audits")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    filter = models.JSONField(default=dict)  # a TaskFilter: which accepted tasks are the lot
    by = models.CharField(max_length=12, default="class")  # strata: none, class, batch or annotator
    share = models.FloatField()  # the limit
    confidence = models.FloatField()
    allowed = models.PositiveIntegerField(default=0)  # wrong items that still accept
    minor_counts = models.BooleanField(default=False)  # a task with minor defects only is wrong too
    seed = models.CharField(max_length=64)
    lot = models.JSONField(default=dict)  # {stratum: tasks}
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # open to this viewer, else blind
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    certificate = models.JSONField(null=True, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    reopened = models.JSONField(default=list)  # [{"stratum", "tasks", "at", "by", "undone"}]

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "number", name="audit_number_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lt=1), name="audit_share"),
        ]


class AuditItem(models.Model):
    """One sampled task: the revision that was accepted, and what the auditor found in it."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="items", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="audit_items")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    slot = models.OneToOneField(Slot, models.SET_NULL, null=True, related_name="+")
    stratum = models.CharField(max_length=300)
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    judged_at = models.DateTimeField(null=True, blank=True)
    active_ms = models.BigIntegerField(default=0)
    # [{"kind", "class_id", "element", "x", "y", "severity", "note"}]; null: not judged yet
    defects = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("audit", "task", name="audititem_once")]
