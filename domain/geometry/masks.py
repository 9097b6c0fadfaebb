"""Binary masks as arrays: (height, width) uint8 of 0 and 1. Needs numpy; never imported by the web process at start.

The rule of rasterising: a pixel is in when its centre (+0.5) is inside; on an edge, the half-open side as for boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from . import rings as flat
from .rings import Bounds
from .rle import tidy

MaskArray = NDArray[np.uint8]


def encode_runs(mask: MaskArray) -> list[int]:
    """COCO run lengths of a mask: column-major, background first.

    Raises:
        ValueError: the array is not two-dimensional.
    """
    array = np.asarray(mask)
    if array.ndim != 2:
        raise ValueError(f"a mask must be (height, width), got {array.shape}")
    pixels = (array != 0).ravel(order="F")
    if pixels.size == 0:
        return []
    edges = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    runs = np.diff(np.concatenate(([0], edges, [pixels.size]))).tolist()
    return [0, *runs] if pixels[0] else runs


def decode_runs(runs: Sequence[int], *, height: int, width: int) -> MaskArray:
    """The mask of COCO run lengths.

    Raises:
        ValueError: the runs do not cover height × width pixels exactly.
    """
    total = sum(runs)
    if total != height * width:
        raise ValueError(f"runs cover {total} pixels; {height} × {width} has {height * width}")
    values = (np.arange(len(runs)) % 2).astype(np.uint8)
    return np.repeat(values, np.asarray(runs, dtype=np.int64)).reshape((height, width), order="F")


def fill_box(bounds: Bounds, *, width: int, height: int) -> MaskArray:
    """An upright box."""
    x0, y0, x1, y1 = bounds
    mask = np.zeros((height, width), dtype=np.uint8)
    mask[_first(y0) : _first(y1), _first(x0) : _first(x1)] = 1
    return mask


def _first(edge: float) -> int:
    """Index of the first pixel whose centre is at or past an edge."""
    return max(0, ceil(edge - 0.5))


def fill_parts(parts: Sequence[Sequence[Sequence[float]]], *, width: int, height: int) -> MaskArray:
    """Polygons: even-odd inside a part, parts united."""
    mask = np.zeros((height, width), dtype=np.uint8)
    for part in parts:
        np.bitwise_or(mask, _fill_part(part, width=width, height=height), out=mask)
    return mask


def _fill_part(part: Sequence[Sequence[float]], *, width: int, height: int) -> MaskArray:
    """Scan line by scan line through the pixel centres: each crossing flips all pixels to its right."""
    flips = np.zeros((height, width + 1), dtype=np.uint8)
    for ring in part:
        points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
        following = np.roll(points, -1, axis=0)
        for (ax, ay), (bx, by) in zip(points, following, strict=True):
            if ay == by:
                continue
            low, high = (ay, by) if ay < by else (by, ay)
            first, last = max(0, ceil(low - 0.5)), min(height, ceil(high - 0.5))
            if first >= last:
                continue
            rows = np.arange(first, last)
            xs = ax + (rows + 0.5 - ay) * ((bx - ax) / (by - ay))
            columns = np.clip(np.ceil(xs - 0.5), 0, width).astype(np.int64)
            np.bitwise_xor.at(flips, (rows, columns), 1)
    return np.bitwise_xor.accumulate(flips[:, :width], axis=1)


def runs_of_parts(parts: Sequence[Sequence[Sequence[float]]], *, width: int, height: int) -> list[int]:
    """Full-frame run lengths of polygons."""
    return tidy(encode_runs(fill_parts(parts, width=width, height=height)))


def contours(mask: MaskArray) -> list[list[list[float]]]:
    """The outline of a mask along pixel edges, as parts of an outer ring and its holes (4-connected foreground).

    Rasterising them gives the very same mask.
    """
    rings = _edge_rings(mask)
    outers = [ring for ring in rings if flat.signed_area(ring) > 0]
    holes = [ring for ring in rings if flat.signed_area(ring) < 0]
    parts = [[outer] for outer in outers]
    boxes = [(min(r[0::2]), min(r[1::2]), max(r[0::2]), max(r[1::2])) for r in outers]
    for hole in holes:
        owner = _owner(hole, outers, boxes)
        parts[owner].append(hole)
    return parts


def _owner(hole: list[float], outers: list[list[float]], boxes: list[tuple[float, float, float, float]]) -> int:
    """The smallest outer ring around a hole."""
    # a pixel corner of the hole lies on no outer ring's inside by half a pixel: test beside its first edge, both sides
    x, y = (hole[0] + hole[2]) / 2, (hole[1] + hole[3]) / 2
    dx, dy = (0.0, 0.25) if hole[1] == hole[3] else (0.25, 0.0)
    best, best_area = 0, float("inf")
    for i, (outer, box) in enumerate(zip(outers, boxes, strict=True)):
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            continue
        around = flat.contains(outer, x + dx, y + dy) and flat.contains(outer, x - dx, y - dy)
        if around and flat.area(outer) < best_area:
            best, best_area = i, flat.area(outer)
    return best


def _edge_rings(mask: MaskArray) -> list[list[float]]:
    """Closed rings along pixel edges with the foreground on their right (outer rings turn clockwise on screen)."""
    padded = np.pad(np.asarray(mask != 0, dtype=np.int8), 1)
    following: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def add(where: NDArray[np.bool_], begin: tuple[int, int], end: tuple[int, int]) -> None:
        ys, xs = np.nonzero(where)
        for y, x in zip(ys.tolist(), xs.tolist(), strict=True):
            following.setdefault((x + begin[0], y + begin[1]), []).append((x + end[0], y + end[1]))

    inner = padded[1:-1, 1:-1]
    add((inner == 1) & (padded[:-2, 1:-1] == 0), (0, 0), (1, 0))  # top edge, going right
    add((inner == 1) & (padded[1:-1, 2:] == 0), (1, 0), (1, 1))  # right edge, going down
    add((inner == 1) & (padded[2:, 1:-1] == 0), (1, 1), (0, 1))  # bottom edge, going left
    add((inner == 1) & (padded[1:-1, :-2] == 0), (0, 1), (0, 0))  # left edge, going up
    rings = []
    while following:
        start = next(iter(following))
        rings.append(_follow(start, following))
    return rings


def _follow(start: tuple[int, int], following: dict[tuple[int, int], list[tuple[int, int]]]) -> list[float]:
    """Walk one ring and take its edges out; at a corner shared by two diagonal pixels turn right, which keeps them apart."""
    ring: list[float] = []
    here, heading = start, (0, 0)
    while True:
        choices = following[here]
        right = (here[0] - heading[1], here[1] + heading[0])
        there = choices.pop(choices.index(right) if len(choices) > 1 and right in choices else 0)
        if not choices:
            del following[here]
        step = (there[0] - here[0], there[1] - here[1])
        if step != heading:
            ring += (float(here[0]), float(here[1]))
        here, heading = there, step
        if here == start and (here not in following or not ring or _closed(start, ring, heading)):
            return ring


def _closed(start: tuple[int, int], ring: list[float], heading: tuple[int, int]) -> bool:
    """Back at a start where another ring touches: by turning right there, this ring has ended."""
    first = (ring[2] - ring[0], ring[3] - ring[1]) if len(ring) >= 4 else (0.0, 0.0)
    sign = ((first[0] > 0) - (first[0] < 0), (first[1] > 0) - (first[1] < 0))
    return (ring[0], ring[1]) == start and sign == (-heading[1], heading[0])
