"""Looking at jobs and stopping them."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from apps.accounts.queries import plain_person
from apps.core.api import answer
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.pagination import Page, paginate
from apps.core.views import Api
from apps.jobs import queries, services
from apps.jobs.documents import JobOut, job_out
from apps.jobs.models import Job

OPEN = "open"  # ?state=open: queued or running
ENDED = (Job.State.SUCCEEDED, Job.State.FAILED, Job.State.CANCELLED)


def shown(job: Job) -> JobOut:
    return job_out(job, plain_person(job.created_by) if job.created_by else None)


class JobsView(Api):
    @extend_schema(
        parameters=[
            OpenApiParameter("organisation", int),
            OpenApiParameter("project", int),
            OpenApiParameter("state", str, enum=[OPEN, *Job.State.values]),
            OpenApiParameter("kind", str),
        ],
        responses={200: Page[JobOut]},
    )
    def get(self, request: Request) -> HttpResponse:
        """My jobs, and all of an organisation for its managers; newest first."""
        rows = queries.jobs_visible_to(self.user)
        for name, field in (("organisation", "organisation_id"), ("project", "project_id")):
            if (text := request.query_params.get(name)) is not None:
                rows = rows.filter(**{field: whole(name, text, "an id")})
        if (state := request.query_params.get("state")) is not None:
            if state not in (OPEN, *Job.State.values):
                raise Invalid(f"`state` must be one of {', '.join([OPEN, *Job.State.values])}.")
            rows = rows.exclude(state__in=ENDED) if state == OPEN else rows.filter(state=state)
        if (kind := request.query_params.get("kind")) is not None:
            rows = rows.filter(kind=kind)
        found, following = paginate(request, rows)
        return answer(Page(results=[shown(row) for row in found], next=following))


class JobView(Api):
    @extend_schema(responses={200: JobOut})
    def get(self, request: Request, job_id: int) -> HttpResponse:
        return answer(shown(queries.job_for(self.user, job_id)))


class JobCancelView(Api):
    @extend_schema(request=None, responses={200: JobOut})
    def post(self, request: Request, job_id: int) -> HttpResponse:
        """Stop a job. A queued one ends at once, a running one at its next step."""
        job = queries.job_for(self.user, job_id, to_cancel=True)
        return answer(shown(services.cancel(job=job)))


class AnyAccept(BaseContentNegotiation):
    """An event source asks for text/event-stream; problems are still sent as JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class JobEventsView(Api):
    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/event-stream"): str})
    def get(self, request: Request, job_id: int) -> HttpResponse:
        """The job's state as a server-sent event, for clients without the live stream.

        The answer ends at once and names a second as the time to come again, so that a waiting client holds no thread of
        the server; an event source does that by itself. Once the job is over the event is called `end`.
        """
        job = queries.job_for(self.user, job_id)
        name = "end" if job.state in ENDED else "job"
        data = msgspec.json.encode(shown(job)).decode()
        text = f"retry: 1000\nid: {job.token}.{job.done}.{job.state}\nevent: {name}\ndata: {data}\n\n"
        return HttpResponse(text, content_type="text/event-stream", headers={"Cache-Control": "no-store"})
