"""Addresses of assets and blobs."""

from __future__ import annotations

from apps.assets.api import resumable, sources, storages, views
from apps.core.urls import route

PROJECT = "projects/<int:project_id>"

urlpatterns = [
    route(f"{PROJECT}/assets", views.AssetsView.as_view()),
    route(f"{PROJECT}/assets/trash", views.AssetsTrashView.as_view()),
    route(f"{PROJECT}/assets/restore", views.AssetsRestoreView.as_view()),
    route(f"{PROJECT}/blobs/<sha256:sha256>", views.BlobView.as_view()),
    route(f"{PROJECT}/uploads", resumable.UploadsView.as_view()),
    route("uploads/<int:upload_id>", resumable.UploadView.as_view()),
    route("uploads/<int:upload_id>/take", resumable.TakeUploadView.as_view()),
    route("organisations/<int:organisation_id>/storages", storages.StoragesView.as_view()),
    route("storages/<int:storage_id>", storages.StorageView.as_view()),
    route("storages/<int:storage_id>/test", storages.TestStorageView.as_view()),
    route(f"{PROJECT}/storages", storages.UsableStoragesView.as_view()),
    route(f"{PROJECT}/sources", sources.SourcesView.as_view()),
    route("sources/<int:source_id>", sources.SourceView.as_view()),
    route("sources/<int:source_id>/sync", sources.SyncSourceView.as_view()),
    route("sources/<int:source_id>/syncs", sources.SyncsView.as_view()),
    route("sources/<int:source_id>/objects", sources.LinkedObjectsView.as_view()),
    route("assets/<int:asset_id>", views.AssetView.as_view()),
]
