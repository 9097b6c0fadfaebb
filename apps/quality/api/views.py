"""The dashboard's endpoint."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer
from apps.core.permissions import Action
from apps.core.views import Api
from apps.quality.api import present, structs
from apps.quality.queries import dashboard
from apps.quality.queries.statistics import MOST_NAMED, missed_targets


class StatsView(Api):
    actions = {"get": Action.STATS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description="1 to 366, default 30")],
        responses={200: structs.ProjectStats},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """How far, how good, when done, where the problem is; from maintained counts."""
        days = present.days_from(request)
        found = dashboard.project_stats(user=self.user, project_id=project_id, days=days)
        if found.access.can(Action.PEOPLE_STATS_VIEW) and (missed := missed_targets(found.access.project)):
            place = f"/projects/{project_id}/statistics"
            names = ", ".join(one.name for one in missed[:MOST_NAMED])
            found.attention.insert(
                0, dashboard.AttentionFigures("quality_target", len(missed), None, web_url=place, about=names)
            )
        return answer(present.project_stats(found))
