"""Endpoints of kept views of the data page."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body, nothing
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import ProjectAccess
from apps.tasks.api import structs
from apps.tasks.api.naming import names
from apps.tasks.models import SavedView
from apps.tasks.queries.views import may_change, saved_view_for, saved_views
from apps.tasks.services.views import change_view, delete_view, keep_view

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


def _shown(rows: list[SavedView], access: ProjectAccess) -> list[structs.SavedViewOut]:
    people = names(access, [row.owner_id for row in rows])
    return [
        msgspec.convert(
            {
                "id": row.pk,
                "name": row.name,
                "shared": row.shared,
                "owner": people.get(row.owner_id),
                "mine": may_change(access, row),
                "filter": row.filter,
                "sort": row.sort,
                "layout": row.layout,
                "columns": row.columns,
                "updated_at": row.updated_at,
            },
            structs.SavedViewOut,
        )
        for row in rows
    ]


def _values(asked: structs.SavedViewIn) -> dict[str, Any]:
    return {**msgspec.to_builtins(asked), "name": asked.name.strip() or asked.name}


class SavedViewsView(Api):
    actions = {"get": Action.TASKS_VIEW, "post": Action.TASKS_VIEW}

    @extend_schema(parameters=CURSOR, responses={200: Page[structs.SavedViewOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Kept views of the data page: the caller's own and those shared with the team, by name."""
        rows, access = saved_views(user=self.user, project_id=project_id)
        found, following = paginate(request, rows, key="name", descending=False)
        return answer(Page(results=_shown(found, access), next=following))

    @extend_schema(request=structs.SavedViewIn, responses={201: structs.SavedViewOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Keep a view under a name."""
        view = keep_view(user=self.user, project_id=project_id, values=_values(body(request, structs.SavedViewIn)))
        return answer(_shown([view], saved_view_for(self.user, view.pk)[1])[0], status=201)


class SavedViewView(Api):
    actions = {"put": Action.TASKS_VIEW, "delete": Action.TASKS_VIEW}

    @extend_schema(request=structs.SavedViewIn, responses={200: structs.SavedViewOut})
    def put(self, request: Request, view_id: int) -> HttpResponse:
        """Replace a view: its name, what it shows, and whether it is shared."""
        view = change_view(user=self.user, view_id=view_id, values=_values(body(request, structs.SavedViewIn)))
        return answer(_shown([view], saved_view_for(self.user, view.pk)[1])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, view_id: int) -> HttpResponse:
        """Delete a view."""
        delete_view(user=self.user, view_id=view_id)
        return nothing()
