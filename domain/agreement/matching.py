"""Which region of one answer is which of the other: as many pairs as possible, then the most overlap.

Pairs below the threshold, and of different classes, are forbidden before anything is assigned. Greedy matching and
assignment before thresholding both lose pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .overlaps import Matrix

ROUNDING = 1e-12  # an IoU this far below the threshold is the threshold, rounded
Classes = Sequence[Hashable] | NDArray[np.int64]


class Pair(msgspec.Struct, frozen=True):
    """Positions in `a` and `b` and how alike the two are, in [0, 1]."""

    a: int
    b: int
    iou: float


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """One matching of two lists of regions.

    `only_a` and `only_b` have no partner and count as wrong; `excused_a` and `excused_b` have none either, but lie on a
    region that the other side set aside (ignore, crowd), or are set aside themselves: they count nowhere.
    """

    pairs: list[Pair]
    only_a: list[int]
    only_b: list[int]
    excused_a: list[int] = []
    excused_b: list[int] = []

    @property
    def total(self) -> float:
        """Sum of the pairs' IoU."""
        return sum(pair.iou for pair in self.pairs)


def match(
    iou: ArrayLike,
    *,
    threshold: float = 0.5,
    a_classes: Classes | None = None,
    b_classes: Classes | None = None,
    strict: bool = False,
) -> Matching:
    """Pair regions: count first, then total IoU. Positions and pairs come in the order of `a`.

    Args:
        iou: (N, M) likeness in [0, 1] of each in `a` with each in `b`.
        threshold: pairs below it are forbidden; with `strict`, also those at it (panoptic quality).
        a_classes, b_classes: N and M classes; only equal ones may pair. Without them any may.

    Raises:
        ValueError: not a table, a threshold outside (0, 1], or classes of another length.
    """
    table = np.asarray(iou, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"the likeness must be (N, M), got {table.shape}")
    if not 0 < threshold <= 1:
        raise ValueError(f"the threshold must lie above 0 and be at most 1, got {threshold}")
    allowed = table > threshold + ROUNDING if strict else table >= threshold - ROUNDING
    if a_classes is not None or b_classes is not None:
        allowed &= _same_class(a_classes, b_classes, table.shape)
    pairs = [Pair(i, j, float(table[i, j])) for i, j in _assign(table, allowed)]
    a_taken, b_taken = {pair.a for pair in pairs}, {pair.b for pair in pairs}
    return Matching(
        pairs=pairs,
        only_a=[i for i in range(table.shape[0]) if i not in a_taken],
        only_b=[j for j in range(table.shape[1]) if j not in b_taken],
    )


def match_with_ignored(
    iou: ArrayLike,
    *,
    a_ignored: ArrayLike,
    b_ignored: ArrayLike,
    threshold: float = 0.5,
    a_classes: Classes | None = None,
    b_classes: Classes | None = None,
    a_in_b: ArrayLike | None = None,
    b_in_a: ArrayLike | None = None,
) -> Matching:
    """As `match`, among what neither side set aside; then as COCO: what lies on a region set aside counts nowhere.

    Args:
        a_ignored, b_ignored: (N,) and (M,) true for regions flagged ignore or crowd. They take no partner.
        a_in_b: (N, M) likeness by which an unpaired `a` is excused by an ignored `b` at `threshold`: with crowds
            `Overlaps.iou(crowd_b=…)`, else the IoU. Any number may be excused by one region.
        b_in_a: (N, M) the same for an unpaired `b` and an ignored `a`.
    """
    table = np.asarray(iou, dtype=np.float64)
    a_out, b_out = np.asarray(a_ignored, dtype=bool), np.asarray(b_ignored, dtype=bool)
    if a_out.shape != table.shape[:1] or b_out.shape != table.shape[1:]:
        raise ValueError(f"ignored must be ({table.shape[0]},) and ({table.shape[1]},)")
    set_aside = a_out[:, None] | b_out[None, :]
    same = _same_class(a_classes, b_classes, table.shape) if a_classes is not None or b_classes is not None else True
    plain = match(np.where(set_aside, -1.0, table), threshold=threshold, a_classes=a_classes, b_classes=b_classes)
    least = threshold - ROUNDING
    on_b = (np.asarray(table if a_in_b is None else a_in_b) >= least) & b_out[None, :] & same
    on_a = (np.asarray(table if b_in_a is None else b_in_a) >= least) & a_out[:, None] & same
    gone_a, gone_b = on_b.any(axis=1) | a_out, on_a.any(axis=0) | b_out
    return Matching(
        pairs=plain.pairs,
        only_a=[i for i in plain.only_a if not gone_a[i]],
        only_b=[j for j in plain.only_b if not gone_b[j]],
        excused_a=[i for i in plain.only_a if gone_a[i]],
        excused_b=[j for j in plain.only_b if gone_b[j]],
    )


def _same_class(a: Classes | None, b: Classes | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if a is None or b is None or (len(a), len(b)) != shape:
        raise ValueError(f"classes must be {shape[0]} and {shape[1]} long")
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.asarray(a[:, None] == b[None, :])
    number: dict[Hashable, int] = {}
    first = np.array([number.setdefault(value, len(number)) for value in a], dtype=np.int64)
    second = np.array([number.setdefault(value, len(number)) for value in b], dtype=np.int64)
    return np.asarray(first[:, None] == second[None, :])


def _assign(table: Matrix, allowed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The allowed pairs to take. Pairs without a rival need no solver; that is nearly all of two careful answers."""
    rows, columns = np.nonzero(allowed)
    if not rows.size:
        return []
    left, right = rows.tolist(), columns.tolist()
    if len(set(left)) == len(left) == len(set(right)):
        return list(zip(left, right, strict=True))
    rivals = (allowed.sum(axis=1)[rows] > 1) | (allowed.sum(axis=0)[columns] > 1)
    sure = list(zip(rows[~rivals].tolist(), columns[~rivals].tolist(), strict=True))
    these, those = np.unique(rows[rivals]), np.unique(columns[rivals])
    part, free = table[np.ix_(these, those)], allowed[np.ix_(these, those)]
    return sorted(sure + [(int(these[i]), int(those[j])) for i, j in _solve(part, free)])


def _solve(table: Matrix, allowed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Assignment by weights 1 + IoU / (pairs + 1): no sum of IoU outweighs one more pair."""
    from scipy.optimize import linear_sum_assignment  # heavy, and the web process starts without it

    weight = np.where(allowed, 1.0 + table / (min(table.shape) + 1.0), 0.0)
    chosen = zip(*linear_sum_assignment(weight, maximize=True), strict=True)
    return [(int(i), int(j)) for i, j in chosen if allowed[i, j]]
