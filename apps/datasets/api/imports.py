"""Imports of annotations, with or without images."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from apps.core.api import answer
from apps.core.errors import Invalid
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import import_out, import_rows
from apps.datasets.api.structs import ImportOut, ImportPage, ImportStarted
from apps.jobs.documents import job_out
from apps.projects.access import project_for

FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "A zip, or the annotation file alone."},
            "format": {"type": "string", "default": "auto"},
            "mode": {
                "type": "string",
                "enum": list(services.IMPORT_MODES),
                "default": services.IMPORT_MODES[0],
                "description": "accepted: finished results; draft: work for people to check, with these regions on it.",
            },
        },
        "required": ["file"],
    }
}


class ImportsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "post": Action.DATASETS_IMPORT}
    parser_classes = (MultiPartParser,)

    @extend_schema(responses={200: ImportPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Imports of a project, newest first."""
        access = project_for(self.user, project_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.imports_of(access.project))
        return answer(ImportPage(results=import_rows(rows, access), next=following))

    @extend_schema(request=FORM, responses={202: ImportStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Read a file of annotations. Items whose asset is here already get these annotations; others need their image."""
        access = project_for(self.user, project_id, Action.DATASETS_IMPORT)
        file = request.FILES.get("file")
        if file is None:
            raise Invalid("The form needs a `file`: a zip, or the annotation file alone.")
        run = services.ask_for_import(
            project=access.project,
            user=self.user,
            file=file,
            format_name=str(request.POST.get("format") or "auto"),
            mode=str(request.POST.get("mode") or services.IMPORT_MODES[0]),
        )
        assert run.job is not None
        return answer(ImportStarted(import_=import_out(run, access), job=job_out(run.job)), status=202)


class ImportView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: ImportOut})
    def get(self, request: Request, import_id: int) -> HttpResponse:
        run, access = queries.import_for(self.user, import_id, Action.DATASETS_VIEW)
        return answer(import_out(run, access))
