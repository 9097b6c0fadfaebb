"""Addresses of assets and blobs."""

from __future__ import annotations

from apps.assets.api import resumable, views
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
    route("assets/<int:asset_id>", views.AssetView.as_view()),
]
