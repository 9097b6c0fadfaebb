"""How alike people's answers are: what each task adds, and the sums of all of them.

`TaskAgreement` is the truth: it says which revisions were compared and what came out, as sums. `AgreementSum` and `SaidCount`
are its totals, moved by the difference whenever a task is scored again, and can be rebuilt from it at any time.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.projects.models import Project
from apps.tasks.models import Task


class TaskAgreement(models.Model):
    """One task's scores. `waiting`: they are to be made (again); whoever makes them takes the row under lock."""

    task = models.OneToOneField(Task, models.CASCADE, related_name="scores", primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    batch_id = models.BigIntegerField(default=0)  # 0: none
    day = models.DateField(null=True)  # of the last answer that was compared
    value = models.FloatField(null=True)  # mean over the pairs; null: nothing could be compared
    people = ArrayField(models.BigIntegerField(), default=list)  # whose answers were compared
    revisions = ArrayField(models.BigIntegerField(), default=list)  # of each of them, in the same order
    schemas = models.PositiveSmallIntegerField(default=0)  # versions of the schema that were compared; over 1 is told
    body = models.BinaryField(default=bytes)  # sums of each pair by subject, what was said against what: msgpack
    # Where the answers differ, to find the task by: subjects, questions with both sides, people, pairs.
    differs = ArrayField(models.CharField(max_length=200), default=list)
    waiting = models.BooleanField(default=False)
    scored_at = models.DateTimeField(null=True)
    watched = models.BooleanField(default=False, db_default=False)  # how people work was learnt from it (`CrowdWatch`)

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "scored_at"], condition=Q(watched=False, waiting=False), name="agreement_unwatched"
            ),
            models.Index(fields=["project", "task"], condition=Q(waiting=True), name="agreement_waiting"),
            models.Index(fields=["project", "value", "task"], name="agreement_value"),
            GinIndex(fields=["differs"], name="agreement_differs"),
        ]


class AgreementSum(models.Model):
    """Sums over tasks of one subject: of two people (`a` < `b`), of one against all others (`b` 0), or of all (`a` 0).

    `size`, `alike` and `overlap` as `domain.agreement.scoring.Sums`. The squares are of each task's sums: they give the
    interval of a ratio, with the task as the unit that was drawn.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    batch_id = models.BigIntegerField(default=0)
    day = models.DateField()
    a = models.BigIntegerField()
    b = models.BigIntegerField()
    subject = models.CharField(max_length=140)
    tasks = models.BigIntegerField(default=0)
    pairs = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    alike = models.BigIntegerField(default=0)
    overlap = models.BigIntegerField(default=0)  # millionths
    empty = models.BigIntegerField(default=0)  # pairs of which neither has any region; only of the subject `all`
    size_size = models.FloatField(default=0)
    size_alike = models.FloatField(default=0)
    alike_alike = models.FloatField(default=0)
    size_overlap = models.FloatField(default=0)
    overlap_overlap = models.FloatField(default=0)
    alike_overlap = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "subject", "a", "b", "batch_id", "day", name="agreement_sum_once")
        ]


class SaidCount(models.Model):
    """How often one side said `left` where the other said `right`: people `a` < `b`, or everybody (0, 0).

    `raters`: how many answers the task had; by it Krippendorff's coincidences are weighed.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    batch_id = models.BigIntegerField(default=0)
    a = models.BigIntegerField()
    b = models.BigIntegerField()
    question = models.CharField(max_length=140)
    raters = models.PositiveSmallIntegerField()
    left = models.CharField(max_length=200, blank=True)
    right = models.CharField(max_length=200, blank=True)
    times = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project", "question", "a", "b", "batch_id", "raters", "left", "right", name="said_count_once"
            )
        ]
