"""What pictures look like in numbers: reckoned once, kept beside them, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from apps.assets.models import Asset
from apps.core.errors import NotFound
from apps.predictions.inference.pictures import Picture
from apps.predictions.models import PictureFeatures
from domain.learning.features import NAME, SIDE, describe
from domain.learning.neighbours import embedded

AT_ONCE = 500  # rows of one statement
KEPT_AS = "<f2"


def small_features(asset_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
    """By asset, its kept features as `domain.learning.neighbours` compares them, (SIZE,); of those that have none, nothing."""
    found: dict[int, NDArray[np.float32]] = {}
    for start in range(0, len(asset_ids), AT_ONCE):
        kept = _kept(asset_ids[start : start + AT_ONCE])
        if kept:
            found |= zip(kept, embedded(np.stack(list(kept.values()))), strict=True)
    return found


def _kept(asset_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
    rows = PictureFeatures.objects.filter(asset__in=asset_ids, name=NAME).values_list("asset_id", "vector")
    return {pk: np.frombuffer(bytes(raw), dtype=KEPT_AS).astype(np.float32) for pk, raw in rows}


def features_of(
    assets: Sequence[Asset], *, report: Callable[[int, int], None] = lambda done, total: None
) -> dict[int, NDArray[np.float32]]:
    """By asset, its features; of those that cannot be read, nothing.

    Args:
        report: told (how many, of how many) after each; what it raises ends the work, and what is done stays.
    """
    found: dict[int, NDArray[np.float32]] = {}
    for start in range(0, len(assets), AT_ONCE):
        found |= _kept([one.pk for one in assets[start : start + AT_ONCE]])
    report(len(found), len(assets))
    for asset in assets:
        if asset.pk in found:
            continue
        try:
            vector = describe(Picture(asset).resized(SIDE, SIDE)).astype(KEPT_AS)
        except NotFound:
            continue
        kept = PictureFeatures(project_id=asset.project_id, asset=asset, name=NAME, vector=vector.tobytes())
        PictureFeatures.objects.bulk_create([kept], ignore_conflicts=True)
        found[asset.pk] = vector.astype(np.float32)
        report(len(found), len(assets))
    return found
