"""Control charts of a person, as figures and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from math import exp

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.request import Request

from apps.core.api import answer
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.permissions import Action
from apps.core.views import Api
from apps.quality.api.structs import ShareStat
from apps.quality.queries.control import AT_ONCE, Charted, Control, control
from domain.agreement.annotators import ChartPoint, Fatigue
from domain.agreement.result import Score

USER = OpenApiParameter("user", int, description="for reviewers and above; without it the caller")
CHARTS = ("speed", "accuracy")


class ControlPoint(msgspec.Struct, frozen=True):
    """Up to `at`: the mean of ten answers, smoothed, with the limits then. `signal`: on which side it is out of control."""

    at: datetime
    value: float
    smooth: float
    low: float
    high: float
    signal: str | None


class ControlChart(msgspec.Struct, frozen=True):
    """`centre`: the mean of the baseline; null with a `reason`. Speed is in seconds an answer (geometric means), accuracy
    the share of answers that their first verdict took as they were."""

    points: list[ControlPoint]
    centre: float | None
    reason: str | None
    n: int
    per_point: int
    method: str


class SessionFatigue(msgspec.Struct, frozen=True):
    """The share that was right in the first hour of sessions and later; `tired`: surely lower later."""

    early: ShareStat
    late: ShareStat
    difference: float | None
    low: float | None
    high: float | None
    tired: bool
    method: str


class ControlOut(msgspec.Struct, frozen=True):
    """From the newest 2,000 answers, the first of which is of `since`."""

    since: datetime | None
    speed: ControlChart
    accuracy: ControlChart
    fatigue: SessionFatigue


class ControlView(Api):
    actions = {"get": Action.ANNOTATE}

    @extend_schema(parameters=[USER], responses={200: ControlOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Whether a person's speed or accuracy has changed, and whether they tire within sessions."""
        return answer(control_out(_asked(self, request, project_id)))


class ControlTableView(Api):
    actions = {"get": Action.ANNOTATE}

    @extend_schema(
        parameters=[USER, OpenApiParameter("chart", str, enum=list(CHARTS))],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The points of a chart as CSV."""
        found = control_out(_asked(self, request, project_id))
        name = request.query_params.get("chart", "speed")
        if name not in CHARTS:
            raise Invalid(f"`chart` must be one of {', '.join(CHARTS)}, got {name[:40]!r}.")
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(["until", "value", "smoothed", "low", "high", "signal"])
        for one in (found.speed if name == "speed" else found.accuracy).points:
            writer.writerow([one.at.isoformat(), one.value, one.smooth, one.low, one.high, one.signal or ""])
        headers = {"Content-Disposition": f'attachment; filename="control-{name}.csv"'}
        return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _asked(view: Api, request: Request, project_id: int) -> Control:
    text = request.query_params.get("user", "")
    return control(user=view.user, project_id=project_id, wanted=whole("user", text) if text else view.user.pk)


def control_out(found: Control) -> ControlOut:
    return ControlOut(
        since=found.since,
        speed=_chart(found.speed, seconds=True),
        accuracy=_chart(found.accuracy, seconds=False),
        fatigue=_fatigue(found.fatigue),
    )


def _chart(found: Charted, *, seconds: bool) -> ControlChart:
    chart = found.chart
    return ControlChart(
        points=[_point(one, at, seconds) for one, at in zip(chart.points, found.ends, strict=True)],
        centre=_shown(chart.centre, seconds) if chart.centre is not None else None,
        reason=chart.reason,
        n=found.items,
        per_point=AT_ONCE,
        method="ewma_and_cusum",
    )


def _point(one: ChartPoint, at: datetime, seconds: bool) -> ControlPoint:
    value, smooth, low, high = (_shown(part, seconds) for part in (one.value, one.smooth, one.low, one.high))
    return ControlPoint(at, value, smooth, low, high, one.signal)


def _shown(value: float, seconds: bool) -> float:
    """In the unit that people read: logarithms become seconds again, limits of a share stay between 0 and 1."""
    return exp(value) if seconds else min(1.0, max(0.0, value))


def _fatigue(found: Fatigue) -> SessionFatigue:
    low, high = found.ci95 or (None, None)
    return SessionFatigue(
        _share(found.early), _share(found.late), found.difference, low, high, found.tired, "newcombe_95"
    )


def _share(found: Score) -> ShareStat:
    low, high = found.ci95 or (None, None)
    return ShareStat(found.value, low, high, found.n_items, found.reason, "wilson_95")
