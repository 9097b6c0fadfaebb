"""Mask: the tightest crop of a binary image as COCO compressed run lengths, or a blob that holds them."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from domain.geometry import rle
from domain.geometry.affine import Affine
from domain.geometry.distance import to_rect
from domain.geometry.rings import Bounds
from domain.problems import Problem

from .base import COORDINATE_LIMIT, Geometry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INLINE_LIMIT = 16_384  # characters of counts in a region; longer ones are blobs
_LIMIT = int(COORDINATE_LIMIT)

Place = Annotated[int, msgspec.Meta(ge=-_LIMIT, le=_LIMIT)]
Side = Annotated[int, msgspec.Meta(ge=1, le=_LIMIT)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


@lru_cache(maxsize=64)
def _runs(counts: str) -> tuple[int, ...]:
    return tuple(rle.decompress(counts))


class Mask(Geometry, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    shape: ClassVar[str] = "mask"

    x: Place
    y: Place
    size: tuple[Side, Side]  # height, width of the crop
    counts: str | None = None
    blob: Sha256 | None = None

    @classmethod
    def from_runs(cls, runs: list[int], height: int) -> Mask | None:
        """The mask of full-frame runs; None when it is empty."""
        found = rle.crop(runs, height)
        if found is None:
            return None
        x, y, h, w, cropped = found
        return cls(x, y, (h, w), rle.compress(cropped))

    def problems(self) -> list[Problem]:
        if (self.counts is None) == (self.blob is None):
            return [Problem("bad_mask", "a mask has either counts or a blob", at="counts")]
        if self.counts is None:
            return []
        if len(self.counts) > INLINE_LIMIT:
            detail = f"counts are {len(self.counts)} characters; over {INLINE_LIMIT} they are uploaded as a blob first"
            return [Problem("mask_too_long", detail, at="counts")]
        return self.run_problems()

    def run_problems(self) -> list[Problem]:
        """What is wrong with the run lengths, however long they are."""
        height, width = self.size
        try:
            runs = _runs(self.counts or "")
        except ValueError as error:
            return [Problem("bad_mask", str(error), at="counts")]
        if sum(runs) != height * width:
            detail = f"counts cover {sum(runs)} pixels; size {height} × {width} has {height * width}"
            return [Problem("bad_mask", detail, at="counts")]
        if rle.area(runs) == 0:
            return [Problem("degenerate", "the mask is empty", at="counts")]
        return []

    def runs(self) -> list[int]:
        """Run lengths of the crop. Raises ValueError when they are in a blob."""
        if self.counts is None:
            raise ValueError("the run lengths are in a blob; load it first")
        return list(_runs(self.counts))

    def clamp(self, *, width: float, height: float) -> Mask | None:
        x0, y0, x1, y1 = self.bounds()
        if self.counts is None or (x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height):
            return self
        return Mask.from_runs(self.full_runs(width=int(width), height=int(height)), int(height))

    def full_runs(self, *, width: int, height: int) -> list[int]:
        """Run lengths in a full frame."""
        return rle.place(self.runs(), self.size[0], self.x, self.y, height, width)

    def bounds(self) -> Bounds:
        return (float(self.x), float(self.y), float(self.x + self.size[1]), float(self.y + self.size[0]))

    def area(self) -> float:
        """Foreground pixels; of a mask whose runs are in a blob, the crop's size as an upper limit."""
        return float(rle.area(self.runs())) if self.counts is not None else float(self.size[0] * self.size[1])

    def contains(self, x: float, y: float) -> bool:
        height, width = self.size
        row, column = int(y // 1) - self.y, int(x // 1) - self.x
        if not (0 <= row < height and 0 <= column < width):
            return False
        return rle.contains(self.runs(), height, row, column)

    def moved(self, dx: float, dy: float) -> Mask:
        return Mask(floor(self.x + dx + 0.5), floor(self.y + dy + 0.5), self.size, self.counts, self.blob)

    def transformed(self, by: Affine) -> Mask | None:
        """Pixel by pixel, by where its centre comes from; None when no pixel is left. Raises ValueError for a blob."""
        from domain.geometry.masks import decode_runs, encode_runs, resampled

        pixels = decode_runs(self.runs(), height=self.size[0], width=self.size[1])
        left, top, found = resampled(pixels, self.x, self.y, by)
        turned = Mask.from_runs(encode_runs(found), found.shape[0])
        return turned and turned.moved(left, top)

    def hit_distance(self, x: float, y: float) -> float:
        """To the crop's frame from outside; within it -1 on a pixel of the mask and 1 beside one."""
        outside = to_rect(self.bounds(), x, y)
        if outside >= 0 or self.counts is None:
            return outside
        return -1.0 if self.contains(x, y) else 1.0

    def outlines(self) -> list[list[list[float]]]:
        """Along the edges of its pixels: filled, the very same mask. Raises ValueError for a blob."""
        from domain.geometry.contours import contours
        from domain.geometry.masks import decode_runs

        parts = contours(decode_runs(self.runs(), height=self.size[0], width=self.size[1]))
        return [[[c + (self.y if i % 2 else self.x) for i, c in enumerate(ring)] for ring in part] for part in parts]

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        from domain.geometry.masks import decode_runs

        return decode_runs(self.full_runs(width=width, height=height), height=height, width=width)
