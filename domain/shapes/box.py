"""Box: upright rectangle, half-open, area w·h."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from domain.geometry.affine import Affine, apply_rect, keeps_upright
from domain.geometry.distance import to_rect
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Coordinate, Geometry, blend

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Box(Geometry, frozen=True, forbid_unknown_fields=True, gc=False):
    shape: ClassVar[str] = "box"

    x: Coordinate
    y: Coordinate
    w: Coordinate
    h: Coordinate

    def problems(self) -> list[Problem]:
        if self.w <= 0 or self.h <= 0:
            return [Problem("degenerate", f"width and height must be positive, got {self.w:g} × {self.h:g}")]
        return []

    def clamp(self, *, width: float, height: float) -> Box | None:
        x0, y0, x1, y1 = self.bounds()
        if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
            return self
        left, top = max(0.0, x0), max(0.0, y0)
        w, h = min(float(width), x1) - left, min(float(height), y1) - top
        return Box(left, top, w, h) if w > 0 and h > 0 else None

    def bounds(self) -> Bounds:
        return (self.x, self.y, self.x + self.w, self.y + self.h)

    def area(self) -> float:
        return self.w * self.h

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x + dx, self.y + dy, self.w, self.h)

    def transformed(self, by: Affine) -> Box | None:
        return Box(*apply_rect(by, self.x, self.y, self.w, self.h)) if keeps_upright(by) else None

    def hit_distance(self, x: float, y: float) -> float:
        return to_rect(self.bounds(), x, y)

    def interpolate(self, other: Box, t: float) -> Box:
        return Box(
            blend(self.x, other.x, t), blend(self.y, other.y, t), blend(self.w, other.w, t), blend(self.h, other.h, t)
        )

    def outlines(self) -> list[list[list[float]]]:
        x0, y0, x1, y1 = self.bounds()
        return [[[x0, y0, x1, y0, x1, y1, x0, y1]]]

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        from domain.geometry.masks import fill_box

        return fill_box(self.bounds(), width=width, height=height)
