"""A version's changes, leaks, datasheet and trainings."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets.models import Asset
from apps.assets.queries import delivery_urls
from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.pagination import page_size, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import item_out, job_shown, training_rows
from apps.datasets.api.version_structs import (
    ChangedItem,
    ChangedPage,
    ChangedRegion,
    DatasheetChange,
    DatasheetOut,
    RestorePlan,
    SplitLeak,
    SplitLeakPage,
    SplitLeaksIn,
    TrainingIn,
    TrainingOut,
    TrainingPage,
)
from apps.datasets.queries import differences
from apps.datasets.services import restoring
from apps.jobs.documents import JobOut, job_out
from apps.projects.access import project_for
from apps.projects.api.documents import bulk_change_out
from apps.projects.api.structs import BulkChangeStarted


def number_of(request: Request, name: str, what: str) -> int:
    """A whole number of the query. Raises Invalid."""
    return whole(name, request.query_params.get(name, ""), what)


class VersionChangesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("against", int, required=True),
            OpenApiParameter("kind", str, enum=list(differences.KINDS), required=True),
        ],
        responses={200: ChangedPage},
    )
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """The items of one kind of change since the version `against`, with what changed in each."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        against = number_of(request, "against", "the id of another version of this project")
        other, _ = queries.version_for(self.user, against, Action.DATASETS_VIEW)
        kind = next((one for one in differences.KINDS if one == request.query_params.get("kind")), None)
        if kind is None:
            raise Invalid(f"`kind` is one of {', '.join(differences.KINDS)}.")
        size = min(page_size(request), 100)
        after = number_of(request, "cursor", "one that this list gave out") if "cursor" in request.query_params else 0
        rows = differences.changed(version, other, kind, after=after, limit=size + 1)
        shown = rows[:size]
        assets = Asset.objects.in_bulk({row.asset for row in shown})
        regions = differences.changed_regions(shown)
        results = [
            ChangedItem(
                task=row.task,
                name=assets[row.asset].name,
                thumb=delivery_urls(assets[row.asset])["thumb"],
                width=assets[row.asset].width,
                height=assets[row.asset].height,
                split=row.split,
                split_before=row.split_before,
                regions=msgspec.convert(regions.get(row.task, []), list[ChangedRegion]),
            )
            for row in shown
        ]
        return answer(ChangedPage(results=results, next=str(shown[-1].task) if len(rows) > size else None))


class RestoreView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.TASKS_MANAGE, "post": Action.TASKS_MANAGE}

    @extend_schema(responses={200: RestorePlan})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """What a restore of the project to this version would change."""
        version, _ = queries.version_for(self.user, version_id, Action.TASKS_MANAGE)
        return answer(RestorePlan(**restoring.plan_restore(version=version)))

    @extend_schema(request=None, responses={202: BulkChangeStarted})
    def post(self, request: Request, version_id: int) -> HttpResponse:
        """Give every finished task of the version the result that it has there. Undone as one, like every bulk change."""
        version, access = queries.version_for(self.user, version_id, Action.TASKS_MANAGE)
        change, job = restoring.start_restore(version=version, user=self.user)
        out = job_out(job)
        return answer(BulkChangeStarted(bulk_change=bulk_change_out(access, change, out), job=out), status=202)


class LeaksView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "post": Action.DATASETS_EXPORT}

    @extend_schema(responses={200: SplitLeakPage})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """Pairs of items in different splits that share a file or a group, or look alike."""
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.leaks_of(version), descending=False)
        items = queries.items_at(version, {place for row in rows for place in (row.first, row.second)})
        results = [
            SplitLeak(
                id=row.pk,
                kind=row.kind,
                distance=row.distance,
                first=item_out(items[row.first]),
                second=item_out(items[row.second]),
            )
            for row in rows
        ]
        found = version.leaks
        return answer(
            SplitLeakPage(
                results=results,
                next=following,
                counts=found.get("counts"),
                within=found.get("within"),
                unseen=found.get("unseen", 0),
                job=job_shown(found.get("job"), access),
            )
        )

    @extend_schema(request=SplitLeaksIn, responses={202: JobOut})
    def post(self, request: Request, version_id: int) -> HttpResponse:
        """Look for leaks; what an earlier look found is replaced."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_EXPORT)
        sent = body(request, SplitLeaksIn)
        return answer(job_out(services.ask_for_leaks(version=version, user=self.user, within=sent.within)), status=202)


class DatasheetView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "patch": Action.DATASETS_EXPORT}

    @extend_schema(responses={200: DatasheetOut})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """README.md and datasheet.json of a frozen version, as an export would hold them now."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        return answer(DatasheetOut(**services.datasheet_of(version)))

    @extend_schema(request=DatasheetChange, responses={200: DatasheetOut})
    def patch(self, request: Request, version_id: int) -> HttpResponse:
        """Change what people say of a version."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_EXPORT)
        sent = msgspec.to_builtins(body(request, DatasheetChange))
        services.say_of_version(version=version, said={name: text for name, text in sent.items() if text is not None})
        return answer(DatasheetOut(**services.datasheet_of(version)))


class TrainingsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: TrainingPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Trainings that were recorded for versions of a project, newest first."""
        access = project_for(self.user, project_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.trainings_of(access.project))
        return answer(TrainingPage(results=training_rows(rows, access), next=following))


class VersionRunsView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_EXPORT}

    @extend_schema(request=TrainingIn, responses={201: TrainingOut})
    def post(self, request: Request, version_id: int) -> HttpResponse:
        """Record a training that used this version, and what it measured."""
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_EXPORT)
        sent = body(request, TrainingIn)
        run = services.record_run(
            version=version, user=self.user, model=sent.model, metrics=sent.metrics, per_class=sent.per_class,
            notes=sent.notes,
        )  # fmt: skip
        return answer(training_rows([run], access)[0], status=201)


class TrainingView(Api):
    actions: ClassVar[dict[str, Action]] = {"delete": Action.DATASETS_EXPORT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, run_id: int) -> HttpResponse:
        """Take out a training that was recorded by mistake."""
        services.remove_run(run=queries.training_for(self.user, run_id, Action.DATASETS_EXPORT), user=self.user)
        return nothing()
