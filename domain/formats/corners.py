"""Four corners as a turned rectangle, and back: how many formats write oriented boxes."""

from __future__ import annotations

from math import atan2, degrees, dist

from domain.geometry.angles import normalised
from domain.shapes import Geometry
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox

SLACK = 0.02  # four corners are a rectangle when sides and diagonals differ by less, of the diagonal, and a pixel


def _sides(ring: list[float]) -> list[float]:
    points = [(ring[i], ring[i + 1]) for i in range(0, 8, 2)]
    around = [dist(points[i], points[(i + 1) % 4]) for i in range(4)]
    return [*around, dist(points[0], points[2]), dist(points[1], points[3])]


def is_rectangle(ring: list[float], *, slack: float = SLACK, pixels: float = 1.0) -> bool:
    """Opposite sides alike and diagonals alike, as far as rounded numbers say."""
    if len(ring) != 8:
        return False
    a, b, c, d, one, other = _sides(ring)
    most = slack * max(one, other) + pixels
    return abs(a - c) <= most and abs(b - d) <= most and abs(one - other) <= most


def turned(ring: list[float]) -> RotatedBox:
    """The rectangle of four corners: its first side is the width, as `RotatedBox.corners` begins at the top left."""
    a, b, c, d, *_ = _sides(ring)
    x = ((ring[2] - ring[0]) + (ring[4] - ring[6])) / 2
    y = ((ring[3] - ring[1]) + (ring[5] - ring[7])) / 2
    return RotatedBox(
        sum(ring[0::2]) / 4, sum(ring[1::2]) / 4, (a + c) / 2, (b + d) / 2, normalised(degrees(atan2(y, x)))
    )


def rectangle_or_polygon(ring: list[float]) -> Geometry:
    """A turned rectangle where the corners are one to a tenth of a pixel, else their outline as it is."""
    return turned(ring) if is_rectangle(ring, slack=0.001, pixels=0.1) else Polygon([[ring]])
