"""What every shape can do, and the rule of the image's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import msgspec

from domain.geometry.affine import Affine
from domain.geometry.rings import Bounds
from domain.problems import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_VERTICES = 100_000
COORDINATE_LIMIT = 10_000_000.0  # pixels; farther is a slip of a unit, not a picture
EDGE_TOLERANCE = 0.005  # pixels; rounding in a client or file (six decimals of 8,000 px) is cut without a word

Coordinate = Annotated[float, msgspec.Meta(ge=-COORDINATE_LIMIT, le=COORDINATE_LIMIT)]
Length = Annotated[float, msgspec.Meta(ge=0, le=COORDINATE_LIMIT)]
Points = list[Coordinate]


class Geometry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all shapes. Coordinates are float pixels of the displayed image, y down, a pixel's centre at +0.5."""

    shape: ClassVar[str] = ""
    is_area: ClassVar[bool] = True  # encloses pixels: can be a mask and be compared by IoU

    def problems(self) -> list[Problem]:
        """What is wrong with the shape in itself, whatever the image."""
        return []

    def check(self, *, width: float, height: float, amodal: bool = False) -> list[Problem]:
        """All that is wrong with the shape on an image of this size (pixels).

        Errors: broken in itself, wholly outside the image, or more than one image size outside. A smaller overhang is
        `clamped` by how many pixels, unless the project is amodal.
        """
        broken = self.problems()
        return broken or edge_problems(self.bounds(), width, height, amodal)

    def clamp(self, *, width: float, height: float) -> Self | None:
        """The shape cut to the image; None when nothing is left. Itself when it lies inside."""
        raise NotImplementedError

    def bounds(self) -> Bounds | None:
        """Smallest upright box around the shape; None when it has no place (a tag)."""
        raise NotImplementedError

    def area(self) -> float:
        """Enclosed area in square pixels; 0 for what encloses nothing."""
        raise NotImplementedError

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside. Always false for what encloses nothing."""
        return False

    def moved(self, dx: float, dy: float) -> Self:
        """The shape shifted by pixels."""
        raise NotImplementedError

    def transformed(self, by: Affine) -> Self | None:
        """Scaled, turned, flipped and moved; None when the shape cannot show it (an upright box at 30°)."""
        raise NotImplementedError

    def hit_distance(self, x: float, y: float) -> float:
        """Pixels from the point to the outline, line or points; 0 or less inside what encloses it, infinite for a tag."""
        raise NotImplementedError

    def interpolate(self, other: Self, t: float) -> Self:
        """The shape between two keyframes, t in [0, 1]; shapes that cannot blend hold the first one."""
        return self

    def outlines(self) -> list[list[list[float]]] | None:
        """What it encloses, as parts of an outer ring and holes; None for what encloses nothing."""
        return None

    def to_mask(self, *, width: int, height: int) -> NDArray[np.uint8]:
        """(height, width) of 0 and 1: a pixel is in when its centre is inside.

        Raises:
            TypeError: the shape encloses nothing.
        """
        raise TypeError(f"a {self.shape} has no mask")

    def vertices(self) -> int:
        """How many points the shape stores."""
        return 0


def blend(a: float, b: float, t: float) -> float:
    """Linear interpolation that is exact at both ends."""
    return a * (1.0 - t) + b * t


def overhang(bounds: Bounds, width: float, height: float) -> float:
    """How far the farthest side lies outside the image, in pixels; 0 when inside."""
    x0, y0, x1, y1 = bounds
    return max(0.0, -x0, -y0, x1 - width, y1 - height)


def edge_problems(bounds: Bounds | None, width: float, height: float, amodal: bool) -> list[Problem]:
    """The rule of the image's edge (decision 14)."""
    if bounds is None:
        return []
    x0, y0, x1, y1 = bounds
    size = f"the image is {width:g} × {height:g}"
    place = f"x {x0:g} to {x1:g}, y {y0:g} to {y1:g}"
    wide, high = x1 > x0, y1 > y0
    beside = x1 < 0 or x0 > width or (wide and (x1 <= 0 or x0 >= width))
    above = y1 < 0 or y0 > height or (high and (y1 <= 0 or y0 >= height))
    if beside or above:
        return [Problem("wholly_outside", f"lies wholly outside: {place}; {size}")]
    if x0 < -width or x1 > 2 * width or y0 < -height or y1 > 2 * height:
        return [Problem("beyond_limit", f"reaches more than one image size outside: {place}; {size}")]
    by = overhang(bounds, width, height)
    if by <= EDGE_TOLERANCE or amodal:
        return []
    return [Problem("outside_image", f"reached {by:.6g} px outside the image and was cut; {size}", "clamped", by)]


def count_problems(points: list[float], least: int, what: str, at: str = "") -> list[Problem]:
    """Pairs complete and as many as the shape needs."""
    if len(points) % 2:
        return [Problem("odd_coordinates", f"{what} has {len(points)} numbers; points are pairs x, y", at=at)]
    if len(points) < 2 * least:
        return [Problem("too_few_points", f"{what} has {len(points) // 2} points and needs {least}", at=at)]
    return []


def vertex_problems(count: int) -> list[Problem]:
    if count > MAX_VERTICES:
        return [Problem("too_many_vertices", f"has {count} points; at most {MAX_VERTICES} are allowed")]
    return []


def ring_mask(parts: list[list[list[float]]], width: int, height: int) -> NDArray[np.uint8]:
    """Rasterise parts of rings, even-odd in a part, parts united."""
    from domain.geometry.masks import fill_parts

    return fill_parts(parts, width=width, height=height)
