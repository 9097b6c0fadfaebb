"""Fitting a region to its image: what the edge rule refuses, what it cuts, and the bounds that are indexed."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from domain.geometry.rings import Bounds
from domain.problems import Problem, errors

from .structs import Answer, Element, Keyframe, Region, Track

_PLACELESS = (Track, Answer)
E = TypeVar("E", bound=Element)


class Placed(msgspec.Struct, frozen=True):
    """An element as it may be stored: None when it was refused."""

    element: Element | None
    problems: list[Problem]


def bounds_of(element: Element) -> Bounds | None:
    """Upright box around a region or keyframe; None for what has no place."""
    return element.geometry.bounds() if isinstance(element, Region | Keyframe) else None


def place(element: Element, *, width: float, height: float, amodal: bool = False) -> Placed:
    """Check an element against an image of this size (pixels) and cut it to the edge where that is asked."""
    if isinstance(element, _PLACELESS):
        return Placed(element, [])
    geometry = element.geometry
    bounds = geometry.bounds()
    if bounds is not None and bounds[0] >= 0 and bounds[1] >= 0 and bounds[2] <= width and bounds[3] <= height:
        return Placed(None, broken) if (broken := geometry.problems()) else Placed(element, [])  # by far the most
    problems = element.geometry.check(width=width, height=height, amodal=amodal)
    if errors(problems):
        return Placed(None, problems)
    cut = element.geometry if amodal else element.geometry.clamp(width=width, height=height)
    if cut is element.geometry:
        return Placed(element, problems)
    if cut is None or cut.problems():
        detail = f"nothing is left inside the image of {width:g} × {height:g}"
        return Placed(None, [Problem("wholly_outside", detail)])
    return Placed(replace(element, geometry=cut), problems)
