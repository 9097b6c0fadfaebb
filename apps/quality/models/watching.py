"""Watching whether people work honestly: what is known of a project's crowd, and the alarms that it raised."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.projects.models import Project


class CrowdWatch(models.Model):
    """The state of `domain.agreement.annotators.Watch` of each question, and how far it has read."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    state = models.JSONField(default=dict)  # {question: {"values": [...], "watch": a Watch}}
    last_score = models.BigIntegerField(default=0)  # id of the last ProbeScore that it has seen
    items = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)


class WorkAlarm(models.Model):
    """Somebody's answers are far likelier from another way of working than from an honest person. One of a kind and question."""

    class Kind(models.TextChoices):
        CARELESS = "careless", "Answers without looking"
        FOLLOWS = "follows_predictions", "Accepts every prediction"
        COPIES = "copies", "Copies somebody"
        SKIPS = "skips_hard", "Skips what is hard"
        TIRES = "tires", "Tires"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SETTLED = "settled", "Settled"

    project = models.ForeignKey(Project, models.CASCADE, related_name="work_alarms", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    question = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    items = models.PositiveIntegerField()  # that the person had seen
    evidence = models.FloatField()  # natural log of how many times likelier than from an honest person
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "user", "question", "kind", name="workalarm_once"),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(settled_at__isnull=False), name="workalarm_settled_when"
            ),
        ]
        indexes = [models.Index(fields=["project", "state", "-id"], name="workalarm_list")]
