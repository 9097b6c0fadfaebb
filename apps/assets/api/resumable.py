"""Resumable uploads, by the tus protocol 1.0.0: creation, checksum, expiration and termination."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets import queries, services
from apps.assets.api.parsers import RawParser
from apps.assets.api.structs import JobStarted, UploadState
from apps.assets.errors import WrongTus
from apps.assets.models import Upload
from apps.core.api import answer
from apps.core.errors import Invalid, UnsupportedMedia
from apps.core.numbers import whole
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import project_for

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
OFFSET_BODY = "application/offset+octet-stream"


def _header(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER)


class _Tus(Api):
    """Every answer says which version it speaks; another one is refused."""

    parser_classes = (RawParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asked = request.headers.get("Tus-Resumable")
        if request.method in ("POST", "PATCH", "DELETE", "HEAD") and asked not in (None, VERSION):
            raise WrongTus(f"This speaks tus {VERSION}, asked for was {asked[:20]!r}.")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        found["Tus-Resumable"] = VERSION
        if found.status_code == 412:
            found["Tus-Version"] = VERSION
        return found

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return HttpResponse(
            status=204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Checksum-Algorithm": ",".join(services.ALGORITHMS),
                "Tus-Max-Size": str(settings.LABELWRIGHT_MAX_RESUMABLE_BYTES),
            },
        )


def _number(request: Request, name: str) -> int:
    return whole(name, request.headers.get(name, ""), "a number of bytes")


def _metadata(request: Request) -> dict[str, str]:
    out = {}
    for pair in filter(None, request.headers.get("Upload-Metadata", "").split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            out[name] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise Invalid("`Upload-Metadata` is pairs of a key and a value in base64, with commas between.") from None
    return out


def _headers(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }


class UploadsView(_Tus):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ASSETS_ADD}

    @extend_schema(
        parameters=[_header("Upload-Length"), _header("Upload-Metadata")], request=None, responses={201: UploadState}
    )
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Begin a file of any size: `Upload-Length`, and its `filename` in `Upload-Metadata`. `Location` takes its parts."""
        access = project_for(self.user, project_id, Action.ASSETS_ADD)
        told = _metadata(request)
        upload = services.begin_upload(
            project=access.project,
            user=self.user,
            name=told.get("filename") or told.get("name") or "",
            size=_number(request, "Upload-Length"),
        )
        made = answer(_state(upload), status=201)
        for name, value in _headers(upload).items():
            made[name] = value
        made["Location"] = f"/api/v1/uploads/{upload.pk}/"
        return made


def _state(upload: Upload) -> UploadState:
    return UploadState(
        id=upload.pk, name=upload.name, size=upload.size, offset=upload.offset, expires_at=upload.expires_at
    )


class UploadView(_Tus):
    actions: ClassVar[dict[str, Action]] = {
        "get": Action.ASSETS_ADD,
        "patch": Action.ASSETS_ADD,
        "delete": Action.ASSETS_ADD,
    }

    @extend_schema(responses={200: UploadState})
    def get(self, request: Request, upload_id: int) -> HttpResponse:
        """How far one's own upload is."""
        return answer(_state(queries.upload_for(self.user, upload_id)))

    def head(self, request: Request, upload_id: int) -> HttpResponse:
        upload = queries.upload_for(self.user, upload_id)
        return HttpResponse(status=200, headers=_headers(upload) | {"Upload-Length": str(upload.size)})

    @extend_schema(
        parameters=[_header("Upload-Offset"), _header("Upload-Checksum")],
        request={OFFSET_BODY: bytes},
        responses={204: None},
    )
    def patch(self, request: Request, upload_id: int) -> HttpResponse:
        """The next bytes, from `Upload-Offset` on. `Upload-Checksum` of this part is optional."""
        upload = queries.upload_for(self.user, upload_id)
        if (request.content_type or "").partition(";")[0] != OFFSET_BODY:
            raise UnsupportedMedia(f"The body of a part is {OFFSET_BODY}.")
        length = request.META.get("CONTENT_LENGTH")
        upload = services.take_part(
            upload=upload,
            offset=_number(request, "Upload-Offset"),
            body=request._request,  # type: ignore[arg-type]
            length=int(length) if length else None,
            checksum=request.headers.get("Upload-Checksum", ""),
        )
        return HttpResponse(status=204, headers=_headers(upload))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, upload_id: int) -> HttpResponse:
        """End the upload; what came of it goes."""
        services.end_upload(upload=queries.upload_for(self.user, upload_id))
        return HttpResponse(status=204)


class TakeUploadView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ASSETS_ADD}

    @extend_schema(request=None, responses={202: JobStarted})
    def post(self, request: Request, upload_id: int) -> HttpResponse:
        """Make assets and tasks of a whole upload: a picture, or the pictures of a zip, tar or tar.gz."""
        upload = queries.upload_for(self.user, upload_id)
        job = services.ask_to_take_upload(upload=upload, user=self.user)
        return answer(JobStarted(job=job_out(job)), status=202)
