"""Maintained counts: appended as deltas and folded by a job; a read sums both."""

from __future__ import annotations

from django.db import models

from apps.projects.models import Project


class CountDelta(models.Model):
    """`amount` to add to a project's count of `measure` under `key` on `day` for `user_id` (0: nobody's)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=32)  # tasks_by_state, submitted, accepted, rejected, regions_by_class, active_ms …
    key = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)
    user_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["project", "measure"], name="countdelta_project")]


class Count(models.Model):
    """Folded deltas."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=32)
    key = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)
    user_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "measure", "key", "day", "user_id", name="count_once", nulls_distinct=False)
        ]
