"""Polygon: parts of an outer ring and holes; rings are flat and not closed. Even-odd inside a part, parts united."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from domain.geometry import rings
from domain.geometry.affine import Affine, apply_flat
from domain.geometry.distance import to_line
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import Geometry, Points, blend, count_problems, ring_mask, vertex_problems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Polygon(Geometry, frozen=True, forbid_unknown_fields=True):
    shape: ClassVar[str] = "polygon"

    parts: list[list[Points]]

    def problems(self) -> list[Problem]:
        if not self.parts or not all(self.parts):
            return [Problem("too_few_points", "a polygon needs at least one part with an outer ring", at="parts")]
        found = vertex_problems(self.vertices())
        for p, part in enumerate(self.parts):
            for r, ring in enumerate(part):
                found += count_problems(ring, 3, "a ring", f"parts/{p}/{r}")
        return found

    def clamp(self, *, width: float, height: float) -> Polygon | None:
        x0, y0, x1, y1 = self.bounds()
        if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
            return self
        rect = (0.0, 0.0, float(width), float(height))
        parts = []
        for part in self.parts:
            outer, *holes = (rings.clip(ring, rect) for ring in part)
            if outer:
                parts.append([outer, *(hole for hole in holes if hole)])
        return Polygon(parts) if parts else None

    def bounds(self) -> Bounds:
        return rings.union_bounds([rings.bounds(part[0]) for part in self.parts])

    def area(self) -> float:
        return sum(max(0.0, rings.area(part[0]) - sum(map(rings.area, part[1:]))) for part in self.parts)

    def contains(self, x: float, y: float) -> bool:
        return any(sum(rings.contains(ring, x, y) for ring in part) % 2 == 1 for part in self.parts)

    def moved(self, dx: float, dy: float) -> Polygon:
        return Polygon(
            [
                [
                    list(chain.from_iterable(zip((x + dx for x in r[0::2]), (y + dy for y in r[1::2]), strict=True)))
                    for r in part
                ]
                for part in self.parts
            ]
        )

    def transformed(self, by: Affine) -> Polygon:
        return Polygon([[apply_flat(by, ring) for ring in part] for part in self.parts])

    def hit_distance(self, x: float, y: float) -> float:
        edge = min(to_line(ring, x, y, closed=True) for part in self.parts for ring in part)
        return -edge if self.contains(x, y) else edge

    def interpolate(self, other: Polygon, t: float) -> Polygon:
        """Vertex by vertex when both have the same rings; else the first is held."""
        lengths = [[len(ring) for ring in part] for part in self.parts]
        if lengths != [[len(ring) for ring in part] for part in other.parts]:
            return self
        return Polygon(
            [
                [[blend(a, b, t) for a, b in zip(r, s, strict=True)] for r, s in zip(p, q, strict=True)]
                for p, q in zip(self.parts, other.parts, strict=True)
            ]
        )

    def outlines(self) -> list[list[list[float]]]:
        return self.parts

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        return ring_mask(self.parts, width, height)

    def vertices(self) -> int:
        return sum(len(ring) for part in self.parts for ring in part) // 2

    def has_holes(self) -> bool:
        return any(len(part) > 1 for part in self.parts)
