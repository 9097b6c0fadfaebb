"""Sources of a project: connect, sync, schedule, disconnect, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets import queries, services
from apps.assets.api.storage_structs import (
    LinkedOut,
    LinkedPage,
    SourceIn,
    SourceList,
    SourceOut,
    SourcePatch,
    SyncCounts,
    SyncOut,
    SyncPage,
    SyncProblem,
)
from apps.assets.api.structs import JobStarted
from apps.assets.models import LinkedObject, Source, Sync
from apps.assets.storages import Kind
from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import project_for

STATES = tuple(LinkedObject.State.values)


def sync_out(sync: Sync) -> SyncOut:
    return SyncOut(
        id=sync.pk,
        job=job_out(sync.job),
        counts=msgspec.convert(sync.counts, SyncCounts),
        problems=msgspec.convert(sync.problems, list[SyncProblem]),
        started_at=sync.started_at,
        finished_at=sync.finished_at,
    )


def source_rows(sources: Sequence[Source]) -> list[SourceOut]:
    """Documents of sources, with their counts and last syncs from one query each."""
    ids = [source.pk for source in sources]
    states, syncs = queries.objects_by_state(ids), queries.last_syncs(ids)
    return [
        SourceOut(
            id=source.pk,
            project=source.project_id,
            storage=source.storage_id,
            storage_name=source.storage.name,
            kind=cast(Kind, source.storage.kind),
            prefix=source.prefix,
            pattern=source.pattern,
            every_minutes=source.every_minutes,
            next_at=source.next_at,
            vanished=cast(Any, source.vanished),
            objects=states.get(source.pk, {}),
            job=job_out(source.job) if source.job else None,
            last=sync_out(syncs[source.pk]) if source.pk in syncs else None,
            created_at=source.created_at,
        )
        for source in sources
    ]


class SourcesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.SOURCES_VIEW, "post": Action.SOURCES_EDIT}

    @extend_schema(responses={200: SourceList})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Where the project takes images from."""
        access = project_for(self.user, project_id, Action.SOURCES_VIEW)
        return answer(SourceList(results=source_rows(list(queries.sources_of(access.project).order_by("pk")))))

    @extend_schema(request=SourceIn, responses={201: SourceOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make images of a part of a storage the project's; a job looks at once. Nothing is copied."""
        access = project_for(self.user, project_id, Action.SOURCES_EDIT)
        source = services.connect_source(project=access.project, user=self.user, sent=body(request, SourceIn))
        return answer(source_rows([source])[0], status=201)


class SourceView(Api):
    actions: ClassVar[dict[str, Action]] = {
        "get": Action.SOURCES_VIEW, "patch": Action.SOURCES_EDIT, "delete": Action.SOURCES_EDIT,
    }  # fmt: skip

    @extend_schema(responses={200: SourceOut})
    def get(self, request: Request, source_id: int) -> HttpResponse:
        return answer(source_rows([queries.source_for(self.user, source_id, Action.SOURCES_VIEW)])[0])

    @extend_schema(request=SourcePatch, responses={200: SourceOut})
    def patch(self, request: Request, source_id: int) -> HttpResponse:
        """Change when it is looked at, and what becomes of items whose file went."""
        source = queries.source_for(self.user, source_id, Action.SOURCES_EDIT)
        changed = services.change_source(source=source, user=self.user, sent=body(request, SourcePatch))
        return answer(source_rows([changed])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, source_id: int) -> HttpResponse:
        """Look no more. The items stay, and their originals are still read from the storage."""
        source = queries.source_for(self.user, source_id, Action.SOURCES_EDIT)
        services.disconnect_source(source=source, user=self.user)
        return nothing()


class SyncSourceView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.SOURCES_EDIT}

    @extend_schema(request=None, responses={202: JobStarted})
    def post(self, request: Request, source_id: int) -> HttpResponse:
        """Look now; where a look waits or runs already, it is that one."""
        source = queries.source_for(self.user, source_id, Action.SOURCES_EDIT)
        return answer(JobStarted(job=job_out(services.ask_to_sync(source=source, user=self.user))), status=202)


class SyncsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.SOURCES_VIEW}

    @extend_schema(responses={200: SyncPage})
    def get(self, request: Request, source_id: int) -> HttpResponse:
        """The last hundred looks, newest first."""
        source = queries.source_for(self.user, source_id, Action.SOURCES_VIEW)
        rows, following = paginate(request, Sync.objects.filter(source=source).select_related("job"))
        return answer(SyncPage(results=[sync_out(row) for row in rows], next=following))


class LinkedObjectsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.SOURCES_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=STATES), OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses={200: LinkedPage},
    )  # fmt: skip
    def get(self, request: Request, source_id: int) -> HttpResponse:
        """Objects that the source has seen, by state."""
        source = queries.source_for(self.user, source_id, Action.SOURCES_VIEW)
        rows, state = LinkedObject.objects.filter(source=source), request.query_params.get("state", "")
        if state and state not in STATES:
            raise Invalid(f"`state` is one of {', '.join(STATES)}, got {state[:40]!r}.")
        found, following = paginate(request, rows.filter(state=state) if state else rows)
        return answer(LinkedPage(results=[_linked(row) for row in found], next=following))


def _linked(row: LinkedObject) -> LinkedOut:
    return LinkedOut(id=row.pk, key=row.key, state=cast(Any, row.state), asset=row.asset_id, problem=row.problem)
