"""One region as COCO annotations write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from domain.elements.structs import Region
from domain.geometry import rings, rle
from domain.geometry.rings import Bounds
from domain.schema import Class
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton

LoadCounts = Callable[[Mask], Sequence[int]]  # a mask's crop as run lengths, from wherever they are


class Rle(msgspec.Struct, frozen=True):
    size: tuple[int, int]
    counts: str


class CocoAnnotation(msgspec.Struct, omit_defaults=True):
    """One annotation; the fields up to `iscrowd` are always written."""

    id: int
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]
    area: float
    segmentation: list[list[float]] | Rle
    iscrowd: int
    keypoints: list[float] | None = None
    num_keypoints: int | None = None
    score: float | None = None
    attributes: dict[str, Any] | None = None
    track_id: int | None = None


class Written(msgspec.Struct):
    """The geometric fields of an annotation, and how it differs from what was drawn."""

    bbox: tuple[float, float, float, float]
    area: float
    segmentation: list[list[float]] | Rle = []
    keypoints: list[float] | None = None
    loss: str | None = None


def _bbox(bounds: Bounds) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = bounds
    return (x0, y0, x1 - x0, y1 - y0)


def _outline(ring: list[float], loss: str) -> Written:
    return Written(_bbox(rings.bounds(ring)), rings.area(ring), [ring], loss=loss)


def write_geometry(
    geometry: Geometry, found: Class | None, *, width: int, height: int, load: LoadCounts
) -> Written | None:
    """The fields for a geometry; None when COCO has nothing for its shape.

    Args:
        found: the region's class, for the order of joints.
        width, height: of the image, pixels: full-frame masks need them.
        load: gives a mask's run lengths, also from a blob.
    """
    writer = _WRITERS.get(type(geometry))
    return writer(geometry, found, width, height, load) if writer is not None else None


def _box(geometry: Any, *_: Any) -> Written:
    return Written((geometry.x, geometry.y, geometry.w, geometry.h), geometry.w * geometry.h)


def _polygon(geometry: Any, found: Any, width: int, height: int, load: Any) -> Written | None:
    if not geometry.has_holes():
        return Written(_bbox(geometry.bounds()), geometry.area(), [part[0] for part in geometry.parts])
    from domain.geometry.masks import runs_of_parts

    return _runs(runs_of_parts(geometry.parts, width=width, height=height), width, height, "polygon_with_holes_as_mask")


def _runs(runs: list[int], width: int, height: int, loss: str | None = None) -> Written | None:
    place = rle.bounds(runs, height)
    if place is None:
        return None
    x, y, h, w = place
    return Written((x, y, w, h), rle.area(runs), Rle((height, width), rle.compress(runs)), loss=loss)


def _mask(geometry: Any, found: Any, width: int, height: int, load: LoadCounts) -> Written | None:
    runs = rle.place(load(geometry), geometry.size[0], geometry.x, geometry.y, height, width)
    return _runs(runs, width, height)


def _skeleton(geometry: Any, found: Class | None, *_: Any) -> Written:
    names = found.skeleton.joints if found is not None and found.skeleton is not None else list(geometry.joints)
    keypoints: list[float] = []
    for name in names:
        x, y, v = geometry.joints.get(name, (0.0, 0.0, 0))
        keypoints += (x, y, v) if v else (0, 0, 0)
    bbox = _bbox(geometry.bounds())
    return Written(bbox, bbox[2] * bbox[3], keypoints=keypoints)


def _rotated_box(geometry: Any, *_: Any) -> Written:
    return _outline(geometry.corners(), "rotated_box_as_polygon")


def _ellipse(geometry: Any, *_: Any) -> Written:
    return _outline(geometry.outline(64), "ellipse_as_polygon")


def _cuboid2d(geometry: Any, *_: Any) -> Written:
    return _outline(geometry.silhouette(), "cuboid2d_as_polygon")


_WRITERS: dict[type[Geometry], Callable[..., Written | None]] = {
    Box: _box,
    Polygon: _polygon,
    Mask: _mask,
    Skeleton: _skeleton,
    RotatedBox: _rotated_box,
    Ellipse: _ellipse,
    Cuboid2d: _cuboid2d,
}

_FLAGS_KEPT = ("difficult", "ignore", "truncated", "uncertain")  # crowd is `iscrowd`


def extras(region: Region) -> dict[str, Any] | None:
    """Attributes, `occluded` and flags, as the key `attributes`; None when there are none."""
    if not region.attributes and not region.occluded and not region.flags:
        return None
    found: dict[str, Any] = dict(region.attributes)
    if region.occluded:
        found["occluded"] = True
    found.update((flag, True) for flag in region.flags if flag in _FLAGS_KEPT)
    return found or None
