"""Jobs of assets: taking files in, and storages that are looked at."""

from apps.assets.jobs.storages import sync_due, sync_source, test_storage
from apps.assets.jobs.taking import fetch_urls, take_large, take_upload

__all__ = ["fetch_urls", "sync_due", "sync_source", "take_large", "take_upload", "test_storage"]
