"""What the dashboard gets."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from apps.core.people import Person


class DayCount(msgspec.Struct):
    """What happened on one day (UTC)."""

    day: date
    submitted: int
    done: int
    rejected: int


class PersonStats(msgspec.Struct):
    """`accepted_share` null with a `reason` where nothing was reviewed yet."""

    person: Person
    submitted: int
    reviewed: int
    accepted: int
    rejected: int
    accepted_share: float | None
    reason: str | None
    active_ms: int
    ms_per_task: int | None
    last_active: date | None


class ClassStats(msgspec.Struct):
    class_id: int
    name: str
    color: str
    regions: int
    tasks: int


class Forecast(msgspec.Struct):
    """When the last open task is expected to be done, at the pace of the last 14 days; null with a `reason`."""

    expected_on: date | None
    earliest: date | None
    latest: date | None
    per_day: float | None
    reason: str | None


class ShareStat(msgspec.Struct):
    """A share with its 95 % interval (Wilson) and n; null with a `reason`."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None
    method: str


class Attention(msgspec.Struct):
    """Something that waits for a person. `code` is translated by the page, `count` and `oldest` fill it in; `more`: there
    are more than `count`, which is counted up to 10,000. `about` names what it is about, where that is known."""

    code: str
    count: int
    more: bool
    oldest: datetime | None
    person: Person | None
    web_url: str
    about: str


class ProjectStats(msgspec.Struct):
    """One page: how far, how good, when done, where is the problem."""

    tasks: int
    done: int
    done_share: float | None
    states: dict[str, int]
    days: list[DayCount]
    people: list[PersonStats]
    classes: list[ClassStats]
    regions: int
    accepted_first_time: ShareStat
    active_ms: int
    review_ms: int
    ms_per_task: int | None
    forecast: Forecast
    attention: list[Attention]
    computed_at: datetime
