"""What statistics endpoints give."""

from __future__ import annotations

from datetime import date

import msgspec

from apps.core.people import Person
from apps.quality.api.planted import FoundFaults
from apps.quality.api.structs import DayCount, ShareStat


class FaultyPerson(msgspec.Struct):
    person: Person
    faulty: int
    judged: int


class ClassQuality(msgspec.Struct):
    """The share of judged regions that were right as handed in. `missed`: its lower bound lies below the target, with at
    least 50 judged; `people`: whose regions were wrong most often; `section`: the guideline's anchor, or empty."""

    class_id: int
    name: str
    color: str
    right: ShareStat
    target: float
    missed: bool
    people: list[FaultyPerson]
    section: str


class WorkerStats(msgspec.Struct):
    """One person's answers. `first_time`: accepted as they were by their first review; `regions`: right as handed in."""

    person: Person
    submitted: int
    active_ms: int
    ms_per_task: int | None
    first_time: ShareStat
    regions: ShareStat
    fixed: int
    rejected: int
    reasons: dict[str, int]
    cost: float | None


class JudgeStats(msgspec.Struct):
    """One person's verdicts. `overturned`: of those that were disputed; `audited`: the share of what they let through in which
    audits found a grave defect; `planted`: what they found of planted faults, null for who must not know of them."""

    person: Person
    reviewed: int
    regions: int
    active_ms: int
    ms_per_review: int | None
    ms_per_region: int | None
    overturned: int
    overturned_share: ShareStat
    let_through: int
    audited: ShareStat
    planted: FoundFaults | None
    cost: float | None


class Bin(msgspec.Struct):
    """`low` up to, and without, `high`; null: and more."""

    low: int
    high: int | None
    count: int


class Spread(msgspec.Struct):
    """Distributions of the newest `images` and `regions`. `sides`: square roots of areas in pixels; `places`: middles of
    regions on a grid over the image, row by row."""

    images: int
    empty: int
    per_image: list[Bin]
    regions: int
    sides: list[Bin]
    places: list[list[int]]


class Costs(msgspec.Struct):
    """What the active time cost; null where the project does not say what an hour costs."""

    currency: str
    annotate: float | None
    review: float | None
    per_task: float | None


class StatisticsOut(msgspec.Struct):
    """Of the days since `since`; null for all time. People are listed for who may see their figures."""

    since: date | None
    classes: list[ClassQuality]
    workers: list[WorkerStats]
    judges: list[JudgeStats]
    reasons: dict[str, int]
    spread: Spread
    costs: Costs
    annotate_ms: int
    review_ms: int
    submitted: int


class PersonOut(msgspec.Struct):
    """One person's own page: their figures, day by day, and the classes that they get wrong."""

    since: date | None
    worker: WorkerStats
    days: list[DayCount]
    active_days: dict[date, int]
    classes: list[ClassQuality]
