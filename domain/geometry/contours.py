"""The outline of a mask along pixel edges. Rasterising it gives the very same mask."""

from __future__ import annotations

import numpy as np

from .masks import MaskArray

RIGHT, DOWN, LEFT, UP = range(4)
_STEP = ((1, 0), (0, 1), (-1, 0), (0, -1))
# the pixels ahead of a corner on the walker's left and right hand, as (column, row) beside the corner
_AHEAD = (((0, -1), (0, 0)), ((0, 0), (-1, 0)), ((-1, 0), (-1, -1)), ((-1, -1), (0, -1)))


def contours(mask: MaskArray) -> list[list[list[float]]]:
    """Parts of an outer ring and its holes; the foreground is joined over edges, the background over corners too.

    Rings begin at the left end of their first upper edge in reading order and are told in that order; the foreground is on
    their right, so that outer rings turn clockwise on screen and holes the other way. `contours.ts` does the same.
    """
    array = np.asarray(mask) != 0
    width = array.shape[1]
    padded = np.pad(array, 1)
    tops = np.flatnonzero((padded[1:-1, 1:-1] & ~padded[:-2, 1:-1]).ravel()).tolist()
    walker = _Walker(padded.tobytes(), width)
    seen: set[int] = set()
    rings: list[list[int]] = []
    for start in tops:
        if start not in seen:
            rings.append(walker.walk(start % width, start // width, len(rings), seen))
    return _parts(rings, walker)


class _Walker:
    """Follows pixel edges. `pixels` are bytes with a rim of background; `left_edges` says which ring owns which left edge."""

    def __init__(self, pixels: bytes, width: int) -> None:
        self.pixels = pixels
        self.width = width
        self.left_edges: dict[int, int] = {}

    def at(self, x: int, y: int) -> int:
        return self.pixels[(y + 1) * (self.width + 2) + x + 1]

    def walk(self, x: int, y: int, number: int, seen: set[int]) -> list[int]:
        """The corners of the ring that begins along the upper edge of pixel (x, y)."""
        ring: list[int] = []
        heading, start = RIGHT, (x, y)
        turned = True  # a ring begins at a corner: the edge before its first one in reading order is not upper
        while True:
            if turned:
                ring += (x, y)
            if heading == RIGHT:
                seen.add(y * self.width + x)
            elif heading == UP:
                self.left_edges[(y - 1) * self.width + x] = number
            x, y = x + _STEP[heading][0], y + _STEP[heading][1]
            (lx, ly), (rx, ry) = _AHEAD[heading]
            # where two pixels meet at a corner only, turning right keeps them apart
            turn = 1 if not self.at(x + rx, y + ry) else -1 if self.at(x + lx, y + ly) else 0
            heading, turned = (heading + turn) % 4, turn != 0
            if (x, y) == start and heading == RIGHT:
                return ring


def _parts(rings: list[list[int]], walker: _Walker) -> list[list[list[float]]]:
    """Each hole with the outer ring of the pixels around it.

    The pixel over a hole's highest corner belongs to them; the first left edge on its left is the outer ring's, or that of
    a hole that begins higher up.
    """
    part_of: dict[int, int] = {}
    parts: list[list[list[float]]] = []
    holes: list[tuple[int, int, int]] = []  # row, column of the highest corner; number of the ring
    for number, ring in enumerate(rings):
        if _is_outer(ring):
            part_of[number] = len(parts)
            parts.append([[float(c) for c in ring]])
        else:
            y, x = min(zip(ring[1::2], ring[0::2], strict=True))
            holes.append((y, x, number))
    for y, x, number in sorted(holes):
        row, column = y - 1, x
        while walker.at(column - 1, row):
            column -= 1
        part_of[number] = part_of[walker.left_edges[row * walker.width + column]]
    for _, _, number in sorted(holes, key=lambda hole: hole[2]):
        parts[part_of[number]].append([float(c) for c in rings[number]])
    return parts


def _is_outer(ring: list[int]) -> bool:
    """Clockwise on screen."""
    twice = 0
    for i in range(0, len(ring), 2):
        twice += ring[i - 2] * ring[i + 1] - ring[i] * ring[i - 1]
    return twice > 0
