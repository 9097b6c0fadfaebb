"""A geometry as the nearest shape that a format can hold, and the code of what that costs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from domain.geometry import rings, rle
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton

from .report import Effect

ELLIPSE_POINTS = 64  # of the outline that stands for an ellipse; 0.2 % of the area is lost
LoadRuns = Callable[[Mask], list[int]]  # a mask's crop as run lengths, from wherever they are


class Fitted(NamedTuple):
    """`loss` is None where nothing was lost."""

    geometry: Geometry
    loss: str | None


class _Frame(NamedTuple):
    width: int
    height: int
    load: LoadRuns


LOSSES: dict[str, tuple[Effect, str]] = {
    "box_as_polygon": ("approximated", "written as an outline of four corners"),
    "rotated_box_as_polygon": ("approximated", "written as an outline of four corners"),
    "ellipse_as_polygon": ("approximated", f"written as an outline of {ELLIPSE_POINTS} points"),
    "cuboid2d_as_polygon": ("approximated", "written as the outline of its silhouette"),
    "mask_as_polygon": ("approximated", "written as the outline of its pixels"),
    "rings_joined": ("approximated", "parts and holes are joined into one outline by edges without area"),
    "polygon_as_mask": ("approximated", "polygons here have no holes or parts; written as a mask of its pixels"),
    "shape_as_mask": ("approximated", "written as a mask of its pixels"),
    "bounds_only": ("approximated", "written as its bounding box"),
    "box_as_rotated_box": ("noted", "written as a rotated box of angle 0"),
    "skeleton_as_points": ("approximated", "written as points: names and visibility of the joints are lost"),
}


def fitted(
    geometry: Geometry,
    into: Collection[str],
    *,
    width: int,
    height: int,
    load: LoadRuns,
    holes: bool = True,
    parts: bool = True,
) -> Fitted | None:
    """The geometry itself where its shape is in `into`, else as the first that can hold it; None when none can.

    Args:
        into: names of shapes.
        width, height: of the image, pixels: masks of outlines are cut to it.
        load: gives a mask's run lengths.
        holes, parts: whether polygons may have them.
    """
    simple = not isinstance(geometry, Polygon) or (
        (holes or not geometry.has_holes()) and (parts or len(geometry.parts) == 1)
    )
    if geometry.shape in into and simple:
        return Fitted(geometry, None)
    frame = _Frame(width, height, load)
    for target in _BY_TYPE.get(type(geometry), ()):
        if target not in into:
            continue
        found = _CONVERT[target](geometry, frame)
        if found is not None and target == "polygon" and isinstance(found.geometry, Polygon):
            plain = (holes or not found.geometry.has_holes()) and (parts or len(found.geometry.parts) == 1)
            return found if plain else Fitted(Polygon([[joined(found.geometry.parts)]]), found.loss or "rings_joined")
        if found is not None:
            return found
    return None


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


def outline(geometry: Geometry, *, width: int, height: int, load: LoadRuns) -> tuple[list[float], str | None] | None:
    """One ring for a geometry and the code of what was lost; None when the shape encloses nothing."""
    found = fitted(geometry, ("polygon",), width=width, height=height, load=load, holes=False, parts=False)
    return (
        (found.geometry.parts[0][0], found.loss) if found is not None and isinstance(found.geometry, Polygon) else None
    )


def mask_runs(geometry: Geometry, *, width: int, height: int, load: LoadRuns) -> list[int] | None:
    """Run lengths of a geometry over the whole image, column-major; None when it encloses nothing there."""
    if not geometry.is_area or geometry.bounds() is None:
        return None
    if isinstance(geometry, Mask):
        runs = rle.place(load(geometry), geometry.size[0], geometry.x, geometry.y, height, width)
    elif isinstance(geometry, Polygon):
        from domain.geometry.masks import runs_of_parts

        runs = runs_of_parts(geometry.parts, width=width, height=height)
    else:
        from domain.geometry.masks import encode_runs

        runs = encode_runs(geometry.to_mask(width=width, height=height))
    return runs if rle.area(runs) else None


def _to_polygon(geometry: Geometry, frame: _Frame) -> Fitted | None:
    maker = _POLYGONS.get(type(geometry))
    return maker(geometry, frame) if maker is not None else None


def _ring(ring: list[float], loss: str) -> Fitted:
    return Fitted(Polygon([[ring]]), loss)


def _mask_outline(geometry: Any, frame: _Frame) -> Fitted | None:
    from domain.geometry.contours import contours
    from domain.geometry.masks import decode_runs

    height, width = geometry.size
    found = contours(decode_runs(frame.load(geometry), height=height, width=width))
    return Fitted(Polygon(found).moved(geometry.x, geometry.y), "mask_as_polygon") if found else None


def _to_mask(geometry: Geometry, frame: _Frame) -> Fitted | None:
    runs = mask_runs(geometry, width=frame.width, height=frame.height, load=frame.load)
    mask = Mask.from_runs(runs, frame.height) if runs is not None else None
    if mask is None:
        return None
    return Fitted(mask, "polygon_as_mask" if isinstance(geometry, Polygon) else "shape_as_mask")


def _to_box(geometry: Geometry, frame: _Frame) -> Fitted | None:
    bounds = geometry.bounds()
    if bounds is None or not geometry.is_area:
        return None
    return Fitted(Box(bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1]), "bounds_only")


def _to_rotated_box(geometry: Geometry, frame: _Frame) -> Fitted | None:
    if not isinstance(geometry, Box):
        found = _to_box(geometry, frame)
        if found is None:
            return None
        turned = _to_rotated_box(found.geometry, frame)
        return Fitted(turned.geometry, "bounds_only") if turned is not None else None
    box = RotatedBox(geometry.x + geometry.w / 2, geometry.y + geometry.h / 2, geometry.w, geometry.h, 0.0)
    return Fitted(box, "box_as_rotated_box")


def _to_points(geometry: Geometry, frame: _Frame) -> Fitted | None:
    placed = geometry.placed() if isinstance(geometry, Skeleton) else []
    return Fitted(Points(placed), "skeleton_as_points") if placed else None


_POLYGONS: dict[type[Geometry], Callable[[Any, _Frame], Fitted | None]] = {
    Polygon: lambda g, _: Fitted(Polygon([[joined(g.parts)]]), "rings_joined"),
    Mask: _mask_outline,
    Box: lambda g, _: _ring(box_corners(*g.bounds()), "box_as_polygon"),
    RotatedBox: lambda g, _: _ring(g.corners(), "rotated_box_as_polygon"),
    Ellipse: lambda g, _: _ring(g.outline(ELLIPSE_POINTS), "ellipse_as_polygon"),
    Cuboid2d: lambda g, _: _ring(g.silhouette(), "cuboid2d_as_polygon"),
}
_CONVERT: dict[str, Callable[[Geometry, _Frame], Fitted | None]] = {
    "polygon": _to_polygon,
    "mask": _to_mask,
    "box": _to_box,
    "rotated_box": _to_rotated_box,
    "points": _to_points,
}
# What is tried when the shape itself is not held, the nearest first
_BY_TYPE: dict[type[Geometry], tuple[str, ...]] = {
    Box: ("rotated_box", "polygon", "mask"),
    RotatedBox: ("polygon", "mask", "box"),
    Ellipse: ("polygon", "mask", "box", "rotated_box"),
    Polygon: ("mask", "polygon", "box", "rotated_box"),
    Mask: ("polygon", "box", "rotated_box"),
    Cuboid2d: ("polygon", "mask", "box", "rotated_box"),
    Skeleton: ("points",),
}
LADDERS: dict[str, tuple[str, ...]] = {kind.shape: targets for kind, targets in _BY_TYPE.items()}
