"""Reading events, maintained counts, and which live channels a person may hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from apps.activity.models import Count, CountDelta, Delivery, Event, MonthCount, Notification, Webhook
from apps.core.errors import Invalid
from apps.core.numbers import whole

Sums = Mapping[tuple[str, str, int], int]  # (measure, key, user id): amount
Daily = dict[tuple[str, str, date, int], int]  # (measure, key, day, user id): amount


def events_of_organisation(organisation_id: int) -> QuerySet[Event]:
    """Newest first when paginated by id. The caller has checked that the reader may see the organisation's activity."""
    return Event.objects.filter(organisation_id=organisation_id).select_related("actor")


def events_of_project(project_id: int) -> QuerySet[Event]:
    return Event.objects.filter(project_id=project_id).select_related("actor")


def notifications_of(
    user_id: int, *, organisation_ids: Iterable[int], project_ids: QuerySet[Any, Any]
) -> QuerySet[Notification]:
    """The person's notices from organisations and projects that they may still see; the caller names those."""
    return Notification.objects.filter(
        Q(event__project_id=None) | Q(event__project_id__in=project_ids),
        user_id=user_id,
        event__organisation_id__in=list(organisation_ids),
    ).select_related("event")


def narrowed(rows: QuerySet[Notification], given: Mapping[str, str]) -> QuerySet[Notification]:
    """Those `about` a kind of thing (the verb's part before the dot) and of one `project`.

    Raises:
        Invalid: a project that is no number.
    """
    if about := given.get("about"):
        rows = rows.filter(event__verb__startswith=f"{about}.")
    if project := given.get("project"):
        rows = rows.filter(event__project_id=whole("project", project))
    return rows


def webhooks_of(*, organisation_id: int, project_id: int | None) -> QuerySet[Webhook]:
    """Those of an organisation itself, or of one project. The caller has checked that the reader manages it."""
    return Webhook.objects.filter(organisation_id=organisation_id, project_id=project_id)


def deliveries_of(webhook: Webhook, *, state: str = "") -> QuerySet[Delivery]:
    """The webhook's log, with every try.

    Raises:
        Invalid: a state that there is not.
    """
    rows = webhook.deliveries.prefetch_related("attempts")
    if not state:
        return rows
    if state not in Delivery.State.values:
        raise Invalid(f"`state` must be one of {', '.join(Delivery.State.values)}, got {state[:40]!r}.")
    return rows.filter(state=state)


def totals(project_ids: Iterable[int], measure: str) -> dict[int, dict[str, int]]:
    """{project: {key: amount}} over all days and people; keys that came back to 0 are left out."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted = list(project_ids)
    for model in (MonthCount, CountDelta):
        rows = (
            model.objects.filter(project_id__in=wanted, measure=measure)
            .values_list("project_id", "key")
            .annotate(Sum("amount"))
        )
        for project_id, key, amount in rows:
            found[project_id][key] += amount
    return {project: {key: n for key, n in keys.items() if n} for project, keys in found.items()}


def amounts(project_id: int, measure: str, keys: Iterable[str]) -> dict[str, int]:
    """{key: amount} of some keys, over all days and people; those at 0 are left out."""
    found: dict[str, int] = defaultdict(int)
    wanted = list(keys)
    for model in (MonthCount, CountDelta):
        rows = model.objects.filter(project_id=project_id, measure=measure, key__in=wanted)
        for key, amount in rows.values_list("key").annotate(Sum("amount")):
            found[key] += amount
    return {key: n for key, n in found.items() if n}


def first_verdicts(project_id: int, user_id: int) -> dict[str, int]:
    """{accepted, fixed, rejected: how many of the person's answers were, at their first review}."""
    found: dict[str, int] = defaultdict(int)
    for model in (MonthCount, CountDelta):
        rows = model.objects.filter(
            project_id=project_id, measure__in=("accepted", "fixed", "rejected"), key="first", user_id=user_id
        )
        for measure, amount in rows.values_list("measure").annotate(Sum("amount")):
            found[measure] += amount
    return {measure: max(0, amount) for measure, amount in found.items()}


def amount_of_day(project_id: int, measure: str, *, user_id: int, day: date) -> int:
    """One person's count of a day, over its keys."""
    found = 0
    for model in (Count, CountDelta):
        rows = model.objects.filter(project_id=project_id, measure=measure, user_id=user_id, day=day)
        found += rows.aggregate(amount=Sum("amount"))["amount"] or 0
    return found


def sums_of(project_id: int, measures: Iterable[str], *, since: date | None = None, user_id: int | None = None) -> Sums:
    """{(measure, key, user): amount} over days, summed by the database: whole months by month, and a broken first one by day."""
    found: dict[tuple[str, str, int], int] = defaultdict(int)
    wanted = Q(project_id=project_id, measure__in=list(measures))
    if user_id is not None:
        wanted &= Q(user_id=user_id)
    months, days, new = (
        MonthCount.objects.filter(wanted),
        Count.objects.filter(wanted),
        CountDelta.objects.filter(wanted),
    )
    parts: list[QuerySet[Any]] = [months, new]
    if since is not None:
        whole = since if since.day == 1 else (since.replace(day=1) + timedelta(days=31)).replace(day=1)
        parts = [
            months.filter(month__gte=whole),
            days.filter(day__gte=since, day__lt=whole),
            new.filter(day__gte=since),
        ]
    for rows in parts:
        for measure, key, user, amount in rows.values_list("measure", "key", "user_id").annotate(Sum("amount")):
            found[measure, key, user] += amount
    return found


def series(project_id: int, measures: Iterable[str], *, since: date, user_id: int | None = None) -> Daily:
    """As `daily` of everybody together, or of one person: {(measure, key, day, 0): amount}."""
    found: Daily = defaultdict(int)
    for model in (Count, CountDelta):
        rows = model.objects.filter(project_id=project_id, measure__in=list(measures), day__gte=since)
        rows = rows if user_id is None else rows.filter(user_id=user_id)
        for measure, key, day, amount in rows.values_list("measure", "key", "day").annotate(Sum("amount")):
            found[measure, key, day, 0] += amount
    return found


def last_days(project_id: int, measures: Iterable[str]) -> dict[int, date]:
    """{user: the last day on which they have any of the measures}."""
    found: dict[int, date] = {}
    for model, days in ((MonthCount, "last_day"), (CountDelta, "day")):
        rows = model.objects.filter(project_id=project_id, measure__in=list(measures)).exclude(**{days: None})
        for user_id, day in rows.values_list("user_id").annotate(Max(days)):
            found[user_id] = max(day, found.get(user_id, day))
    return found


def daily(project_id: int, measures: Iterable[str], *, since: date | None = None) -> Daily:
    """One project's counts by day, for series and for figures a person."""
    return daily_of([project_id], measures, since=since)[project_id]


def daily_of(project_ids: Iterable[int], measures: Iterable[str], *, since: date | None = None) -> dict[int, Daily]:
    """As `daily`, for the projects of one page, in two queries."""
    wanted, names = list(project_ids), list(measures)
    found: dict[int, Daily] = {project_id: defaultdict(int) for project_id in wanted}
    for model in (Count, CountDelta):
        rows = model.objects.filter(project_id__in=wanted, measure__in=names).exclude(day=None)
        if since is not None:
            rows = rows.filter(day__gte=since)
        grouped = rows.values_list("project_id", "measure", "key", "day", "user_id").annotate(Sum("amount"))
        for project_id, measure, key, day, user_id, amount in grouped:
            found[project_id][measure, key, day, user_id] += amount
    return {project_id: {place: n for place, n in counted.items() if n} for project_id, counted in found.items()}
