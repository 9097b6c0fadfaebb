"""Where a shape lies in a copy, and what of it can be seen there."""

from __future__ import annotations

from collections.abc import Callable
from math import dist
from typing import Any, NamedTuple

from domain.geometry import rings
from domain.geometry.affine import Affine
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Joint, Skeleton

SLIVER = 1e-9  # of a shape's area or length: rounding, and nothing that can be seen


class Seen(NamedTuple):
    """`pieces`: a line that leaves the frame and comes back has several. `share`: of the area, length or points, 0 to 1."""

    pieces: list[Geometry]
    share: float


def carried(geometry: Geometry, by: Affine) -> tuple[Geometry | None, str | None]:
    """The shape under a map, and the code of what that costs; (None, None) when nothing is left of it.

    An upright box that is turned becomes a rotated box, a cuboid its silhouette: both exact, as another shape.

    Raises:
        ValueError: a mask whose run lengths are in a blob.
    """
    moved = geometry.transformed(by)
    stand_in = _STAND_INS.get(type(geometry))
    if moved is None and stand_in is not None:
        other, code = stand_in(geometry)
        return other.transformed(by), code
    return moved, None


def seen(geometry: Geometry, *, width: int, height: int) -> Seen:
    """What of a shape lies in a frame of this size (pixels). Turned boxes and ellipses are kept whole, as everywhere."""
    bounds = geometry.bounds()
    if bounds is None:
        return Seen([geometry], 1.0)
    x0, y0, x1, y1 = bounds
    if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
        return Seen([geometry], 1.0)
    return _CUTS.get(type(geometry), _cut_area)(geometry, float(width), float(height))


def _cut_area(geometry: Geometry, width: float, height: float) -> Seen:
    whole, left = 0.0, 0.0
    for outer, *holes in geometry.outlines() or []:
        frame = (0.0, 0.0, width, height)
        whole += rings.area(outer) - sum(map(rings.area, holes))
        left += rings.area(rings.clip(outer, frame)) - sum(rings.area(rings.clip(hole, frame)) for hole in holes)
    share = left / whole if whole > 0 else 0.0
    kept = geometry.clamp(width=width, height=height) if share > SLIVER else None
    return Seen([kept], share) if kept is not None and not kept.problems() else Seen([], 0.0)


def _cut_mask(mask: Any, width: float, height: float) -> Seen:
    kept = mask.clamp(width=width, height=height)
    return Seen([kept], kept.area() / mask.area()) if kept is not None else Seen([], 0.0)


def _cut_points(geometry: Any, width: float, height: float) -> Seen:
    flat = geometry.points
    points = zip(flat[0::2], flat[1::2], strict=True)
    kept = [c for x, y in points if _inside(x, y, width, height) for c in (x, y)]
    return Seen([Points(kept)], len(kept) / len(flat)) if kept else Seen([], 0.0)


def _cut_skeleton(geometry: Any, width: float, height: float) -> Seen:
    joints: dict[str, Joint] = {
        name: joint if _inside(joint[0], joint[1], width, height) else (0.0, 0.0, 0)
        for name, joint in geometry.joints.items()
    }
    before, after = (sum(v > 0 for _, _, v in found.values()) for found in (geometry.joints, joints))
    return Seen([Skeleton(joints)], after / before) if after else Seen([], 0.0)


def _inside(x: float, y: float, width: float, height: float) -> bool:
    return 0 <= x <= width and 0 <= y <= height


def _cut_line(geometry: Any, width: float, height: float) -> Seen:
    """The pieces inside, in the order of the line."""
    flat = geometry.points
    pieces: list[list[float]] = []
    open_piece: list[float] = []
    whole = left = 0.0
    for i in range(0, len(flat) - 2, 2):
        start, end = tuple(flat[i : i + 2]), tuple(flat[i + 2 : i + 4])
        whole += dist(start, end)
        piece = _clipped(start, end, width, height)
        if piece is None:
            pieces, open_piece = [*pieces, open_piece], []
            continue
        first, last = piece
        left += dist(first, last)
        if open_piece[-2:] != [*first]:
            pieces, open_piece = [*pieces, open_piece], [*first]
        open_piece += last
    lines = [Polyline(piece) for piece in [*pieces, open_piece] if len(piece) >= 4]
    share = left / whole if whole > 0 else 0.0
    return Seen([*lines], share) if lines and share > SLIVER else Seen([], 0.0)


def _clipped(a: Any, b: Any, width: float, height: float) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """The part of a segment inside the frame (Liang and Barsky 1984); its ends are kept exactly where they are inside."""
    low, high = 0.0, 1.0
    for axis, side in ((0, width), (1, height)):
        step = b[axis] - a[axis]
        for distance, towards in ((a[axis], -step), (side - a[axis], step)):
            if towards == 0:
                if distance < 0:
                    return None
                continue
            t = distance / towards
            low, high = (low, min(high, t)) if towards > 0 else (max(low, t), high)
    if low >= high:
        return None

    def at(t: float) -> tuple[float, ...]:
        x, y = (a[axis] + t * (b[axis] - a[axis]) for axis in (0, 1))
        return min(max(x, 0.0), width), min(max(y, 0.0), height)

    return (a if low == 0 else at(low)), (b if high == 1 else at(high))


def mirrored(skeleton: Skeleton, pairs: list[tuple[str, str]]) -> Skeleton:
    """Left and right joints have changed places: what was the left hand looks like a right one."""
    other = {**dict(pairs), **{b: a for a, b in pairs}}
    return Skeleton({other.get(name, name): joint for name, joint in skeleton.joints.items()})


def _turned_box(box: Any) -> tuple[Geometry, str]:
    return RotatedBox(box.x + box.w / 2, box.y + box.h / 2, box.w, box.h, 0.0), "box_turned"


def _turned_cuboid(cuboid: Any) -> tuple[Geometry, str]:
    return Polygon([[cuboid.silhouette()]]), "cuboid_turned"


_STAND_INS: dict[type[Geometry], Callable[[Any], tuple[Geometry, str]]] = {Box: _turned_box, Cuboid2d: _turned_cuboid}
_CUTS: dict[type[Geometry], Callable[[Any, float, float], Seen]] = {
    Mask: _cut_mask,
    Points: _cut_points,
    Skeleton: _cut_skeleton,
    Polyline: _cut_line,
}
