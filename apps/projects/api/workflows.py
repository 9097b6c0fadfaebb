"""Endpoints of the workflow: its versions, what a change would move, and what overlap buys."""

from __future__ import annotations

from collections import Counter

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.activity.queries import totals
from apps.core.api import answer, body
from apps.core.etags import if_match
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.api.views import shown
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects import services
from apps.projects.access import ProjectAccess, project_for
from apps.projects.api.bodies import moves_too, version_body
from apps.projects.api.documents import bulk_change_out, workflow_out
from apps.projects.api.structs import (
    OverlapPlan,
    OverlapPlanIn,
    SchemaProblemOut,
    WorkflowMoves,
    WorkflowOut,
    WorkflowPreview,
    WorkflowPut,
    WorkflowSaved,
)
from apps.projects.api.versions import fresh
from apps.projects.errors import BadWorkflow
from apps.projects.services.workflows import PREVIEW_JOB
from apps.reviews.queries.queue import usual_time
from apps.reviews.services.replanning import Moves, in_flight, preview_moves
from domain.forecast import overlap_plan as planned

INLINE = 2_000  # tasks in flight; counting more may take over a second and is a job
EVEN = (0.5, 0.5)  # shares of classes where fewer than two have been drawn yet
MOST_CLASSES = 50  # the largest; the rest hardly moves the interval
HOUR_MS = 3_600_000


def preview_out(moves: Moves, work: Moves, job: Job | None = None) -> WorkflowPreview:
    return WorkflowPreview(
        problems=[],
        moves=[WorkflowMoves(state=state, to=to, tasks=n) for (state, to), n in sorted(moves.items())],
        answers_added=work["answers", "added"],
        answers_taken_back=work["answers", "taken_back"],
        reviews_added=work["reviews", "added"],
        reviews_taken_back=work["reviews", "taken_back"],
        job=shown(job) if job is not None else None,
    )


class WorkflowView(Api):
    actions = {"get": Action.PROJECT_VIEW, "put": Action.PROJECT_EDIT}

    @extend_schema(responses={200: WorkflowOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The stages that work goes through."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        assert access.project.workflow is not None
        out = workflow_out(access, access.project.workflow)
        return answer(out, headers={"ETag": out.etag})

    @extend_schema(request=WorkflowPut, responses={200: WorkflowSaved})
    def put(self, request: Request, project_id: int) -> HttpResponse:
        """Make the next version. It holds for what is claimed or submitted from now on; with `move` a job moves what is in
        flight, too. `If-Match` is optional."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        sent, note = version_body(request)
        version, change = services.put_workflow(
            project=access.project,
            user=self.user,
            body=sent,
            note=note,
            expected=if_match(request),
            move=moves_too(request),
        )
        now = fresh(access)
        out = workflow_out(now, version)
        job = Job.objects.filter(pk=change.job_id or 0).first() if change is not None else None
        moved = bulk_change_out(now, change, shown(job) if job else None) if change is not None else None
        saved = WorkflowSaved(**msgspec.structs.asdict(out), bulk_change=moved)
        return answer(saved, headers={"ETag": out.etag})


class WorkflowPreviewView(Api):
    actions = {"post": Action.PROJECT_EDIT}

    @extend_schema(request=WorkflowPut, responses={200: WorkflowPreview, 202: WorkflowPreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """How many tasks of each state would move where, or why the workflow would be refused. Nothing is saved."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        sent, _ = version_body(request)
        none: Moves = Counter()
        try:
            workflow = services.checked_workflow(access.project, sent)
        except BadWorkflow as error:
            out = preview_out(none, none)
            out.problems = [
                SchemaProblemOut(pointer=one["pointer"], code=one["code"], detail=one["detail"]) for one in error.fields
            ]
            return answer(out)
        if in_flight(access.project)[: INLINE + 1].count() > INLINE:
            job = enqueue(
                kind=PREVIEW_JOB,
                title="Count what the workflow would move",
                organisation=access.project.organisation_id,
                project=access.project,
                user=self.user,
                arguments={"project": project_id, "workflow": msgspec.to_builtins(workflow)},
            )
            return answer(preview_out(none, none, job), status=202)
        return answer(preview_out(*preview_moves(project=access.project, workflow=workflow)))


class OverlapPlanView(Api):
    actions = {"post": Action.PROJECT_EDIT}

    @extend_schema(request=OverlapPlanIn, responses={200: OverlapPlan})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What several answers to a share of the tasks in flight cost, and how closely kappa will be known."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        return answer(overlap_plan(access, body(request, OverlapPlanIn)))


def overlap_plan(access: ProjectAccess, asked: OverlapPlanIn) -> OverlapPlan:
    regions = totals([access.project.pk], "regions_by_class").get(access.project.pk, {})
    shares = sorted((n for n in regions.values() if n > 0), reverse=True)[:MOST_CLASSES]
    tasks, usual = in_flight(access.project).count(), usual_time(access.project.pk)
    plan = planned(
        tasks,
        overlap_share=asked.share,
        raters=asked.overlap,
        kappa=asked.kappa,
        shares=shares if len(shares) > 1 else EVEN,
    )
    return OverlapPlan(
        tasks=tasks,
        shared=plan.items,
        extra_answers=plan.extra_answers,
        hours=plan.extra_answers * usual / HOUR_MS if usual is not None else None,
        kappa=asked.kappa,
        classes=len(shares) if len(shares) > 1 else None,
        low=plan.interval[0] if plan.interval else None,
        high=plan.interval[1] if plan.interval else None,
    )
