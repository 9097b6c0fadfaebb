"""Rotated box: centre, sides before the turn, and an angle in degrees clockwise on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from domain.geometry.affine import Affine, apply, apply_axes
from domain.geometry.angles import normalised, to_local, turned_corners
from domain.geometry.distance import to_rect
from domain.geometry.rings import Bounds, bounds
from domain.problems import Problem

from .base import Coordinate, Geometry, blend, edge_problems, ring_mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def turn_problems(angle: float) -> list[Problem]:
    """The one range of angles."""
    if -180.0 <= angle < 180.0:
        return []
    return [Problem("bad_angle", f"the angle must be in [-180, 180), got {angle:g}", at="angle")]


def kept_outside(found: list[Problem]) -> list[Problem]:
    """A turned shape that overhangs is kept whole: cut, it would be another shape."""
    return [
        Problem("outside_image", f"reaches {p.by:.6g} px outside the image and is kept whole", "finding", p.by)
        if p.severity == "clamped" and p.by is not None
        else p
        for p in found
    ]


class RotatedBox(Geometry, frozen=True, forbid_unknown_fields=True, gc=False):
    shape: ClassVar[str] = "rotated_box"

    cx: Coordinate
    cy: Coordinate
    w: Coordinate
    h: Coordinate
    angle: Coordinate = 0.0

    def problems(self) -> list[Problem]:
        if self.w <= 0 or self.h <= 0:
            return [Problem("degenerate", f"width and height must be positive, got {self.w:g} × {self.h:g}")]
        return turn_problems(self.angle)

    def check(self, *, width: float, height: float, amodal: bool = False) -> list[Problem]:
        return self.problems() or kept_outside(edge_problems(self.bounds(), width, height, amodal))

    def clamp(self, *, width: float, height: float) -> RotatedBox:
        return self

    def corners(self) -> list[float]:
        """The four corners as a ring."""
        return turned_corners(self.cx, self.cy, self.w, self.h, self.angle)

    def bounds(self) -> Bounds:
        return bounds(self.corners())

    def area(self) -> float:
        return self.w * self.h

    def contains(self, x: float, y: float) -> bool:
        u, v = to_local(self.cx, self.cy, self.angle, x, y)
        return abs(u) <= self.w / 2 and abs(v) <= self.h / 2

    def moved(self, dx: float, dy: float) -> RotatedBox:
        return RotatedBox(self.cx + dx, self.cy + dy, self.w, self.h, self.angle)

    def transformed(self, by: Affine) -> RotatedBox | None:
        axes = apply_axes(by, self.w, self.h, self.angle)
        return RotatedBox(*apply(by, self.cx, self.cy), *axes) if axes else None

    def hit_distance(self, x: float, y: float) -> float:
        u, v = to_local(self.cx, self.cy, self.angle, x, y)
        return to_rect((-self.w / 2, -self.h / 2, self.w / 2, self.h / 2), u, v)

    def interpolate(self, other: RotatedBox, t: float) -> RotatedBox:
        turn = normalised(other.angle - self.angle)  # the short way round
        return RotatedBox(
            blend(self.cx, other.cx, t),
            blend(self.cy, other.cy, t),
            blend(self.w, other.w, t),
            blend(self.h, other.h, t),
            other.angle if t == 1.0 else normalised(self.angle + turn * t),
        )

    def outlines(self) -> list[list[list[float]]]:
        return [[self.corners()]]

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        return ring_mask([[self.corners()]], width, height)
