"""How far several answers to one picture lie apart: of a committee of models, or of one model to variants of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.geometry.boxes import pairwise_iou

LEAST_INSIDE: Final = 0.5  # of a box's area that a view has to show for the box to count in it

Box = tuple[float, float, float, float]  # x_min, y_min, x_max, y_max
Boxed = tuple[int, Box]  # class and where


def votes_apart(votes: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 - (share of the votes for the first class - share for the second), in [0, 1]; each member votes for its likeliest class.

    (The margin of query by bagging, Abe and Mamitsuka 1998.) 0 where all say the same, 1 where two classes have as many votes.
    How sure the members are does not count: the divergence of their probabilities went to odd pictures that all of them
    misjudge in their own way, and needed more labels than chance (docs/developer/learning.md).

    Args:
        votes: (N, members, classes), scores of which the greatest counts; of equal ones the first.

    Returns:
        (N,) float64.

    Raises:
        ValueError: another shape, fewer than two members or classes, or a number that is not finite.
    """
    if votes.ndim != 3 or min(votes.shape[1:]) < 2:
        raise ValueError(f"votes must be (N, 2 or more members, 2 or more classes), got {votes.shape}")
    if not np.isfinite(votes).all():
        raise ValueError("scores are finite")
    said = votes.argmax(axis=2)
    counts = np.sort((said[:, :, None] == np.arange(votes.shape[2])).sum(axis=1), axis=1)
    return 1 - (counts[:, -1] - counts[:, -2]) / votes.shape[1]


def labels_apart(said: Sequence[Hashable]) -> float:
    """`votes_apart` of one picture, by what each member says (None: nothing, a class of its own).

    Raises:
        ValueError: fewer than two members.
    """
    if len(said) < 2:
        raise ValueError(f"two members or more disagree, got {len(said)}")
    counts = sorted(Counter(said).values(), reverse=True)
    return 1 - (counts[0] - (counts[1] if len(counts) > 1 else 0)) / len(said)


def boxes_apart(a: Sequence[Boxed], b: Sequence[Boxed], window: Box) -> float:
    """1 - 2 Σ IoU / (|a| + |b|) over pairs of the same class, each box in one pair at most, the likest first; in [0, 1].

    So a box that only one of them has counts as much as one that lies or is called quite otherwise. 0 where neither has any.

    Args:
        window: what both have seen; boxes are cut to it, and count where at least half of them lies in it.
    """
    first, second = _inside(a, window), _inside(b, window)
    if not first or not second:
        return 1.0 if first or second else 0.0
    overlap = pairwise_iou(np.array([box for _, box in first]), np.array([box for _, box in second]))
    same = np.array([one for one, _ in first])[:, None] == np.array([one for one, _ in second])[None]
    overlap[~same] = 0.0
    alike = 0.0
    for _ in range(min(overlap.shape)):
        row, column = np.unravel_index(int(overlap.argmax()), overlap.shape)
        alike += float(overlap[row, column])
        overlap[row, :], overlap[:, column] = 0.0, 0.0
    return max(0.0, 1 - 2 * alike / (len(first) + len(second)))


def _inside(boxes: Sequence[Boxed], window: Box) -> list[Boxed]:
    found = []
    for class_id, (x0, y0, x1, y1) in boxes:
        cut = (max(x0, window[0]), max(y0, window[1]), min(x1, window[2]), min(y1, window[3]))
        area = (x1 - x0) * (y1 - y0)
        if area > 0 and max(0.0, cut[2] - cut[0]) * max(0.0, cut[3] - cut[1]) >= LEAST_INSIDE * area:
            found.append((class_id, cut))
    return found
