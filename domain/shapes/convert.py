"""Shapes into each other: box, polygon and mask. The browser's `convert.ts` does the same; vectors hold both."""

from __future__ import annotations

from .base import Geometry
from .box import Box
from .mask import Mask
from .polygon import Polygon

TARGETS = ("box", "polygon", "mask")


def convert(geometry: Geometry, to: str, *, width: int, height: int) -> Geometry | None:
    """The same thing in another shape, as far as the image (pixels) holds it.

    A polygon becomes the pixels whose centres are inside it; a mask becomes the outline of its pixels along their edges, so
    that mask, polygon, mask gives the first mask. A mask whose run lengths are in a blob has to be loaded first.

    Returns:
        None when it cannot be: what encloses nothing is no polygon and no mask, and a thing may hold no pixel's centre.

    Raises:
        KeyError: `to` is none of TARGETS.
        ValueError: the run lengths are in a blob.
    """
    if geometry.shape == to:
        return geometry
    made = _MAKERS[to](geometry, width, height)
    return made if made is not None and not made.problems() else None


def _box(geometry: Geometry, width: int, height: int) -> Geometry | None:
    bounds = geometry.bounds()
    if bounds is None:
        return None
    x0, y0, x1, y1 = bounds
    return Box(x0, y0, x1 - x0, y1 - y0).clamp(width=width, height=height)


def _polygon(geometry: Geometry, width: int, height: int) -> Geometry | None:
    parts = geometry.outlines()
    return Polygon(parts).clamp(width=width, height=height) if parts else None


def _mask(geometry: Geometry, width: int, height: int) -> Geometry | None:
    if not geometry.is_area:
        return None
    from domain.geometry.masks import encode_runs

    return Mask.from_runs(encode_runs(geometry.to_mask(width=width, height=height)), height)


_MAKERS = {"box": _box, "polygon": _polygon, "mask": _mask}
