"""What every table shares."""

from __future__ import annotations

from django.db import models


class Timestamped(models.Model):
    """When a row was made and last changed. `updated_at` moves only where a service says so by `save()`."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Trashable(models.Model):
    """Deleting is a trash of 30 days; queries leave out what has a `trashed_at`."""

    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class SealedField(models.TextField):
    """What `core.secrets.seal` made; "" is none. `manage.py rotate_secrets` finds every column of this kind."""


class KeptAnswer(models.Model):
    """What a creating call with an `Idempotency-Key` was answered, for those that send it again. See `core.idempotency`."""

    user_id = models.BigIntegerField()  # no foreign key: this app knows nobody above it
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    etag = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(null=True)  # null where the answer holds a secret that is shown once
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key_hash"], name="one_answer_a_key")]
