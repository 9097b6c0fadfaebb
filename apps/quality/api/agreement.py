"""Endpoints of agreement and consensus."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.accounts.queries import plain_person
from apps.core.api import answer, body, invalid_from
from apps.core.errors import Invalid
from apps.core.numbers import whole_between
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import project_for
from apps.quality.api import agreement_present as present
from apps.quality.api import agreement_structs as structs
from apps.quality.api.agreement_csv import TABLES, table
from apps.quality.queries.agreement import MOST_DAYS, Scope, agreement_of, confusion_of
from apps.quality.queries.differences import Wanted, answers_to, differences_in
from apps.quality.services.consensus_runs import ConsensusRun, undo_consensus

BATCH = OpenApiParameter("batch", int, description="only this batch; 0: tasks in none")
SCOPE = [
    BATCH,
    OpenApiParameter("days", int, description="1 to 366: only tasks whose last answer came in these days"),
    OpenApiParameter(
        "subject", str, description="people, pairs, batches and days by `class:3`, `item:…` or `region:…`"
    ),
]
PEOPLE = OpenApiParameter("people", str, description="ids of one or two people, with a comma between")
QUESTION = OpenApiParameter("question", str, description="`class` (default), `outcome`, `item:…` or `region:…`")


def _number(request: Request, name: str, *, least: int = 0, most: int = 2**53) -> int | None:
    text = request.query_params.get(name)
    return None if text is None else whole_between(name, text, least, most)


def _people(request: Request, *, most: int = 2) -> tuple[int, ...]:
    text = request.query_params.get("people", "")
    parts = [part for part in text.split(",") if part]
    if len(parts) > most or not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        raise Invalid(f"`people` must be at most {most} ids with a comma between, got {text[:60]!r}.")
    return tuple(int(part) for part in parts)


def scope_of(request: Request) -> Scope:
    return Scope(
        batch=_number(request, "batch"),
        days=_number(request, "days", least=1, most=MOST_DAYS),
        subject=request.query_params.get("subject", "all")[:140],
    )


def wanted_of(request: Request) -> Wanted:
    asked = request.query_params
    return Wanted(
        subject=asked.get("subject"),
        question=asked.get("question"),
        kind=asked.get("kind"),
        left=asked.get("left"),
        right=asked.get("right"),
        people=_people(request),
        batch=_number(request, "batch"),
        task=_number(request, "task"),
    )


def two_people(request: Request) -> tuple[int, int] | None:
    people = _people(request)
    if len(people) == 1 or len(set(people)) < len(people):
        raise Invalid("`people` must be two different people here.")
    return (people[0], people[1]) if people else None


class AgreementView(Api):
    actions = {"get": Action.STATS_VIEW}

    @extend_schema(parameters=SCOPE, responses={200: structs.AgreementOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """How alike people's answers are: the whole, by class, attribute, person, pair, batch and day."""
        found = agreement_of(user=self.user, project_id=project_id, scope=scope_of(request))
        return answer(present.agreement_out(found))


class ConfusionView(Api):
    actions = {"get": Action.PEOPLE_STATS_VIEW}

    @extend_schema(parameters=[QUESTION, PEOPLE, BATCH], responses={200: structs.ConfusionOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What was said against what, of everybody or of two people."""
        found = confusion_of(
            user=self.user,
            project_id=project_id,
            question=request.query_params.get("question", "class")[:140],
            people=two_people(request),
            batch=_number(request, "batch"),
        )
        return answer(present.confusion_out(found))


DIFFERENCES = [
    OpenApiParameter("subject", str, description="`class:3`: only regions that one side gave this class"),
    QUESTION,
    OpenApiParameter("kind", str, description="missed, class, attribute, answer or outcome"),
    OpenApiParameter("left", str, description="what one said; empty: nothing there"),
    OpenApiParameter("right", str, description="what the other said"),
    PEOPLE,
    BATCH,
    OpenApiParameter("task", int),
    OpenApiParameter("cursor", str),
]


class DifferencesView(Api):
    actions = {"get": Action.PEOPLE_STATS_VIEW}

    @extend_schema(parameters=DIFFERENCES, responses={200: structs.DifferencePage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Where answers differ, region by region; the regions behind any figure."""
        page = differences_in(
            user=self.user,
            project_id=project_id,
            wanted=wanted_of(request),
            after=_number(request, "cursor") or 0,
        )
        return answer(present.difference_page(page))


class AgreementTableView(Api):
    actions = {"get": Action.PEOPLE_STATS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("table", str, enum=list(TABLES)), *SCOPE, QUESTION, PEOPLE],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """A table of agreement as CSV."""
        project_for(self.user, project_id, Action.PEOPLE_STATS_VIEW)
        name = request.query_params.get("table", "classes")
        if name not in TABLES:
            raise Invalid(f"`table` must be one of {', '.join(TABLES)}, got {name[:40]!r}.")
        text = table(
            name,
            user=self.user,
            project_id=project_id,
            scope=scope_of(request),
            question=request.query_params.get("question", "class")[:140],
            people=two_people(request) if name == "confusion" else None,
            wanted=wanted_of(request),
        )
        headers = {"Content-Disposition": f'attachment; filename="agreement-{name}.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


class RecomputeView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=None, responses={202: structs.AskedJob})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Compare all answers of the project again, as a job."""
        return _job(self, project_id, "quality.recompute_agreement", "Agreement of {name}", {})


class ConsensusRunView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.ConsensusRunIn, responses={202: structs.AskedJob})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make the consensus of tasks that are done or in conflict, as a job. Only conflicts stay with people."""
        asked = body(request, structs.ConsensusRunIn)
        stage = {"kind": "consensus", "method": asked.method, "threshold": asked.threshold, "by_class": asked.by_class}
        run = {"which": asked.which, "stage": stage}
        try:
            msgspec.convert(run, ConsensusRun)
        except msgspec.ValidationError as error:
            raise invalid_from(error) from error
        return _job(self, project_id, "quality.make_consensus", "Consensus of {name}", {"run": run})


class ConsensusRunUndoView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.UndoRunIn, responses={202: structs.AskedJob})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take back, as one, all that a run of consensus made."""
        asked = body(request, structs.UndoRunIn)
        return _job(self, project_id, "quality.undo_consensus", "Consensus of {name} taken back", {"job": asked.job})


class ConsensusUndoView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=None, responses={200: structs.UndoneOut})
    def post(self, request: Request, consensus_id: int) -> HttpResponse:
        """Take one consensus back: its task stands as before, or its answers go to a person."""
        task = undo_consensus(user=self.user, consensus_id=consensus_id)
        return answer(structs.UndoneOut(task=task.pk, task_state=task.state))


class TaskAnswersView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(responses={200: structs.TaskAnswersOut})
    def get(self, request: Request, task_id: int) -> HttpResponse:
        """All answers to a task that the reader may see, side by side, with what they have in common."""
        return answer(present.answers_out(answers_to(user=self.user, task_id=task_id), user=self.user))


def _job(view: Api, project_id: int, kind: str, title: str, arguments: dict[str, Any]) -> HttpResponse:
    access = project_for(view.user, project_id, Action.TASKS_MANAGE)
    job: Job = enqueue(
        kind=kind,
        title=title.format(name=access.project.name),
        organisation=access.project.organisation_id,
        user=view.user,
        project=access.project.pk,
        arguments={"project": access.project.pk, **arguments},
    )
    return answer(structs.AskedJob(job=job_out(job, plain_person(view.user))), status=202)
