"""A region so small that it is probably a slip of the hand, or far smaller than its class usually is."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, exempt
from .names import class_name

CODE = "tiny"
LEVEL = "warning"
MIN_SIDE = 2.0  # image pixels
MOST_Z = 5.0
PARAMETERS = {"min_side": (MIN_SIDE, 0.0, 10_000.0), "z": (MOST_Z, 2.0, 50.0)}  # default, least, most


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    bounds = region.geometry.bounds()
    if bounds is None or not region.geometry.is_area or exempt(region):
        return
    side = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    if side < context.choices.value(CODE, "min_side", MIN_SIDE):
        yield Finding(CODE, str(region.id), f"is only {side:.2g} px large", by=side, values={"side": round(side, 2)})
        return
    usual, area = context.known.usual.get(region.class_id), region.geometry.area()
    if usual is None or area <= 0:
        return
    z = usual.area.z(area)
    if z < -context.choices.value(CODE, "z", MOST_Z):
        name = class_name(context, region.class_id)
        detail = f"is far smaller than {name} usually is ({-z:.1f} spreads below the middle)"
        yield Finding(CODE, str(region.id), detail, by=z, values={"class": name, "z": round(-z, 1)})
