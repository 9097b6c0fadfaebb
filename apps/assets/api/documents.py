"""Assets as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from apps.assets.api.structs import AssetOut, AssetWindow, MediaUrls, Origin, Tiles
from apps.assets.models import Asset
from apps.assets.queries import channels_of, delivery_urls, tiles_of
from apps.tasks.models import Task


def asset_out(asset: Asset) -> AssetOut:
    return asset_rows([asset])[0]


def asset_rows(assets: Sequence[Asset]) -> list[AssetOut]:
    """Documents of a page of assets, with the first task of each from one query."""
    tasks = dict(Task.objects.filter(asset_id__in=[a.pk for a in assets]).order_by("-id").values_list("asset_id", "id"))
    return [_out(asset, tasks.get(asset.pk)) for asset in assets]


def _out(asset: Asset, task: int | None) -> AssetOut:
    return AssetOut(
        id=asset.pk,
        project=asset.project_id,
        kind=asset.kind,
        name=asset.name,
        external_id=asset.external_id,
        group=asset.group,
        origin=cast(Origin, asset.origin),
        licence=asset.licence,
        attribution=asset.attribution,
        metadata=asset.metadata,
        sha256=asset.sha256,
        file_bytes=asset.file_bytes,
        content_type=asset.content_type,
        width=asset.width,
        height=asset.height,
        bit_depth=asset.bit_depth,
        channels=channels_of(asset),
        page=asset.page,
        window=msgspec.convert(asset.window, AssetWindow) if asset.window else None,
        duplicate_of=asset.duplicate_of_id,
        task=task,
        urls=MediaUrls(**delivery_urls(asset)),
        tiles=tiles_out(asset),
        created_at=asset.created_at,
        trashed_at=asset.trashed_at,
    )


def tiles_out(asset: Asset) -> Tiles | None:
    made = tiles_of(asset)
    return Tiles(**made) if made else None
