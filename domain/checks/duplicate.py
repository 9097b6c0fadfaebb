"""Two regions of one class and shape lie on each other."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox

from .base import Context, Finding, exempt
from .pairing import same_place
from .usual import bounds_iou

CODE = "duplicate"
LEVEL = "warning"
MIN_IOU = 0.9
PARAMETERS = {"min_iou": (MIN_IOU, 0.5, 1.0)}  # default, least, most


def least_iou(context: Context) -> float:
    """Of the bounds: pairs below it are not shown to the rule. Bounds differ more than what a slanted shape encloses."""
    return max(0.4, context.choices.value(CODE, "min_iou", MIN_IOU) ** 2)


def check_pair(region: Region, other: Region, context: Context) -> Iterator[Finding]:
    """Boxes, turned boxes and polygons by what they share; other shapes by their bounds and their area: shapes that differ
    rarely share both."""
    if region.shape != other.shape or not same_place(region, other):
        return
    if not region.geometry.is_area or exempt(region) or exempt(other):
        return
    a, b = region.geometry.bounds(), other.geometry.bounds()
    if a is None or b is None:
        return
    least = context.choices.value(CODE, "min_iou", MIN_IOU)
    areas = sorted((region.geometry.area(), other.geometry.area()))
    iou = bounds_iou(a, b)
    if iou < least_iou(context) or areas[0] < least * areas[1]:
        return
    iou = _shared(region, other, iou)
    if iou > least:
        detail = f"covers the same place as another of its class (IoU {iou:.2f})"
        yield Finding(CODE, str(region.id), detail, other=str(other.id), by=iou, values={"iou": round(iou, 2)})


def _shared(region: Region, other: Region, of_bounds: float) -> float:
    """The IoU of what the shapes enclose. Asked of the few pairs whose bounds agree."""
    a, b = region.geometry, other.geometry
    if isinstance(a, Polygon) and isinstance(b, Polygon):
        from domain.agreement.iou import polygon_iou  # brings shapely, which a save of boxes must not wait for

        return float(polygon_iou([a.parts], [b.parts])[0, 0])
    if isinstance(a, RotatedBox) and isinstance(b, RotatedBox):
        from domain.agreement.iou import rotated_iou

        first, second = ([one.cx, one.cy, one.w, one.h, one.angle] for one in (a, b))
        return float(rotated_iou([first], [second])[0, 0])
    return of_bounds
