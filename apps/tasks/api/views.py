"""Endpoints of tasks, of the queue and of assignments."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.annotations import services as answers
from apps.annotations.api.present import findings
from apps.core.api import answer, body, nothing
from apps.core.pagination import Page
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.quality.services import findings as findings_kept
from apps.reviews import services as reviews
from apps.tasks import queries, services
from apps.tasks.api import present, structs
from apps.tasks.api.claim import claim_document, promise_document
from apps.tasks.api.filters import FILTER_PARAMETERS, assignment_rows, filter_from, window_from
from apps.tasks.filters import TaskStateName

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class ClaimView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.ClaimIn, responses={200: structs.ClaimDocument, 204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take the next piece of work. 204 when nothing is left for this person."""
        asked = body(request, structs.ClaimIn)
        taken = answers.claim_work(
            user=self.user,
            project_id=project_id,
            stage=asked.stage,
            slot_id=asked.slot,
            only=_only(asked),
            promised=asked.promised,
        )
        return nothing() if taken is None else answer(claim_document(taken, user=self.user))


def _only(asked: structs.ClaimIn | structs.PromiseIn) -> services.Only | None:
    narrowed = asked.filter is not None or asked.ids is not None
    return services.Only(filter=asked.filter, ids=asked.ids) if narrowed else None


class PromiseView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PromiseIn, responses={200: structs.Promise, 204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Keep the caller's next piece of work for two minutes, to fetch it early. 204 when nothing is left."""
        asked = body(request, structs.PromiseIn)
        promised = services.promise(
            user=self.user, project_id=project_id, stage=asked.stage, only=_only(asked), again=asked.again
        )
        return nothing() if promised is None else answer(promise_document(promised))


class LetGoView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.LetGoIn, responses={204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Give promised work back to everybody."""
        asked = body(request, structs.LetGoIn)
        services.let_go(user=self.user, project_id=project_id, stage=asked.stage, slot_ids=asked.slots)
        return nothing()


class TasksView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(parameters=[*FILTER_PARAMETERS, *CURSOR], responses={200: Page[structs.TaskRow]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Tasks of a project, newest last, by cursor."""
        rows, following, access = queries.task_page(
            request=request, user=self.user, project_id=project_id, wanted=filter_from(request)
        )
        return answer(Page(results=present.task_rows(rows, access=access), next=following))


class TaskWindowView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(
        parameters=[
            *FILTER_PARAMETERS,
            OpenApiParameter("offset", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("sort", str, enum=sorted(queries.SORTS)),
        ],
        responses={200: structs.TaskWindow},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Rows from an offset, for a virtual table; `total` is exact up to 100,000."""
        offset, limit, sort = window_from(request)
        found = queries.task_window(
            user=self.user, project_id=project_id, wanted=filter_from(request), offset=offset, limit=limit, sort=sort
        )
        rows = present.task_rows(found.rows, access=found.access)
        return answer(structs.TaskWindow(results=rows, offset=offset, total=found.total, more=found.more))


class BulkTasksView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.BulkTasksIn, responses={200: structs.BulkTasksOut, 202: structs.BulkTasksOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """One action on many tasks, by ids or by filter. Many tasks make it a job."""
        asked = body(request, structs.BulkTasksIn)
        done = reviews.change_tasks(user=self.user, project_id=project_id, change=present.bulk_change(asked))
        job = job_out(done.job) if done.job else None
        out = structs.BulkTasksOut(
            matched=done.matched, changed=done.changed, skipped=done.skipped, undo=present.bulk_undo(done.undo), job=job
        )
        return answer(out, status=202 if done.job else 200)


class SendBackPreviewView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.SendBackPreviewIn, responses={200: structs.SendBackPreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What sending these tasks back would do. Nothing is changed."""
        asked = body(request, structs.SendBackPreviewIn)
        change = services.BulkChange(action=asked.action, ids=asked.ids, filter=asked.filter)
        found = reviews.preview(user=self.user, project_id=project_id, change=change)
        return answer(
            structs.SendBackPreview(
                matched=sum(found.values()),
                **{code: found.get(code, 0) for code in ("sent_back", "not_submitted", "imported", "own_work")},
            )
        )


class TaskView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(responses={200: structs.TaskOut})
    def get(self, request: Request, task_id: int) -> HttpResponse:
        """One task with its slots, assignments, revisions, reviews and issues."""
        return answer(present.task_out(task_id, user=self.user))


class TriageView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.TriageIn, responses={200: structs.TaskOut})
    def post(self, request: Request, task_id: int) -> HttpResponse:
        """Settle a task that was skipped, or said to be unusable."""
        asked = body(request, structs.TriageIn)
        answers.settle_triage(user=self.user, task_id=task_id, choice=asked.choice, note=asked.note)
        return answer(present.task_out(task_id, user=self.user))


class AssignmentsView(Api):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "state",
                str,
                description="held (default), parked, stale, submitted, skipped, released or open (held, parked and stale)",
            ),
            OpenApiParameter("project", int),
            *CURSOR,
        ],
        responses={200: Page[structs.AssignmentOut]},
    )
    def get(self, request: Request) -> HttpResponse:
        """The caller's own assignments, newest first."""
        rows, following = assignment_rows(request, queries.own_assignments(self.user))
        return answer(Page(results=present.assignments(rows, user=self.user), next=following))


class ProjectAssignmentsView(Api):
    actions = {"get": Action.TASKS_MANAGE}

    @extend_schema(
        parameters=[OpenApiParameter("state", str), OpenApiParameter("user", int), *CURSOR],
        responses={200: Page[structs.AssignmentOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Who holds what in a project; `state=stale` is the list of work to hand over."""
        rows, following = assignment_rows(request, queries.project_assignments(user=self.user, project_id=project_id))
        return answer(Page(results=present.assignments(rows, user=self.user), next=following))


class AssignmentView(Api):
    @extend_schema(responses={200: structs.ClaimDocument})
    def get(self, request: Request, assignment_id: int) -> HttpResponse:
        """Reopen held work: the same document as the claim's."""
        taken = answers.reopen_work(user=self.user, assignment_id=assignment_id)
        return answer(claim_document(taken, user=self.user))


class HeartbeatView(Api):
    @extend_schema(request=structs.HeartbeatIn, responses={200: structs.HeartbeatOut})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Keep the lease, and report active time since the last call."""
        asked = body(request, structs.HeartbeatIn)
        kept = services.heartbeat(
            user=self.user, assignment_id=assignment_id, token=asked.token, active_ms=asked.active_ms
        )
        return answer(structs.HeartbeatOut(expires_at=cast(datetime, kept.expires_at), token=kept.token))


class ReleaseView(Api):
    @extend_schema(request=structs.ReleaseIn, responses={204: None})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Give the work back; it may come again."""
        services.release(user=self.user, assignment_id=assignment_id, token=body(request, structs.ReleaseIn).token)
        return nothing()


class SkipView(Api):
    @extend_schema(request=structs.SkipIn, responses={204: None})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Pass the task on; it never comes back to the caller, and after two skips a manager decides."""
        asked = body(request, structs.SkipIn)
        services.skip(user=self.user, assignment_id=assignment_id, token=asked.token, reason=asked.reason)
        return nothing()


class ParkView(Api):
    @extend_schema(request=structs.ParkIn, responses={201: structs.QuestionOut})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Ask a question and put the task aside until it is answered."""
        asked = body(request, structs.ParkIn)
        question = reviews.park(
            user=self.user,
            assignment_id=assignment_id,
            token=asked.token,
            text=asked.question,
            element_id=asked.element or "",
        )
        return answer(present.question_out(question, user=self.user), status=201)


class RecallView(Api):
    @extend_schema(request=None, responses={200: structs.ClaimDocument})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Take a submission back before the next step begins."""
        taken = answers.recall(user=self.user, assignment_id=assignment_id)
        return answer(claim_document(taken, user=self.user))


class SubmitView(Api):
    @extend_schema(request=structs.SubmitIn, responses={200: structs.SubmitOut})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Freeze the draft into a revision and hand it to the next stage."""
        asked = body(request, structs.SubmitIn)
        done = findings_kept.submit(
            user=self.user,
            assignment_id=assignment_id,
            token=asked.token,
            outcome=asked.outcome,
            outcome_reason=asked.outcome_reason,
            pass_reason=asked.pass_reason,
            active_ms=asked.active_ms,
        )
        return answer(
            structs.SubmitOut(
                revision=structs.RevisionRef(id=done.revision.pk, number=done.revision.number),
                task_state=cast(TaskStateName, done.task_state),
                review_skipped=done.review_skipped,
                findings=findings(done.findings),
            )
        )


class HandOverView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=structs.HandOverIn, responses={200: structs.AssignmentOut, 204: None})
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Give held or stale work to another person with its draft, or back to the queue."""
        asked = body(request, structs.HandOverIn)
        given = answers.hand_over(user=self.user, assignment_id=assignment_id, to_user_id=asked.to)
        return nothing() if given is None else answer(present.assignments([given], user=self.user)[0])
