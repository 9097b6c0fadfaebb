"""Turned boxes and ellipses: degrees, clockwise on screen (y down), in [-180, 180)."""

from __future__ import annotations

from math import cos, radians, sin, sqrt

from .rings import Bounds


def normalised(angle: float) -> float:
    """The same direction in [-180, 180)."""
    turned = (angle + 180.0) % 360.0 - 180.0
    return turned if turned < 180.0 else -180.0


def turned_corners(cx: float, cy: float, w: float, h: float, angle: float) -> list[float]:
    """Corners of a turned box as a ring: top left, top right, bottom right, bottom left before the turn."""
    c, s = cos(radians(angle)), sin(radians(angle))
    out: list[float] = []
    for dx, dy in ((-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)):
        out += (cx + dx * c - dy * s, cy + dx * s + dy * c)
    return out


def to_local(cx: float, cy: float, angle: float, x: float, y: float) -> tuple[float, float]:
    """The point in the frame of a turned shape: origin its centre, axes its sides."""
    c, s = cos(radians(angle)), sin(radians(angle))
    dx, dy = x - cx, y - cy
    return dx * c + dy * s, -dx * s + dy * c


def ellipse_bounds(cx: float, cy: float, rx: float, ry: float, angle: float) -> Bounds:
    """Smallest upright box around a turned ellipse."""
    c, s = cos(radians(angle)), sin(radians(angle))
    ex, ey = sqrt((rx * c) ** 2 + (ry * s) ** 2), sqrt((rx * s) ** 2 + (ry * c) ** 2)
    return (cx - ex, cy - ey, cx + ex, cy + ey)
