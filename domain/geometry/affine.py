"""Scaling, turning, flipping and moving: the same arithmetic as the canvas's `affine.ts`."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin

from .angles import normalised

Affine = tuple[float, float, float, float, float, float]  # a, b, c, d, e, f: x' = a·x + c·y + e, y' = b·x + d·y + f

NEARLY = 1e-9  # relative: two directions whose cosine is less are at right angles


def translation(dx: float, dy: float) -> Affine:
    return (1.0, 0.0, 0.0, 1.0, dx, dy)


def scaling(sx: float, sy: float, cx: float = 0.0, cy: float = 0.0) -> Affine:
    """Larger or smaller about a point; a negative factor flips."""
    return (sx, 0.0, 0.0, sy, cx - sx * cx, cy - sy * cy)


def rotation(angle: float, cx: float = 0.0, cy: float = 0.0) -> Affine:
    """Degrees clockwise on screen about a point. A quarter turn leaves whole numbers whole."""
    if angle % 90 == 0:
        quarter = int(angle // 90) % 4
        c, s = (1.0, 0.0, -1.0, 0.0)[quarter], (0.0, 1.0, 0.0, -1.0)[quarter]
    else:
        c, s = cos(radians(angle)), sin(radians(angle))
    return (c, s, -s, c, cx - c * cx + s * cy, cy - s * cx - c * cy)


def apply(by: Affine, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = by
    return a * x + c * y + e, b * x + d * y + f


def apply_flat(by: Affine, points: Sequence[float]) -> list[float]:
    """All points of a flat list."""
    return [c for x, y in zip(points[0::2], points[1::2], strict=True) for c in apply(by, x, y)]


def compose(then: Affine, first: Affine) -> Affine:
    """Both maps as one: `first`, and `then` what came of it."""
    a, b, c, d, e, f = then
    p, q, r, s, t, u = first
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)


def inverse(by: Affine) -> Affine:
    """Raises ZeroDivisionError when the map flattens the plane."""
    a, b, c, d, e, f = by
    k = a * d - b * c
    return (d / k, -b / k, -c / k, a / k, (c * f - d * e) / k, (b * e - a * f) / k)


def keeps_upright(by: Affine) -> bool:
    """Upright rectangles stay upright: a scale, a flip, a quarter turn."""
    a, b, c, d, _, _ = by
    return (b == 0 and c == 0) or (a == 0 and d == 0)


def apply_rect(by: Affine, x: float, y: float, w: float, h: float) -> tuple[float, float, float, float]:
    """What becomes of an upright rectangle under a map that keeps it upright: x, y, w, h."""
    x0, y0 = apply(by, x, y)
    x1, y1 = apply(by, x + w, y + h)
    return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)


def apply_axes(by: Affine, u: float, v: float, angle: float) -> tuple[float, float, float] | None:
    """What becomes of two axes at right angles, `u` long along `angle` and `v` across it; None when they end up askew."""
    a, b, c, d, _, _ = by
    if a > 0 and a == d and b == 0 and c == 0:
        return u * a, v * a, angle
    co, si = cos(radians(angle)), sin(radians(angle))
    ux, uy = a * co + c * si, b * co + d * si
    vx, vy = -a * si + c * co, -b * si + d * co
    along, across = hypot(ux, uy), hypot(vx, vy)
    if not (along > 0 and across > 0) or abs(ux * vx + uy * vy) > NEARLY * along * across:
        return None
    return u * along, v * across, normalised(degrees(atan2(uy, ux)))


def sheared_ellipse(by: Affine, rx: float, ry: float, angle: float) -> tuple[float, float, float]:
    """Radii and angle of an ellipse after any map: the singular values of the whole."""
    a, b, c, d, _, _ = by
    co, si = cos(radians(angle)), sin(radians(angle))
    ux, uy = (a * co + c * si) * rx, (b * co + d * si) * rx
    vx, vy = (c * co - a * si) * ry, (d * co - b * si) * ry
    e, f, g, h = (ux + vy) / 2, (ux - vy) / 2, (uy + vx) / 2, (uy - vx) / 2
    q, p = hypot(e, h), hypot(f, g)
    return q + p, abs(q - p), normalised(degrees((atan2(h, e) + atan2(g, f)) / 2))
