"""A region far larger than its class usually is."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, exempt
from .names import class_name

CODE = "huge"
LEVEL = "warning"
MOST_Z = 5.0
PARAMETERS = {"z": (MOST_Z, 2.0, 50.0)}  # default, least, most


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    usual = context.known.usual.get(region.class_id)
    if usual is None or not region.geometry.is_area or exempt(region):
        return
    area = region.geometry.area()
    z = usual.area.z(area) if area > 0 else 0.0
    if z > context.choices.value(CODE, "z", MOST_Z):
        name = class_name(context, region.class_id)
        detail = f"is far larger than {name} usually is ({z:.1f} spreads above the middle)"
        yield Finding(CODE, str(region.id), detail, by=z, values={"class": name, "z": round(z, 1)})
