"""Two raters: percent agreement, Cohen's kappa plain and weighted, Scott's pi."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .gwet import pair_agreement
from .ratings import agreement_weights, coded
from .result import Score, normal_interval

Weights = str | Sequence[Sequence[float]] | None
_TINY = 1e-12  # 1 − pe below this is rounding: everybody used one category


def confusion(
    a: Sequence[Hashable | None], b: Sequence[Hashable | None], *, categories: Sequence[Hashable] | None = None
) -> tuple[list[list[int]], list[Hashable]]:
    """(q, q) counts of what `a` (rows) and `b` (columns) said about the items both rated, with the categories.

    Raises:
        ValueError: different lengths, or a value outside the declared categories.
    """
    codes, scale = coded(list(zip(a, b, strict=True)), categories=categories)
    q = len(scale)
    both = codes[(codes >= 0).all(axis=1)] if codes.size else codes.reshape(0, 2)
    flat = np.bincount(both[:, 0] * q + both[:, 1], minlength=q * q) if q else np.zeros(0, dtype=np.int64)
    return flat.reshape(q, q).tolist(), scale


def percent_agreement(ratings: Sequence[Sequence[Hashable | None]]) -> Score:
    """Share of pairs of ratings of one item that agree, the mean over items with at least two ratings.

    For two raters: matches / items both rated.
    """
    codes, scale = coded(ratings)
    return pair_agreement(codes, len(scale))


def cohen_kappa(
    a: Sequence[Hashable | None],
    b: Sequence[Hashable | None],
    *,
    categories: Sequence[Hashable] | None = None,
    weights: Weights = None,
) -> Score:
    """Cohen's kappa of two raters over the items both rated. See `cohen_kappa_table`."""
    table, scale = confusion(a, b, categories=categories)
    return cohen_kappa_table(table, weights=weights, categories=scale)


def cohen_kappa_table(
    table: ArrayLike,
    *,
    weights: Weights = None,
    n: float | None = None,
    categories: Sequence[Hashable] | None = None,
) -> Score:
    """κ = (po − pe) / (1 − pe) (Cohen 1960), weighted 1 − Σv·po / Σv·pe (Cohen 1968).

    The interval uses the large-sample variance of Fleiss, Cohen and Everitt (1969).

    Args:
        table: (q, q) counts or shares over the full declared scale; rows one rater, columns the other.
        weights: null, `linear`, `quadratic`, or (q, q) disagreement weights with 0 on the diagonal.
        n: number of items when the table holds shares.

    Raises:
        ValueError: the table is not square or has a negative cell.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or np.any(counts < 0):
        raise ValueError(f"the table must be square without negative cells, got {counts.shape}")
    total = float(counts.sum())
    size = total if n is None else float(n)
    method = "cohen_kappa" if weights is None else "weighted_kappa"
    told: dict[str, Any] = {"categories": list(categories)} if categories is not None else {}
    if weights is not None:
        told["weights"] = weights if isinstance(weights, str) else np.asarray(weights).tolist()
    base: dict[str, Any] = {"method": method, "n_items": round(size), "n_pairs": round(size), "params": told}
    if total <= 0:
        return Score(value=None, reason="no_items", **base)
    p = counts / total
    w = agreement_weights(len(p), weights)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    po, pe = float((w * p).sum()), float((w * np.outer(rows, columns)).sum())
    details: dict[str, Any] = {"po": float(np.trace(p)), "pe": float(rows @ columns)}
    if weights is not None:
        details |= {"weighted_po": po, "weighted_pe": pe}
    if 1 - pe < _TINY:
        return Score(value=None, reason="no_variation", details=details, **base)
    kappa = (po - pe) / (1 - pe)
    by_row, by_column = w @ columns, rows @ w
    inner = (p * (w - np.add.outer(by_row, by_column) * (1 - kappa)) ** 2).sum()
    variance = (inner - (kappa - pe * (1 - kappa)) ** 2) / (size * (1 - pe) ** 2)
    details["se"] = se = sqrt(max(0.0, float(variance)))
    return Score(value=kappa, ci95=normal_interval(kappa, se), details=details, **base)


def light_kappa(
    ratings: Sequence[Sequence[Hashable | None]],
    *,
    categories: Sequence[Hashable] | None = None,
    weights: Weights = None,
) -> Score:
    """Mean of Cohen's kappa over all pairs of raters where it is defined (Light 1971): its own statistic."""
    width = len(ratings[0]) if ratings else 0
    _, scale = coded(ratings, categories=categories)
    columns = [[row[at] for row in ratings] for at in range(width)]
    pairs = [
        cohen_kappa(columns[i], columns[j], categories=scale, weights=weights)
        for i in range(width)
        for j in range(i + 1, width)
    ]
    known = [pair.value for pair in pairs if pair.value is not None]
    base: dict[str, Any] = {"method": "light_kappa", "n_items": len(ratings), "n_pairs": len(known)}
    if not known:
        why = "too_few_raters" if width < 2 else next(pair.reason for pair in pairs)
        return Score(value=None, reason=why, **base)
    return Score(value=float(np.mean(known)), details={"pairs_undefined": len(pairs) - len(known)}, **base)


def scott_pi(
    a: Sequence[Hashable | None], b: Sequence[Hashable | None], *, categories: Sequence[Hashable] | None = None
) -> Score:
    """Scott's pi (1955): Cohen's form with the chance of both raters' joint marginals."""
    table, scale = confusion(a, b, categories=categories)
    counts = np.asarray(table, dtype=np.float64).reshape(len(scale), len(scale))
    total = round(float(counts.sum()))
    base: dict[str, Any] = {"method": "scott_pi", "n_items": total, "n_pairs": total, "params": {"categories": scale}}
    if not total:
        return Score(value=None, reason="no_items", **base)
    joint = (counts.sum(axis=0) + counts.sum(axis=1)) / (2 * total)
    po, pe = float(np.trace(counts)) / total, float(joint @ joint)
    if 1 - pe < _TINY:
        return Score(value=None, reason="no_variation", details={"po": po, "pe": pe}, **base)
    return Score(value=(po - pe) / (1 - pe), details={"po": po, "pe": pe}, **base)
