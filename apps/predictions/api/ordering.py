"""The order of the queue by what it teaches."""

from __future__ import annotations

from typing import Annotated, ClassVar, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.predictions import queries
from apps.predictions.services import ordering
from apps.projects.access import project_for
from apps.projects.api.documents import bulk_change_out
from apps.projects.api.structs import BulkChangeOut, BulkChangeStarted
from apps.tasks.models import Task
from domain.sampling.ordering import Measure, Why

SHOWN = 100
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]


class OrderIn(msgspec.Struct, kw_only=True):
    """`random`, `diverse` (pictures unlike all others), `rare` (classes): shares of every beginning of the queue, the rest is what
    the model is unsure of. `measure`: of one region, or how far the answers of a `committee` (of what was trained here), or to
    variants of the picture (`augmented`: predicted with variants), lie apart; `mean`: a task counts by all its regions, else by
    the most uncertain one. `per_minute`: value over the time that people took for finished tasks with as many regions."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    measure: Measure = "margin"
    mean: bool = False
    per_minute: bool = False
    random: Part = 0.2
    diverse: Part = 0.2
    rare: Part = 0.1
    batch: int | None = None


class OrderedTask(msgspec.Struct):
    """Why a task stands where it stands. `value`: uncertainty or disagreement in [0, 1]; how far the nearest picture before it is,
    in bits of 64 (`diverse`) or in usual distances of two pictures (`core_set`); or the score of the rare class `class_id` over
    one plus how many of it there are; null by chance, or where the model said nothing. `seconds`: that it may take, where asked."""

    task: int
    number: int
    name: str
    why: Why
    value: float | None
    class_id: int | None
    seconds: float | None


class OrderPlanOut(msgspec.Struct):
    """`ordered` of `waiting` tasks, how many by each reason, and the first of them. `by_features`: unlike pictures are told apart
    by features already; else by likeness, until the job has looked at them. `timed`: finished tasks that times are known from; 0:
    too few, all tasks count alike."""

    waiting: int
    ordered: int
    by: dict[str, int]
    by_features: bool
    timed: int
    first: list[OrderedTask]


class QueueOrderOut(msgspec.Struct):
    """The last order that was made and stands, and its tasks that still wait, the next ones first."""

    change: BulkChangeOut | None
    tasks: list[OrderedTask]


class QueueOrderView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.TASKS_MANAGE, "post": Action.TASKS_MANAGE}

    @extend_schema(responses={200: QueueOrderOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What comes next, and why this one."""
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        change, places = queries.order_standing(access.project, SHOWN)
        told = [
            OrderedTask(p.task_id, p.task.number, p.task.name, cast(Why, p.why), p.value, p.class_id, p.seconds)
            for p in places
        ]
        return answer(QueueOrderOut(change=bulk_change_out(access, change, None) if change else None, tasks=told))

    @extend_schema(request=OrderIn, responses={202: BulkChangeStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Put waiting tasks into this order, as a job; among those of one priority and batch. Undone as one, like every bulk change."""
        spec = _spec(body(request, OrderIn))
        change, job = ordering.start_order(user=self.user, project_id=project_id, spec=spec)
        access, out = project_for(self.user, project_id, Action.TASKS_MANAGE), job_out(job)
        return answer(BulkChangeStarted(bulk_change=bulk_change_out(access, change, out), job=out), status=202)


class OrderModels(msgspec.Struct):
    """Models by whose predictions the queue can be ordered, as predictions name them; and those of them of which it is known how
    far a committee's answers, or those to variants of a picture, lie apart."""

    models: list[str]
    committee: list[str]
    augmented: list[str]


class QueueOrderModelsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.TASKS_MANAGE}

    @extend_schema(responses={200: OrderModels})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Models that have predicted something here, the newest versions first."""
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        committee, augmented = (queries.models_measured(access.project, one) for one in ("committee", "augmented"))
        return answer(OrderModels(queries.models_that_said(access.project), committee, augmented))


class QueueOrderPlanView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=OrderIn, responses={200: OrderPlanOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """The order that would be made. Nothing is written."""
        plan = ordering.plan_order(user=self.user, project_id=project_id, spec=_spec(body(request, OrderIn)))
        first = plan.order[:SHOWN]
        found = Task.objects.in_bulk([one.id for one in first])
        told = [
            OrderedTask(one.id, found[one.id].number, found[one.id].name, one.why, one.value, one.class_id, one.seconds)
            for one in first
        ]
        return answer(
            OrderPlanOut(
                waiting=plan.waiting,
                ordered=len(plan.order),
                by=plan.counts(),
                by_features=plan.by_features,
                timed=plan.timed,
                first=told,
            )
        )


def _spec(sent: OrderIn) -> ordering.OrderSpec:
    return ordering.OrderSpec(**{name: getattr(sent, name) for name in sent.__struct_fields__})
