"""Runs of models over tasks, counted from their items."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from apps.predictions.models import PrelabelItem, PrelabelRun

_PROBLEMS = """
SELECT one.key, sum(one.value::bigint) FROM predictions_prelabelitem i, jsonb_each_text(i.problems) one
WHERE i.run_id = %s AND i.problems <> '{}' GROUP BY 1 ORDER BY 2 DESC, 1
"""


def summary_of(run: PrelabelRun) -> dict[str, Any]:
    """Counted from the items: how many are in each state, regions, and problems by code."""
    states = dict(run.items.values_list("state").annotate(n=Count("id")))
    regions = run.items.aggregate(n=Sum("regions"))["n"] or 0
    with connection.cursor() as cursor:
        cursor.execute(_PROBLEMS, [run.pk])
        problems = {str(code): int(n) for code, n in cursor.fetchall()}
    return {state.value: states.get(state.value, 0) for state in PrelabelItem.State} | {
        "regions": regions,
        "problems": problems,
    }
