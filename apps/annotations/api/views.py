"""Endpoints of annotations and revisions."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.annotations import queries, services
from apps.annotations.api import present, structs
from apps.core.api import answer, raw_body
from apps.core.pagination import Page
from apps.core.permissions import Action
from apps.core.views import Api

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
PAGES = [
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int, description="1 to 5,000; default 2,000"),
    OpenApiParameter("bbox", str, description="x0,y0,x1,y1 in image pixels: only regions that touch it"),
]
SINCE = [
    OpenApiParameter("since", int, required=True, description="a version of the annotation"),
    OpenApiParameter("session", str, description="the editing session that asks: what it wrote itself is left out"),
]


class EditsView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=structs.EditsIn, responses={200: structs.EditsOut})
    def post(self, request: Request, annotation_id: int) -> HttpResponse:
        """Save changes of elements: each is accepted, in conflict or rejected for itself."""
        data = raw_body(request, limit=services.MAX_EDITS_BYTES)
        return answer(present.edits_out(services.save_edits(user=self.user, annotation_id=annotation_id, data=data)))


class AnnotationView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(responses={200: structs.AnnotationDocument})
    def get(self, request: Request, annotation_id: int) -> HttpResponse:
        """An annotation with its elements, drafts to their author only."""
        return answer(present.annotation_document(queries.annotation_for(self.user, annotation_id), user=self.user))


class AnnotationElementsView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=PAGES, responses={200: structs.ElementPage})
    def get(self, request: Request, annotation_id: int) -> HttpResponse:
        """Elements of an annotation by id order, or those that touch a box."""
        annotation = queries.annotation_for(self.user, annotation_id)
        return answer(present.element_page(request, queries.iter_document(annotation)))


class AnnotationChangesView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=SINCE, responses={200: structs.ChangesOut})
    def get(self, request: Request, annotation_id: int) -> HttpResponse:
        """What others wrote into an annotation since a version."""
        return answer(present.changes(request, queries.annotation_for(self.user, annotation_id)))


class AnnotationRevisionsView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=CURSOR, responses={200: Page[structs.RevisionOut]})
    def get(self, request: Request, annotation_id: int) -> HttpResponse:
        """Revisions of an annotation, newest first."""
        rows, following = queries.revision_page(request, user=self.user, annotation_id=annotation_id)
        return answer(Page(results=present.revisions(rows, user=self.user), next=following))


class RevisionView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(responses={200: structs.RevisionDocument})
    def get(self, request: Request, revision_id: int) -> HttpResponse:
        """One revision with its elements."""
        return answer(present.revision_document(queries.revision_for(self.user, revision_id), user=self.user))


class RevisionElementsView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=PAGES, responses={200: structs.ElementPage})
    def get(self, request: Request, revision_id: int) -> HttpResponse:
        """Elements of a revision by id order, or those that touch a box."""
        revision = queries.revision_for(self.user, revision_id)
        return answer(present.element_page(request, queries.iter_revision(revision)))
