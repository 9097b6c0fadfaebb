"""Searching the region index: keyset pages by one of a few orders, and counts that stop at a bound."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.annotations.filters import BY_HAND, RegionFilter
from apps.annotations.models import RegionIndex
from apps.annotations.queries.access import revisions_visible
from apps.projects.access import ProjectAccess
from apps.tasks.models import Task
from apps.tasks.queries import hides_answers

EXACT_TO = 100_000  # regions that are counted; above it is "more than"

# (columns, descending): each has an index that begins with the project, or reads the table in the order it lies
SORTS: dict[str, tuple[tuple[str, ...], bool]] = {
    "newest": (("revision_id", "ordinal"), True),
    "oldest": (("revision_id", "ordinal"), False),
    "smallest": (("area", "revision_id", "ordinal"), False),
    "largest": (("area", "revision_id", "ordinal"), True),
    "unsure": (("score", "revision_id", "ordinal"), False),
}
_RANGES = {
    "min_area": "area__gte",
    "max_area": "area__lt",
    "min_aspect": "aspect__gte",
    "max_aspect": "aspect__lt",
    "min_score": "score__gte",
    "max_score": "score__lt",
}


def regions_matching(
    access: ProjectAccess, wanted: RegionFilter, *, found: QuerySet[Any] | None = None
) -> QuerySet[RegionIndex]:
    """Regions of current revisions in the project; who may not learn others' answers finds only in what they may see.

    Args:
        found: rows with `task_id` and `element_id` of regions with findings, where the filter asks for them: they are kept
            by a later app.
    """
    rows = RegionIndex.objects.filter(project_id=access.project.pk, **_plain(wanted))
    if wanted.source is not None:
        rows = rows.filter(source=None if wanted.source == BY_HAND else wanted.source)
    if wanted.flag is not None:
        rows = rows.filter(flags__contains=[wanted.flag])
    for name, value in (wanted.attribute or {}).items():
        rows = rows.filter(_holds("attributes", name, value))
    if wanted.metadata:
        tasks = Task.objects.filter(project_id=access.project.pk)
        for name, value in wanted.metadata.items():
            tasks = tasks.filter(_holds("asset__metadata", name, value))
        rows = rows.filter(task_id__in=tasks.values("pk"))
    if found is not None:
        same = found.filter(task_id=OuterRef("task_id"), element_id=OuterRef("element_id"))
        rows = rows.filter(Exists(same), task_id__in=found.values("task_id"))
    trashed = Task.objects.filter(project_id=access.project.pk).exclude(trashed_at=None)
    if trashed.exists():
        rows = rows.exclude(task_id__in=trashed.values("pk"))
    if hides_answers(access):
        rows = rows.filter(revision_id__in=revisions_visible(access).values("pk"))
    return rows


def _plain(wanted: RegionFilter) -> dict[str, Any]:
    lookups: dict[str, Any] = {
        lookup: value for name, lookup in _RANGES.items() if (value := getattr(wanted, name)) is not None
    }
    for name, lookup in (("class_id", "class_id__in"), ("shape", "shape__in"), ("task", "task_id__in")):
        if (values := getattr(wanted, name)) is not None:
            lookups[lookup] = values
    if wanted.author is not None:
        lookups["maker_id"] = wanted.author
    return lookups


def _holds(field: str, name: str, value: Any) -> Q:
    """An attribute or metadata key has this value; text also finds the number or truth value that it spells."""
    holds = Q(**{f"{field}__contains": {name: value}})
    if isinstance(value, str):
        try:
            spelled = json.loads(value)
        except ValueError:
            return holds
        if isinstance(spelled, bool | int | float):
            holds |= Q(**{f"{field}__contains": {name: spelled}})
    return holds


def region_slice(
    rows: QuerySet[RegionIndex], *, sort: str, after: tuple[Any, ...] | None, size: int
) -> list[RegionIndex]:
    """At most `size` regions in an order, past the key of the last one that was shown."""
    columns, descending = SORTS[sort]
    if sort == "unsure":
        rows = rows.exclude(score=None)
    if after is not None:
        names = ", ".join(f"annotations_regionindex.{column}" for column in columns)
        places = ", ".join(["%s"] * len(columns))
        # a row comparison, which one index answers; names and signs are of the table above
        rows = rows.extra(  # noqa: S610
            where=[f"({names}) {'<' if descending else '>'} ({places})"], params=list(after)
        )
    sign = "-" if descending else ""
    return list(rows.order_by(*(f"{sign}{column}" for column in columns))[:size])


def key_after(region: RegionIndex, sort: str) -> list[Any]:
    """What a page that follows this region is asked for with."""
    return [getattr(region, column) for column in SORTS[sort][0]]


def count_regions(rows: QuerySet[RegionIndex]) -> int:
    """How many there are, counted to one more than `EXACT_TO`."""
    return rows.order_by().values("ordinal")[: EXACT_TO + 1].count()


def elements_by_task(rows: QuerySet[RegionIndex], tasks: Iterable[int]) -> dict[int, list[str]]:
    """Ids of the matching regions of these tasks."""
    found: dict[int, list[str]] = {}
    for task_id, element_id in rows.filter(task_id__in=list(tasks)).values_list("task_id", "element_id"):
        found.setdefault(task_id, []).append(element_id)
    return found
