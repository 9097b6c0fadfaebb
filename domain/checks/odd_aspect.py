"""A region far wider or higher, for its size, than its class usually is."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, Values, exempt
from .names import class_name

CODE = "odd_aspect"
LEVEL = "info"
MOST_Z = 6.0
PARAMETERS = {"z": (MOST_Z, 2.0, 50.0)}  # default, least, most


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    """Cut at the edge of the image or by another thing, a region may have any aspect: `truncated` ones are left out."""
    usual, bounds = context.known.usual.get(region.class_id), region.geometry.bounds()
    if usual is None or bounds is None or not region.geometry.is_area or exempt(region) or "truncated" in region.flags:
        return
    w, h = bounds[2] - bounds[0], bounds[3] - bounds[1]
    if w <= 0 or h <= 0:
        return
    z = usual.aspect.z(w / h)
    if abs(z) > context.choices.value(CODE, "z", MOST_Z):
        name, how = class_name(context, region.class_id), "wider" if z > 0 else "higher"
        detail = f"is much {how} than {name} usually is ({w:.0f} × {h:.0f} px)"
        values: Values = {"class": name, "how": how, "w": round(w), "h": round(h)}
        yield Finding(CODE, str(region.id), detail, by=z, values=values)
