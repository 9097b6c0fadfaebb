"""Automatic labelling: plan, runs, and how each batch was proven."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import project_for
from apps.projects.api.documents import bulk_change_out
from apps.projects.api.structs import BulkChangeStarted
from apps.quality.models import AutomaticRun
from apps.quality.queries import automatic as queries
from apps.quality.services import automatic as services
from apps.tasks.filters import TaskFilter
from domain.sampling.thresholds import Threshold

Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]
BatchState = Literal["running", "proving", "proven", "failed_proof", "not_proven", "undoing", "undone", "failed"]


class AutomaticIn(msgspec.Struct, kw_only=True):
    """`model`: as predictions name it, `name:version`. `target`: precision asked of each class above its threshold; `limit`:
    the share of wrong tasks that the sample must show not to be reached, both with `confidence`. `allowed`: wrong tasks in the
    sample that still pass. `blind_only`: thresholds from tasks alone whose annotator was not shown the predictions."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    target: Share = 0.95
    confidence: Annotated[float, msgspec.Meta(ge=0.5, lt=1)] = 0.95
    limit: Share = 0.05
    allowed: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    blind_only: bool = False


class ThresholdOut(msgspec.Struct):
    """Of one class of regions, or of one value of a question about the whole image (`attribute`, `value`). `score`: null where no threshold keeps the target. Of `n` of the reviewed set at or above it `right`
    were right; `low` is the exact lower bound of that share, corrected for the choice of the threshold."""

    class_id: int
    attribute: str
    value: str
    score: float | None
    n: int
    right: int
    low: float


class ExpectedOut(msgspec.Struct):
    """Reviewed tasks that would have been taken: whole tasks right (nothing wrong, nothing missed) and regions right, each with
    the exact 95 % interval; null of none."""

    tasks: int
    tasks_right: int
    tasks_low: float | None
    tasks_high: float | None
    regions: int
    regions_right: int
    regions_low: float | None
    regions_high: float | None


class AutomaticPlanOut(msgspec.Struct):
    """`waiting`: tasks with an answer of the model that nobody has begun; `looked_at` of them were looked into, and `tasks` with
    `regions` would be finished; `unsound` more lie above the thresholds and are left to people, because they do not fit the label
    schema (a question is not answered, nothing is drawn where there are classes) or a check stops them. `sample`: tasks of the whole batch that people would judge. `auditors`: who could."""

    thresholds: list[ThresholdOut]
    held_out: int
    expected: ExpectedOut
    waiting: int
    looked_at: int
    tasks: int
    unsound: int
    regions: int
    sample: int
    auditors: int


class AutomaticRunOut(msgspec.Struct):
    """A batch. `state`: running; proving (its sample is with people); proven; failed_proof (it goes, or went, back to people);
    not_proven (no audit, or a cancelled one); undoing; undone; failed."""

    id: int
    bulk_change: int
    model: str
    state: BatchState
    target: float
    confidence: float
    limit: float
    thresholds: list[ThresholdOut]
    held_out: int
    tasks: int
    regions: int
    audit: int | None
    audit_number: int | None
    undoable: bool
    created_at: datetime


class MeasuredModels(msgspec.Struct):
    """Models of whose predictions it is known what became of them."""

    models: list[str]


class AutomaticModelsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW}

    @extend_schema(responses={200: MeasuredModels})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Models that automatic labelling can be asked of."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        return answer(MeasuredModels(models=queries.models_measured(access.project)))


class AutomaticPlanView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=AutomaticIn, responses={200: AutomaticPlanOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Thresholds, what lies above them, and how large a sample would prove it. Nothing is written."""
        spec = _spec(body(request, AutomaticIn))
        return answer(_plan(services.plan_automatic(user=self.user, project_id=project_id, spec=spec)))


class AutomaticRunsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "post": Action.TASKS_MANAGE}

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses={200: Page[AutomaticRunOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Batches that models finished, the newest first."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        rows, following = paginate(request, queries.runs_of(access.project))
        return answer(Page(results=[_run(row) for row in rows], next=following))

    @extend_schema(request=AutomaticIn, responses={202: BulkChangeStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Finish the tasks that the model is trusted with, as a job, and give a sample of them to people as an audit.

        A batch whose audit fails goes back to people by itself. Undone as one, like every bulk change."""
        spec = _spec(body(request, AutomaticIn))
        change, job = services.start_automatic(user=self.user, project_id=project_id, spec=spec)
        access, out = project_for(self.user, project_id, Action.TASKS_MANAGE), job_out(job)
        return answer(BulkChangeStarted(bulk_change=bulk_change_out(access, change, out), job=out), status=202)


def _spec(sent: AutomaticIn) -> services.AutomaticSpec:
    return services.AutomaticSpec(**{name: getattr(sent, name) for name in sent.__struct_fields__})


def _threshold(one: Threshold) -> ThresholdOut:
    return ThresholdOut(one.class_id, one.attribute, one.value, one.score, one.n, one.right, one.low)


def _plan(plan: services.AutomaticPlan) -> AutomaticPlanOut:
    said = plan.expected
    tasks_low, tasks_high = _interval(said.tasks_right, said.tasks)
    low, high = _interval(said.regions_right, said.regions)
    return AutomaticPlanOut(
        thresholds=[_threshold(one) for one in plan.thresholds],
        held_out=plan.held_out,
        expected=ExpectedOut(
            said.tasks, said.tasks_right, tasks_low, tasks_high, said.regions, said.regions_right, low, high
        ),
        waiting=plan.waiting,
        looked_at=plan.looked_at,
        tasks=plan.tasks,
        unsound=plan.unsound,
        regions=plan.regions,
        sample=plan.sample,
        auditors=plan.auditors,
    )


def _interval(right: int, n: int) -> tuple[float | None, float | None]:
    from domain.agreement.intervals import clopper_pearson

    return clopper_pearson(right, n) if n else (None, None)


def _run(row: AutomaticRun) -> AutomaticRunOut:
    change, audit = row.change, row.audit
    return AutomaticRunOut(
        id=row.pk,
        bulk_change=change.pk,
        model=row.model,
        state=_state(row),
        target=row.said["target"],
        confidence=row.said["confidence"],
        limit=row.said["limit"],
        thresholds=[_threshold(one) for one in msgspec.convert(row.thresholds, list[Threshold])],
        held_out=row.held_out,
        tasks=change.tasks,
        regions=change.regions,
        audit=audit.pk if audit else None,
        audit_number=audit.number if audit else None,
        undoable=change.state in ("done", "failed"),
        created_at=row.created_at,
    )


def _state(row: AutomaticRun) -> BatchState:
    if row.audit is not None and row.audit.state == "rejected":
        return "failed_proof"
    if row.change.state != "done":
        return cast(BatchState, row.change.state)
    proof: dict[str, BatchState] = {"open": "proving", "accepted": "proven"}
    return proof.get(row.audit.state, "not_proven") if row.audit else "not_proven"
