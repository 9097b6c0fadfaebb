"""Dataset versions: frozen lists that never change."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body, nothing
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import item_out, moved_rows, version_out, version_rows
from apps.datasets.api.structs import (
    MovedOut,
    MovedPage,
    MoveIn,
    PlanIn,
    VersionChange,
    VersionDiff,
    VersionIn,
    VersionItemPage,
    VersionOut,
    VersionPage,
    VersionPlan,
)
from apps.datasets.api.version_parts import number_of
from apps.datasets.queries.differences import difference
from apps.projects.access import project_for


class VersionsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "post": Action.DATASETS_EXPORT}

    @extend_schema(
        parameters=[OpenApiParameter("named", bool, description="True leaves out what exports made.")],
        responses={200: VersionPage},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Versions of a project, newest first."""
        access = project_for(self.user, project_id, Action.DATASETS_VIEW)
        named = request.query_params.get("named", "").lower() in ("1", "true")
        rows, following = paginate(request, queries.versions_of(access.project, named=named))
        return answer(VersionPage(results=version_rows(rows, access), next=following))

    @extend_schema(request=VersionIn, responses={201: VersionOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Freeze the finished items that the filter finds, as they are now."""
        access = project_for(self.user, project_id, Action.DATASETS_EXPORT)
        sent = body(request, VersionIn)
        version = services.freeze_version(
            project=access.project, user=self.user, name=sent.name, item_filter=sent.filter, splits=sent.splits,
            notes=sent.notes, tags=sent.tags,
        )  # fmt: skip
        return answer(version_out(version, access), status=201)


class VersionPlanView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_EXPORT}

    @extend_schema(request=PlanIn, responses={200: VersionPlan})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What freezing now would give, split by split. Nothing is written."""
        access = project_for(self.user, project_id, Action.DATASETS_EXPORT)
        sent = body(request, PlanIn)
        found = services.plan_version(project=access.project, item_filter=sent.filter, splits=sent.splits)
        return answer(msgspec.convert(found, VersionPlan))


class MovedGroupsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: MovedPage})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Groups that people put into another split, newest first."""
        access = project_for(self.user, project_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.moved_groups_of(access.project))
        return answer(MovedPage(results=moved_rows(rows, access), next=following))


class MovedGroupView(Api):
    actions: ClassVar[dict[str, Action]] = {"delete": Action.DATASETS_EXPORT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, moved_id: int) -> HttpResponse:
        """Take a move back. Versions that were frozen with it stay as they are."""
        moved = queries.moved_group_for(self.user, moved_id, Action.DATASETS_EXPORT)
        services.unmove_group(moved=moved, user=self.user)
        return nothing()


class VersionMoveView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.DATASETS_EXPORT}

    @extend_schema(request=MoveIn, responses={201: MovedOut})
    def post(self, request: Request, version_id: int) -> HttpResponse:
        """Put an item's group into another split, in every version that is frozen from now on."""
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_EXPORT)
        sent = body(request, MoveIn)
        moved = services.move_group(version=version, user=self.user, task_id=sent.task, split=sent.split)
        return answer(moved_rows([moved], access)[0], status=201)


class VersionView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW, "patch": Action.DATASETS_EXPORT}

    @extend_schema(responses={200: VersionOut})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        return answer(version_out(version, access))

    @extend_schema(request=VersionChange, responses={200: VersionOut})
    def patch(self, request: Request, version_id: int) -> HttpResponse:
        """Change its name, notes or tags. What it holds never changes."""
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_EXPORT)
        sent = body(request, VersionChange)
        services.describe_version(version=version, name=sent.name, notes=sent.notes, tags=sent.tags)
        return answer(version_out(version, access))


class VersionItemsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("split", str, description="Only items of this split.")],
        responses={200: VersionItemPage},
    )
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """The items in their fixed order."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        items = queries.items_of(version, split=request.query_params.get("split"))
        rows, following = paginate(request, items, key="ordinal", descending=False)
        return answer(VersionItemPage(results=[item_out(row) for row in rows], next=following))


class VersionDiffView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(parameters=[OpenApiParameter("against", int, required=True)], responses={200: VersionDiff})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """What changed since the version `against`, an older one of the same project."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        against = number_of(request, "against", "the id of another version of this project")
        other, _ = queries.version_for(self.user, against, Action.DATASETS_VIEW)
        return answer(VersionDiff(**difference(version, other)))
