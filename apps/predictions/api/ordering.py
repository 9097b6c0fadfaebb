"""The order of the queue by what it teaches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, cast

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

SHOWN = 100
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
Why = Literal["random", "diverse", "rare", "uncertain", "unknown"]


class OrderIn(msgspec.Struct, kw_only=True):
    """`random`, `diverse` (pictures unlike all others), `rare` (classes): shares of every beginning of the queue, the rest is what
    the model is unsure of. `measure`: of one region; `mean`: a task counts by all its regions, else by the most uncertain one."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    measure: Literal["least_confidence", "margin", "entropy"] = "margin"
    mean: bool = False
    random: Part = 0.2
    diverse: Part = 0.2
    rare: Part = 0.1
    batch: int | None = None


class OrderedTask(msgspec.Struct):
    """Why a task stands where it stands. `value`: uncertainty in [0, 1], bits of 64 to the nearest picture before it, or the
    score of the rare class `class_id` over one plus how many of it there are; null by chance, or where the model said nothing."""

    task: int
    number: int
    name: str
    why: Why
    value: float | None
    class_id: int | None


class OrderPlanOut(msgspec.Struct):
    """`ordered` of `waiting` tasks, how many by each reason, and the first of them."""

    waiting: int
    ordered: int
    by: dict[str, int]
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
            OrderedTask(p.task_id, p.task.number, p.task.name, cast(Why, p.why), p.value, p.class_id) for p in places
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
    """Models by whose predictions the queue can be ordered, as predictions name them."""

    models: list[str]


class QueueOrderModelsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.TASKS_MANAGE}

    @extend_schema(responses={200: OrderModels})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Models that have predicted something here, the newest versions first."""
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        return answer(OrderModels(models=queries.models_that_said(access.project)))


class QueueOrderPlanView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=OrderIn, responses={200: OrderPlanOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """The order that would be made. Nothing is written."""
        plan = ordering.plan_order(user=self.user, project_id=project_id, spec=_spec(body(request, OrderIn)))
        first = plan.order[:SHOWN]
        found = Task.objects.in_bulk([one.id for one in first])
        told = [
            OrderedTask(one.id, found[one.id].number, found[one.id].name, one.why, one.value, one.class_id)
            for one in first
        ]
        return answer(OrderPlanOut(waiting=plan.waiting, ordered=len(plan.order), by=plan.counts(), first=told))


def _spec(sent: OrderIn) -> ordering.OrderSpec:
    return ordering.OrderSpec(**{name: getattr(sent, name) for name in sent.__struct_fields__})
