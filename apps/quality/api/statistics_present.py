"""Statistics as structs and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from apps.projects.settings import HourlyCost, settings_of
from apps.quality.api import statistics_structs as structs
from apps.quality.api.planted import found_out
from apps.quality.api.structs import DayCount, ShareStat
from apps.quality.queries.dashboard import Share
from apps.quality.queries.judges import Judge
from apps.quality.queries.statistics import ClassQuality, OnePerson, Spread, Statistics, Worker, share
from apps.tasks.api.naming import names

HOUR = 3_600_000  # ms
MOST_APART = 12  # numbers of regions an image that have a bin of their own
Row = list[Any]
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


def statistics_out(found: Statistics) -> structs.StatisticsOut:
    cost = settings_of(found.access.project).hourly_cost
    ids = {one.user_id for one in found.workers} | {one.user_id for one in found.judges}
    ids |= {user_id for one in found.classes for user_id, _, _ in one.people}
    people = names(found.access, ids)
    return structs.StatisticsOut(
        since=found.since,
        classes=[_class(one, people) for one in found.classes],
        workers=[worker_out(one, people, cost) for one in found.workers if one.user_id in people],
        judges=[_judge(one, people, cost) for one in found.judges if one.user_id in people],
        reasons=found.reasons,
        spread=_spread(found.spread),
        costs=_costs(found, cost),
        annotate_ms=found.annotate_ms,
        review_ms=found.review_ms,
        submitted=found.submitted,
    )


def person_out(found: OnePerson) -> structs.PersonOut:
    people = names(found.access, [found.worker.user_id])
    return structs.PersonOut(
        since=found.since,
        worker=worker_out(found.worker, people, settings_of(found.access.project).hourly_cost),
        days=[DayCount(day=d.day, submitted=d.submitted, done=d.done, rejected=d.rejected) for d in found.days],
        active_days=found.active_days,
        classes=[_class(one, people) for one in found.classes],
    )


def _share(found: Share) -> ShareStat:
    return ShareStat(
        value=found.value, low=found.low, high=found.high, n=found.n, reason=found.reason, method="wilson_95"
    )


def _class(one: ClassQuality, people: dict[Any, Any]) -> structs.ClassQuality:
    return structs.ClassQuality(
        class_id=one.class_id,
        name=one.name,
        color=one.color,
        right=_share(one.right),
        target=one.target,
        missed=one.missed,
        people=[
            structs.FaultyPerson(person=people[user_id], faulty=faulty, judged=judged)
            for user_id, faulty, judged in one.people
            if user_id in people
        ],
        section=one.anchor,
    )


def worker_out(one: Worker, people: dict[Any, Any], cost: HourlyCost) -> structs.WorkerStats:
    return structs.WorkerStats(
        person=people[one.user_id],
        submitted=one.submitted,
        active_ms=one.active_ms,
        ms_per_task=one.active_ms // one.submitted if one.submitted > 0 else None,
        first_time=_share(one.first_time),
        regions=_share(one.regions),
        fixed=one.fixed,
        rejected=one.rejected,
        reasons=one.reasons,
        cost=_money(one.active_ms, cost.annotate),
    )


def _judge(one: Judge, people: dict[Any, Any], cost: HourlyCost) -> structs.JudgeStats:
    return structs.JudgeStats(
        person=people[one.user_id],
        reviewed=one.reviewed,
        regions=one.regions,
        active_ms=one.active_ms,
        ms_per_review=one.active_ms // one.reviewed if one.reviewed > 0 else None,
        ms_per_region=one.active_ms // one.regions if one.regions > 0 else None,
        overturned=one.overturned,
        overturned_share=_share(share(one.overturned, one.reviewed, "nothing_reviewed")),
        let_through=one.let_through,
        audited=_share(share(one.let_through, one.audited, "nothing_audited")),
        planted=found_out(one.planted) if one.planted is not None else None,
        cost=_money(one.active_ms, cost.review),
    )


def _money(active_ms: int, an_hour: float) -> float | None:
    return round(active_ms / HOUR * an_hour, 2) if an_hour else None


def _costs(found: Statistics, cost: HourlyCost) -> structs.Costs:
    annotate, review = _money(found.annotate_ms, cost.annotate), _money(found.review_ms, cost.review)
    known = [part for part in (annotate, review) if part is not None]
    per_task = round(sum(known) / found.submitted, 4) if known and found.submitted > 0 else None
    return structs.Costs(currency=cost.currency, annotate=annotate, review=review, per_task=per_task)


def _spread(found: Spread) -> structs.Spread:
    most = max(found.per_image, default=0)
    per_image = [
        structs.Bin(low=n, high=n + 1, count=found.per_image.get(n, 0)) for n in range(min(most, MOST_APART) + 1)
    ]
    more = sum(count for n, count in found.per_image.items() if n > MOST_APART)
    if more:
        per_image.append(structs.Bin(low=MOST_APART + 1, high=None, count=more))
    powers = range(min(found.areas, default=0), max(found.areas, default=-1) + 1)
    return structs.Spread(
        images=found.images,
        empty=found.empty,
        per_image=per_image if found.images else [],
        regions=found.regions,
        sides=[structs.Bin(low=2**power, high=2 ** (power + 1), count=found.areas.get(power, 0)) for power in powers],
        places=found.places,
    )


def _workers(out: structs.StatisticsOut) -> Iterator[Row]:
    yield ["person", "submitted", "active_s", "s_per_task", *_head("accepted_first_time"), *_head("regions_right"), "fixed",
           "rejected", "cost"]  # fmt: skip
    for one in out.workers:
        yield [one.person.name, one.submitted, one.active_ms / 1000, _seconds(one.ms_per_task), *_cells(one.first_time),
               *_cells(one.regions), one.fixed, one.rejected, one.cost]  # fmt: skip


def _judges(out: structs.StatisticsOut) -> Iterator[Row]:
    yield ["person", "reviewed", "regions", "active_s", "s_per_review", "s_per_region", "overturned", *_head("wrong_at_audit"),
           "planted_found", "planted", "cost"]  # fmt: skip
    for one in out.judges:
        yield [one.person.name, one.reviewed, one.regions, one.active_ms / 1000, _seconds(one.ms_per_review),
               _seconds(one.ms_per_region), one.overturned, *_cells(one.audited),
               *((one.planted.found, one.planted.planted) if one.planted else (None, None)), one.cost]  # fmt: skip


def _classes(out: structs.StatisticsOut) -> Iterator[Row]:
    yield ["class", *_head("right"), "target", "missed", "section"]
    for one in out.classes:
        yield [one.name, *_cells(one.right), one.target, one.missed, one.section]


def _reasons(out: structs.StatisticsOut) -> Iterator[Row]:
    yield ["person", "reason", "times"]
    for one in out.workers:
        for reason, times in one.reasons.items():
            yield [one.person.name, reason, times]


TABLES: dict[str, Callable[[structs.StatisticsOut], Iterator[Row]]] = {
    "people": _workers,
    "reviewers": _judges,
    "classes": _classes,
    "reasons": _reasons,
}


def table(name: str, out: structs.StatisticsOut) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in TABLES[name](out):
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell for cell in row])
    return text.getvalue()


def _head(name: str) -> Row:
    return [name, f"{name}_low", f"{name}_high", f"{name}_n"]


def _cells(found: ShareStat) -> Row:
    return [found.value, found.low, found.high, found.n]


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
