"""Non-maximum suppression of turned boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .postprocess import Floats, suppressed

_TINY = 1e-7


def probabilistic_iou(one: Floats, others: Floats) -> NDArray[np.float64]:
    """How alike turned boxes are: 1 minus the Hellinger distance of the Gaussians with their centres and spreads
    (Llerena et al., "Gaussian Bounding Boxes and Probabilistic Intersection-over-Union", 2021), as YOLO's own NMS takes it.

    Args:
        one: (5,) centre x, centre y, width, height, angle in radians.
        others: (N, 5) the same.

    Returns:
        (N,) in [0, 1].
    """
    a1, b1, c1 = _spread(one[None].astype(np.float64))
    a2, b2, c2 = _spread(others.astype(np.float64))
    dx, dy = others[:, 0] - float(one[0]), others[:, 1] - float(one[1])
    a, b, c = a1 + a2, b1 + b2, c1 + c2
    inner = a * b - c**2 + _TINY
    near = (a * dy**2 + b * dx**2) / inner * 0.25 + c * -dx * dy / inner * 0.5
    own = np.clip(a1 * b1 - c1**2, 0, None) * np.clip(a2 * b2 - c2**2, 0, None)
    far = np.log(inner / (4 * np.sqrt(own) + _TINY) + _TINY) * 0.5
    distance = np.sqrt(1 - np.exp(-np.clip(near + far, _TINY, 100.0)) + _TINY)
    out: NDArray[np.float64] = np.clip(1 - distance, 0.0, 1.0)
    return out


def _spread(boxes: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    w, h, angle = boxes[:, 2] ** 2 / 12, boxes[:, 3] ** 2 / 12, boxes[:, 4]
    cos, sin = np.cos(angle), np.sin(angle)
    return w * cos**2 + h * sin**2, w * sin**2 + h * cos**2, (w - h) * cos * sin


def rotated_nms(boxes: Floats, scores: Floats, labels: NDArray[Any], iou: float, most: int) -> NDArray[np.intp]:
    """Greedy, within each label; indices of what stays, best first. `boxes`: (N, 5) as above."""
    return suppressed(boxes, scores, labels, probabilistic_iou, iou, most)
