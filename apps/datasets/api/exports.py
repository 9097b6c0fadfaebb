"""Formats, exports and their files."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.storage import send_file
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import export_out, export_rows, formats_out
from apps.datasets.api.structs import (
    CopiesIn,
    ExampleCopies,
    ExportIn,
    ExportOut,
    ExportPage,
    ExportStarted,
    FormatList,
)
from apps.datasets.errors import NotReady
from apps.jobs.documents import job_out
from apps.projects.access import project_for


class FormatsView(Api):
    @extend_schema(responses={200: FormatList})
    def get(self, request: Request) -> HttpResponse:
        """What can be read and written."""
        return answer(formats_out())


class ExportsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "post": Action.DATASETS_EXPORT}

    @extend_schema(responses={200: ExportPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Exports of a project, newest first."""
        access = project_for(self.user, project_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.exports_of(access.project))
        return answer(ExportPage(results=export_rows(rows, access), next=following))

    @extend_schema(request=ExportIn, responses={202: ExportStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Write a version, or the items that a filter finds (frozen as an unnamed version first), in a format."""
        access = project_for(self.user, project_id, Action.DATASETS_EXPORT)
        export = services.ask_for_export(project=access.project, user=self.user, sent=body(request, ExportIn))
        assert export.job is not None
        return answer(ExportStarted(export=export_out(export, access), job=job_out(export.job)), status=202)


class CopiesView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_EXPORT}

    @extend_schema(request=CopiesIn, responses={200: ExampleCopies})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """A few of the copies that an export with `augment` would make, with their regions drawn. Nothing is written."""
        access = project_for(self.user, project_id, Action.DATASETS_EXPORT)
        sent = body(request, CopiesIn)
        found = services.example_copies(
            project=access.project, version_id=sent.version, item_filter=sent.filter, augment=sent.augment
        )
        return answer(msgspec.convert({"results": found}, ExampleCopies))


class ExportView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: ExportOut})
    def get(self, request: Request, export_id: int) -> HttpResponse:
        export, access = queries.export_for(self.user, export_id, Action.DATASETS_VIEW)
        return answer(export_out(export, access))


class GoOnView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_EXPORT}

    @extend_schema(request=None, responses={202: ExportStarted})
    def post(self, request: Request, export_id: int) -> HttpResponse:
        """Write an export that was looked at."""
        export, access = queries.export_for(self.user, export_id, Action.DATASETS_EXPORT)
        export = services.go_on_with_export(project=access.project, user=self.user, export_id=export.pk)
        assert export.job is not None
        return answer(ExportStarted(export=export_out(export, access), job=job_out(export.job)), status=202)


class ExportFileView(Api):
    """The archive. Takes ranges, so that a broken download can go on."""

    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={(200, "application/zip"): bytes, (206, "application/zip"): bytes})
    def get(self, request: Request, export_id: int) -> HttpResponseBase:
        export, _ = queries.export_for(self.user, export_id, Action.DATASETS_VIEW)
        if not export.path:
            raise NotReady("The export is not written yet. Follow its job, then ask again.")
        return send_file(
            request._request,
            path=export.path,
            content_type="application/zip",
            etag=export.digest,
            attachment=queries.file_name(export),
            cache="private, no-cache",
        )
