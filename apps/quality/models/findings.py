"""Findings of checks on work that was handed in: one row a fault, kept over revisions."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.models import Timestamped
from apps.projects.models import Project
from apps.tasks.models import Task


class Finding(Timestamped):
    """What a check says of one element of one answer, or of the whole of it.

    The same fault in a later revision of the same answer is the same row: `answer_id` is the annotation that a reviewer's
    fixes began with. A pair is kept once, its ids in order.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        FIXED = "fixed", "Fixed"  # a later revision does not have it any more
        ACCEPTED = "accepted", "Accepted as is"

    project = models.ForeignKey(Project, models.CASCADE, related_name="findings", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="findings", db_index=False)
    answer_id = models.BigIntegerField()  # the annotation; no foreign key, annotations are never deleted alone
    revision_id = models.BigIntegerField(null=True)  # where it was seen last; null: kept while drawing
    rule = models.CharField(max_length=40)
    element_id = models.CharField(max_length=120, blank=True)  # "" is the whole item
    other_id = models.CharField(max_length=120, blank=True)
    at = models.CharField(max_length=120, blank=True)  # the attribute or class, where one element can have several
    severity = models.CharField(max_length=8)  # info | warning | error
    blocks = models.BooleanField(default=False)
    detail = models.CharField(max_length=500)
    values = models.JSONField(default=dict)  # what the sentence is made of
    class_id = models.BigIntegerField(null=True)
    bounds = ArrayField(models.FloatField(), size=4, null=True)  # of the element, image pixels
    by_gold = models.BooleanField(default=False)  # told to managers only: gold must not be recognised
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # who made the answer
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # why it is accepted as is

    class Meta:
        constraints = [
            models.UniqueConstraint("task", "answer_id", "rule", "element_id", "other_id", "at", name="finding_once"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | ~Q(decided_by=None), name="finding_accepted_by_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state", "-id"], name="finding_state"),
            models.Index(fields=["project", "state", "rule", "-id"], name="finding_rule"),
            models.Index(fields=["project", "state", "person", "-id"], name="finding_person"),
        ]
