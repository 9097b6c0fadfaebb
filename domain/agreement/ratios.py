"""Figures out of sums over tasks: a ratio with the task as the unit that was drawn, and alpha out of counted pairs."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt, sqrt
from typing import Any

from .intervals import wilson
from .result import Z95, Score

SIDES = tuple[int, str, str]  # raters of the item, what one said, what another said


def ratio(
    *,
    x: float,
    y: float,
    xx: float,
    xy: float,
    yy: float,
    tasks: int,
    pairs: int,
    method: str,
    params: dict[str, Any] | None = None,
) -> Score:
    """Σx / Σy over tasks, in [0, 1], with the large-sample interval of a ratio of totals (Cochran 1977, 6.4).

    Regions of one task are not independent, so that the task is what was drawn. Where no task differs from the others, the
    variance says nothing, and Wilson's interval over the tasks is told instead.

    Args:
        xx, xy, yy: sums over tasks of the products of a task's x and y.
    """
    told = dict(params or {})
    base: dict[str, Any] = {"method": method, "n_items": tasks, "n_pairs": pairs}
    if y <= 0 or tasks <= 0:
        return Score(value=None, reason="no_items", params=told, **base)
    value = min(1.0, max(0.0, x / y))
    if tasks < 2:
        return Score(value=value, params=told, **base)
    spread = max(0.0, xx - 2 * value * xy + value * value * yy)
    if spread <= 1e-9 * max(1.0, yy):
        ci, way = wilson(value * tasks, tasks), "wilson_over_tasks"
    else:
        se = sqrt(spread * tasks / (tasks - 1)) / y
        ci, way = (max(0.0, value - Z95 * se), min(1.0, value + Z95 * se)), "ratio_over_tasks"
    return Score(value=value, ci95=ci, params=told | {"interval": way}, **base)


def alpha_of_counts(counts: Iterable[tuple[SIDES, int]], *, items: int, agreement: Score | None = None) -> Score:
    """Krippendorff's nominal alpha out of how often pairs of raters said what, by how many raters their item had.

    Args:
        agreement: the share of agreeing pairs with its interval; alpha's is that one's, over 1 − the chance of agreeing,
            which is held as it is.
    """
    coincidences: dict[tuple[str, str], float] = {}
    pairs = 0
    for (raters, left, right), times in counts:
        if times <= 0 or raters < 2:
            continue
        pairs += times
        for key in ((left, right), (right, left)):
            coincidences[key] = coincidences.get(key, 0.0) + times / (raters - 1)
    base: dict[str, Any] = {
        "method": "krippendorff_alpha",
        "n_items": items,
        "n_pairs": pairs,
        "params": {"level": "nominal"},
    }
    marginals: dict[str, float] = {}
    for (left, _), weight in coincidences.items():
        marginals[left] = marginals.get(left, 0.0) + weight
    n = sum(marginals.values())
    if n <= 1 or not pairs:
        return Score(value=None, reason="no_items", **base)
    observed = sum(weight for (left, right), weight in coincidences.items() if left != right) / n
    expected = (n * n - sum(m * m for m in marginals.values())) / (n * (n - 1))
    if len(marginals) < 2 or expected <= 1e-12:
        return Score(value=None, reason="no_variation", **base)
    value = 1 - observed / expected
    ci = None
    if agreement is not None and agreement.ci95 is not None and agreement.value is not None:
        low, high = (value + (end - agreement.value) / expected for end in agreement.ci95)
        ci = (max(-1.0, low), min(1.0, high))
        base["params"]["interval"] = "of_the_share_over_fixed_chance"
    return Score(value=value, ci95=ci, **base)


def raters_of(pairs: int) -> int:
    """How many raters make so many pairs: k of k(k − 1)/2."""
    return (1 + isqrt(1 + 8 * pairs)) // 2
