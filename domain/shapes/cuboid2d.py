"""2-D cuboid: the front and the back face as upright boxes; its silhouette is the hull of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from domain.geometry import rings
from domain.geometry.affine import Affine, apply_rect, keeps_upright
from domain.geometry.distance import to_line
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Coordinate, Geometry, blend, ring_mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Face = tuple[Coordinate, Coordinate, Coordinate, Coordinate]  # x, y, w, h


def _corners(face: Face) -> list[float]:
    x, y, w, h = face
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def _clamped(face: Face, width: float, height: float) -> Face:
    x, y, w, h = face
    x0, y0 = min(max(x, 0.0), width), min(max(y, 0.0), height)
    x1, y1 = min(max(x + w, 0.0), width), min(max(y + h, 0.0), height)
    return (x0, y0, x1 - x0, y1 - y0)


class Cuboid2d(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "cuboid2d"

    front: Face
    back: Face

    def problems(self) -> list[Problem]:
        return [
            Problem("degenerate", f"the {name} face must have a positive size, got {face[2]:g} × {face[3]:g}", at=name)
            for name, face in (("front", self.front), ("back", self.back))
            if face[2] <= 0 or face[3] <= 0
        ]

    def clamp(self, *, width: float, height: float) -> Cuboid2d | None:
        x0, y0, x1, y1 = self.bounds()
        if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
            return self
        cut = Cuboid2d(
            _clamped(self.front, float(width), float(height)), _clamped(self.back, float(width), float(height))
        )
        if not cut.problems():
            return cut
        flat = {problem.at for problem in cut.problems()}  # a back face that lies beyond the edge goes to the front one
        return None if "front" in flat else Cuboid2d(cut.front, cut.front)

    def silhouette(self) -> list[float]:
        """The outline of the whole cuboid as a ring."""
        return rings.hull(_corners(self.front) + _corners(self.back))

    def bounds(self) -> Bounds:
        return rings.bounds(_corners(self.front) + _corners(self.back))

    def area(self) -> float:
        return rings.area(self.silhouette())

    def contains(self, x: float, y: float) -> bool:
        return rings.contains(self.silhouette(), x, y)

    def moved(self, dx: float, dy: float) -> Cuboid2d:
        (fx, fy, fw, fh), (bx, by, bw, bh) = self.front, self.back
        return Cuboid2d((fx + dx, fy + dy, fw, fh), (bx + dx, by + dy, bw, bh))

    def transformed(self, by: Affine) -> Cuboid2d | None:
        return Cuboid2d(apply_rect(by, *self.front), apply_rect(by, *self.back)) if keeps_upright(by) else None

    def hit_distance(self, x: float, y: float) -> float:
        outline = self.silhouette()
        edge = to_line(outline, x, y, closed=True)
        return -edge if rings.contains(outline, x, y) else edge

    def interpolate(self, other: Cuboid2d, t: float) -> Cuboid2d:
        front = tuple(blend(a, b, t) for a, b in zip(self.front, other.front, strict=True))
        back = tuple(blend(a, b, t) for a, b in zip(self.back, other.back, strict=True))
        return Cuboid2d((front[0], front[1], front[2], front[3]), (back[0], back[1], back[2], back[3]))

    def outlines(self) -> list[list[list[float]]]:
        return [[self.silhouette()]]

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        return ring_mask([[self.silhouette()]], width, height)
