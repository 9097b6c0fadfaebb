"""Exams before work: one row a try, which keeps its result when its tasks are gone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.projects.models import Project


class ExamTry(models.Model):
    """One person's try at a project's exam, under the rules that held when it began."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"
        EXCUSED = "excused", "Let through"  # by a manager, without a try

    project = models.ForeignKey(Project, models.CASCADE, related_name="exam_tries", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # of this person here
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    guideline = models.PositiveIntegerField(default=0)  # the version that held
    tasks = models.PositiveIntegerField(default=0)
    pass_mark = models.FloatField(default=0.0)
    forgiven = models.BooleanField(default=False)  # a manager gave more tries
    total = models.FloatField(default=0.0)  # sum of the tasks' shares of what is right
    classes = models.JSONField(default=dict)  # {"1": [correct, things]}; 0 for questions about the item
    faults = models.JSONField(default=dict)  # {"missed": 2}
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "user", "number", name="examtry_once"),
            models.UniqueConstraint("project", "user", condition=Q(state="open"), name="examtry_open_once"),
        ]
