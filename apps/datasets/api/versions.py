"""Dataset versions: frozen lists that never change."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries, services
from apps.datasets.api.documents import version_out, version_rows
from apps.datasets.api.structs import (
    VersionDiff,
    VersionIn,
    VersionItemOut,
    VersionItemPage,
    VersionOut,
    VersionPage,
)
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
            project=access.project, user=self.user, name=sent.name, item_filter=sent.filter, splits=sent.splits
        )
        return answer(version_out(version, access), status=201)


class VersionView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: VersionOut})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        version, access = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        return answer(version_out(version, access))


class VersionItemsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: VersionItemPage})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """The items in their fixed order."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        rows, following = paginate(request, queries.items_of(version), key="ordinal", descending=False)
        results = [
            VersionItemOut(
                ordinal=row.ordinal,
                asset=row.asset_id,
                asset_sha256=row.asset_sha256,
                task=row.task_id,
                revision=row.revision_id,
                split=row.split,
                name=row.asset.name,
            )
            for row in rows
        ]
        return answer(VersionItemPage(results=results, next=following))


class VersionDiffView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(parameters=[OpenApiParameter("against", int, required=True)], responses={200: VersionDiff})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """What changed since the version `against`, an older one of the same project."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        text = request.query_params.get("against", "")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Invalid("`against` must be the id of another version of this project.")
        other, _ = queries.version_for(self.user, int(text), Action.DATASETS_VIEW)
        return answer(VersionDiff(**queries.difference(version, other)))
