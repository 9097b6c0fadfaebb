"""What outputs have in common: picking by score, non-maximum suppression, boxes back in image pixels, masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.geometry.boxes import pairwise_iou
from domain.geometry.masks import encode_runs
from domain.shapes.box import Box
from domain.shapes.mask import Mask

from .base import MOST, Plan, UnfitModel

CANDIDATES = 3_000  # of one image that NMS looks at; the best
Array = NDArray[Any]
Floats = NDArray[np.float32]


def output(outputs: Mapping[str, Array], name: str, *sides: int | None) -> Floats:
    """An output as float32.

    Raises:
        UnfitModel: it is missing, or has other sides than these (None: any).
    """
    found = outputs.get(name)
    if found is None:
        raise UnfitModel(f"The model gave no output {name!r}, only {', '.join(sorted(outputs))[:200]}.")
    shape = np.shape(found)
    if len(shape) != len(sides) or any(a is not None and a != b for a, b in zip(sides, shape, strict=True)):
        told = "×".join("?" if one is None else str(one) for one in sides)
        raise UnfitModel(f"The output {name!r} is {'×'.join(map(str, shape))}, expected {told}.")
    return np.asarray(found, dtype=np.float32)


def finite(rows: Floats, *more: Array) -> tuple[NDArray[np.bool_], int]:
    """(which rows are numbers throughout, how many are not)."""
    fine = np.asarray(np.isfinite(rows).all(axis=1))
    for one in more:
        np.logical_and(fine, np.isfinite(one).reshape(len(rows), -1).all(axis=1), out=fine)
    return fine, int(len(rows) - fine.sum())


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + e^-x), without overflow."""
    out: Floats = (np.tanh(x * np.float32(0.5)) + np.float32(1)) * np.float32(0.5)
    return out


def softmax(x: Floats) -> Floats:
    """Over the last axis."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    out: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return out


def as_corners(boxes: Floats) -> Floats:
    """(N, 4) centre, width, height → corners."""
    half = boxes[:, 2:4] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def nms(boxes: Floats, scores: Floats, labels: Array, iou: float, most: int = MOST) -> NDArray[np.intp]:
    """Greedy non-maximum suppression within each label; indices of what stays, best first.

    Args:
        boxes: (N, 4) corners. A box whose corners are the wrong way round suppresses nothing.
    """
    fixed = np.concatenate([np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])], axis=1)
    return suppressed(fixed, scores, labels, lambda one, others: pairwise_iou(one[None], others)[0], iou, most)


def suppressed(
    boxes: Floats, scores: Floats, labels: Array, alike: Callable[[Floats, Floats], Array], iou: float, most: int
) -> NDArray[np.intp]:
    """As `nms`, of rows of any kind: `alike` tells how much one overlaps each of several, (N,) in [0, 1]."""
    left = np.argsort(-scores, kind="stable")[:CANDIDATES]
    kept: list[int] = []
    while len(left) and len(kept) < most:
        best, left = left[0], left[1:]
        kept.append(int(best))
        same = labels[left] == labels[best]
        near = np.zeros(len(left), dtype=bool)
        if same.any():
            near[same] = alike(boxes[best], boxes[left[same]]) > iou
        left = left[~near]
    return np.asarray(kept, dtype=np.intp)


def to_image(points: Floats, plan: Plan) -> NDArray[np.float64]:
    """(N, 2k) x and y in pixels of the input → of the image, float64 rounded to hundredths."""
    across, down = plan.scale
    out = points.astype(np.float64).copy()
    out[:, 0::2] = (out[:, 0::2] - plan.offset[0]) / across
    out[:, 1::2] = (out[:, 1::2] - plan.offset[1]) / down
    return np.round(out, 2)


def box_of(corners: NDArray[np.float64]) -> Box:
    """A box of x_min, y_min, x_max, y_max; of no size where they are the wrong way round."""
    x0, y0, x1, y1 = (float(c) for c in corners)
    return Box(x0, y0, max(0.0, round(x1 - x0, 2)), max(0.0, round(y1 - y0, 2)))


def part_of(logits: Floats, plan: Plan, window: tuple[int, int, int, int], threshold: float = 0.0) -> Mask | None:
    """The mask of logits that cover the whole input, within a window of the image.

    Args:
        logits: (h, w), any share of the input's size.
        window: x, y, width, height in whole image pixels, inside the image.
        threshold: what lies above is in.

    Returns:
        None where no pixel is.
    """
    x, y, wide, high = window
    if wide < 1 or high < 1:
        return None
    across, down = plan.scale
    # where the centre of each pixel of the window lies among the logits
    columns = (((np.arange(wide) + x + 0.5) * across + plan.offset[0]) / plan.size[0]) * logits.shape[1] - 0.5
    rows = (((np.arange(high) + y + 0.5) * down + plan.offset[1]) / plan.size[1]) * logits.shape[0] - 0.5
    pixels = (_sampled(logits, rows, columns) > threshold).astype(np.uint8)
    mask = Mask.from_runs(encode_runs(pixels), high)
    return None if mask is None else mask.moved(x, y)


def _sampled(values: Floats, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Floats:
    rows, columns = np.clip(rows, 0, values.shape[0] - 1), np.clip(columns, 0, values.shape[1] - 1)
    r0, c0 = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    r1, c1 = np.minimum(r0 + 1, values.shape[0] - 1), np.minimum(c0 + 1, values.shape[1] - 1)
    rt, ct = (rows - r0).astype(np.float32)[:, None], (columns - c0).astype(np.float32)
    top = values[r0]
    top = top[:, c0] * (1 - ct) + top[:, c1] * ct
    low = values[r1]
    low = low[:, c0] * (1 - ct) + low[:, c1] * ct
    out: Floats = top * (1 - rt) + low * rt
    return out


def window_of(box: Box, plan: Plan) -> tuple[int, int, int, int]:
    """The whole pixels of the image that a box touches: x, y, width, height."""
    x0, y0 = max(0, int(np.floor(box.x))), max(0, int(np.floor(box.y)))
    x1 = min(plan.width, int(np.ceil(box.x + box.w)))
    y1 = min(plan.height, int(np.ceil(box.y + box.h)))
    return x0, y0, x1 - x0, y1 - y0
