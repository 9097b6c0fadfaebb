"""Overlap of boxes, rotated boxes, polygons and masks, every one of `a` with every one of `b`.

Space is continuous pixels of the displayed image: a box is [x1, x2), its area (x2 − x1)·(y2 − y1), without "+1". Each
`*_overlaps` answers `Overlaps` (IoU, Dice, shares; crowds); each `*_iou` is the shorthand for its IoU.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from domain.geometry.boxes import areas as box_areas

from .overlaps import Matrix, Overlaps

Parts = Sequence[Sequence[Sequence[float]]]  # parts of rings `[x0, y0, x1, y1, …]`, the first the outer one


class PlacedMask(NamedTuple):
    """A crop of a mask and where its left upper pixel lies."""

    x: int
    y: int
    pixels: NDArray[np.uint8]  # (h, w) of 0 and 1


def box_overlaps(a: ArrayLike, b: ArrayLike) -> Overlaps:
    """Of upright boxes.

    Args:
        a: (N, 4) float, columns x_min, y_min, x_max, y_max, in image pixels.
        b: (M, 4) float, same columns.

    Raises:
        ValueError: an array is not (K, 4), or a box has x_max < x_min or y_max < y_min.
    """
    first, second = _table(a, 4), _table(b, 4)
    return Overlaps(box_intersections(first, second), box_areas(first), box_areas(second))


def box_intersections(a: Matrix, b: Matrix) -> Matrix:
    """(N, M) area that each of (N, 4) boxes shares with each of (M, 4), in square pixels; the boxes are right already."""
    wide = np.minimum(a[:, 2, None], b[:, 2]) - np.maximum(a[:, 0, None], b[:, 0])
    high = np.minimum(a[:, 3, None], b[:, 3]) - np.maximum(a[:, 1, None], b[:, 1])
    return np.asarray(np.maximum(wide, 0.0, out=wide) * np.maximum(high, 0.0, out=high))


def box_iou(a: ArrayLike, b: ArrayLike, *, crowd_b: ArrayLike | None = None) -> Matrix:
    """(N, M) IoU of (N, 4) and (M, 4) upright boxes x_min, y_min, x_max, y_max; crowds as `Overlaps.iou` says."""
    return box_overlaps(a, b).iou(crowd_b=crowd_b)


def rotated_overlaps(a: ArrayLike, b: ArrayLike) -> Overlaps:
    """Of turned boxes, by clipping their outlines: turns by 90 or 180 degrees need no care.

    Args:
        a: (N, 5) float, columns centre x, centre y, width, height (pixels, before the turn), degrees clockwise on screen.
        b: (M, 5) float, same columns.

    Raises:
        ValueError: an array is not (K, 5), or a side is negative.
    """
    import shapely

    first, second = _table(a, 5), _table(b, 5)
    if np.any(first[:, 2:4] < 0) or np.any(second[:, 2:4] < 0):
        raise ValueError("a rotated box has a negative side")
    inter = _intersections(shapely.polygons(_corners(first)), shapely.polygons(_corners(second)))
    return Overlaps(inter, first[:, 2] * first[:, 3], second[:, 2] * second[:, 3])


def rotated_iou(a: ArrayLike, b: ArrayLike, *, crowd_b: ArrayLike | None = None) -> Matrix:
    """(N, M) IoU of (N, 5) and (M, 5) turned boxes; columns as `rotated_overlaps`."""
    return rotated_overlaps(a, b).iou(crowd_b=crowd_b)


def polygon_overlaps(a: Sequence[Parts], b: Sequence[Parts]) -> Overlaps:
    """Of polygons with parts and holes: even-odd inside a part (an outline that crosses itself included), parts united.

    Args:
        a, b: N and M polygons, each a list of parts, each a list of flat rings in image pixels.
    """
    import shapely

    first, second = as_areas(a), as_areas(b)
    return Overlaps(_intersections(first, second), shapely.area(first), shapely.area(second))


def polygon_iou(a: Sequence[Parts], b: Sequence[Parts], *, crowd_b: ArrayLike | None = None) -> Matrix:
    """(N, M) IoU of polygons; see `polygon_overlaps`."""
    return polygon_overlaps(a, b).iou(crowd_b=crowd_b)


def mask_overlaps(a: Sequence[PlacedMask], b: Sequence[PlacedMask]) -> Overlaps:
    """Of masks as placed crops, in pixels. Only pairs whose crops meet are looked at."""
    inter = np.zeros((len(a), len(b)))
    first, second = _frames(a), _frames(b)
    meets = (
        np.minimum(first[:, None, 2:], second[None, :, 2:]) > np.maximum(first[:, None, :2], second[None, :, :2])
    ).all(axis=2)
    for i, j in zip(*np.nonzero(meets), strict=True):
        x0, y0 = (int(v) for v in np.maximum(first[i, :2], second[j, :2]))
        x1, y1 = (int(v) for v in np.minimum(first[i, 2:], second[j, 2:]))
        inter[i, j] = np.count_nonzero(_window(a[i], x0, y0, x1, y1) & _window(b[j], x0, y0, x1, y1))
    return Overlaps(inter, _pixels(a), _pixels(b))


def mask_iou(a: Sequence[PlacedMask], b: Sequence[PlacedMask], *, crowd_b: ArrayLike | None = None) -> Matrix:
    """(N, M) IoU of placed masks."""
    return mask_overlaps(a, b).iou(crowd_b=crowd_b)


def frame_overlaps(a: ArrayLike, b: ArrayLike) -> Overlaps:
    """Of whole frames of masks: (N, H, W) and (M, H, W), anything but 0 is foreground.

    Raises:
        ValueError: not three axes, or frames of different sizes.
    """
    first, second = np.asarray(a) != 0, np.asarray(b) != 0
    if first.ndim != 3 or second.ndim != 3 or first.shape[1:] != second.shape[1:]:
        raise ValueError(f"masks must be (N, H, W) and (M, H, W), got {first.shape} and {second.shape}")
    left, right = first.reshape(len(first), -1).astype(np.float64), second.reshape(len(second), -1).astype(np.float64)
    return Overlaps(left @ right.T, left.sum(axis=1), right.sum(axis=1))


def as_areas(polygons: Sequence[Parts]) -> NDArray[np.object_]:
    """(K,) shapely areas of polygons with parts of rings. A ring of fewer than three points encloses nothing."""
    out = np.empty(len(polygons), dtype=object)
    for at, parts in enumerate(polygons):
        out[at] = _area(parts)
    return out


def _area(parts: Parts) -> Any:
    from shapely import Polygon, is_valid, make_valid, union_all

    shapes = []
    for part in parts:
        rings = [np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in part if len(ring) >= 6]
        if not rings:
            continue
        shape = Polygon(rings[0], rings[1:])
        if not is_valid(shape):
            shape = make_valid(Polygon(rings[0]))  # nodes the line work and keeps what is inside by even-odd
            for ring in rings[1:]:
                shape = shape.symmetric_difference(make_valid(Polygon(ring)))
        shapes.append(shape)
    return shapes[0] if len(shapes) == 1 else union_all(shapes) if shapes else Polygon()


def _intersections(first: NDArray[np.object_], second: NDArray[np.object_]) -> Matrix:
    """(N, M) areas in common; only pairs whose bounds meet are clipped."""
    import shapely

    inter = np.zeros((len(first), len(second)))
    if not inter.size:
        return inter
    left, right = shapely.bounds(first), shapely.bounds(second)  # of an empty area not a number: meets nothing
    i, j = np.nonzero(
        (left[:, None, 0] < right[None, :, 2])
        & (right[None, :, 0] < left[:, None, 2])
        & (left[:, None, 1] < right[None, :, 3])
        & (right[None, :, 1] < left[:, None, 3])
    )
    inter[i, j] = shapely.area(shapely.intersection(first[i], second[j]))
    return inter


def _corners(boxes: Matrix) -> Matrix:
    """(K, 4, 2) corners of turned boxes."""
    turn = np.radians(boxes[:, 4])
    c, s = np.cos(turn), np.sin(turn)
    dx = np.outer(boxes[:, 2] / 2, [-1, 1, 1, -1])
    dy = np.outer(boxes[:, 3] / 2, [-1, -1, 1, 1])
    xs = boxes[:, 0, None] + dx * c[:, None] - dy * s[:, None]
    ys = boxes[:, 1, None] + dx * s[:, None] + dy * c[:, None]
    return np.stack([xs, ys], axis=2)


def _table(values: ArrayLike, columns: int) -> Matrix:
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, columns))
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"boxes must be (K, {columns}), got {array.shape}")
    return array


def _frames(masks: Sequence[PlacedMask]) -> NDArray[np.int64]:
    rows = [(m.x, m.y, m.x + m.pixels.shape[1], m.y + m.pixels.shape[0]) for m in masks]
    return np.array(rows, dtype=np.int64).reshape(len(masks), 4)


def _pixels(masks: Sequence[PlacedMask]) -> Matrix:
    return np.array([np.count_nonzero(m.pixels) for m in masks], dtype=np.float64)


def _window(mask: PlacedMask, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.bool_]:
    return mask.pixels[y0 - mask.y : y1 - mask.y, x0 - mask.x : x1 - mask.x] != 0
