"""Tag: a class for the whole image, with no place."""

from __future__ import annotations

from typing import ClassVar, Self

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
