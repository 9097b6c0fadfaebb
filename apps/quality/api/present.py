"""The dashboard's figures as structs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from apps.core.numbers import whole_between
from apps.quality.api import structs
from apps.quality.queries.dashboard import AttentionFigures, PersonFigures, Stats
from apps.tasks.api.naming import names

LONGEST_SERIES = 366


def days_from(request: Request) -> int:
    return whole_between("days", request.query_params.get("days", "30"), 1, LONGEST_SERIES)


def project_stats(stats: Stats) -> structs.ProjectStats:
    """One page: how far, how good, when done, where the problem is."""
    total, done = sum(stats.states.values()), stats.states.get("done", 0)
    people = names(stats.access, [*(p.user_id for p in stats.people), *(a.user_id for a in stats.attention)])
    share, forecast = stats.accepted_first_time, stats.forecast
    return structs.ProjectStats(
        tasks=total,
        done=done,
        done_share=done / total if total else None,
        states=stats.states,
        days=[structs.DayCount(day=d.day, submitted=d.submitted, done=d.done, rejected=d.rejected) for d in stats.days],
        people=[_person(figures, people) for figures in stats.people if figures.user_id in people],
        classes=[
            structs.ClassStats(class_id=c.class_id, name=c.name, color=c.color, regions=c.regions, tasks=c.tasks)
            for c in stats.classes
        ],
        regions=sum(c.regions for c in stats.classes),
        accepted_first_time=structs.ShareStat(
            value=share.value, low=share.low, high=share.high, n=share.n, reason=share.reason, method="wilson_95"
        ),
        active_ms=stats.annotate_ms,
        review_ms=stats.review_ms,
        ms_per_task=stats.annotate_ms // stats.submitted if stats.submitted else None,
        forecast=structs.Forecast(
            expected_on=forecast.expected_on,
            earliest=forecast.earliest,
            latest=forecast.latest,
            per_day=forecast.per_day,
            reason=forecast.reason,
        ),
        attention=[_attention(row, people) for row in stats.attention],
        computed_at=timezone.now(),
    )


def _person(figures: PersonFigures, people: dict[Any, Any]) -> structs.PersonStats:
    judged = figures.judged
    return structs.PersonStats(
        person=people[figures.user_id],
        submitted=figures.submitted,
        reviewed=figures.reviewed,
        accepted=figures.accepted + figures.fixed,
        rejected=figures.rejected,
        accepted_share=(figures.accepted + figures.fixed) / judged if judged else None,
        reason=None if judged else "nothing_reviewed",
        active_ms=figures.active_ms,
        ms_per_task=figures.active_ms // figures.submitted if figures.submitted else None,
        last_active=figures.last_active,
    )


def _attention(row: AttentionFigures, people: dict[Any, Any]) -> structs.Attention:
    return structs.Attention(
        code=row.code,
        count=row.count,
        more=row.more,
        oldest=row.oldest,
        person=people.get(row.user_id),
        web_url=row.web_url,
        about=row.about,
    )
