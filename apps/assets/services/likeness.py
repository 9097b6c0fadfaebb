"""How pictures look, for those that were taken in before it was kept."""

from __future__ import annotations

from collections.abc import Sequence

from apps.assets.images.likeness import likeness_of_file
from apps.assets.models import Asset
from apps.core import storage
from apps.core.errors import DomainError


def fill_likeness(*, asset_ids: Sequence[int]) -> int:
    """Measure those that have none; how many have one now. A file that is gone or unreadable is left out."""
    filled = []
    for asset in Asset.objects.filter(pk__in=asset_ids, likeness=None):
        shown = next(
            (asset.derivatives[name]["path"] for name in ("thumb", "preview", "display") if name in asset.derivatives),
            asset.path,
        )
        try:
            with storage.open_file(shown) as file:
                asset.likeness = likeness_of_file(file, asset.sha256)
        except (DomainError, OSError):
            continue
        if asset.likeness is not None:
            filled.append(asset)
    Asset.objects.bulk_update(filled, ["likeness"], batch_size=500)
    return len(filled)
