"""Fleiss' kappa: many raters, the same number for each item, who they are does not matter."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .gwet import fleiss_generalised_counts
from .ratings import coded, counted
from .result import Score


def fleiss_kappa(
    ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None
) -> Score:
    """Of ratings with one row an item; see `fleiss_kappa_counts`."""
    codes, scale = coded(ratings, categories=categories)
    return fleiss_kappa_counts(counted(codes, len(scale)))


def fleiss_kappa_counts(counts: ArrayLike) -> Score:
    """κ = (P̄ − P̄e) / (1 − P̄e), Pᵢ = (Σ nᵢⱼ² − n) / (n(n − 1)) (Fleiss 1971), of (items, q) counts.

    Items nobody rated are left out. `details` has kappa of each category (null where none or all ratings are of it), and
    z for no agreement beyond chance (Fleiss, Nee and Landis 1979). The interval is Gwet's over items.

    Raises:
        ValueError: not a table, or a negative count.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.size == 0:
        return Score(value=None, reason="no_items", method="fleiss_kappa", n_items=0, n_pairs=0)
    if table.ndim != 2 or np.any(table < 0):
        raise ValueError(f"counts must be (items, categories) and not negative, got {table.shape}")
    table = table[table.sum(axis=1) > 0]
    items = len(table)
    raters = set(table.sum(axis=1).tolist())
    base: dict[str, Any] = {"method": "fleiss_kappa", "n_items": items}
    if not items or len(raters) > 1 or min(raters) < 2:
        why = "no_items" if not items else "unequal_raters" if len(raters) > 1 else "too_few_raters"
        return Score(value=None, reason=why, n_pairs=0, **base)
    n = raters.pop()
    base |= {"n_pairs": round(items * n * (n - 1) / 2), "params": {"raters": n, "categories": table.shape[1]}}
    totals = table.sum(axis=0)
    p = totals / totals.sum()
    spread = p * (1 - p)
    agreement = float((((table**2).sum(axis=1) - n) / (n * (n - 1))).mean())
    pe = float((p**2).sum())
    details: dict[str, Any] = {"po": agreement, "pe": pe, "column_totals": totals.tolist()}
    if 1 - pe < 1e-12:
        return Score(value=None, reason="no_variation", details=details, **base)
    kappa = (agreement - pe) / (1 - pe)
    apart = (table * (n - table)).sum(axis=0)
    scale = items * n * (n - 1) * spread
    details["per_category"] = [None if s <= 0 else 1 - float(a) / float(s) for a, s in zip(apart, scale, strict=True)]
    total = float(spread.sum())
    inner = total**2 - float((spread * (1 - 2 * p)).sum())
    details["se0"] = se = sqrt(2 / (items * n * (n - 1)) * max(0.0, inner)) / total
    details["z"] = kappa / se if se > 0 else None
    return Score(value=kappa, ci95=fleiss_generalised_counts(table).ci95, details=details, **base)
