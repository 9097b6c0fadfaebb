"""Two regions of one class and shape lie on each other."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region
from domain.geometry.rings import Bounds

from .base import Context, Finding, exempt

CODE = "duplicate"
MIN_IOU = 0.9
LEAST_IOU = MIN_IOU  # of the bounds: pairs below it are not shown to the rule
MIN_AREA_RATIO = 0.9
PARAMETERS = {"min_iou": (MIN_IOU, LEAST_IOU, 1.0)}  # default, least, most


def bounds_iou(a: Bounds, b: Bounds) -> float:
    """Intersection over union of two upright boxes; 0 when either has no area."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)


def check_pair(region: Region, other: Region, context: Context) -> Iterator[Finding]:
    """Other shapes than boxes are compared by their bounds and their area: shapes that differ rarely share both."""
    if (
        region.class_id != other.class_id
        or region.shape != other.shape
        or (region.stream, region.frame) != (other.stream, other.frame)
    ):
        return
    if not region.geometry.is_area or exempt(region) or exempt(other):
        return
    a, b = region.geometry.bounds(), other.geometry.bounds()
    if a is None or b is None:
        return
    iou = bounds_iou(a, b)
    areas = sorted((region.geometry.area(), other.geometry.area()))
    if iou > context.choices.value(CODE, "min_iou", MIN_IOU) and areas[0] >= MIN_AREA_RATIO * areas[1]:
        detail = f"covers the same place as another of its class (IoU {iou:.2f})"
        yield Finding(CODE, str(region.id), detail, other=str(other.id), by=iou)
