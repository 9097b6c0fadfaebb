"""A shape that ought to enclose something encloses (almost) nothing."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, exempt

CODE = "degenerate"
LEVEL = "stop"
MIN_AREA = 1e-6  # square pixels


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    if region.geometry.is_area and not exempt(region) and region.geometry.area() < MIN_AREA:
        yield Finding(CODE, str(region.id), "encloses no area")
