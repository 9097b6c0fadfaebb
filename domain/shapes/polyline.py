"""Polyline: an open line of at least two points."""

from __future__ import annotations

from typing import ClassVar

from domain.geometry import rings
from domain.geometry.affine import Affine, apply_flat
from domain.geometry.distance import to_line
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Geometry, Points, blend, count_problems, vertex_problems


def clamped_points(points: list[float], width: float, height: float) -> list[float]:
    """Each point moved to the nearest place in the image."""
    return [min(max(c, 0.0), float(height if i % 2 else width)) for i, c in enumerate(points)]


def moved_points(points: list[float], dx: float, dy: float) -> list[float]:
    return [c + (dy if i % 2 else dx) for i, c in enumerate(points)]


class Polyline(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "polyline"
    is_area: ClassVar[bool] = False

    points: Points

    def problems(self) -> list[Problem]:
        return count_problems(self.points, 2, "a polyline", "points") + vertex_problems(self.vertices())

    def clamp(self, *, width: float, height: float) -> Polyline:
        return Polyline(clamped_points(self.points, width, height))

    def bounds(self) -> Bounds:
        return rings.bounds(self.points)

    def area(self) -> float:
        return 0.0

    def moved(self, dx: float, dy: float) -> Polyline:
        return Polyline(moved_points(self.points, dx, dy))

    def transformed(self, by: Affine) -> Polyline:
        return Polyline(apply_flat(by, self.points))

    def hit_distance(self, x: float, y: float) -> float:
        return to_line(self.points, x, y, closed=False)

    def interpolate(self, other: Polyline, t: float) -> Polyline:
        if len(self.points) != len(other.points):
            return self
        return Polyline([blend(a, b, t) for a, b in zip(self.points, other.points, strict=True)])

    def vertices(self) -> int:
        return len(self.points) // 2
