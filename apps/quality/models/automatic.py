"""Automatic labelling: a batch of tasks that a model finished, and the audit that proves it."""

from __future__ import annotations

from django.db import models

from apps.core.models import Timestamped
from apps.predictions.models import ModelVersion
from apps.projects.models import BulkChange, Project
from apps.quality.models.audits import Audit


class AutomaticRun(Timestamped):
    """What was asked for and promised. The results that it made name its bulk change, which takes them back as one."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="automatic_runs", db_index=False)
    change = models.OneToOneField(BulkChange, models.CASCADE, related_name="automatic_run")
    model = models.CharField(max_length=120)  # as predictions name it: "name:version"
    # null: its predictions were brought in, and it is not registered here
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, related_name="+", db_index=False)
    said = models.JSONField(default=dict)  # AutomaticSpec, as it was sent
    thresholds = models.JSONField(default=list)  # domain.sampling.thresholds.Threshold, as they were then
    expected = models.JSONField(default=dict)  # the same of Expected, by the held-out set
    held_out = models.PositiveIntegerField(default=0)  # reviewed tasks that the thresholds come from
    audit = models.OneToOneField(Audit, models.SET_NULL, null=True, related_name="automatic_run")

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="automaticrun_newest")]
