"""Label schema and guideline of a project, each in numbered versions."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import NotFound
from apps.core.etags import if_match
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.api.views import shown
from apps.jobs.models import Job
from apps.projects import queries, services
from apps.projects.access import ProjectAccess, project_for
from apps.projects.api.bodies import NUMBER, fresh, version_body
from apps.projects.api.documents import (
    bulk_change_out,
    schema_out,
    schema_rows,
    schema_saved,
)
from apps.projects.api.structs import (
    BulkChangeOut,
    BulkChangeStarted,
    MergeIn,
    MergePreview,
    SchemaCounts,
    SchemaOut,
    SchemaPreview,
    SchemaProblemOut,
    SchemaPut,
    SchemaSaved,
    SchemaVersionRow,
)
from apps.projects.api.usage import class_counts, counts_for, drafts_with_any, tasks_with_any, with_counts
from apps.projects.api.views import whole_number
from apps.projects.models import BulkChange
from apps.projects.services.merging import merge_problems
from domain.schema import SchemaProblem


def problems_out(problems: list[SchemaProblem]) -> list[SchemaProblemOut]:
    return [SchemaProblemOut(pointer=p.pointer, code=p.code, detail=p.detail) for p in problems]


class SchemaView(Api):
    actions = {"get": Action.PROJECT_VIEW, "put": Action.SCHEMA_EDIT}

    @extend_schema(parameters=[NUMBER], responses={200: SchemaOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The current label schema, or an older version of it."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        version = queries.schema_version(access.project, whole_number(request, "number"))
        out = schema_out(access, version)
        return answer(out, headers={"ETag": out.etag})

    @extend_schema(request=SchemaPut, responses={200: SchemaSaved})
    def put(self, request: Request, project_id: int) -> HttpResponse:
        """Make the next version. Keys are permanent: what would remove one is refused with its place. `If-Match` is optional."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        sent, note = version_body(request)
        version, changes = services.put_schema(
            project=access.project, user=self.user, body=sent, note=note, expected=if_match(request)
        )
        out = schema_saved(fresh(access), version, with_counts(access.project, changes))
        return answer(out, headers={"ETag": out.etag})


class SchemaVersionsView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(responses={200: Page[SchemaVersionRow]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        rows, following = paginate(request, queries.schema_versions(access.project))
        return answer(Page(results=schema_rows(access, rows), next=following))


class SchemaPreviewView(Api):
    actions = {"post": Action.SCHEMA_EDIT}

    @extend_schema(request=SchemaPut, responses={200: SchemaPreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What putting this body would change, with the work it touches, or why it would be refused. Nothing is saved."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        sent, _ = version_body(request)
        changes, problems = services.preview_schema(project=access.project, body=sent)
        number = queries.schema_version(access.project).number
        counted = with_counts(access.project, changes)
        return answer(SchemaPreview(number=number, changes=counted, problems=problems_out(problems)))


class SchemaUndoView(Api):
    actions = {"post": Action.SCHEMA_EDIT}

    @extend_schema(request=None, responses={200: SchemaSaved})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take the last version back by a new one; what it had added is archived."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        version, changes = services.undo_schema(project=access.project, user=self.user, expected=if_match(request))
        out = schema_saved(fresh(access), version, with_counts(access.project, changes))
        return answer(out, headers={"ETag": out.etag})


class SchemaCountsView(Api):
    actions = {"get": Action.STATS_VIEW}

    @extend_schema(responses={200: SchemaCounts})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Regions and tasks of each class in the current work."""
        access = project_for(self.user, project_id, Action.STATS_VIEW)
        schema = queries.schema_of(queries.schema_version(access.project))
        ids = [found.id for found in schema.classes]
        return answer(SchemaCounts(classes=counts_for(access, ids)))


class MergePreviewView(Api):
    actions = {"post": Action.SCHEMA_EDIT}

    @extend_schema(request=MergeIn, responses={200: MergePreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What merging these classes would touch. Nothing is changed."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        sent = body(request, MergeIn)
        counts = class_counts(access.project, sent.classes)
        problems = merge_problems(access.project, dict.fromkeys(sent.classes, sent.into))
        return answer(
            MergePreview(
                classes=counts,
                regions=sum(count.regions for count in counts),
                tasks=tasks_with_any(access.project, sent.classes),
                drafts=drafts_with_any(access.project, sent.classes),
                problems=problems_out(problems),
            )
        )


class MergeView(Api):
    actions = {"post": Action.SCHEMA_EDIT}

    @extend_schema(request=MergeIn, responses={202: BulkChangeStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Merge classes: they are archived, and a job turns their regions into regions of `into`. Undone as one."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        sent = body(request, MergeIn)
        change, job = services.start_merge(project=access.project, user=self.user, classes=sent.classes, into=sent.into)
        return answer(_started(access, change, job), status=202)


class BulkChangesView(Api):
    actions = {"get": Action.SCHEMA_EDIT}

    @extend_schema(responses={200: Page[BulkChangeOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Bulk changes of the project, newest first."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        rows, following = paginate(request, queries.bulk_changes(access.project))
        jobs = Job.objects.select_related("created_by").in_bulk([row.job_id for row in rows if row.job_id])
        out = [bulk_change_out(access, row, shown(jobs[row.job_id]) if row.job_id in jobs else None) for row in rows]
        return answer(Page(results=out, next=following))


class BulkChangeUndoView(Api):
    actions = {"post": Action.SCHEMA_EDIT}

    @extend_schema(request=None, responses={202: BulkChangeStarted})
    def post(self, request: Request, project_id: int, change_id: int) -> HttpResponse:
        """Take a bulk change back as one: a job gives each region it changed its old class again, or each task its place."""
        access = project_for(self.user, project_id, Action.SCHEMA_EDIT)
        change = queries.bulk_changes(access.project).filter(pk=change_id).first()
        if change is None:
            raise NotFound("The project has no such bulk change.")
        undo = services.start_undo_workflow if change.kind == BulkChange.Kind.WORKFLOW else services.start_undo
        change, job = undo(change=change, user=self.user)
        return answer(_started(access, change, job), status=202)


def _started(access: ProjectAccess, change: BulkChange, job: Job) -> BulkChangeStarted:
    out = shown(job)
    return BulkChangeStarted(bulk_change=bulk_change_out(access, change, out), job=out)
