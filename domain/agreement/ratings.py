"""Ratings as codes: (items, raters) integers, -1 where a person did not rate. Missing is not a category."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

MISSING = -1
Codes = NDArray[np.int64]
Counts = NDArray[np.float64]


def scale_of(values: Sequence[Hashable]) -> list[Hashable]:
    """The distinct values in their own order when they have one, else in order of first use."""
    found = list(dict.fromkeys(values))
    try:
        return sorted(found)  # type: ignore[type-var]
    except TypeError:
        return found


def coded(
    ratings: Sequence[Sequence[Hashable | None]], *, categories: Sequence[Hashable] | None = None
) -> tuple[Codes, list[Hashable]]:
    """Codes of ratings with one row an item and one column a rater; null is a missing rating.

    Args:
        categories: the declared scale, in order; else what was used. Declared and unused categories count.

    Raises:
        ValueError: rows of different lengths, or a value outside the declared categories.
    """
    widths = {len(row) for row in ratings}
    if len(widths) > 1:
        raise ValueError(f"every item needs one place a rater; rows have {sorted(widths)} places")
    used = [value for row in ratings for value in row if value is not None]
    scale = list(categories) if categories is not None else scale_of(used)
    place = {value: at for at, value in enumerate(scale)}
    if len(place) != len(scale):
        raise ValueError("a category is declared twice")
    unknown = [value for value in dict.fromkeys(used) if value not in place]
    if unknown:
        raise ValueError(f"ratings outside the declared categories: {unknown[:5]}")
    rows = [[MISSING if value is None else place[value] for value in row] for row in ratings]
    return np.array(rows, dtype=np.int64).reshape(len(rows), max(widths, default=0)), scale


def counted(codes: Codes, q: int) -> Counts:
    """(items, q) how many raters gave each category."""
    out = np.zeros((codes.shape[0], q))
    item, rater = np.nonzero(codes >= 0)
    np.add.at(out, (item, codes[item, rater]), 1.0)
    return out


def agreement_weights(q: int, weights: str | Sequence[Sequence[float]] | None) -> Counts:
    """(q, q) agreement weights, 1 on the diagonal: identity; linear, quadratic and radical by the steps
    between categories, ordinal by the pairs of categories from one to the other (Gwet 2014); or 1 − v/max v of given
    disagreements v.

    Raises:
        ValueError: an unknown name, or a matrix that is not (q, q), negative, or not 0 on its diagonal.
    """
    steps = np.abs(np.subtract.outer(np.arange(q, dtype=float), np.arange(q, dtype=float)))
    if weights is None or isinstance(weights, str):
        powers = {"linear": 1.0, "quadratic": 2.0, "radical": 0.5}
        if weights in (None, "none", "identity", "unweighted"):
            return np.eye(q)
        if weights == "ordinal":
            return 1.0 - steps * (steps + 1) / max(1, q * (q - 1))
        if weights not in powers:
            raise ValueError(f"weights are {', '.join(powers)}, ordinal or a matrix of disagreements, got {weights!r}")
        return 1.0 - (steps / max(1, q - 1)) ** powers[weights]
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (q, q) or np.any(given < 0) or np.any(np.diag(given) != 0) or not np.any(given > 0):
        raise ValueError(f"disagreement weights must be ({q}, {q}), not negative, 0 on the diagonal, got {given.shape}")
    return np.asarray(1.0 - given / given.max())
