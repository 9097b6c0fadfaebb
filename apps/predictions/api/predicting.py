"""Running models over tasks, and predictions that come from elsewhere."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.pagination import page_size, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.predictions import queries, services
from apps.predictions.api.documents import prediction_out, run_out, taken_out
from apps.predictions.api.structs import (
    PredictionPage,
    PredictionsIn,
    PredictionsTaken,
    PrelabelIn,
    PrelabelPreview,
    PrelabelRunOut,
    PrelabelRunPage,
    PrelabelStarted,
)
from apps.predictions.errors import UnknownVersion
from apps.predictions.models import ModelVersion
from apps.projects.access import ProjectAccess, project_for
from apps.tasks.queries import tasks_matching


def _version(access: ProjectAccess, version_id: int) -> ModelVersion:
    """A version of the project's own models. Raises UnknownVersion."""
    rows = ModelVersion.objects.select_related("model__project__schema")
    version = rows.filter(project_id=access.project.pk, pk=version_id).first()
    if version is None:
        raise UnknownVersion("The project has no such model version.")
    return version


class PrelabelView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "post": Action.PREDICT}

    @extend_schema(responses={200: PrelabelRunPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Runs of models over the project's tasks, newest first."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        rows, following = paginate(request, queries.runs_of(access.project))
        return answer(PrelabelRunPage([run_out(row) for row in rows], following))

    @extend_schema(request=PrelabelIn, responses={202: PrelabelStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Let a version look at all tasks that a filter finds. What it says is kept beside the work and is never edited."""
        access = project_for(self.user, project_id, Action.PREDICT)
        sent = body(request, PrelabelIn)
        run = services.ask_to_prelabel(
            access=access,
            version=_version(access, sent.model_version),
            wanted=sent.filter,
            said={"filter": msgspec.to_builtins(sent.filter), "again": sent.again},
            again=sent.again,
            augmented=sent.variants,
        )
        assert run.job is not None
        return answer(PrelabelStarted(run_out(run), job_out(run.job)), status=202)


class PrelabelPreviewView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.PREDICT}

    @extend_schema(request=PrelabelIn, responses={200: PrelabelPreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """How many tasks a run would look at. Nothing is started."""
        access = project_for(self.user, project_id, Action.PREDICT)
        sent = body(request, PrelabelIn)
        version = _version(access, sent.model_version)
        found = tasks_matching(access, sent.filter).count()
        asked = services.wanted_tasks(access, sent.filter, version, again=False, augmented=sent.variants)
        fresh = asked.count()
        return answer(PrelabelPreview(tasks=found if sent.again else fresh, predicted=found - fresh))


class PrelabelRunView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW}

    @extend_schema(responses={200: PrelabelRunOut})
    def get(self, request: Request, prelabel_run_id: int) -> HttpResponse:
        run, _ = queries.run_for(self.user, prelabel_run_id, Action.MODELS_VIEW)
        return answer(run_out(run))


class GoOnView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.PREDICT}

    @extend_schema(request=None, responses={202: PrelabelStarted})
    def post(self, request: Request, prelabel_run_id: int) -> HttpResponse:
        """Go on with a run that was cancelled or failed; what failed is tried once more."""
        run, _ = queries.run_for(self.user, prelabel_run_id, Action.PREDICT)
        run = services.go_on(run=run, user=self.user)
        assert run.job is not None
        return answer(PrelabelStarted(run_out(run), job_out(run.job)), status=202)


LISTED = [
    OpenApiParameter("task", int),
    OpenApiParameter("model", str, description='"name:version", as it was brought in or run'),
    OpenApiParameter("elements", bool, description="with what they are made of, 50 a page at most"),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]
MOST_WITH_ELEMENTS = 50


class PredictionsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "post": Action.PREDICT}

    @extend_schema(parameters=LISTED, responses={200: PredictionPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What models say of the project's tasks now, newest first; of one task, or by one model. A page may hold fewer than asked."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        asked, inside = request.query_params, request.query_params.get("elements") == "true"
        if inside and page_size(request) > MOST_WITH_ELEMENTS:
            raise Invalid(f"With `elements` at most {MOST_WITH_ELEMENTS} come a page. Set `limit`.")
        task = whole("task", asked["task"]) if asked.get("task") else None
        rows, following = paginate(request, queries.predictions_listed(access, task=task, model=asked.get("model")))
        shown = [prediction_out(row, inside=inside) for row in queries.told(access, rows)]
        return answer(PredictionPage(shown, following))

    @extend_schema(request=PredictionsIn, responses={200: PredictionsTaken})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Bring in what a model said elsewhere, at most 1,000 images a call. The same sent again changes nothing; what the
        model said of an image before is replaced."""
        access = project_for(self.user, project_id, Action.PREDICT)
        sent = body(request, PredictionsIn)
        items = [
            services.PredictedItem(one.task, one.external_id, one.name, one.regions, one.answers) for one in sent.items
        ]
        services.bring_predictions(project=access.project, user=self.user, model=sent.model, items=items)
        return answer(taken_out(items))
