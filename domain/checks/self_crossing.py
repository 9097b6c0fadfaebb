"""An outline crosses itself: what is inside becomes unclear."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region
from domain.geometry.rings import crossing
from domain.shapes.polygon import Polygon

from .base import Context, Finding, Values, exempt

CODE = "self_crossing"
LEVEL = "warning"
LONG = 2_000  # vertices; longer outlines are looked at after the save, not in its answer


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    geometry = region.geometry
    if not isinstance(geometry, Polygon) or exempt(region):
        return
    for part in geometry.parts:
        for ring in part:
            point = crossing(ring)
            if point is not None:
                place = f"{point[0]:.1f},{point[1]:.1f}"
                values: Values = {"x": round(point[0], 1), "y": round(point[1], 1)}
                yield Finding(CODE, str(region.id), f"the outline crosses itself at {place}", at=place, values=values)
                return
