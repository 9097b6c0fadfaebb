"""How alike regions of any shapes are, in [0, 1]: what matching and consensus pair regions by.

What encloses pixels is compared by IoU, whatever its shape (a box with a polygon too); anything else with its own kind.
A new shape that encloses pixels works through its mask; a line in `OUTLINES` makes it exact and fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.geometry import masks as pixels
from domain.shapes import Geometry

from .iou import Parts, PlacedMask, box_overlaps, mask_overlaps, polygon_overlaps
from .keypoints import BOX_SHARE, oks
from .overlaps import Matrix, Overlaps

NEAR = 0.01  # of the image's diagonal: how far a point or line may be off and still be likely the same
DEFAULT_DIAGONAL = 1000.0  # pixels, where the image's size is not known

# Outline of a shape as parts of rings.
OUTLINES: dict[str, Callable[[Any], Parts]] = {
    "box": lambda g: [[_rectangle(*g.bounds())]],
    "rotated_box": lambda g: [[g.corners()]],
    "polygon": lambda g: g.parts,
    "ellipse": lambda g: [[g.outline()]],
    "cuboid2d": lambda g: [[g.silhouette()]],
}


def _rectangle(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    return [x0, y0, x1, y0, x1, y1, x0, y1]


def likeness(
    a: Sequence[Geometry], b: Sequence[Geometry], *, diagonal: float = DEFAULT_DIAGONAL, near: float = NEAR
) -> Matrix:
    """(N, M) likeness of shapes.

    Args:
        diagonal: of the image, in pixels; the unit in which points and lines are near.
        near: share of the diagonal: a point so far off has a likeness of 0.61; lines are compared as bands so wide.

    Areas: IoU. Points: exp(−d² / 2(near · diagonal)²), the best pairing, 2Σ / (nA + nB). Polylines: IoU of bands.
    Skeletons: OKS in both directions, the mean, on 0.53 of the box of all joints. Tags: 1. Other mixtures: 0.

    Raises:
        ValueError: a mask whose run lengths are in a blob.
    """
    out = np.zeros((len(a), len(b)))
    if not out.size:
        return out
    rows, columns = _kinds(a), _kinds(b)
    if rows.keys() == columns.keys() == {"box"}:
        return _box_overlaps(a, b).iou()
    width = near * diagonal
    for kind, i in rows.items():
        measure = _MEASURES.get(kind)
        if measure is not None and kind in columns:
            j = columns[kind]
            out[np.ix_(i, j)] = measure([a[k] for k in i], [b[k] for k in j], width)
    i, j = ([k for k, g in enumerate(side) if g.is_area] for side in (a, b))
    if i and j:
        out[np.ix_(i, j)] = area_overlaps([a[k] for k in i], [b[k] for k in j]).iou()
    return out


def _kinds(shapes: Sequence[Geometry]) -> dict[str, list[int]]:
    out: dict[str, list[int]] = {}
    for at, shape in enumerate(shapes):
        out.setdefault(shape.shape, []).append(at)
    return out


def area_overlaps(a: Sequence[Geometry], b: Sequence[Geometry]) -> Overlaps:
    """Of shapes that enclose pixels, in square pixels: exactly by their outlines, by pixels where a mask takes part.

    Raises:
        TypeError: a shape that encloses nothing.
        ValueError: a mask whose run lengths are in a blob.
    """
    strangers = [g.shape for g in (*a, *b) if not g.is_area]
    if strangers:
        raise TypeError(f"a {strangers[0]} encloses nothing")
    if all(g.shape == "box" for g in (*a, *b)):
        return _box_overlaps(a, b)
    if all(g.shape in OUTLINES for g in (*a, *b)):
        return polygon_overlaps(outlines(a), outlines(b))
    rows = [k for k, g in enumerate(a) if g.shape in OUTLINES]
    columns = [k for k, g in enumerate(b) if g.shape in OUTLINES]
    whole = mask_overlaps([placed(g) for g in a], [placed(g) for g in b])
    if rows and columns:  # what has outlines on both sides stays exact
        exact = polygon_overlaps(outlines([a[k] for k in rows]), outlines([b[k] for k in columns]))
        iou = exact.iou()
        union = whole.area_a[rows][:, None] + whole.area_b[columns][None, :]
        whole.inter[np.ix_(rows, columns)] = union * iou / (1 + iou)  # the intersection that has this IoU
    return whole


def outlines(shapes: Sequence[Geometry]) -> list[Parts]:
    """Parts of rings of shapes that have an outline."""
    return [OUTLINES[g.shape](g) for g in shapes]


def placed(shape: Geometry) -> PlacedMask:
    """The pixels of a shape, cropped.

    Raises:
        ValueError: a mask whose run lengths are in a blob.
    """
    x0, y0, x1, y1 = shape.bounds() or (0.0, 0.0, 0.0, 0.0)
    left, top = floor(x0), floor(y0)
    width, height = max(1, ceil(x1) - left), max(1, ceil(y1) - top)
    return PlacedMask(left, top, _window(shape, left, top, width, height))


def _window(shape: Geometry, left: int, top: int, width: int, height: int) -> pixels.MaskArray:
    return shape.moved(-left, -top).to_mask(width=width, height=height)


def in_window(shape: Geometry, window: tuple[int, int, int, int]) -> pixels.MaskArray:
    """(h, w) pixels of a shape in a window left, top, right, bottom of the image."""
    left, top, right, bottom = window
    return _window(shape, left, top, right - left, bottom - top)


def _box_overlaps(a: Sequence[Any], b: Sequence[Any]) -> Overlaps:
    first, second = ([(g.x, g.y, g.x + g.w, g.y + g.h) for g in side] for side in (a, b))
    return box_overlaps(first, second)


Kind = Callable[[Sequence[Any], Sequence[Any], float], Matrix]


def _each(one: Callable[[Any, Any, float], float]) -> Kind:
    def table(a: Sequence[Any], b: Sequence[Any], width: float) -> Matrix:
        return np.array([[one(p, q, width) for q in b] for p in a], dtype=np.float64)

    return table


def _points(a: Any, b: Any, width: float) -> float:
    from scipy.optimize import linear_sum_assignment

    first, second = (np.asarray(g.points, dtype=np.float64).reshape(-1, 2) for g in (a, b))
    squared = ((first[:, None] - second[None]) ** 2).sum(axis=2)
    near: NDArray[np.float64] = np.exp(-squared / (2 * width * width))
    rows, columns = linear_sum_assignment(near, maximize=True)
    return float(2 * near[rows, columns].sum() / (len(first) + len(second)))


def _polylines(a: Sequence[Any], b: Sequence[Any], width: float) -> Matrix:
    import shapely

    bands = [
        np.array([shapely.LineString(np.reshape(g.points, (-1, 2))).buffer(width) for g in side], dtype=object)
        for side in (a, b)
    ]
    inter = shapely.area(shapely.intersection(bands[0][:, None], bands[1][None, :]))
    return Overlaps(inter, shapely.area(bands[0]), shapely.area(bands[1])).iou()


def skeleton_likeness(a: Any, b: Any, *, sigmas: dict[str, float] | None = None) -> float:
    """OKS with each as the reference in turn, the mean of what is defined; joints by name."""
    names = sorted(set(a.joints) | set(b.joints))
    joints = [[g.joints.get(name, (0.0, 0.0, 0)) for name in names] for g in (a, b)]
    boxes = [g.bounds() for g in (a, b)]
    area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes) / 2 * BOX_SHARE
    given = None if sigmas is None else [sigmas.get(name, 0.05) for name in names]
    found = []
    for one, other in (joints, joints[::-1]):
        score = oks(
            [j[:2] for j in one],
            [j[2] for j in one],
            [j[:2] for j in other],
            area=max(area, 1.0),
            sigmas=given,
            present=[j[2] for j in other],
        )
        if score.value is not None:
            found.append(score.value)
    return sum(found) / len(found) if found else 0.0


_MEASURES: dict[str, Kind] = {
    "points": _each(_points),
    "polyline": _polylines,
    "skeleton": _each(lambda a, b, _: skeleton_likeness(a, b)),
    "tag": _each(lambda a, b, _: 1.0),
}
