"""Writing: one verb a function."""

from apps.assets.services.blobs import put_blob
from apps.assets.services.change import change_asset, restore_assets, trash_assets
from apps.assets.services.ingest import Added, Fields, Incoming, Ingested, add_assets, prepare
from apps.assets.services.large import ask_for_tiles
from apps.assets.services.urls import ask_for_urls

__all__ = [
    "Added",
    "Fields",
    "Incoming",
    "Ingested",
    "add_assets",
    "ask_for_tiles",
    "ask_for_urls",
    "change_asset",
    "prepare",
    "put_blob",
    "restore_assets",
    "trash_assets",
]
