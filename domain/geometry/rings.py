"""Rings: flat lists `[x0, y0, x1, y1, …]` of float image pixels, not closed. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence

Bounds = tuple[float, float, float, float]  # x0, y0, x1, y1
Ring = Sequence[float]


def signed_area(ring: Ring) -> float:
    """Area by the shoelace formula; positive when the ring turns clockwise on screen (y down).

    Taken about the first vertex, so that large coordinates cost no digits.
    """
    count = len(ring)
    if count < 6:
        return 0.0
    ox, oy = ring[0], ring[1]
    total = 0.0
    px, py = ring[2] - ox, ring[3] - oy
    for i in range(4, count, 2):
        x, y = ring[i] - ox, ring[i + 1] - oy
        total += px * y - x * py
        px, py = x, y
    return total / 2.0


def area(ring: Ring) -> float:
    """Enclosed area in square pixels, never negative."""
    return abs(signed_area(ring))


def bounds(points: Ring) -> Bounds:
    """Smallest upright box around the points. Raises ValueError when there are none."""
    if len(points) < 2:
        raise ValueError("bounds need at least one point")
    xs, ys = points[0::2], points[1::2]
    return (min(xs), min(ys), max(xs), max(ys))


def union_bounds(boxes: Sequence[Bounds]) -> Bounds:
    """Smallest upright box around all boxes."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def contains(ring: Ring, x: float, y: float) -> bool:
    """Whether the point lies inside the ring, by the even-odd rule; a point on the border may fall on either side."""
    inside = False
    px, py = ring[-2], ring[-1]
    for i in range(0, len(ring), 2):
        qx, qy = ring[i], ring[i + 1]
        if (qy > y) != (py > y) and x < (px - qx) * (y - qy) / (py - qy) + qx:
            inside = not inside
        px, py = qx, qy
    return inside


def clip(ring: Ring, rect: Bounds) -> list[float]:
    """The ring cut to an upright rectangle (Sutherland and Hodgman 1974); empty when nothing is left.

    A concave ring that leaves and comes back is kept in one piece: its parts are joined by edges along the rectangle's
    side, which add no area.
    """
    x0, y0, x1, y1 = rect
    for axis, limit, keep_below in ((0, x0, False), (0, x1, True), (1, y0, False), (1, y1, True)):
        ring = _clip_side(ring, axis, limit, keep_below)
        if len(ring) < 6:
            return []
    kept = _without_repeats(ring)
    return kept if len(kept) >= 6 and area(kept) > 0.0 else []


def _clip_side(ring: Ring, axis: int, limit: float, keep_below: bool) -> list[float]:
    """Cut by one half plane: `point[axis] <= limit` when `keep_below`, else `>= limit`."""
    out: list[float] = []
    if not ring:
        return out
    px, py = ring[-2], ring[-1]
    p = (px, py)[axis]
    p_in = p <= limit if keep_below else p >= limit
    for i in range(0, len(ring), 2):
        qx, qy = ring[i], ring[i + 1]
        q = qy if axis else qx
        q_in = q <= limit if keep_below else q >= limit
        if q_in != p_in:
            t = (limit - p) / (q - p)
            out += (px + t * (qx - px), limit) if axis else (limit, py + t * (qy - py))
        if q_in:
            out += (qx, qy)
        px, py, p, p_in = qx, qy, q, q_in
    return out


def _without_repeats(ring: Ring) -> list[float]:
    """Drop vertices equal to the one before (also around the end)."""
    out: list[float] = []
    for i in range(0, len(ring), 2):
        if len(out) < 2 or (out[-2], out[-1]) != (ring[i], ring[i + 1]):
            out += (ring[i], ring[i + 1])
    while len(out) > 2 and (out[0], out[1]) == (out[-2], out[-1]):
        del out[-2:]
    return out


def crossing(ring: Ring) -> tuple[float, float] | None:
    """A point where two edges of the ring cross, or None. Edges that only touch at a shared vertex do not count.

    Sorts edges by their left end and compares those whose x ranges overlap: near n log n for drawn outlines.
    """
    count = len(ring) // 2
    edges = []
    for i in range(count):
        j = (i + 1) % count
        ax, ay, bx, by = ring[2 * i], ring[2 * i + 1], ring[2 * j], ring[2 * j + 1]
        edges.append((min(ax, bx), max(ax, bx), ax, ay, bx, by, i))
    edges.sort()
    active: list[tuple[float, float, float, float, float, float, int]] = []
    for edge in edges:
        active = [other for other in active if other[1] >= edge[0]]
        for other in active:
            gap = abs(edge[6] - other[6])
            if gap in (1, count - 1):
                continue
            point = _cross(edge[2:6], other[2:6])
            if point is not None:
                return point
        active.append(edge)
    return None


def _cross(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float] | None:
    """Where two segments cross properly, or None."""
    ax, ay, bx, by = a
    cx, cy, dx, dy = b
    if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return None
    d1 = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    d2 = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    d3 = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    d4 = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    if d1 * d2 < 0 and d3 * d4 < 0:
        t = d3 / (d3 - d4)
        return (ax + t * (bx - ax), ay + t * (by - ay))
    return None


def hull(points: Ring) -> list[float]:
    """Convex hull as a ring (monotone chain)."""
    todo = sorted(set(zip(points[0::2], points[1::2], strict=True)))
    if len(todo) < 3:
        return [c for p in todo for c in p]

    def chain(sequence: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(out) >= 2:
                (ax, ay), (bx, by) = out[-2], out[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                out.pop()
            out.append((x, y))
        return out[:-1]

    return [c for p in chain(todo) + chain(todo[::-1]) for c in p]
