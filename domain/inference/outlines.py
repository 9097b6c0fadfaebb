"""Outlines of masks that models draw, with points that a person can work on."""

from __future__ import annotations

from domain.shapes.polygon import Polygon

TOLERANCE = 1.0  # pixels that the outline may lie beside the mask's edge
SPECK = 4.0  # square pixels; smaller parts and holes are the noise of a threshold


def plain_outline(polygon: Polygon) -> Polygon:
    """The outline along pixel edges with the points left out that it can do without (Douglas and Peucker, 1973), and without
    specks. What would be nothing, or cross itself, stays as it is.

    Args:
        polygon: in image pixels.
    """
    import shapely

    parts: list[list[list[float]]] = []
    for outer, *holes in polygon.parts:
        rings = [list(zip(ring[::2], ring[1::2], strict=True)) for ring in (outer, *holes)]
        simpler = shapely.Polygon(rings[0], rings[1:]).simplify(TOLERANCE, preserve_topology=True)
        if not isinstance(simpler, shapely.Polygon) or not simpler.is_valid:
            return polygon
        if simpler.area < SPECK and len(polygon.parts) > 1:
            continue
        kept = [simpler.exterior, *(hole for hole in simpler.interiors if shapely.Polygon(hole).area >= SPECK)]
        parts.append([[float(c) for point in list(ring.coords)[:-1] for c in point] for ring in kept])
    made = Polygon(parts)
    return polygon if made.problems() else made
