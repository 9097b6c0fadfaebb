"""Tag: a class for the whole image, with no place."""

from __future__ import annotations

from math import inf
from typing import ClassVar, Self

from domain.geometry.affine import Affine

from .base import Geometry


class Tag(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "tag"
    is_area: ClassVar[bool] = False

    def clamp(self, *, width: float, height: float) -> Self:
        return self

    def bounds(self) -> None:
        return None

    def area(self) -> float:
        return 0.0

    def moved(self, dx: float, dy: float) -> Self:
        return self

    def transformed(self, by: Affine) -> Self:
        return self

    def hit_distance(self, x: float, y: float) -> float:
        return inf
