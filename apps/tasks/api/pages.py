"""Pages of alike pictures: claimed, kept, handed in, taken back and given back as one."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.annotations import services as answers
from apps.core.api import answer, body, nothing
from apps.core.errors import DomainError
from apps.core.permissions import Action
from apps.core.views import Api
from apps.quality.services import pages
from apps.tasks import services
from apps.tasks.api import page_structs as structs
from apps.tasks.api.claim import page_document
from apps.tasks.api.structs import RevisionRef
from apps.tasks.filters import TaskStateName


class PageClaimView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PageClaimIn, responses={200: structs.WorkPage, 204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take the next piece of work and those whose pictures look most like it. 204 when nothing is left."""
        asked = body(request, structs.PageClaimIn)
        narrowed = asked.filter is not None or asked.ids is not None
        only = services.Only(filter=asked.filter, ids=asked.ids) if narrowed else None
        taken = answers.claim_page_work(user=self.user, project_id=project_id, size=asked.size, only=only)
        return answer(page_document(taken)) if taken else nothing()


class PageKeepView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PageLeasesIn, responses={200: structs.PageKept})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Keep the leases of a page: a heartbeat for all of its pictures. Its time comes with the submit."""
        kept, lost = services.keep_page(user=self.user, project_id=project_id, tokens=_tokens(request))
        return answer(structs.PageKept(expires_at=kept.expires_at if kept else None, lost=lost))


class PageReleaseView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PageLeasesIn, responses={200: structs.PageReleased})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Give pictures of a page back; they may come again. What is in other hands by now is left there."""
        given = services.release_page(user=self.user, project_id=project_id, tokens=_tokens(request))
        return answer(structs.PageReleased(released=given))


class PageSubmitView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PageSubmitIn, responses={200: structs.PageSubmitOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Hand in pictures of a page, each for itself: its own revision, and its part of the page's time."""
        asked = body(request, structs.PageSubmitIn)
        sent = [pages.PageAnswer(one.assignment, one.answers, one.token) for one in asked.items]
        handed = pages.submit_page(user=self.user, project_id=project_id, answers=sent, active_ms=asked.active_ms)
        return answer(structs.PageSubmitOut([_handed_in(one) for one in handed]))


class PageRecallView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.PageRecallIn, responses={200: structs.PageRecallOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take pictures of a page back before the next step begins, each for itself."""
        asked = body(request, structs.PageRecallIn)
        found = pages.recall_page(user=self.user, project_id=project_id, assignments=asked.assignments)
        works = [one.work for one in found if one.work is not None]
        refused = [
            structs.PageNotRecalled(one.assignment, _problem(one.error)) for one in found if one.error is not None
        ]
        return answer(structs.PageRecallOut(page_document(works) if works else None, refused))


def _tokens(request: Request) -> dict[int, int | None]:
    return {one.assignment: one.token for one in body(request, structs.PageLeasesIn).assignments}


def _problem(error: DomainError) -> structs.PageProblem:
    return structs.PageProblem(code=error.code, title=error.title, detail=error.detail)


def _handed_in(one: pages.HandedIn) -> structs.PageHandedIn:
    return structs.PageHandedIn(
        assignment=one.assignment,
        revision=RevisionRef(id=one.revision.pk, number=one.revision.number) if one.revision else None,
        task_state=cast(TaskStateName, one.task_state) if one.revision else None,
        active_ms=one.active_ms,
        problem=_problem(one.error) if one.error is not None else None,
    )
