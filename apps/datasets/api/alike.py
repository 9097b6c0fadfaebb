"""Pictures of a project that are the same or look alike."""

from __future__ import annotations

from typing import Annotated, ClassVar, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets.queries import delivery_urls
from apps.core.api import answer, body
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets.api.documents import job_shown
from apps.datasets.models import AlikeGroup
from apps.datasets.queries.alike import alike_groups, alike_search, tasks_of_alike
from apps.datasets.services.alike import ask_for_alike
from apps.datasets.services.leaking import MOST_WITHIN, WITHIN
from apps.jobs.documents import JobOut, job_out
from apps.projects.access import project_for
from apps.tasks.filters import TaskStateName
from apps.tasks.models import Task

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class AlikeIn(msgspec.Struct, kw_only=True):
    """`within`: bits of 64 in which pictures that look alike differ at most."""

    within: Annotated[int, msgspec.Meta(ge=0, le=MOST_WITHIN)] = WITHIN


class AlikePictureOut(msgspec.Struct):
    """`bits`: in which it differs from the first of its group, of 64; 0 of the same file."""

    asset: int
    task: int
    number: int
    name: str
    state: TaskStateName
    width: int
    height: int
    group: str
    thumb: str
    bits: int


class AlikeGroupOut(msgspec.Struct):
    """Finished ones first, then the largest. `same_file`: all of them are copies of one file."""

    id: int
    same_file: bool
    pictures: list[AlikePictureOut]


class AlikePage(msgspec.Struct):
    """`compared`: pictures of the last look; null before the first one ended. `unseen`: of these, whose file could not be read."""

    results: list[AlikeGroupOut]
    next: str | None
    within: int | None
    compared: int | None
    unseen: int
    job: JobOut | None


class LookAlikesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.TASKS_MANAGE, "post": Action.TASKS_MANAGE}

    @extend_schema(
        parameters=[*CURSOR, OpenApiParameter("settled", bool, description="also those that have one group already")],
        responses={200: AlikePage},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Groups of pictures that are the same or look alike, of which two or more are still in the work."""
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        settled = request.query_params.get("settled") == "true"
        rows, following = paginate(request, alike_groups(access.project, settled=settled), descending=False)
        tasks, last = tasks_of_alike(rows), alike_search(access.project)
        return answer(
            AlikePage(
                results=[_group(row, tasks) for row in rows],
                next=following,
                within=last.within if last else None,
                compared=last.compared if last else None,
                unseen=last.unseen if last else 0,
                job=job_shown(last.job_id, access) if last else None,
            )
        )

    @extend_schema(request=AlikeIn, responses={202: JobOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Look for them, as a job; what an earlier look found is replaced when it ends."""
        sent = body(request, AlikeIn)
        return answer(job_out(ask_for_alike(user=self.user, project_id=project_id, within=sent.within)), status=202)


def _group(row: AlikeGroup, tasks: dict[int, Task]) -> AlikeGroupOut:
    shown = [_picture(tasks[one.asset_id], one.bits) for one in row.pictures.all() if one.asset_id in tasks]
    return AlikeGroupOut(row.pk, row.same_file, shown)


def _picture(task: Task, bits: int) -> AlikePictureOut:
    asset = task.asset
    return AlikePictureOut(
        asset=asset.pk, task=task.pk, number=task.number, name=asset.name, state=cast(TaskStateName, task.state),
        width=asset.width, height=asset.height, group=asset.group, thumb=delivery_urls(asset)["thumb"], bits=bits,
    )  # fmt: skip
