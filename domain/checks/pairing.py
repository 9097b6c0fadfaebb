"""What rules over a box and its outline share."""

from __future__ import annotations

from domain.elements.structs import Region

from .base import Context

OUTLINES = frozenset(("mask", "polygon"))


def has_both(context: Context) -> bool:
    """Whether one class can have a box and an outline: only then is there anything to compare."""
    return any("box" in one.shapes and not OUTLINES.isdisjoint(one.shapes) for one in context.schema.classes)


def same_place(region: Region, other: Region) -> bool:
    """One class, on one frame of one stream."""
    return region.class_id == other.class_id and (region.stream, region.frame) == (other.stream, other.frame)
