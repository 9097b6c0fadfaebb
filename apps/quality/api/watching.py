"""Alarms: whose work does not look honest, on what evidence, and saying that it was looked into."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import log
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.pagination import Page, paginate
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import WorkAlarm
from apps.quality.queries.watching import alarms_of
from apps.quality.services.watching import settle_alarm
from apps.tasks.api.naming import names
from domain.agreement.annotators import Kind

Reason = Annotated[str, msgspec.Meta(max_length=500)]
STATES = ("open", "settled")


class AlarmOut(msgspec.Struct):
    """Answers that are `times` times likelier from `kind` of working than from the best fitting honest person.

    `times` is a power of ten: 3 is a thousand. `items`: things that the person had answered or skipped. `question`: `class`, or
    the name of a question about the item. `other`: who is copied.
    """

    id: int
    person: Person | None
    kind: Kind
    other: Person | None
    question: str
    items: int
    times: float
    state: Literal["open", "settled"]
    created_at: datetime
    settled_at: datetime | None
    settled_by: Person | None
    settled_reason: str


class SettleIn(msgspec.Struct):
    reason: Reason = ""


class AlarmsView(Api):
    actions = {"get": Action.GOLD_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=list(STATES)),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses={200: Page[AlarmOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Whose work does not look honest, newest first."""
        access = project_for(self.user, project_id, Action.GOLD_VIEW)
        state = request.query_params.get("state")
        if state not in (None, *STATES):
            raise Invalid("`state` is open or settled.")
        rows, following = paginate(request, alarms_of(access, state=state))
        return answer(Page(results=_alarms(rows, access), next=following))


class SettleView(Api):
    actions = {"post": Action.GOLD_EDIT}

    @extend_schema(request=SettleIn, responses={200: AlarmOut})
    def post(self, request: Request, alarm_id: int) -> HttpResponse:
        """Say that it was looked into; it is not raised again."""
        found = settle_alarm(user=self.user, alarm_id=alarm_id, reason=body(request, SettleIn).reason)
        access = project_for(self.user, found.project_id, Action.GOLD_VIEW)
        return answer(_alarms([found], access)[0])


def _alarms(rows: Iterable[WorkAlarm], access: ProjectAccess) -> list[AlarmOut]:
    rows = list(rows)
    people = names(access, [pk for row in rows for pk in (row.user_id, row.other_id, row.settled_by_id)])
    return [
        AlarmOut(
            id=row.pk,
            person=people.get(row.user_id),
            kind=cast(Any, row.kind),
            other=people.get(row.other_id),
            question=row.question,
            items=row.items,
            times=row.evidence / log(10),
            state=cast(Any, row.state),
            created_at=row.created_at,
            settled_at=row.settled_at,
            settled_by=people.get(row.settled_by_id),
            settled_reason=row.settled_reason,
        )
        for row in rows
    ]
