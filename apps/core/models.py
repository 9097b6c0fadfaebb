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
