"""Endpoints of statistics: of a project, of one person, and as CSV."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.request import Request

from apps.core.api import answer
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.permissions import Action
from apps.core.views import Api
from apps.quality.api import present
from apps.quality.api import statistics_structs as structs
from apps.quality.api.statistics_present import TABLES, person_out, statistics_out, table
from apps.quality.queries.statistics import one_person, statistics

DAYS = OpenApiParameter("days", int, description="1 to 366; without it all time")


def _days(request: Request) -> int | None:
    return present.days_from(request) if request.query_params.get("days") else None


class StatisticsView(Api):
    actions = {"get": Action.STATS_VIEW}

    @extend_schema(parameters=[DAYS], responses={200: structs.StatisticsOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """People, reviewers and classes with their targets, what work looks like, and what it cost; from maintained counts."""
        return answer(statistics_out(statistics(user=self.user, project_id=project_id, days=_days(request))))


class PersonStatisticsView(Api):
    actions = {"get": Action.ANNOTATE}

    @extend_schema(
        parameters=[DAYS, OpenApiParameter("user", int, description="for reviewers and above; without it the caller")],
        responses={200: structs.PersonOut},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """One person's own page."""
        text = request.query_params.get("user", "")
        wanted = whole("user", text) if text else self.user.pk
        return answer(person_out(one_person(user=self.user, project_id=project_id, wanted=wanted, days=_days(request))))


class StatisticsTableView(Api):
    actions = {"get": Action.PEOPLE_STATS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("table", str, enum=list(TABLES)), DAYS],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """A table of the statistics as CSV."""
        name = request.query_params.get("table", "people")
        if name not in TABLES:
            raise Invalid(f"`table` must be one of {', '.join(TABLES)}, got {name[:40]!r}.")
        found = statistics(user=self.user, project_id=project_id, days=_days(request), action=Action.PEOPLE_STATS_VIEW)
        headers = {"Content-Disposition": f'attachment; filename="statistics-{name}.csv"'}
        text = table(name, statistics_out(found))
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
