"""The dashboard's figures, from maintained counts. A metric is a value with n and how it was made, or null with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from apps.accounts.models import Role, User
from apps.activity.queries import Sums, last_days, series, sums_of, totals
from apps.annotations.queries.results import finished_class_counts
from apps.annotations.services.judging import schema_of
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.models import Issue, Question
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries import hides_answers
from domain.agreement.intervals import wilson
from domain.forecast.finish import WINDOW, finish

PACE_DAYS = WINDOW  # whole days that the forecast looks at
LONG_WAIT = timedelta(days=2)
MOST_COUNTED = 10_000  # of what waits: beyond it the page says that there are more
MEASURES = ("submitted", "accepted", "fixed", "rejected", "reviewed", "active_ms")
SERIES = ("submitted", "done", "rejected")
WORK = ("submitted", "reviewed")
Daily = dict[tuple[str, str, date, int], int]


@dataclass(slots=True)
class Day:
    day: date
    submitted: int = 0
    done: int = 0
    rejected: int = 0


@dataclass(slots=True)
class PersonFigures:
    user_id: int
    submitted: int = 0
    accepted: int = 0
    fixed: int = 0
    rejected: int = 0
    reviewed: int = 0
    active_ms: int = 0
    last_active: date | None = None

    @property
    def judged(self) -> int:
        return self.accepted + self.fixed + self.rejected


@dataclass(slots=True)
class ClassFigures:
    class_id: int
    name: str
    color: str
    regions: int
    tasks: int


@dataclass(slots=True)
class Share:
    """Wilson's interval; null with a reason where there is nothing to count."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None


@dataclass(slots=True)
class ForecastFigures:
    expected_on: date | None = None
    earliest: date | None = None
    latest: date | None = None
    per_day: float | None = None
    reason: str | None = None


@dataclass(slots=True)
class AttentionFigures:
    code: str
    count: int
    oldest: datetime | None
    user_id: int | None = None
    web_url: str = ""
    more: bool = False  # than `count`
    about: str = ""  # names of what waits, where a count says too little


@dataclass(slots=True)
class Stats:
    access: ProjectAccess
    states: dict[str, int]
    days: list[Day]
    people: list[PersonFigures]
    classes: list[ClassFigures]
    accepted_first_time: Share
    annotate_ms: int
    review_ms: int
    submitted: int
    forecast: ForecastFigures
    attention: list[AttentionFigures] = field(default_factory=list)


def project_stats(*, user: User, project_id: int, days: int) -> Stats:
    """Everything on a project's overview. People's figures are for who may see them."""
    access = project_for(user, project_id, Action.STATS_VIEW)
    states = totals([project_id], "tasks_by_state").get(project_id, {})
    sums, today = sums_of(project_id, MEASURES), timezone.now().date()
    recent = series(project_id, SERIES, since=today - timedelta(days=max(days, PACE_DAYS + 1)))
    shows_people = access.can(Action.PEOPLE_STATS_VIEW)
    return Stats(
        access=access,
        states={state: states.get(state, 0) for state in Task.State.values},
        days=days_of(recent, today, days),
        people=_people(sums, last_days(project_id, WORK)) if shows_people else [],
        classes=_classes(access),
        accepted_first_time=_accepted_first(sums),
        annotate_ms=_sum(sums, "active_ms", "annotate"),
        review_ms=_sum(sums, "active_ms", "review"),
        submitted=_sum(sums, "submitted"),
        forecast=forecast(recent, states, today),
        attention=_attention(access) if shows_people else [],
    )


def _sum(sums: Sums, measure: str, key: str | None = None) -> int:
    return sum(n for (name, k, _), n in sums.items() if name == measure and key in (None, k))


def days_of(counted: Daily, today: date, days: int) -> list[Day]:
    """One row a day, also for days when nothing happened."""
    rows = {today - timedelta(days=back): Day(today - timedelta(days=back)) for back in range(days - 1, -1, -1)}
    for (measure, _, day, _), amount in counted.items():
        if day in rows and measure in ("submitted", "done", "rejected"):
            setattr(rows[day], measure, getattr(rows[day], measure) + amount)
    return list(rows.values())


def _people(sums: Sums, last: dict[int, date]) -> list[PersonFigures]:
    found: dict[int, PersonFigures] = {}
    for (measure, _, user_id), amount in sums.items():
        if not user_id or not amount:
            continue
        person = found.setdefault(user_id, PersonFigures(user_id))
        setattr(person, measure, getattr(person, measure) + amount)
        person.last_active = last.get(user_id)
    return sorted(found.values(), key=lambda person: (-person.submitted, -person.reviewed, person.user_id))


def _classes(access: ProjectAccess) -> list[ClassFigures]:
    """Classes of the schema, also those that nothing was labelled with."""
    project_id = access.project.pk
    if hides_answers(access) and access.role == Role.ANNOTATOR:
        finished = finished_class_counts(project_id)
        regions = {str(key): pair[0] for key, pair in finished.items()}
        tasks = {str(key): pair[1] for key, pair in finished.items()}
    else:
        regions = totals([project_id], "regions_by_class").get(project_id, {})
        tasks = totals([project_id], "tasks_by_class").get(project_id, {})
    found = [
        ClassFigures(c.id, c.title or c.name, c.color, regions.get(str(c.id), 0), tasks.get(str(c.id), 0))
        for c in schema_of(cast(int, access.project.schema_id)).classes
        if not c.archived or regions.get(str(c.id))
    ]
    return sorted(found, key=lambda figures: (-figures.regions, figures.class_id))


def _accepted_first(sums: Sums) -> Share:
    """Answers that their first review accepted as they were."""
    good = _sum(sums, "accepted", "first")
    n = good + _sum(sums, "fixed", "first") + _sum(sums, "rejected", "first")
    if n == 0:
        return Share(None, None, None, 0, "nothing_reviewed")
    low, high = wilson(good, n)
    return Share(good / n, low, high, n)


def forecast(counted: Daily, states: dict[str, int], today: date) -> ForecastFigures:
    """When the open tasks will be done, with the dates between which the last one falls in four projects of five."""
    left = sum(n for state, n in states.items() if state not in (Task.State.DONE, Task.State.ARCHIVED))
    series = [0] * (PACE_DAYS + 1)  # of so many days ago
    for (measure, _, day, _), amount in counted.items():
        back = (today - day).days
        if measure == "done" and 0 <= back <= PACE_DAYS:
            series[back] += amount
    past = [max(0, n) for n in reversed(series[1:])]  # reopened tasks may outnumber a day's finished ones
    found = finish(past, left=max(0, left), weekday=today.weekday(), done_today=max(0, series[0]))
    return ForecastFigures(
        expected_on=_after(today, found.expected),
        earliest=_after(today, found.earliest),
        latest=_after(today, found.latest),
        per_day=found.per_day,
        reason=found.reason,
    )


def _after(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _attention(access: ProjectAccess) -> list[AttentionFigures]:
    """What waits for a person, the most urgent first."""
    project_id, now = access.project.pk, timezone.now()
    data = f"/projects/{project_id}/data"
    tasks = Task.objects.filter(project_id=project_id, trashed_at=None)
    waiting = Slot.objects.filter(
        project_id=project_id, stage=Stage.REVIEW, state=Slot.State.OPEN, withheld=False, created_at__lt=now - LONG_WAIT
    )
    stale = Assignment.objects.filter(project_id=project_id, state=Assignment.State.STALE, stale_until__lt=now)
    questions = Question.objects.filter(project_id=project_id, answered_at=None)
    issues = Issue.objects.filter(project_id=project_id, state=Issue.State.OPEN)
    found = [
        _waiting("triage", tasks.filter(state=Task.State.TRIAGE), "updated_at", f"{data}?state=triage"),
        _waiting("conflict", tasks.filter(state=Task.State.CONFLICT), "updated_at", f"{data}?state=conflict"),
        _waiting("questions", questions, "created_at", f"/projects/{project_id}/questions"),
        _waiting("stale", stale, "stale_until", f"/projects/{project_id}/members"),
        _waiting("review_behind", waiting, "created_at", f"/projects/{project_id}/review"),
        _waiting("issues", issues, "created_at", f"/projects/{project_id}/review"),
    ]
    return [row for row in found if row.count]


def _waiting(code: str, rows: QuerySet[Any], moment: str, web_url: str) -> AttentionFigures:
    """How many there are, up to a limit, and since when the longest waits."""
    oldest_first = rows.order_by(moment).values(moment)[: MOST_COUNTED + 1]
    counted = oldest_first.aggregate(n=Count("*"), oldest=Min(moment))
    count = min(counted["n"], MOST_COUNTED)
    return AttentionFigures(code, count, counted["oldest"], web_url=web_url, more=counted["n"] > count)
