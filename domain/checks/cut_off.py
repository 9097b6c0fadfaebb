"""A box ends before the thing does: its mask, gold or a confident prediction reaches beyond it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region
from domain.geometry.rings import Bounds

from .base import Context, Finding, exempt
from .pairing import OUTLINES, has_both, same_place
from .usual import OWN_IOU, bounds_iou

CODE = "cut_off"
LEVEL = "warning"
LEAST_IOU = OWN_IOU
MARGIN, MIN_SIDE = 0.05, 2.0
PARAMETERS = {"margin": (MARGIN, 0.0, 1.0), "min_side": (MIN_SIDE, 0.0, 10_000.0), "score": (0.8, 0.0, 1.0)}

PAIRS = has_both


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    """Against what was drawn by others: only the reference that shows the same thing best."""
    if not context.references or region.shape != "box" or exempt(region) or "truncated" in region.flags:
        return
    box = region.geometry.bounds()
    least = context.choices.value(CODE, "score", 0.8)
    near = [
        (bounds_iou(box, one.bounds), n, one)  # type: ignore[arg-type]
        for n, one in enumerate(context.references)
        if one.class_id == region.class_id and one.score >= least
    ]
    iou, _, best = max(near, default=(0.0, 0, None), key=lambda entry: entry[0])
    if best is not None and iou >= OWN_IOU:
        yield from _reaching(region, best.bounds, best.by, context)


def check_pair(region: Region, other: Region, context: Context) -> Iterator[Finding]:
    box, outline = (region, other) if region.shape == "box" else (other, region)
    if box.shape != "box" or outline.shape not in OUTLINES or not same_place(box, outline):
        return
    if exempt(box) or exempt(outline) or "truncated" in box.flags:
        return
    around = outline.geometry.bounds()
    if around is not None and bounds_iou(box.geometry.bounds(), around) >= OWN_IOU:  # type: ignore[arg-type]
        yield from _reaching(box, around, "mask", context, str(outline.id))


def _reaching(region: Region, around: Bounds, by: str, context: Context, other: str | None = None) -> Iterator[Finding]:
    box = region.geometry.bounds()
    assert box is not None
    x0, y0, x1, y1 = box
    least, share = context.choices.value(CODE, "min_side", MIN_SIDE), context.choices.value(CODE, "margin", MARGIN)
    wide, high = max(least, share * (x1 - x0)), max(least, share * (y1 - y0))
    beyond = (x0 - around[0], y0 - around[1], around[2] - x1, around[3] - y1)
    if beyond[0] <= wide and beyond[1] <= high and beyond[2] <= wide and beyond[3] <= high:
        return
    whole = (min(box[0], around[0]), min(box[1], around[1]), max(box[2], around[2]), max(box[3], around[3]))
    what = {"mask": "its outline", "gold": "the reference", "prediction": "a confident prediction"}[by]
    far = max(beyond)
    detail = f"{what} reaches {far:.0f} px beyond the box"
    yield Finding(CODE, str(region.id), detail, other=other, by=far, box=whole, values={"by": by, "px": round(far)})
