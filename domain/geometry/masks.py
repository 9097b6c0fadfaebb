"""Binary masks as arrays: (height, width) uint8 of 0 and 1. Needs numpy; never imported by the web process at start.

The rule of rasterising: a pixel is in when its centre (+0.5) is inside; on an edge, the half-open side as for boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from .affine import Affine, apply_flat, inverse
from .rings import Bounds, bounds
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


def resampled(mask: MaskArray, x: int, y: int, by: Affine) -> tuple[int, int, MaskArray]:
    """A crop at (x, y) under a map, as (left, top, pixels): a pixel is set when its centre comes from a set one."""
    height, width = mask.shape
    x0, y0, x1, y1 = bounds(apply_flat(by, [x, y, x + width, y, x + width, y + height, x, y + height]))
    left, top = floor(x0), floor(y0)
    a, b, c, d, e, f = inverse(by)
    across = np.arange(left, ceil(x1))[np.newaxis, :] + 0.5
    down = np.arange(top, ceil(y1))[:, np.newaxis] + 0.5
    columns = np.floor(a * across + c * down + e).astype(np.int64) - x
    rows = np.floor(b * across + d * down + f).astype(np.int64) - y
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    found = mask[np.where(inside, rows, 0), np.where(inside, columns, 0)] * inside
    return left, top, found.astype(np.uint8)


def fill_parts(parts: Sequence[Sequence[Sequence[float]]], *, width: int, height: int) -> MaskArray:
    """Polygons: even-odd inside a part, parts united."""
    mask = np.zeros((height, width), dtype=np.uint8)
    for part in parts:
        np.bitwise_or(mask, _fill_part(part, width=width, height=height), out=mask)
    return mask


def _fill_part(part: Sequence[Sequence[float]], *, width: int, height: int) -> MaskArray:
    """Scan line by scan line through the pixel centres: each crossing flips all pixels to its right.

    A crossing is reckoned from the edge's upper end, whichever way the ring turns: a border shared by two neighbours is
    rounded once, so that no pixel on it is left out or taken twice.
    """
    flips = np.zeros((height, width + 1), dtype=np.uint8)
    for ring in part:
        points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
        following = np.roll(points, -1, axis=0)
        for (ax, ay), (bx, by) in zip(points, following, strict=True):
            if ay == by:
                continue
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            first, last = max(0, ceil(ay - 0.5)), min(height, ceil(by - 0.5))
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
