"""Endpoints of reviews, issues, comments and questions."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.quality.services import findings
from apps.reviews import queries, services
from apps.reviews.api import present, structs

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class ReviewsView(Api):
    actions = {"get": Action.REVISIONS_VIEW, "post": Action.REVIEW}

    @extend_schema(responses={200: Page[structs.ReviewOut]})
    def get(self, request: Request, revision_id: int) -> HttpResponse:
        """Verdicts on a revision."""
        rows = queries.reviews_of(user=self.user, revision_id=revision_id)
        return answer(Page(results=present.reviews(rows, user=self.user)))

    @extend_schema(request=structs.ReviewIn, responses={201: structs.ReviewOut})
    def post(self, request: Request, revision_id: int) -> HttpResponse:
        """Judge a revision; this completes the review assignment."""
        asked = body(request, structs.ReviewIn)
        review = findings.judge(
            user=self.user,
            revision_id=revision_id,
            verdict=asked.verdict,
            reason=asked.reason,
            marks=present.marks_in(asked.marks),
            active_ms=asked.active_ms,
            token=asked.token,
        )
        return answer(present.reviews([review], user=self.user)[0], status=201)


class ReviewQueueView(Api):
    actions = {"get": Action.REVIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("order", str, enum=list(queries.ORDERS)),
            OpenApiParameter("annotator", int, description="Who made it."),
            OpenApiParameter("class_id", int, description="A class that it has."),
            OpenApiParameter("why", str, enum=list(queries.RISKS)),
            *CURSOR,
        ],
        responses={200: Page[structs.ReviewQueueRow]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What waits for a verdict, with why it is worth a look."""
        rows, following, access = queries.review_queue(request, user=self.user, project_id=project_id)
        return answer(Page(results=present.queue_rows(rows, access=access), next=following))


NARROWED = [
    OpenApiParameter("annotator", int, description="Who made it."),
    OpenApiParameter("class_id", int, description="A class that it has."),
]


class CleanReviewsView(Api):
    actions = {"get": Action.REVIEW}

    @extend_schema(parameters=NARROWED, responses={200: structs.CleanReviews})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """How much of what waits could be accepted at once, and why the rest is worth a look."""
        found = queries.reasons_of_queue(self.user, project_id, request.query_params)
        waiting, clean = found.pop("all"), found.pop("clean")
        return answer(structs.CleanReviews(waiting=waiting, clean=clean, most=services.MOST_AT_ONCE, why=found))


class AcceptCleanView(Api):
    actions = {"post": Action.REVIEW}

    @extend_schema(request=structs.AcceptCleanIn, responses={202: structs.AcceptCleanOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Accept by a job what waits for the caller and nothing stands out of, at most 1,000 at one go."""
        asked = body(request, structs.AcceptCleanIn)
        given = {name: str(value) for name, value in msgspec.structs.asdict(asked).items() if value is not None}
        matched, job = services.start_accepting(user=self.user, project_id=project_id, given=given)
        return answer(structs.AcceptCleanOut(matched=matched, job=job_out(job)), status=202)


class UndoAcceptCleanView(Api):
    actions = {"post": Action.REVIEW}

    @extend_schema(request=None, responses={202: structs.AcceptCleanOut})
    def post(self, request: Request, project_id: int, job_id: int) -> HttpResponse:
        """Take such an acceptance of one's own back by a job, as far as nobody has gone on with the work."""
        job = services.start_undo_accepting(user=self.user, project_id=project_id, job_id=job_id)
        return answer(structs.AcceptCleanOut(matched=len(job.arguments["reviews"]), job=job_out(job)), status=202)


class ProjectIssuesView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=["open", "resolved"]), OpenApiParameter("task", int), *CURSOR],
        responses={200: Page[structs.IssueOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Issues of a project, newest first."""
        rows, following = paginate(request, queries.issues_of_project(self.user, project_id, request.query_params))
        return answer(Page(results=present.issues(rows, user=self.user), next=following))


class IssuesView(Api):
    actions = {"post": Action.COMMENT}

    @extend_schema(request=structs.IssueIn, responses={201: structs.IssueOut})
    def post(self, request: Request) -> HttpResponse:
        """Pin an issue to a region, to a point or to the whole task, with its first comment."""
        asked = body(request, structs.IssueIn)
        issue = services.open_issue(
            user=self.user,
            task_id=asked.task,
            text=asked.text,
            element_id=asked.element or "",
            point=present.point_in(asked.point),
            mentions=asked.mentions,
        )
        return answer(present.issues([issue], user=self.user)[0], status=201)


class IssueView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(responses={200: structs.IssueOut})
    def get(self, request: Request, issue_id: int) -> HttpResponse:
        """One issue with its thread."""
        return answer(present.issues([queries.issue_for(self.user, issue_id, Action.TASKS_VIEW)], user=self.user)[0])


class IssueCommentsView(Api):
    actions = {"post": Action.COMMENT}

    @extend_schema(request=structs.CommentIn, responses={201: structs.IssueOut})
    def post(self, request: Request, issue_id: int) -> HttpResponse:
        """Reply."""
        asked = body(request, structs.CommentIn)
        issue = services.reply(user=self.user, issue_id=issue_id, text=asked.text, mentions=asked.mentions)
        return answer(present.issues([issue], user=self.user)[0], status=201)


class ResolveIssueView(Api):
    actions = {"post": Action.COMMENT}

    @extend_schema(request=None, responses={200: structs.IssueOut})
    def post(self, request: Request, issue_id: int) -> HttpResponse:
        """Say that it is settled."""
        return answer(present.issues([services.resolve_issue(user=self.user, issue_id=issue_id)], user=self.user)[0])


class ReopenIssueView(Api):
    actions = {"post": Action.COMMENT}

    @extend_schema(request=None, responses={200: structs.IssueOut})
    def post(self, request: Request, issue_id: int) -> HttpResponse:
        """Open a settled issue again."""
        return answer(present.issues([services.reopen_issue(user=self.user, issue_id=issue_id)], user=self.user)[0])


class QuestionsView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=["open", "answered"]),
            OpenApiParameter("class_id", int, description="Of the region that it is about."),
            OpenApiParameter("search", str, description="Words that question or answer have."),
            *CURSOR,
        ],
        responses={200: Page[structs.QuestionOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Questions of a project; annotators see their own."""
        rows, following = paginate(request, queries.questions_of_project(self.user, project_id, request.query_params))
        return answer(Page(results=present.questions(rows, user=self.user), next=following))


class SimilarTextView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("text", str, required=True)], responses={200: Page[structs.SimilarQuestion]}
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Answered questions like one that is about to be asked, so that it need not be."""
        text = request.query_params.get("text", "")[:5000]
        return answer(Page(results=present.similar(queries.similar_text(self.user, project_id, text), user=self.user)))


class SimilarView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(responses={200: Page[structs.SimilarQuestion]})
    def get(self, request: Request, question_id: int) -> HttpResponse:
        """Other questions like this one, open and answered."""
        return answer(Page(results=present.similar(queries.similar_to(self.user, question_id), user=self.user)))


class QuestionView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(responses={200: structs.QuestionOut})
    def get(self, request: Request, question_id: int) -> HttpResponse:
        """One question."""
        return answer(
            present.questions([queries.question_for(self.user, question_id, Action.TASKS_VIEW)], user=self.user)[0]
        )


class AnswerQuestionView(Api):
    actions = {"post": Action.QUESTIONS_ANSWER}

    @extend_schema(request=structs.AnswerIn, responses={200: structs.QuestionOut})
    def post(self, request: Request, question_id: int) -> HttpResponse:
        """Answer; the parked task comes back to who asked."""
        question = services.answer_question(
            user=self.user, question_id=question_id, text=body(request, structs.AnswerIn).text
        )
        return answer(present.questions([question], user=self.user)[0])


class QuestionGuidelineView(Api):
    actions = {"post": Action.QUESTIONS_ANSWER}

    @extend_schema(request=structs.QuestionGuidelineIn, responses={200: structs.QuestionOut})
    def post(self, request: Request, question_id: int) -> HttpResponse:
        """Put question, answer and picture into the draft of the next guideline version."""
        asked = body(request, structs.QuestionGuidelineIn)
        question = services.put_into_guideline(
            user=self.user, question_id=question_id, example=asked.example, anchor=asked.section
        )
        return answer(present.questions([question], user=self.user)[0])
