"""Boxes in space that stand upright and turn about the vertical: overlap seen from above times overlap in height."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .iou import rotated_overlaps
from .overlaps import Matrix, Overlaps


def cuboid_overlaps(a: ArrayLike, b: ArrayLike) -> Overlaps:
    """Volumes.

    Args:
        a, b: (N, 7) and (M, 7): centre x, y, z, length (along x before the turn), width, height, yaw in degrees.

    Raises:
        ValueError: an array is not (K, 7), or a side is negative.
    """
    first, second = (np.asarray(v, dtype=np.float64).reshape(-1, 7) for v in (a, b))
    flat = rotated_overlaps(first[:, [0, 1, 3, 4, 6]], second[:, [0, 1, 3, 4, 6]])
    if np.any(first[:, 5] < 0) or np.any(second[:, 5] < 0):
        raise ValueError("a cuboid has a negative height")
    low = np.maximum((first[:, 2] - first[:, 5] / 2)[:, None], (second[:, 2] - second[:, 5] / 2)[None, :])
    high = np.minimum((first[:, 2] + first[:, 5] / 2)[:, None], (second[:, 2] + second[:, 5] / 2)[None, :])
    return Overlaps(flat.inter * np.maximum(high - low, 0.0), flat.area_a * first[:, 5], flat.area_b * second[:, 5])


def cuboid_iou(a: ArrayLike, b: ArrayLike) -> Matrix:
    """(N, M) IoU of volumes; columns as `cuboid_overlaps`."""
    return cuboid_overlaps(a, b).iou()
