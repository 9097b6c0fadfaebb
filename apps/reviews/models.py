"""Verdicts on revisions, what is wrong where, and the talk about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.annotations.models import Revision
from apps.core.models import Timestamped
from apps.projects.models import GuidelineVersion, Project
from apps.tasks.models import Assignment, Task


class Review(models.Model):
    """One reviewer's verdict on one revision of an annotation. Never edited."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept", "Accept"
        FIX = "fix", "Accept with fixes"
        REJECT = "reject", "Reject"
        REOPEN = "reopen", "Asked again"  # the guideline changed: nobody's fault, and counted for nobody

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reviews")
    task = models.ForeignKey(Task, models.CASCADE, related_name="reviews")
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews")
    # who made the answer, also where a fix of it was judged; null for what nobody made
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    verdict = models.CharField(max_length=16, choices=Verdict)
    reason = models.TextField(blank=True)  # shown to the annotator
    reasons = models.JSONField(default=list, blank=True)  # which of the project's reasons it begins with
    fix_revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    active_ms = models.BigIntegerField(default=0)
    # a manager's sending back, also of work that they had judged before: how the task stood, for the undo
    sent_back_from = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "reviewer"],
                condition=Q(sent_back_from__isnull=True),
                name="review_once_per_revision",
            ),
            models.CheckConstraint(condition=~Q(verdict="reject") | ~Q(reason=""), name="review_reject_needs_reason"),
        ]
        indexes = [models.Index(fields=["author", "-id"], name="review_author")]


class Dispute(Timestamped):
    """An author who disagrees with a fix or a rejection asks the next level, once."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Upheld"  # the verdict stands
        OVERTURNED = "overturned", "Overturned"

    review = models.OneToOneField(Review, models.CASCADE, related_name="dispute")
    project = models.ForeignKey(Project, models.CASCADE, related_name="disputes", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(max_length=5000)
    element_ids = models.JSONField(default=list, blank=True)  # the regions that it is about; empty: the whole verdict
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decision = models.TextField(max_length=5000, blank=True)
    restored = models.BooleanField(default=False)  # the answer is the task's result again, instead of its fix
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "state", "-id"], name="dispute_project")]


class Mark(models.Model):
    """What is wrong, and where: on an element, or at a point (a missed object)."""

    class Kind(models.TextChoices):
        MISSED = "missed", "Missed"
        EXTRA = "extra", "Extra"
        WRONG_CLASS = "wrong_class", "Wrong class"
        LOOSE = "loose", "Loose"
        CUT_OFF = "cut_off", "Cut off"
        ATTRIBUTE = "attribute", "Attribute"
        OTHER = "other", "Other"

    review = models.ForeignKey(Review, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=16, choices=Kind)
    severity = models.CharField(max_length=8, default="major")  # minor | major
    element_id = models.CharField(max_length=120, blank=True)
    class_id = models.BigIntegerField(
        null=True, blank=True
    )  # of the region as it should be counted: the author's, or what they missed
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    derived = models.BooleanField(default=False)  # written from the difference of a fix
    resolved_at = models.DateTimeField(null=True, blank=True)


class Issue(Timestamped):
    """A point to settle on a task: at a region, at a point, or on the whole."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RESOLVED = "resolved", "Resolved"

    project = models.ForeignKey(Project, models.CASCADE, related_name="issues")
    task = models.ForeignKey(Task, models.CASCADE, related_name="issues")
    number = models.PositiveIntegerField()  # within the task
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    element_id = models.CharField(max_length=120, blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("task", "number", name="issue_number_once")]


class Comment(Timestamped):
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)


class Question(Timestamped):
    """What an annotator asks; the task is parked until it is answered."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="questions")
    task = models.ForeignKey(Task, models.CASCADE, related_name="questions")
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, related_name="+")
    element_id = models.CharField(max_length=120, blank=True)
    region = models.JSONField(null=True, blank=True)  # the region as it was when it was asked about
    class_id = models.BigIntegerField(null=True, blank=True)  # of the region
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)
    answer = models.TextField(max_length=5000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # put into the draft of a guideline version, and which version that became
    drafted_at = models.DateTimeField(null=True, blank=True)
    published_in = models.ForeignKey(
        GuidelineVersion, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="question_project")]
