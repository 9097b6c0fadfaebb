"""Whether a reviewer found a fault that was planted: told by the verdict and its marks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .faults import Planted

ROOM = 0.5  # sides of its box by which a mark may lie beside the fault
LEAST_ROOM = 0.01  # of the image's diagonal


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A mark of a review: its kind, and the element or the point (image pixels) that it is on."""

    kind: str
    element: str = ""
    x: float | None = None
    y: float | None = None

    @property
    def placed(self) -> bool:
        return bool(self.element) or self.x is not None


def was_found(planted: Planted, *, verdict: str, spots: Sequence[Spot], diagonal: float) -> bool:
    """True if the work was sent back or mended because of the fault.

    Accepted: no. Sent back: yes, unless all that was marked lies elsewhere. Mended: if a mark lies at the fault, of those
    that the difference of a fix writes too.

    Args:
        verdict: accept, fix or reject.
        diagonal: of the image, in pixels: what a mark may lie beside something tiny.
    """
    if verdict == "accept":
        return False
    if any(_hits(planted, spot, diagonal) for spot in spots):
        return True
    return verdict == "reject" and not any(spot.placed for spot in spots)


def _hits(planted: Planted, spot: Spot, diagonal: float) -> bool:
    if planted.element and spot.element == planted.element:
        return True
    if planted.kind == "missed" and spot.kind not in ("missed", "other"):
        return False  # something else near by was marked or mended
    if planted.kind != "missed" and spot.element:
        return False
    if planted.bounds is None:
        return spot.kind == planted.kind
    if spot.x is None or spot.y is None:
        return False
    x0, y0, x1, y1 = planted.bounds
    dx = max(ROOM * (x1 - x0), LEAST_ROOM * diagonal)
    dy = max(ROOM * (y1 - y0), LEAST_ROOM * diagonal)
    return x0 - dx <= spot.x <= x1 + dx and y0 - dy <= spot.y <= y1 + dy
