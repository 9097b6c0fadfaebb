"""How much of what two sets of regions share: intersections and areas, and the ratios made of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]


class Overlaps(NamedTuple):
    """Every region of `a` with every one of `b`, in square pixels (or any one unit)."""

    inter: Matrix  # (N, M) area in both
    area_a: Matrix  # (N,)
    area_b: Matrix  # (M,)

    def iou(self, *, crowd_b: ArrayLike | None = None) -> Matrix:
        """(N, M) intersection over union in [0, 1]; 0 where both areas are 0.

        Args:
            crowd_b: (M,) true where b is a crowd: there the intersection is divided by the area of `a` alone, as COCO
                does, since any part of a crowd is a fair find.
        """
        union = self.area_a[:, None] + self.area_b[None, :] - self.inter
        if crowd_b is not None:
            union = np.where(np.asarray(crowd_b, dtype=bool)[None, :], self.area_a[:, None], union)
        return _ratio(self.inter, union)

    def dice(self) -> Matrix:
        """(N, M) twice the intersection over the sum of the areas; 0 where both areas are 0."""
        return _ratio(2 * self.inter, self.area_a[:, None] + self.area_b[None, :])

    def share_of_a(self) -> Matrix:
        """(N, M) how much of each `a` lies in each `b`."""
        return _ratio(self.inter, np.broadcast_to(self.area_a[:, None], self.inter.shape))

    def share_of_b(self) -> Matrix:
        """(N, M) how much of each `b` lies in each `a`."""
        return _ratio(self.inter, np.broadcast_to(self.area_b[None, :], self.inter.shape))


def _ratio(part: Matrix, whole: Matrix) -> Matrix:
    out = np.zeros(part.shape)
    np.divide(part, whole, out=out, where=whole > 0)
    return np.minimum(np.maximum(out, 0.0, out=out), 1.0, out=out)  # np.clip takes longer than the division
