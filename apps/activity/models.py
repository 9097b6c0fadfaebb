"""The append-only log of what happened, notices to people, and maintained counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One thing that happened. Never edited or deleted."""

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="events")
    project_id = models.BigIntegerField(null=True, blank=True)  # no foreign key: outlives the project
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=64)  # "task.submitted", "member.added"
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="event_organisation"),
            models.Index(fields=["project_id", "-id"], name="event_project"),
        ]


class Notification(models.Model):
    """An event that one person should know of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.CASCADE, related_name="notifications")
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]


class CountDelta(models.Model):
    """`amount` to add to a project's count of `measure` under `key` on `day` for `user_id` (0: nobody's).

    Appended by whoever changes what is counted, in the same transaction, and folded into `Count` by a job: so no submit
    updates a row that another submit needs. A read sums both tables. No foreign keys: purging a project deletes its counts.
    """

    project_id = models.BigIntegerField()
    measure = models.CharField(
        max_length=32
    )  # tasks_by_state, submitted, accepted, rejected, regions_by_class, active_ms …
    key = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)
    user_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["project_id", "measure"], name="countdelta_project")]


class Count(models.Model):
    """Folded deltas."""

    project_id = models.BigIntegerField()
    measure = models.CharField(max_length=32)
    key = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True)
    user_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "measure", "key", "day", "user_id"], name="count_once", nulls_distinct=False
            )
        ]
