"""The append-only log of what happened, notices to people, webhooks, and maintained counts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.models import Timestamped


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


class Webhook(Timestamped):
    """An address that is told of an organisation's or a project's events.

    Its secret is kept nowhere: it is derived from `salt` and the server's secret key (`services.secrets`).
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"  # by a person
        DISABLED = "disabled", "Disabled"  # after all tries of a delivery failed and nothing else came through

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="+")
    project_id = models.BigIntegerField(null=True, blank=True)  # null: of all projects; no foreign key, as events
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=2000)
    kinds = ArrayField(models.CharField(max_length=64))
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    salt = models.CharField(max_length=64)
    old_salt = models.CharField(max_length=64, blank=True)  # of the secret before, which also signs until
    old_salt_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    failures = models.PositiveIntegerField(default=0)  # tries since the last success
    rests_until = models.DateTimeField(null=True, blank=True)  # what failed is not asked again at once
    delivered_at = models.DateTimeField(null=True, blank=True)  # the last success

    class Meta:
        indexes = [models.Index(fields=["project_id"], condition=~Q(project_id=None), name="webhook_project")]


class Delivery(models.Model):
    """One message to one webhook. It is pending until the receiver says 2xx or all tries are used up.

    Taking it moves `next_try_at` past the time that a try may last and raises `token`: what a killed worker had in hand
    is due again by itself, and what a late one still writes counts nothing.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    key = models.UUIDField(default=uuid.uuid4)  # the same in every try: receivers know a repeat by it
    kind = models.CharField(max_length=64)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)  # of this round; sending again begins a new one
    token = models.BigIntegerField(default=0)
    next_try_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_webhook"),
            models.Index(fields=["webhook", "next_try_at"], condition=Q(state="pending"), name="delivery_due"),
        ]


class DeliveryTry(models.Model):
    """One try of a delivery, and what came back."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)  # null: there was no answer
    problem = models.CharField(max_length=300, blank=True)  # why it counts as failed
    answer = models.TextField(blank=True)  # its first bytes


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


class MonthCount(models.Model):
    """Folded deltas summed by month, so that a sum over years reads a few rows a person. Written with `Count`, never alone."""

    project_id = models.BigIntegerField()
    measure = models.CharField(max_length=32)
    key = models.CharField(max_length=64, blank=True)
    month = models.DateField(null=True)  # its first day; null: of no day
    user_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    last_day = models.DateField(null=True)  # the last day of the month that anything was counted on

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "measure", "key", "month", "user_id"],
                name="monthcount_once",
                nulls_distinct=False,
            )
        ]
