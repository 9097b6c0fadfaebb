"""Endpoints of feedback to annotators and of disputes."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import project_for
from apps.reviews import queries, services
from apps.reviews.api import present, structs

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class FeedbackView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "user", int, description="Whose work; for reviewers and above. Without it the caller's own."
            ),
            OpenApiParameter("verdict", str, enum=["fix", "reject"]),
            OpenApiParameter("disputed", str, enum=["no", "open", "upheld", "overturned"]),
            *CURSOR,
        ],
        responses={200: Page[structs.FeedbackRow]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Fixes and rejections of a person's work, newest first."""
        found, access = queries.feedback_of(self.user, project_id, request.query_params)
        rows, following = paginate(request, found)
        return answer(Page(results=present.feedback_rows(rows, access=access), next=following))


class ReviewFeedbackView(Api):
    actions = {"get": Action.TASKS_VIEW}

    @extend_schema(responses={200: structs.FeedbackOut})
    def get(self, request: Request, review_id: int) -> HttpResponse:
        """One verdict with before and after of every region that it was about."""
        review = queries.feedback_for(self.user, review_id)
        access = project_for(self.user, review.task.project_id, Action.TASKS_VIEW)
        return answer(present.feedback(queries.feedback_document(review), access=access))


class DisputeReviewView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.DisputeIn, responses={201: structs.DisputeOut})
    def post(self, request: Request, review_id: int) -> HttpResponse:
        """Ask somebody else to look at a fix or a rejection of one's own work. Once."""
        asked = body(request, structs.DisputeIn)
        made = services.dispute(user=self.user, review_id=review_id, text=asked.text, element_ids=asked.elements)
        access = project_for(self.user, made.project_id, Action.TASKS_VIEW)
        return answer(present.disputes([made], access=access)[0], status=201)


class DisputesView(Api):
    actions = {"get": Action.REVIEW}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=["open", "upheld", "overturned"]), *CURSOR],
        responses={200: Page[structs.DisputeOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Disputes of a project, newest first."""
        found, access = queries.disputes_of_project(self.user, project_id, request.query_params)
        rows, following = paginate(request, found)
        return answer(Page(results=present.disputes(rows, access=access), next=following))


class DecideDisputeView(Api):
    actions = {"post": Action.REVIEW}

    @extend_schema(request=structs.DecideIn, responses={200: structs.DisputeOut})
    def post(self, request: Request, dispute_id: int) -> HttpResponse:
        """Let the verdict stand or overturn it; for who had no part in it."""
        asked = body(request, structs.DecideIn)
        found = services.decide(
            user=self.user,
            dispute_id=dispute_id,
            overturn=asked.decision == "overturned",
            text=asked.text,
            restore=asked.restore,
        )
        access = project_for(self.user, found.project_id, Action.REVIEW)
        return answer(present.disputes([found], access=access)[0])
