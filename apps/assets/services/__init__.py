"""Writing: one verb a function."""

from apps.assets.services.blobs import put_blob
from apps.assets.services.change import change_asset, restore_assets, trash_assets
from apps.assets.services.ingest import Added, Fields, Incoming, Ingested, add_assets, prepare
from apps.assets.services.large import ask_for_tiles
from apps.assets.services.resumable import ALGORITHMS, begin_upload, end_upload, joined, take_part, tidy_uploads
from apps.assets.services.taking import ask_to_take_upload
from apps.assets.services.urls import ask_for_urls

__all__ = [
    "ALGORITHMS",
    "Added",
    "Fields",
    "Incoming",
    "Ingested",
    "add_assets",
    "ask_for_tiles",
    "ask_for_urls",
    "ask_to_take_upload",
    "begin_upload",
    "change_asset",
    "end_upload",
    "joined",
    "prepare",
    "put_blob",
    "restore_assets",
    "take_part",
    "tidy_uploads",
    "trash_assets",
]
