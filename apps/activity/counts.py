"""Maintained counts: appending deltas and folding them. Reading is in `queries`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from apps.activity.models import Count, CountDelta, MonthCount

FOLD_AT_ONCE = 20_000  # deltas a statement, so that a fold never holds many rows for long

_FOLD = """
WITH picked AS (
    SELECT id FROM activity_countdelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM activity_countdelta USING picked WHERE activity_countdelta.id = picked.id
    RETURNING project_id, measure, key, day, user_id, amount
), summed AS (
    INSERT INTO activity_count (project_id, measure, key, day, user_id, amount)
    SELECT project_id, measure, key, day, user_id, sum(amount) FROM gone GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (project_id, measure, key, day, user_id) DO UPDATE SET amount = activity_count.amount + EXCLUDED.amount
), by_month AS (
    INSERT INTO activity_monthcount (project_id, measure, key, month, user_id, amount, last_day)
    SELECT project_id, measure, key, date_trunc('month', day::timestamp)::date, user_id, sum(amount), max(day) FROM gone
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (project_id, measure, key, month, user_id) DO UPDATE
    SET amount = activity_monthcount.amount + EXCLUDED.amount,
        last_day = greatest(activity_monthcount.last_day, EXCLUDED.last_day)
)
SELECT count(*) FROM gone
"""


def add(
    project_id: int, measure: str, key: str = "", amount: int = 1, user_id: int = 0, day: date | None = None
) -> None:
    """Append one delta, in the caller's transaction."""
    if amount:
        CountDelta.objects.create(
            project_id=project_id, measure=measure, key=key, amount=amount, user_id=user_id, day=day
        )


def add_many(deltas: Iterable[CountDelta]) -> None:
    """Append several deltas in one statement, in the caller's transaction."""
    CountDelta.objects.bulk_create([delta for delta in deltas if delta.amount])


def fold() -> int:
    """Move deltas into `Count` and `MonthCount`; returns how many were folded. Safe to run twice at the same time."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FOLD, [FOLD_AT_ONCE])
            (folded,) = cursor.fetchone()
        total += folded
        if folded < FOLD_AT_ONCE:
            return total


def forget(project_id: int, measures: Iterable[str] | None = None) -> None:
    """Drop a project's counts: before a recount, or when the project is purged."""
    for model in (CountDelta, Count, MonthCount):
        rows = model.objects.filter(project_id=project_id)
        (rows if measures is None else rows.filter(measure__in=list(measures))).delete()
