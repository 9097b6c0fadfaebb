"""Changing what is known about an asset, its window, and the trash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activity.services import record
from apps.assets.errors import ExternalIdTaken, NoWindow
from apps.assets.images import display16, percentile_window
from apps.assets.models import Asset
from apps.assets.services.ingest import checked_metadata, derivative_entry
from apps.core import storage
from apps.core.errors import Invalid
from apps.projects.models import Project

FIELDS = ("name", "external_id", "group", "origin", "licence", "attribution", "metadata")


def change_asset(*, asset: Asset, user: User, changes: Any) -> Asset:
    """Set the members of `changes` that are there.

    Raises:
        ExternalIdTaken: another asset of the project has it.
        NoWindow: a window for an image that has no 16-bit samples.
        Invalid: a window whose low is not below its high, or metadata that is not flat.
    """
    values = {name: getattr(changes, name) for name in FIELDS if getattr(changes, name) is not msgspec.UNSET}
    if "metadata" in values:
        values["metadata"] = checked_metadata(values["metadata"])
    if values.get("external_id") == "":
        values["external_id"] = None
    if changes.window is not msgspec.UNSET:
        values |= _windowed(asset, changes.window)
    try:
        with transaction.atomic():
            locked = Asset.objects.select_for_update().get(pk=asset.pk)
            for name, value in values.items():
                setattr(locked, name, value)
            locked.save(update_fields=[*values, "updated_at"])
            if values:
                record(
                    organisation_id=locked.project.organisation_id, project_id=locked.project_id, verb="asset.changed",
                    actor=user, object_type="asset", object_id=locked.pk, details={"members": sorted(values)},
                )  # fmt: skip
    except IntegrityError as error:
        raise ExternalIdTaken(
            f"Another asset of this project has the external id {values.get('external_id')!r}."
        ) from error
    return locked


def _windowed(asset: Asset, window: Any) -> dict[str, Any]:
    """The new window with the pictures made through it."""
    raw = asset.derivatives.get("raw16")
    if raw is None:
        raise NoWindow("Only images with 16-bit samples have a window.")
    flat = np.frombuffer(storage.read(raw["path"]), dtype="<u2")
    samples = flat.reshape(raw["height"], raw["width"], raw["channels"])
    low, high = percentile_window(samples) if window is None else (window.low, window.high)
    if low >= high:
        raise Invalid(f"The window's `low` must be below its `high`, got {low} and {high}.")
    kept = {name: entry for name, entry in asset.derivatives.items() if name == "raw16"}
    stem = raw["path"].rpartition(".raw16.")[0]
    made = {item.variant: derivative_entry(stem, item) for item in display16(samples, (low, high))}
    return {"window": {"low": low, "high": high}, "derivatives": kept | made}


@transaction.atomic
def trash_assets(*, project: Project, ids: Sequence[int], user: User) -> list[int]:
    """Put assets into the trash; ids of those that were not there yet. Their tasks are for the caller."""
    return _move(project, ids, user, trashed=True)


@transaction.atomic
def restore_assets(*, project: Project, ids: Sequence[int], user: User) -> list[int]:
    """Take assets out of the trash; ids of those that were in it. Their tasks are for the caller."""
    return _move(project, ids, user, trashed=False)


def _move(project: Project, ids: Sequence[int], user: User, *, trashed: bool) -> list[int]:
    rows = Asset.objects.select_for_update().filter(project_id=project.pk, pk__in=ids, trashed_at__isnull=trashed)
    found = sorted(rows.values_list("pk", flat=True))
    Asset.objects.filter(pk__in=found).update(trashed_at=timezone.now() if trashed else None)
    if found:
        record(
            organisation_id=project.organisation_id, project_id=project.pk, actor=user,
            verb="assets.trashed" if trashed else "assets.restored", details={"assets": len(found)},
        )  # fmt: skip
    return found
