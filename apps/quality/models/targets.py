"""Alerts of classes that miss their quality target."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.projects.models import Project


class TargetAlert(models.Model):
    """A class whose share of right regions lies below its target, with what was known when it was found; one at a time."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="target_alerts", db_index=False)
    class_id = models.BigIntegerField()
    # {"name", "value", "low", "high", "n", "target", "section", "people": [[user id, faulty, judged]]}
    evidence = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # it meets its target again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project", "class_id", condition=Q(ended_at__isnull=True), name="targetalert_once_open"
            ),
        ]
        indexes = [models.Index(fields=["project", "class_id", "-id"], name="targetalert_class")]
