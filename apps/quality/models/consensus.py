"""What consensus made of a task's answers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.annotations.models import Annotation, Revision
from apps.core.models import Timestamped
from apps.projects.models import Project
from apps.tasks.models import Task


class Consensus(Timestamped):
    """One making of one annotation out of several answers, with where it came from. Undone as one, never edited."""

    class State(models.TextChoices):
        STANDS = "stands", "Stands"
        UNDONE = "undone", "Undone"
        REPLACED = "replaced", "Replaced"

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="consensuses", db_index=False)
    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.STANDS)
    made_of = ArrayField(models.BigIntegerField(), default=list)  # revisions of the answers
    agreed = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    # msgpack of the regions that agree and of those that do not: members, support, votes; parameters and versions
    provenance = models.BinaryField(default=bytes)
    job_id = models.BigIntegerField(null=True, blank=True)  # the run over many tasks that made it: undone together
    result_before = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # null: the workflow

    class Meta:
        constraints = [
            models.UniqueConstraint("task", condition=Q(state="stands"), name="consensus_stands_once"),
        ]
        indexes = [
            models.Index(fields=["task", "-id"], name="consensus_task"),
            models.Index(fields=["project", "job_id", "-id"], name="consensus_job"),
        ]
