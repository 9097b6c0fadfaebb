"""Upright boxes as arrays: (K, 4) float, columns x_min, y_min, x_max, y_max, in image pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _checked(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    array = np.asarray(boxes, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"boxes must be (K, 4), got {array.shape}")
    if not (np.all(array[:, 2] >= array[:, 0]) and np.all(array[:, 3] >= array[:, 1])):  # NaN is neither
        raise ValueError("a box has x_max < x_min or y_max < y_min, or is not a number")
    return array


def areas(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(K,) area of each box in square pixels."""
    array = _checked(boxes)
    out: NDArray[np.float64] = (array[:, 2] - array[:, 0]) * (array[:, 3] - array[:, 1])
    return out


def pairwise_iou(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Intersection over union of every box in `a` with every box in `b`.

    Args:
        a: (N, 4) float, columns x_min, y_min, x_max, y_max, in image pixels.
        b: (M, 4) float, same columns.

    Returns:
        (N, M) float64 in [0, 1]. Two boxes of zero area have an IoU of 0, not NaN.

    Raises:
        ValueError: an array is not (K, 4), or a box has x_max < x_min or y_max < y_min.
    """
    first, second = _checked(a), _checked(b)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inter = np.clip(high - low, 0.0, None).prod(axis=2)
    union = areas(first)[:, None] + areas(second)[None, :] - inter
    out = np.zeros_like(inter)
    np.divide(inter, union, out=out, where=union > 0)
    return np.clip(out, 0.0, 1.0)
