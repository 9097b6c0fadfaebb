"""Ellipse: centre, two radii and an angle in degrees clockwise on screen."""

from __future__ import annotations

from math import cos, hypot, pi, radians, sin
from typing import TYPE_CHECKING, ClassVar

from domain.geometry.affine import Affine, apply, apply_axes, sheared_ellipse
from domain.geometry.angles import ellipse_bounds, normalised, to_local
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Coordinate, Geometry, blend, edge_problems, ring_mask
from .rotated_box import kept_outside, turn_problems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OUTLINE_POINTS = 256  # of the polygon that stands for an ellipse; 0.01 % of the area is lost


class Ellipse(Geometry, frozen=True, forbid_unknown_fields=True, gc=False):
    shape: ClassVar[str] = "ellipse"

    cx: Coordinate
    cy: Coordinate
    rx: Coordinate
    ry: Coordinate
    angle: Coordinate = 0.0

    def problems(self) -> list[Problem]:
        if self.rx <= 0 or self.ry <= 0:
            return [Problem("degenerate", f"both radii must be positive, got {self.rx:g} and {self.ry:g}")]
        return turn_problems(self.angle)

    def check(self, *, width: float, height: float, amodal: bool = False) -> list[Problem]:
        return self.problems() or kept_outside(edge_problems(self.bounds(), width, height, amodal))

    def clamp(self, *, width: float, height: float) -> Ellipse:
        return self

    def outline(self, points: int = OUTLINE_POINTS) -> list[float]:
        """A polygon on the ellipse, as a ring."""
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        ring: list[float] = []
        for i in range(points):
            u, v = self.rx * cos(2 * pi * i / points), self.ry * sin(2 * pi * i / points)
            ring += (self.cx + u * c - v * s, self.cy + u * s + v * c)
        return ring

    def bounds(self) -> Bounds:
        return ellipse_bounds(self.cx, self.cy, self.rx, self.ry, self.angle)

    def area(self) -> float:
        return pi * self.rx * self.ry

    def contains(self, x: float, y: float) -> bool:
        u, v = to_local(self.cx, self.cy, self.angle, x, y)
        return (u / self.rx) ** 2 + (v / self.ry) ** 2 <= 1.0

    def moved(self, dx: float, dy: float) -> Ellipse:
        return Ellipse(self.cx + dx, self.cy + dy, self.rx, self.ry, self.angle)

    def transformed(self, by: Affine) -> Ellipse:
        axes = apply_axes(by, self.rx, self.ry, self.angle) or sheared_ellipse(by, self.rx, self.ry, self.angle)
        return Ellipse(*apply(by, self.cx, self.cy), *axes)

    def hit_distance(self, x: float, y: float) -> float:
        """First-order distance (value over gradient): exact on the outline, close near it."""
        across, along = to_local(self.cx, self.cy, self.angle, x, y)
        u, v = across / self.rx, along / self.ry
        slope = hypot(u / self.rx, v / self.ry)
        k = hypot(u, v)
        return k * (k - 1) / slope if slope else -min(self.rx, self.ry)

    def interpolate(self, other: Ellipse, t: float) -> Ellipse:
        turn = normalised(other.angle - self.angle)
        return Ellipse(
            blend(self.cx, other.cx, t),
            blend(self.cy, other.cy, t),
            blend(self.rx, other.rx, t),
            blend(self.ry, other.ry, t),
            other.angle if t == 1.0 else normalised(self.angle + turn * t),
        )

    def outlines(self) -> list[list[list[float]]]:
        return [[self.outline()]]

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        return ring_mask([[self.outline()]], width, height)
