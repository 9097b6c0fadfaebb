"""A box leaves more room around its own outline than its class usually does."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, Values, exempt
from .pairing import OUTLINES, has_both, same_place
from .usual import OWN_IOU, bounds_iou, margin_of

CODE = "loose"
LEVEL = "warning"
LEAST_IOU = OWN_IOU
MARGIN, MIN_SIDE = 0.1, 3.0
PARAMETERS = {"margin": (MARGIN, 0.0, 2.0), "min_side": (MIN_SIDE, 0.0, 10_000.0)}

PAIRS = has_both


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    """Against a confident prediction or gold, only where the class's usual margin is known: a model's box may be tight or not."""
    usual = context.known.usual.get(region.class_id)
    if not context.references or usual is None or usual.margin is None or region.shape != "box" or exempt(region):
        return
    box = region.geometry.bounds()
    near = [one for one in context.references if one.class_id == region.class_id and one.score >= 0.8]
    best = max(near, default=None, key=lambda one: bounds_iou(box, one.bounds))  # type: ignore[arg-type]
    if best is not None and bounds_iou(box, best.bounds) >= LEAST_IOU:  # type: ignore[arg-type]
        yield from _around(region, best.bounds, context, None)


def check_pair(region: Region, other: Region, context: Context) -> Iterator[Finding]:
    box, outline = (region, other) if region.shape == "box" else (other, region)
    if box.shape != "box" or outline.shape not in OUTLINES or not same_place(box, outline):
        return
    own = outline.geometry.bounds()
    if exempt(box) or exempt(outline) or own is None:
        return
    if bounds_iou(box.geometry.bounds(), own) >= LEAST_IOU:  # type: ignore[arg-type]
        yield from _around(box, own, context, str(outline.id))


def _around(
    region: Region, own: tuple[float, float, float, float], context: Context, other: str | None
) -> Iterator[Finding]:
    box = region.geometry.bounds()
    assert box is not None
    usual = context.known.usual.get(region.class_id)
    allowed = max(0.0, usual.margin if usual and usual.margin is not None else 0.0)
    allowed += context.choices.value(CODE, "margin", MARGIN)
    margin = margin_of(box, own)
    room = max(own[0] - box[0], own[1] - box[1], box[2] - own[2], box[3] - own[3])
    if margin > allowed and room > context.choices.value(CODE, "min_side", MIN_SIDE):
        detail = f"leaves {margin:.0%} around what it encloses, at most {allowed:.0%} is usual"
        values: Values = {"margin": round(margin, 3), "usual": round(allowed, 3)}
        yield Finding(CODE, str(region.id), detail, other=other, by=margin, box=own, values=values)
