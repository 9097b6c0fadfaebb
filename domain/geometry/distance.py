"""How far a point is from a shape, in image pixels: the same arithmetic as the canvas, which picks by it."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, inf

from .rings import Bounds


def to_segment(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length2))
    return hypot(x - (ax + t * dx), y - (ay + t * dy))


def to_line(points: Sequence[float], x: float, y: float, *, closed: bool) -> float:
    """To the line through the points; closed joins the last to the first. Infinite without an edge."""
    count = len(points) // 2
    best = inf
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        best = min(best, to_segment(x, y, points[2 * i], points[2 * i + 1], points[2 * j], points[2 * j + 1]))
    return best


def to_points(points: Sequence[float], x: float, y: float) -> float:
    """To the nearest of some points; infinite when there are none."""
    return min((hypot(x - px, y - py) for px, py in zip(points[0::2], points[1::2], strict=True)), default=inf)


def to_rect(bounds: Bounds, x: float, y: float) -> float:
    """To the outline of an upright box, negative inside."""
    x0, y0, x1, y1 = bounds
    dx, dy = max(x0 - x, x - x1), max(y0 - y, y - y1)
    return hypot(dx, dy) if dx > 0 and dy > 0 else max(dx, dy)
