"""Top-ups: asking accepted work one new thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.annotations.models import RegionIndex, TopUp
from apps.annotations.queries.top_ups import Progress, piece_for, progress_of, top_up_for, top_ups
from apps.annotations.services import topping_up as services
from apps.assets.crops import crop_url, window_around
from apps.assets.models import Asset
from apps.core.api import answer, body
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import JobOut, job_out
from apps.projects.access import ProjectAccess
from apps.projects.api.documents import person_in
from apps.quality.services.findings import check_revisions
from apps.tasks.models import Task
from domain.elements import Value

MOST_ANSWERS = 500
State = Literal["preparing", "open", "done", "cancelled"]


class TopUpOut(msgspec.Struct, kw_only=True):
    """`attribute` is null where a class is split `into` others. `change` is what an undo names."""

    id: int
    title: str
    state: State
    class_id: int
    attribute: str | None
    into: list[int]
    review: bool
    change: int
    undone: bool
    tasks: int
    tasks_done: int
    regions: int
    answered: int
    created_by: Person
    created_at: datetime
    web_url: str


class TopUpList(msgspec.Struct):
    results: list[TopUpOut]


class TopUpStarted(msgspec.Struct):
    top_up: TopUpOut
    job: JobOut


class TopUpPreviewOut(msgspec.Struct):
    regions: int
    more: bool
    tasks: int
    not_done: int


class TopUpRegion(msgspec.Struct, kw_only=True):
    """A region that waits for an answer. `window` is what the crop shows: x, y, w, h."""

    id: str
    shape: str
    bounds: list[float] | None
    area: float
    attributes: dict[str, Any]
    crop: str | None
    window: list[int] | None


class TopUpPieceOut(msgspec.Struct, kw_only=True):
    """What is in the person's hands: the regions of one task; no `piece` where nothing is left."""

    piece: int | None
    held_until: datetime | None
    task: int | None
    task_number: int | None
    task_name: str
    given: dict[str, Value]
    regions: list[TopUpRegion]
    top_up: TopUpOut


class TopUpAnswersIn(msgspec.Struct, forbid_unknown_fields=True):
    """Answers by region: a value of the attribute, or the id of a class; null: it cannot be told."""

    answers: Annotated[dict[str, Value], msgspec.Meta(min_length=1, max_length=MOST_ANSWERS)]


class TopUpsView(Api):
    actions = {"get": Action.ANNOTATE, "post": Action.TASKS_MANAGE}

    @extend_schema(responses={200: TopUpList})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Top-ups of the project; to who does not manage tasks, those that wait for answers."""
        rows, access = top_ups(user=self.user, project_id=project_id)
        return answer(TopUpList(results=_outs(access, rows)))

    @extend_schema(request=services.NewTopUp, responses={202: TopUpStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Ask regions of accepted work one new thing. A job gathers them; tasks stay done meanwhile."""
        made, job = services.start(user=self.user, project_id=project_id, new=body(request, services.NewTopUp))
        top_up, access = top_up_for(self.user, made.pk, Action.TASKS_MANAGE)
        return answer(TopUpStarted(top_up=_outs(access, [top_up])[0], job=job_out(job)), status=202)


class TopUpPreviewView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=services.NewTopUp, responses={200: TopUpPreviewOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """How many regions and done tasks lack the answer. Nothing is written."""
        found = services.preview(user=self.user, project_id=project_id, new=body(request, services.NewTopUp))
        return answer(TopUpPreviewOut(found.regions, found.more, found.tasks, found.not_done))


class TopUpView(Api):
    actions = {"get": Action.ANNOTATE}

    @extend_schema(responses={200: TopUpOut})
    def get(self, request: Request, top_up_id: int) -> HttpResponse:
        top_up, access = top_up_for(self.user, top_up_id, Action.ANNOTATE)
        return answer(_outs(access, [top_up])[0])


class TopUpCancelView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=None, responses={200: TopUpOut})
    def post(self, request: Request, top_up_id: int) -> HttpResponse:
        """Ask nothing more. What was answered stays; undo its bulk change to take that back too."""
        services.cancel(user=self.user, top_up_id=top_up_id)
        top_up, access = top_up_for(self.user, top_up_id, Action.TASKS_MANAGE)
        return answer(_outs(access, [top_up])[0])


class TopUpClaimView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=None, responses={200: TopUpPieceOut})
    def post(self, request: Request, top_up_id: int) -> HttpResponse:
        """The piece in the person's hands, or the next one."""
        return answer(_piece_out(services.claim_piece(user=self.user, top_up_id=top_up_id)))


class TopUpAnswersView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=TopUpAnswersIn, responses={200: TopUpAnswersIn})
    def post(self, request: Request, piece_id: int) -> HttpResponse:
        """Keep answers. Answers with all that is kept and in no revision yet."""
        piece_for(self.user, piece_id)
        sent = body(request, TopUpAnswersIn)
        piece = services.answer_piece(user=self.user, piece_id=piece_id, answers=sent.answers)
        return answer(TopUpAnswersIn(answers=piece.answers))


class TopUpFinishView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=None, responses={200: TopUpOut})
    def post(self, request: Request, piece_id: int) -> HttpResponse:
        """Make a fix of the answers. What has none is handed out again."""
        done = services.finish_piece(user=self.user, piece_id=piece_id)
        check_revisions(ids=done.made)
        return answer(_outs(done.access, [done.top_up])[0])


def _outs(access: ProjectAccess, rows: Sequence[TopUp]) -> list[TopUpOut]:
    progress = progress_of([row.pk for row in rows])
    return [_out(access, row, progress.get(row.pk, Progress())) for row in rows]


def _out(access: ProjectAccess, row: TopUp, progress: Progress) -> TopUpOut:
    change = row.change
    return TopUpOut(
        id=row.pk,
        title=change.title,
        state=cast(State, row.state),
        class_id=row.class_id,
        attribute=row.attribute or None,
        into=row.into,
        review=row.review,
        change=change.pk,
        undone=change.state in (change.State.UNDOING, change.State.UNDONE),
        tasks=progress.tasks,
        tasks_done=progress.tasks_done,
        regions=progress.regions,
        answered=progress.answered,
        created_by=person_in(access, change.created_by_id),
        created_at=row.created_at,
        web_url=f"/projects/{row.project_id}/top-ups/{row.pk}",
    )


def _piece_out(held: services.Piece) -> TopUpPieceOut:
    check_revisions(ids=held.made)
    piece, task, regions = held.piece, None, []
    if piece is not None:
        task = Task.objects.select_related("asset").get(pk=piece.task_id)
        regions = [_region(task.asset, row) for row in held.asked]
    return TopUpPieceOut(
        piece=piece.pk if piece else None,
        held_until=piece.held_until if piece else None,
        task=task.pk if task else None,
        task_number=task.number if task else None,
        task_name=task.name if task else "",
        given=piece.answers if piece else {},
        regions=regions,
        top_up=_outs(held.access, [held.top_up])[0],
    )


def _region(asset: Asset, row: RegionIndex) -> TopUpRegion:
    bounds = [row.x0, row.y0, row.x1, row.y1] if row.x0 is not None else None
    window = window_around(cast("list[float]", bounds), asset.width, asset.height) if bounds else None
    return TopUpRegion(
        id=row.element_id,
        shape=row.shape,
        bounds=cast("list[float] | None", bounds),
        area=row.area,
        attributes=row.attributes,
        crop=crop_url(asset, window) if window else None,
        window=list(window) if window else None,
    )
