"""Adding, finding, changing and trashing assets; blobs of long masks."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from apps.assets import queries, services
from apps.assets.api import uploads
from apps.assets.api.documents import asset_out, asset_rows
from apps.assets.api.parsers import RawParser, StreamedForm
from apps.assets.api.storage_structs import FromStorage, SourceIn
from apps.assets.api.structs import (
    AssetIdsIn,
    AssetOut,
    AssetPage,
    AssetPatch,
    BlobOut,
    ChangedCount,
    JobStarted,
    UploadOut,
)
from apps.assets.urls_list import UrlImportIn
from apps.core.api import answer, body
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import project_for
from apps.projects.settings import is_tested

FILTERS = [
    OpenApiParameter("name", str, description="Prefix of the name."),
    OpenApiParameter("external_id", str, description="Exactly this."),
    OpenApiParameter("group", str, description="Exactly this."),
    OpenApiParameter("origin", str, enum=["real", "synthetic", "augmented", "derived"]),
    OpenApiParameter("licence", str, description="Exactly this."),
    OpenApiParameter("sha256", str, description="Exactly this."),
    OpenApiParameter("metadata.{key}", str, description="The value of one metadata key, as JSON or plain text."),
    OpenApiParameter("trashed", bool, description="True lists the trash instead."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]
UPLOAD_FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "metadata": {
                "type": "string",
                "format": "binary",
                "description": "JSON Lines or CSV (a file or a field); each row names a file by `name` or `file_name`.",
            },
            "paths": {
                "type": "array",
                "items": {"type": "string"},
                "description": "One a file, in order: its path in the folder that was dropped.",
            },
            "pages": {"type": "string", "enum": ["refuse", "split"], "default": "refuse"},
            "duplicates": {"type": "string", "enum": ["keep", "skip"], "default": "keep"},
            "group": {"type": "string"},
            "origin": {"type": "string", "enum": ["real", "synthetic", "augmented", "derived"]},
            "licence": {"type": "string"},
            "attribution": {"type": "string"},
            "external_id": {"type": "string", "description": "Only with one file."},
        },
        "required": ["files"],
    }
}


class AssetsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.ASSETS_VIEW, "post": Action.ASSETS_ADD}
    parser_classes = (StreamedForm, JSONParser)

    @extend_schema(parameters=FILTERS, responses={200: AssetPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Assets of a project, newest first."""
        access = project_for(self.user, project_id, Action.ASSETS_VIEW)
        rows, following = paginate(request, queries.assets_of(access, request.query_params))
        if is_tested(access):
            for asset in rows:
                asset.external_id = asset.duplicate_of_id = None  # a probe's picture has none
        return answer(AssetPage(results=asset_rows(rows), next=following))

    @extend_schema(
        request={**UPLOAD_FORM, "application/json": UrlImportIn},
        responses={201: UploadOut, 202: JobStarted},
    )
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Add images: files in a form are there, and can be claimed, when this answers; URLs are fetched by a job.

        `{storage, prefix}` instead of URLs is a source (`projects/{id}/sources`), connected or looked at again. A file that cannot be taken is named in `errors` with a code; the others go in.
        """
        access = project_for(self.user, project_id, Action.ASSETS_ADD)
        if uploads.is_form(request):
            return answer(uploads.take(request, access), status=201)
        if body(request, FromStorage).storage is not None:
            job = services.take_from_storage(project=access.project, user=self.user, sent=body(request, SourceIn))
        else:
            job = services.ask_for_urls(project=access.project, user=self.user, sent=body(request, UrlImportIn))
        return answer(JobStarted(job=job_out(job)), status=202)


class AssetsTrashView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ASSETS_EDIT}

    @extend_schema(request=AssetIdsIn, responses={200: ChangedCount})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Put assets and their tasks into the trash for 30 days."""
        access = project_for(self.user, project_id, Action.ASSETS_EDIT)
        ids = body(request, AssetIdsIn).ids
        return answer(ChangedCount(changed=uploads.trash(access, ids)))


class AssetsRestoreView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ASSETS_EDIT}

    @extend_schema(request=AssetIdsIn, responses={200: ChangedCount})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take assets and their tasks out of the trash."""
        access = project_for(self.user, project_id, Action.ASSETS_EDIT)
        ids = body(request, AssetIdsIn).ids
        return answer(ChangedCount(changed=uploads.restore(access, ids)))


class AssetView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.ASSETS_VIEW, "patch": Action.ASSETS_EDIT}

    @extend_schema(responses={200: AssetOut})
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        return answer(asset_out(queries.asset_for(self.user, asset_id, Action.ASSETS_VIEW)))

    @extend_schema(request=AssetPatch, responses={200: AssetOut})
    def patch(self, request: Request, asset_id: int) -> HttpResponse:
        """Change what is known about the asset, or the window of a 16-bit image (its display is made anew)."""
        asset = queries.asset_for(self.user, asset_id, Action.ASSETS_EDIT)
        sent = body(request, AssetPatch)
        return answer(asset_out(services.change_asset(asset=asset, user=self.user, changes=sent)))


class BlobView(Api):
    """Immutable bytes named by their SHA-256: geometry too large for an edit."""

    actions: ClassVar[dict[str, Action]] = {"get": Action.ASSETS_VIEW, "put": Action.ANNOTATE}
    parser_classes = (RawParser,)

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, project_id: int, sha256: str) -> HttpResponse:
        access = project_for(self.user, project_id, Action.ASSETS_VIEW)
        data = queries.blob_bytes(access.project, sha256)
        headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(data, content_type="application/octet-stream", headers=headers)

    @extend_schema(request={"application/octet-stream": bytes}, responses={200: BlobOut, 201: BlobOut})
    def put(self, request: Request, project_id: int, sha256: str) -> HttpResponse:
        """Store the bytes under their hash: 201 when new, 200 when they were there."""
        access = project_for(self.user, project_id, Action.ANNOTATE)
        data = uploads.blob_body(request)
        blob, created = services.put_blob(project=access.project, sha256=sha256, data=data)
        return answer(BlobOut(sha256=blob.sha256, size=blob.size), status=201 if created else 200)
