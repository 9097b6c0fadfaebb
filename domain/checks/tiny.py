"""A region so small that it is probably a slip of the hand."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, exempt

CODE = "tiny"
MIN_SIDE = 2.0  # image pixels
PARAMETERS = {"min_side": (MIN_SIDE, 0.0, 10_000.0)}  # default, least, most


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    bounds = region.geometry.bounds()
    if bounds is None or not region.geometry.is_area or exempt(region):
        return
    side = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    if side < context.choices.value(CODE, "min_side", MIN_SIDE):
        yield Finding(CODE, str(region.id), f"is only {side:.2g} px large", by=side)
