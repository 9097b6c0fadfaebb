"""Models' answers, kept apart from people's. They are never edited; a later answer of a model takes the place of its earlier ones."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.projects.models import Project
from apps.tasks.models import Task


class Prediction(models.Model):
    """What one model says of one task, in chunks as revisions have them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="predictions")
    task = models.ForeignKey(Task, models.CASCADE, related_name="predictions", db_index=False)
    model = models.CharField(max_length=120)  # "model:version", or "import:<name>"
    sha256 = models.CharField(max_length=64)  # over the chunk hashes
    chunks = ArrayField(models.BinaryField(), default=list)
    region_count = models.PositiveIntegerField(default=0)
    class_counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["task", "model", "-id"], name="prediction_latest")]
