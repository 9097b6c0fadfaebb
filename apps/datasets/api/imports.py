"""Imports of annotations, with or without images."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from apps.accounts.models import User
from apps.assets.models import Upload
from apps.assets.queries import upload_for
from apps.core.api import answer, body
from apps.core.errors import Invalid, NotFound
from apps.core.numbers import is_whole
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import import_out, import_rows
from apps.datasets.api.structs import GoOnIn, ImportAfterwards, ImportOut, ImportPage, ImportStarted
from apps.datasets.errors import BadOptions
from apps.jobs.documents import job_out
from apps.projects.access import ProjectAccess, project_for

FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "A zip, or the annotation file alone."},
            "upload": {"type": "integer", "description": "Instead of `file`: a whole upload that came in parts."},
            "format": {"type": "string", "default": "auto"},
            "mode": {
                "type": "string",
                "enum": [*services.IMPORT_MODES, *services.ENTRIES],
                "default": services.IMPORT_MODES[0],
                "description": "What becomes of what stands on an image. append: only images that nobody labelled get something; "
                "merge: new regions are added, those of an earlier import that nobody touched are updated; replace: the file's "
                "take the place of what stands; predictions, gold: kept beside the work. An entry alone means append with it.",
            },
            "enter": {
                "type": "string",
                "enum": list(services.ENTRIES),
                "default": services.ENTRIES[0],
                "description": "accepted: finished results; review: submitted, for a reviewer's verdict; draft: work for people "
                "to check, with these regions on it.",
            },
            "preview": {
                "type": "boolean",
                "default": False,
                "description": "Only say what is in the file; `imports/{id}/go-on` then brings it in.",
            },
            "options": {
                "type": "string",
                "description": "JSON: `read` (options of the format, by name), `classes` (ids by the file's names; null leaves one out) and `source` (whose regions these are).",
            },
        },
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
        file = request.FILES.get("file") or _uploaded(request, self.user, access)
        run = services.ask_for_import(
            project=access.project,
            user=self.user,
            file=file,
            format_name=str(request.POST.get("format") or "auto"),
            mode=str(request.POST.get("mode") or services.IMPORT_MODES[0]),
            enter=str(request.POST.get("enter") or services.ENTRIES[0]),
            options=_options(str(request.POST.get("options") or "")),
            preview=str(request.POST.get("preview") or "").lower() in ("true", "1"),
        )
        assert run.job is not None
        return answer(ImportStarted(import_=import_out(run, access), job=job_out(run.job)), status=202)


def _uploaded(request: Request, user: User, access: ProjectAccess) -> Upload:
    """The upload that the form names. Raises Invalid, NotFound."""
    text = str(request.POST.get("upload") or "")
    if not is_whole(text):
        raise Invalid("The form needs a `file`, a zip or the annotation file alone, or the id of an `upload`.")
    found = upload_for(user, int(text))
    if found.project_id != access.project.pk:
        raise NotFound("There is no such upload in this project.")
    return found


def _options(text: str) -> services.ImportOptions:
    """Raises BadOptions: no JSON, or not of this form."""
    try:
        return msgspec.json.decode(text or "{}", type=services.ImportOptions)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"`options` is JSON with `read` and `classes`: {error}") from error


class GoOnView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_IMPORT}

    @extend_schema(request=GoOnIn, responses={202: ImportStarted})
    def post(self, request: Request, import_id: int) -> HttpResponse:
        """Bring in a file that was looked into."""
        run, access = queries.import_for(self.user, import_id, Action.DATASETS_IMPORT)
        asked = body(request, GoOnIn)
        run = services.go_on_with_import(
            project=access.project,
            user=self.user,
            import_id=run.pk,
            mode=asked.mode,
            enter=asked.enter,
            classes=asked.classes,
            source=asked.source,
            dry=asked.dry,
        )
        assert run.job is not None
        return answer(ImportStarted(import_=import_out(run, access), job=job_out(run.job)), status=202)


class UndoImportView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_IMPORT}

    @extend_schema(request=None, responses={202: ImportStarted})
    def post(self, request: Request, import_id: int) -> HttpResponse:
        """Take an import back: each task stands as before, unless somebody worked on it since."""
        run, access = queries.import_for(self.user, import_id, Action.DATASETS_IMPORT)
        run = services.ask_to_undo_import(project=access.project, user=self.user, import_id=run.pk)
        assert run.job is not None
        return answer(ImportStarted(import_=import_out(run, access), job=job_out(run.job)), status=202)


class AfterwardsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: ImportAfterwards})
    def get(self, request: Request, import_id: int) -> HttpResponse:
        """What became of the regions that an import brought: left, corrected, deleted; and what people added beside them."""
        run, _ = queries.import_for(self.user, import_id, Action.DATASETS_VIEW)
        return answer(msgspec.convert(queries.afterwards(run), ImportAfterwards, from_attributes=True))


class ImportView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: ImportOut})
    def get(self, request: Request, import_id: int) -> HttpResponse:
        run, access = queries.import_for(self.user, import_id, Action.DATASETS_VIEW)
        return answer(import_out(run, access))
