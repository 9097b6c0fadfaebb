"""Writing: one verb a function."""

from apps.assets.services.blobs import put_blob
from apps.assets.services.change import change_asset, restore_assets, trash_assets
from apps.assets.services.ingest import Added, Fields, Incoming, Ingested, add_assets, prepare
from apps.assets.services.large import ask_for_tiles
from apps.assets.services.resumable import ALGORITHMS, begin_upload, end_upload, joined, take_part, tidy_uploads
from apps.assets.services.sources import (
    ask_for_due_syncs,
    ask_to_sync,
    begin_sync,
    change_source,
    connect_source,
    disconnect_source,
    name_of,
    take_from_storage,
)
from apps.assets.services.storages import (
    ask_to_test,
    change_storage,
    connect_storage,
    keep_probe,
    open_storage,
    remove_storage,
)
from apps.assets.services.taking import ask_to_take_upload
from apps.assets.services.urls import ask_for_urls

__all__ = [
    "ALGORITHMS",
    "Added",
    "Fields",
    "Incoming",
    "Ingested",
    "add_assets",
    "ask_for_due_syncs",
    "ask_for_tiles",
    "ask_for_urls",
    "ask_to_sync",
    "ask_to_take_upload",
    "ask_to_test",
    "begin_sync",
    "begin_upload",
    "change_asset",
    "change_source",
    "change_storage",
    "connect_source",
    "connect_storage",
    "disconnect_source",
    "end_upload",
    "joined",
    "keep_probe",
    "name_of",
    "open_storage",
    "prepare",
    "put_blob",
    "remove_storage",
    "restore_assets",
    "take_from_storage",
    "take_part",
    "tidy_uploads",
    "trash_assets",
]
