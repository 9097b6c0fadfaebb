"""Krippendorff's alpha: any number of raters, missing ratings, nominal, ordinal, interval, ratio or sets of labels.

α = 1 − Do / De from the coincidences of pairable values (Krippendorff 2011). An item with fewer than two ratings is
dropped, from n as well. Where nothing was expected to differ (De = 0) alpha is undefined, not 0 and not 1.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from .intervals import RESAMPLES, Interval, percentiles
from .labelsets import jaccard_distance, masi_distance
from .ratings import Counts, coded, counted
from .result import Score

LEVELS = ("nominal", "ordinal", "interval", "ratio", "masi", "jaccard")
SET_DISTANCES: dict[str, Callable[[Any, Any], float]] = {"masi": masi_distance, "jaccard": jaccard_distance}
_TINY = 1e-12
_BLOCK = 4_000_000  # numbers held at once while resampling
Ratings = Sequence[Sequence[Any]]


def krippendorff_alpha(
    ratings: Ratings,
    *,
    level: str = "nominal",
    categories: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Score:
    """Alpha of ratings with one row an item and one column a rater; null is a missing rating.

    Args:
        level: how far apart two values are. nominal: equal or not; ordinal: by how many ratings lie between; interval:
            their difference; ratio: difference over sum; masi and jaccard: for label sets (any iterable; an empty set
            is an answer, null is none).
        categories: the declared scale in order; ordinal needs it unless values sort by themselves.
        resamples: of the items, for the percentile interval; 0 for none.

    Raises:
        ValueError: unknown level, rows of different lengths, a value outside the categories, not numbers (interval,
            ratio), or negative ones (ratio).
    """
    if level not in LEVELS:
        raise ValueError(f"the level is one of {', '.join(LEVELS)}, got {level!r}")
    rows = _as_sets(ratings) if level in SET_DISTANCES else ratings
    codes, scale = coded(rows, categories=categories)
    table = counted(codes, len(scale))
    table = table[table.sum(axis=1) >= 2]
    sizes = table.sum(axis=1)
    base: dict[str, Any] = {
        "method": "krippendorff_alpha",
        "n_items": len(table),
        "n_pairs": round(float((sizes * (sizes - 1) / 2).sum())),
        "params": {"level": level},
    }
    details: dict[str, Any] = {"pairable_values": round(float(sizes.sum()))}
    if not len(table):
        return Score(value=None, reason="no_items", details=details, **base)
    apart = _measure(level, scale)
    observed, expected = apart(table, np.ones((1, len(table))))
    details |= {"observed_disagreement": float(observed[0]), "expected_disagreement": float(expected[0])}
    if expected[0] <= _TINY or np.count_nonzero(table.sum(axis=0)) < 2:
        return Score(value=None, reason="no_variation", details=details, **base)
    ci = _interval(apart, table, resamples, seed) if resamples else None
    if ci is not None:
        base["params"] |= {"interval": "bootstrap", "resamples": resamples, "seed": seed}
    return Score(value=1.0 - float(observed[0] / expected[0]), ci95=ci, details=details, **base)


# A measure takes (items, values) counts and (B, items) weights of the items, and answers Do and De as two (B,) arrays.
Measure = Callable[[Counts, Counts], tuple[Counts, Counts]]


def _measure(level: str, scale: list[Hashable]) -> Measure:
    if level == "nominal":
        return _nominal
    if level == "ordinal":
        return _ordinal
    if level in SET_DISTANCES:
        distance = SET_DISTANCES[level]
        return _by_distance(np.array([[distance(p, q) for q in scale] for p in scale], dtype=np.float64))
    values = _numbers(scale, level)
    if level == "interval":
        middle = float(values.mean()) if len(values) else 0.0  # taken off, so that large numbers cost no digits
        return lambda table, weights: _squares(
            table, weights, np.broadcast_to(values - middle, (len(weights), len(values)))
        )
    total = np.add.outer(values, values)
    ratio = np.divide(np.subtract.outer(values, values), total, out=np.zeros_like(total), where=total > 0)
    return _by_distance(ratio**2)


def _numbers(scale: list[Hashable], level: str) -> Counts:
    try:
        values = np.array([float(value) for value in scale])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{level} data must be numbers") from None
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{level} data must be finite")
    if level == "ratio" and np.any(values < 0):
        raise ValueError("ratio data must not be negative")
    return values


def _totals(table: Counts, weights: Counts) -> tuple[Counts, Counts]:
    """(B, values) pairable ratings of each value, (B,) all of them."""
    marginals = weights @ table
    return marginals, marginals.sum(axis=1)


def _nominal(table: Counts, weights: Counts) -> tuple[Counts, Counts]:
    marginals, n = _totals(table, weights)
    m = table.sum(axis=1)
    observed = weights @ ((m**2 - (table**2).sum(axis=1)) / (m - 1))
    return observed / n, (n**2 - (marginals**2).sum(axis=1)) / (n * (n - 1))


def _ordinal(table: Counts, weights: Counts) -> tuple[Counts, Counts]:
    """The distance is how many ratings lie between two values, half of the two included: interval of such places."""
    marginals, _ = _totals(table, weights)
    return _squares(table, weights, np.cumsum(marginals, axis=1) - marginals / 2)


def _squares(table: Counts, weights: Counts, places: Counts) -> tuple[Counts, Counts]:
    """Squared differences of places, (B, values), by their sums: no table of all pairs of values is made."""
    marginals, n = _totals(table, weights)
    mean = (marginals * places).sum(axis=1) / n
    centred = places - mean[:, None]
    m = table.sum(axis=1)
    within = m[:, None] * (table @ (centred**2).T) - (table @ centred.T) ** 2
    observed = 2 * (weights.T * within / (m - 1)[:, None]).sum(axis=0) / n
    return observed, 2 * (marginals * centred**2).sum(axis=1) / (n - 1)


def _by_distance(distance: Counts) -> Measure:
    """Of a (values, values) table of squared distances."""

    def apart(table: Counts, weights: Counts) -> tuple[Counts, Counts]:
        marginals, n = _totals(table, weights)
        m = table.sum(axis=1)
        observed = weights @ (((table @ distance) * table).sum(axis=1) / (m - 1))
        return observed / n, ((marginals @ distance) * marginals).sum(axis=1) / (n * (n - 1))

    return apart


def _interval(apart: Measure, table: Counts, resamples: int, seed: int) -> Interval | None:
    """Percentiles over items drawn again; None for one item, or when over half of the draws do not vary."""
    items = len(table)
    if items < 2:
        return None
    draw = np.random.default_rng(seed)
    block = max(1, _BLOCK // (items + table.shape[1]))
    found: list[float] = []
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        at = draw.integers(0, items, (rows, items)) + np.arange(rows)[:, None] * items
        weights = np.bincount(at.ravel(), minlength=rows * items).reshape(rows, items).astype(np.float64)
        observed, expected = apart(table, weights)
        known = expected > _TINY
        found += (1.0 - observed[known] / expected[known]).tolist()
    return percentiles(found) if len(found) * 2 >= resamples else None


def _as_sets(ratings: Ratings) -> list[list[Hashable | None]]:
    return [[None if value is None else frozenset(value) for value in row] for row in ratings]
