"""Any number of raters, ratings may be missing: percent agreement, Gwet's AC1/AC2, Fleiss' kappa after Gwet, Brennan-Prediger, Conger.

Formulas and variances: Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), chapters 2 to 5.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .ratings import Codes, Counts, agreement_weights, coded, counted
from .result import Score, normal_interval

Weights = str | Sequence[Sequence[float]] | None
_TINY = 1e-12


def pair_agreement(codes: Codes, q: int) -> Score:
    """Mean over items of the share of agreeing pairs; a normal interval over items."""
    counts = counted(codes, q)
    n = counts.sum(axis=1)
    kept = counts[n >= 2]
    pairs = round(float((n[n >= 2] * (n[n >= 2] - 1) / 2).sum()))
    base: dict[str, Any] = {"method": "percent_agreement", "n_items": len(kept), "n_pairs": pairs}
    if not len(kept):
        return Score(value=None, reason="no_items", **base)
    each = _item_agreement(kept, np.eye(q))
    value = float(each.mean())
    se = float(each.std(ddof=1)) / sqrt(len(kept)) if len(kept) > 1 else None
    return Score(value=value, ci95=None if se is None else normal_interval(value, se, low=0.0), **base)


def _item_agreement(counts: Counts, w: Counts) -> Counts:
    n = counts.sum(axis=1)
    pairs = n * (n - 1)
    agreeing = (counts * (counts @ w.T - 1)).sum(axis=1)
    return np.divide(agreeing, pairs, out=np.zeros_like(n), where=pairs > 0)


def gwet_ac1(ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None) -> Score:
    """Gwet's AC1 (2008): chance is Σ πₖ(1 − πₖ) / (q − 1) over the declared categories. Rows are items, columns raters."""
    codes, scale = coded(ratings, categories=categories)
    return ac_from_counts(counted(codes, len(scale)))


def gwet_ac2(
    ratings: Sequence[Sequence[Hashable | None]],
    *,
    categories: Sequence[Hashable] | None = None,
    weights: Weights = "linear",
) -> Score:
    """AC1 for ordered categories: weights linear, quadratic or (q, q) disagreements."""
    codes, scale = coded(ratings, categories=categories)
    return ac_from_counts(counted(codes, len(scale)), weights=weights)


def ac_from_counts(counts: ArrayLike, *, weights: Weights = None) -> Score:
    """AC1 (no weights) or AC2 of (items, q) counts of ratings a category, with q all declared categories."""
    table = np.asarray(counts, dtype=np.float64)
    q = table.shape[1] if table.ndim == 2 else 0
    method = "gwet_ac1" if weights is None else "gwet_ac2"
    if q < 2:
        return Score(
            value=None, reason="one_category" if table.size else "no_items", method=method, n_items=0, n_pairs=0
        )
    w = agreement_weights(q, weights)

    def chance(shares: Counts) -> tuple[float, Counts]:
        factor = float(w.sum()) / (q * (q - 1))
        return factor * float((shares * (1 - shares)).sum()), factor * (1 - shares)

    return _corrected(table, w, chance, method, weights)


def fleiss_generalised(
    ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None
) -> Score:
    """Gwet's extension of Fleiss' kappa to missing ratings; equal to Fleiss' when nothing is missing."""
    codes, scale = coded(ratings, categories=categories)
    return fleiss_generalised_counts(counted(codes, len(scale)))


def fleiss_generalised_counts(counts: ArrayLike) -> Score:
    """The same of (items, q) counts."""
    table = np.asarray(counts, dtype=np.float64)
    w = np.eye(table.shape[1])
    return _corrected(table, w, lambda shares: (float(shares @ shares), shares), "fleiss_generalised", None)


def brennan_prediger(
    ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None
) -> Score:
    """Chance is 1 / q for q declared categories (Brennan and Prediger 1981)."""
    codes, scale = coded(ratings, categories=categories)
    q = len(scale)
    table = counted(codes, q)
    return _corrected(table, np.eye(q), lambda shares: (1 / q, np.full(q, 1 / q)), "brennan_prediger", None)


def conger_kappa(
    ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None
) -> Score:
    """Conger's kappa (1980): Cohen's for any number of raters, each with marginals of their own."""
    codes, scale = coded(ratings, categories=categories)
    q, width = len(scale), codes.shape[1]
    observed = pair_agreement(codes, q)
    base: dict[str, Any] = {"method": "conger_kappa", "n_items": observed.n_items, "n_pairs": observed.n_pairs}
    if observed.value is None:
        return Score(value=None, reason=observed.reason, **base)
    margins = []
    for rater in range(width):
        given = codes[codes[:, rater] >= 0, rater]
        if given.size:
            margins.append(np.bincount(given, minlength=q) / given.size)
    shares, r = np.array(margins), len(margins)
    mean = shares.mean(axis=0)
    spread = ((shares**2).sum(axis=0) - r * mean**2) / (r - 1)
    pe = float((mean**2 - spread / r).sum())
    if 1 - pe < _TINY:
        return Score(value=None, reason="no_variation", **base)
    return Score(value=(observed.value - pe) / (1 - pe), details={"po": observed.value, "pe": pe}, **base)


def _corrected(table: Counts, w: Counts, chance: Any, method: str, weights: Weights) -> Score:
    """(pa − pe) / (1 − pe) with the linearised variance over items; t interval, cut at 1."""
    table = table[table.sum(axis=1) > 0]
    r = table.sum(axis=1)
    n, paired = len(table), r >= 2
    n2 = int(paired.sum())
    params: dict[str, Any] = {"categories": table.shape[1]} | ({} if weights is None else {"weights": weights})
    base: dict[str, Any] = {
        "method": method,
        "n_items": n2,
        "n_pairs": round(float((r * (r - 1) / 2).sum())),
        "params": params,
    }
    if not n2:
        return Score(value=None, reason="no_items", **base)
    each = _item_agreement(table, w)
    po = float(each[paired].mean())
    shares = (table / r[:, None]).mean(axis=0)
    pe, slope = chance(shares)
    details: dict[str, Any] = {"po": po, "pe": pe}
    if 1 - pe < _TINY:
        return Score(value=None, reason="no_variation", details=details, **base)
    value = (po - pe) / (1 - pe)
    if n < 2:
        return Score(value=value, details=details, **base)
    linear = (n / n2) * (each - pe * paired) / (1 - pe)
    if method != "brennan_prediger":
        linear = linear - 2 * (1 - value) * ((table @ slope) / r - pe) / (1 - pe)
    se = sqrt(float(((linear - value) ** 2).sum()) / (n * (n - 1)))
    from scipy.stats import t as student  # a second of CPU and 80 MB, which no process pays at its start

    reach = float(student.ppf(0.975, n - 1)) * se
    details["se"] = se
    return Score(value=value, ci95=(max(-1.0, value - reach), min(1.0, value + reach)), details=details, **base)
