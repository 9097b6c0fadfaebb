"""Points: one or more unconnected points of one region."""

from __future__ import annotations

from typing import ClassVar

from domain.geometry import rings
from domain.geometry.affine import Affine, apply_flat
from domain.geometry.distance import to_points
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Geometry, blend, count_problems, vertex_problems
from .base import Points as Flat
from .polyline import clamped_points, moved_points


class Points(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "points"
    is_area: ClassVar[bool] = False

    points: Flat

    def problems(self) -> list[Problem]:
        return count_problems(self.points, 1, "a set of points", "points") + vertex_problems(self.vertices())

    def clamp(self, *, width: float, height: float) -> Points:
        return Points(clamped_points(self.points, width, height))

    def bounds(self) -> Bounds:
        return rings.bounds(self.points)

    def area(self) -> float:
        return 0.0

    def moved(self, dx: float, dy: float) -> Points:
        return Points(moved_points(self.points, dx, dy))

    def transformed(self, by: Affine) -> Points:
        return Points(apply_flat(by, self.points))

    def hit_distance(self, x: float, y: float) -> float:
        return to_points(self.points, x, y)

    def interpolate(self, other: Points, t: float) -> Points:
        if len(self.points) != len(other.points):
            return self
        return Points([blend(a, b, t) for a, b in zip(self.points, other.points, strict=True)])

    def vertices(self) -> int:
        return len(self.points) // 2
