"""Regions as one ring: what a line of YOLO segmentation can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.geometry import rings
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox


def box_corners(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    return [x0, y0, x1, y0, x1, y1, x0, y1]


def joined(parts: list[list[list[float]]]) -> list[float]:
    """All rings as one: holes are reached by edges that are walked there and back, other parts too, so no area is added.

    Holes turn against their outer ring, so that both filling rules leave them empty.
    """
    ring: list[float] = []
    for part in parts:
        outward = rings.signed_area(part[0]) >= 0
        for i, found in enumerate(part):
            turned = (rings.signed_area(found) >= 0) == (outward if i == 0 else not outward)
            ring = _bridge(ring, found if turned else _reversed(found))
    return ring


def _reversed(ring: list[float]) -> list[float]:
    return [c for i in range(len(ring) - 2, -1, -2) for c in ring[i : i + 2]]


def _bridge(ring: list[float], other: list[float]) -> list[float]:
    """`other` set into `ring` after the vertex nearest to its first one, walked round and left the same way."""
    if not ring:
        return list(other)
    x, y = other[0], other[1]
    at = min(range(0, len(ring), 2), key=lambda i: (ring[i] - x) ** 2 + (ring[i + 1] - y) ** 2)
    here = ring[at : at + 2]
    return [*ring[: at + 2], *other, x, y, *here, *ring[at + 2 :]]


def outline(
    geometry: Geometry, *, width: int, height: int, load: Callable[[Mask], list[int]]
) -> tuple[list[float], str | None] | None:
    """One ring for a geometry and the code of what was lost; None when the shape encloses nothing."""
    maker = _OUTLINES.get(type(geometry))
    return maker(geometry, width, height, load) if maker is not None else None


def _polygon(geometry: Any, *_: Any) -> tuple[list[float], str | None]:
    if len(geometry.parts) == 1 and len(geometry.parts[0]) == 1:
        return geometry.parts[0][0], None
    return joined(geometry.parts), "rings_joined"


def _mask(
    geometry: Any, width: int, height: int, load: Callable[[Mask], list[int]]
) -> tuple[list[float], str | None] | None:
    from domain.geometry.contours import contours
    from domain.geometry.masks import decode_runs

    crop_height, crop_width = geometry.size
    parts = contours(decode_runs(load(geometry), height=crop_height, width=crop_width))
    if not parts:
        return None
    moved = Polygon(parts).moved(geometry.x, geometry.y)
    return joined(moved.parts), "mask_as_outline"


_OUTLINES: dict[type[Geometry], Callable[..., tuple[list[float], str | None] | None]] = {
    Polygon: _polygon,
    Mask: _mask,
    Box: lambda g, *_: (box_corners(*g.bounds()), "box_as_outline"),
    RotatedBox: lambda g, *_: (g.corners(), "rotated_box_as_outline"),
    Ellipse: lambda g, *_: (g.outline(64), "ellipse_as_outline"),
    Cuboid2d: lambda g, *_: (g.silhouette(), "cuboid2d_as_outline"),
}
