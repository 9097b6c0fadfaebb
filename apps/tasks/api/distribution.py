"""Endpoints of handing out: batches, and moving the work of a person who is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from msgspec import UNSET, UnsetType
from rest_framework.request import Request

from apps.annotations import services as answers
from apps.core.api import answer, body, nothing
from apps.core.pagination import Page
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import JobOut, job_out
from apps.tasks import queries
from apps.tasks.models import Batch
from apps.tasks.services.batches import change_batch, delete_batch, make_batch

BatchName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Priority = Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
OrderName = Literal["number", "shuffled", "fair"]


class BatchOut(msgspec.Struct):
    """A batch and how far it is. `states` counts its tasks by state."""

    id: int
    name: str
    tasks: int
    states: dict[str, int]
    priority: int
    due_on: date | None
    order: OrderName
    skill: int | None
    web_url: str


class BatchIn(msgspec.Struct):
    """`skill`: the group or skill whose people annotate it, null for everybody. Higher priority comes first; of equal ones
    what is due earlier."""

    name: BatchName
    priority: Priority = 0
    due_on: date | None = None
    order: OrderName = "number"
    skill: int | None = None


class BatchPatch(msgspec.Struct):
    name: BatchName | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due_on: date | UnsetType | None = UNSET
    order: OrderName | UnsetType = UNSET
    skill: int | UnsetType | None = UNSET


def batches_out(rows: Sequence[Batch]) -> list[BatchOut]:
    """Batches of one project with how far they are."""
    states = queries.batch_states(rows[0].project_id, [row.pk for row in rows]) if rows else {}
    return [
        BatchOut(
            id=row.pk,
            name=row.name,
            tasks=sum(states.get(row.pk, {}).values()),
            states=states.get(row.pk, {}),
            priority=row.priority,
            due_on=row.due_on,
            order=cast(Any, row.order),
            skill=row.skill_id,
            web_url=f"/projects/{row.project_id}/data?batch={row.pk}",
        )
        for row in rows
    ]


class BatchesView(Api):
    actions = {"get": Action.TASKS_VIEW, "post": Action.TASKS_MANAGE}

    @extend_schema(responses={200: Page[BatchOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Batches in the order in which they are worked on, with how far each is."""
        rows, _ = queries.batches(user=self.user, project_id=project_id)
        return answer(Page(results=batches_out(list(rows))))

    @extend_schema(request=BatchIn, responses={201: BatchOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make an empty batch; `tasks/bulk` with the action `batch` fills it."""
        values = msgspec.structs.asdict(body(request, BatchIn))
        batch = make_batch(user=self.user, project_id=project_id, values=values)
        return answer(batches_out([batch])[0], status=201)


class BatchView(Api):
    actions = {"patch": Action.TASKS_MANAGE, "delete": Action.TASKS_MANAGE}

    @extend_schema(request=BatchPatch, responses={200: BatchOut})
    def patch(self, request: Request, batch_id: int) -> HttpResponse:
        """Change what is sent; its tasks move in the queue at once."""
        sent = msgspec.structs.asdict(body(request, BatchPatch))
        values = {name: value for name, value in sent.items() if value is not UNSET}
        return answer(batches_out([change_batch(user=self.user, batch_id=batch_id, values=values)])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, batch_id: int) -> HttpResponse:
        """Take the batch away; its tasks stay."""
        delete_batch(user=self.user, batch_id=batch_id)
        return nothing()


class AbsenceIn(msgspec.Struct):
    """Where the work goes: to a person, to a group, or with neither to everybody. `pause`: why the person gets no new work."""

    to_user: int | None = None
    to_group: int | None = None
    pause: Annotated[str, msgspec.Meta(max_length=500)] = ""


class AbsenceOut(msgspec.Struct):
    """Pieces of work by kind. `instead`: those that the named person may not do, by reason; they go to the queue."""

    assigned: int
    drafts: int
    rejected: int
    reviews: int
    instead: dict[str, int]
    job: JobOut | None


class AbsencePreviewView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=AbsenceIn, responses={200: AbsenceOut})
    def post(self, request: Request, project_id: int, user_id: int) -> HttpResponse:
        """What moving this person's open work would move. Nothing is changed."""
        asked = body(request, AbsenceIn)
        found = answers.preview_absence(
            user=self.user, project_id=project_id, away=user_id, to_user=asked.to_user, to_group=asked.to_group
        )
        return answer(AbsenceOut(**found.moved, instead=found.instead, job=None))


class AbsenceView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=AbsenceIn, responses={200: AbsenceOut, 202: AbsenceOut})
    def post(self, request: Request, project_id: int, user_id: int) -> HttpResponse:
        """Move all open work of this person, drafts with it. What they did keeps their name. Much work makes it a job."""
        asked = body(request, AbsenceIn)
        moved = answers.move_work(
            user=self.user,
            project_id=project_id,
            away=user_id,
            to_user=asked.to_user,
            to_group=asked.to_group,
            pause=asked.pause.strip(),
        )
        job = job_out(moved.job) if moved.job else None
        out = AbsenceOut(**moved.tally.moved, instead=moved.tally.instead, job=job)
        return answer(out, status=202 if moved.job else 200)
