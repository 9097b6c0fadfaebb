"""Gold, the hidden tests made of it, what they showed, and what followed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.annotations.models import Revision
from apps.assets.models import Asset
from apps.core.models import Timestamped
from apps.projects.models import Project
from apps.tasks.models import Task


class Gold(Timestamped):
    """One trusted answer to one picture. A changed one is a new version; the old one is retired and keeps its scores."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    project = models.ForeignKey(Project, models.CASCADE, related_name="gold")
    task = models.ForeignKey(Task, models.CASCADE, related_name="gold")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    revision = models.OneToOneField(Revision, models.PROTECT, related_name="gold")  # of kind gold
    begins_with = models.ForeignKey(
        Revision, models.PROTECT, null=True, related_name="+"
    )  # imported work to begin from
    version = models.PositiveIntegerField(default=1)  # of the gold of this task
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("task", "version", name="gold_version_once"),
            models.UniqueConstraint("task", condition=Q(state="active"), name="gold_active_once"),
        ]
        indexes = [models.Index(fields=["project", "state", "-id"], name="gold_list")]


class Probe(models.Model):
    """A task that tests a person, unknown to them or at an exam: its answer is known. So the faults of answers to it are known as well, which tests who
    reviews them (`fault`)."""

    class Kind(models.TextChoices):
        GOLD = "gold", "Gold"
        FAULT = "fault", "Known faults"
        EXAM = "exam", "Exam"

    task = models.OneToOneField(Task, models.CASCADE, related_name="probe")
    project = models.ForeignKey(Project, models.CASCADE, related_name="probes")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.GOLD)
    gold = models.ForeignKey(Gold, models.CASCADE, null=True, related_name="probes")
    source = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")  # whose copy got the fault
    # whose coming to review drew it: it goes to reviewers after that one, and as work of the same person
    beside = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    exam = models.ForeignKey("quality.ExamTry", models.CASCADE, null=True, related_name="probes")
    host = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")  # whose place in the queue it has
    planted = models.JSONField(default=list)  # the fault: [a domain.planting.Planted]
    due_at = models.DateTimeField(null=True, blank=True)  # when its answer is handed in; null: it was
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "kind", "-id"], name="probe_list")]


class ProbeScore(models.Model):
    """How one answer to a probe (or one verdict on planted faults) stands to what is known. Never changed."""

    probe = models.ForeignKey(Probe, models.CASCADE, related_name="scores")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Probe.Kind)
    score = models.FloatField()  # share of things that are right; of known faults that a reviewer found
    things = models.PositiveIntegerField()
    correct = models.PositiveIntegerField()
    classes = models.JSONField(default=dict)  # {"1": [correct, things]}
    faults = models.JSONField(default=list)
    counted = models.BooleanField(default=True)  # false for who may see gold
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("probe", "user", "kind", name="probescore_once")]
        indexes = [models.Index(fields=["project", "kind", "user", "-id"], name="probescore_person")]


class Consequence(models.Model):
    """What was done because somebody's accuracy lies wholly under the target. It names its evidence and can be lifted."""

    class Kind(models.TextChoices):
        NOTIFY = "notify", "Notify"
        PAUSE = "pause", "Pause"
        RETRAIN = "retrain", "Retrain"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        LIFTED = "lifted", "Lifted"

    project = models.ForeignKey(Project, models.CASCADE, related_name="consequences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    evidence = models.JSONField()  # {"value", "low", "high", "n", "target", "method", "scores": [ids]}
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project", "user", "kind", condition=Q(state="active"), name="consequence_active_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="lifted") | Q(lifted_at__isnull=False), name="consequence_lifted_when"
            ),
        ]
        indexes = [models.Index(fields=["project", "user", "state"], name="consequence_person")]
