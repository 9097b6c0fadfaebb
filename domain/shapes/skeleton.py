"""Skeleton: named joints `[x, y, v]`; v is 0 absent, 1 hidden, 2 visible."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.geometry import rings
from domain.geometry.affine import Affine, apply
from domain.geometry.distance import to_line, to_points
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Coordinate, Geometry, blend, vertex_problems

Joint = tuple[Coordinate, Coordinate, Literal[0, 1, 2]]


class Skeleton(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "skeleton"
    is_area: ClassVar[bool] = False

    joints: dict[str, Joint]

    def problems(self) -> list[Problem]:
        if not any(v for _, _, v in self.joints.values()):
            return [Problem("too_few_points", "a skeleton needs at least one joint that is not absent", at="joints")]
        return vertex_problems(self.vertices())

    def placed(self) -> list[float]:
        """Coordinates of the joints that are not absent."""
        return [c for x, y, v in self.joints.values() if v for c in (x, y)]

    def clamp(self, *, width: float, height: float) -> Skeleton:
        return Skeleton(
            {
                name: (min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height)), v) if v else (x, y, v)
                for name, (x, y, v) in self.joints.items()
            }
        )

    def bounds(self) -> Bounds:
        return rings.bounds(self.placed())

    def area(self) -> float:
        return 0.0

    def moved(self, dx: float, dy: float) -> Skeleton:
        return Skeleton({name: (x + dx, y + dy, v) if v else (x, y, v) for name, (x, y, v) in self.joints.items()})

    def transformed(self, by: Affine) -> Skeleton:
        return Skeleton({name: (*apply(by, x, y), v) if v else (x, y, v) for name, (x, y, v) in self.joints.items()})

    def hit_distance(self, x: float, y: float) -> float:
        """To the nearest joint, or to the frame of all, so that a person can be picked between the joints."""
        x0, y0, x1, y1 = self.bounds()
        frame = to_line([x0, y0, x1, y0, x1, y1, x0, y1], x, y, closed=True)
        return min(frame, to_points(self.placed(), x, y))

    def interpolate(self, other: Skeleton, t: float) -> Skeleton:
        """Joints present in both are blended and keep the first one's visibility; others are held."""
        joints: dict[str, Joint] = {}
        for name, (x, y, v) in self.joints.items():
            ox, oy, ov = other.joints.get(name, (x, y, v))
            joints[name] = (blend(x, ox, t), blend(y, oy, t), ov if t == 1.0 else v) if v and ov else (x, y, v)
        return Skeleton(joints)

    def vertices(self) -> int:
        return len(self.joints)
