"""How regions of a class usually are: robust middle and spread of size and aspect, and the margin around their masks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from typing import TYPE_CHECKING

import msgspec

from domain.geometry.rings import Bounds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAD_TO_SIGMA = 1.4826  # of a normal distribution; Rousseeuw and Croux, 1993
LEAST_SPREAD = 0.05  # in logarithms: regions made by a template must not make 6 % more an outlier
LEAST_N = 30  # regions below which nothing is said about a class
OWN_IOU = (
    0.4  # of bounds: a box and an outline of one class that overlap so much show one thing, be the box tight or loose
)


class Spread(msgspec.Struct, frozen=True):
    """Median and scaled median deviation of natural logarithms."""

    middle: float
    width: float

    def z(self, value: float) -> float:
        """How many spreads a positive value lies from the middle."""
        return (log(value) - self.middle) / max(self.width, LEAST_SPREAD)


class Usual(msgspec.Struct, frozen=True):
    """Of one class. `margin`: how much wider a box is than its mask on each side, as a share of the mask's side."""

    n: int
    area: Spread  # square pixels
    aspect: Spread  # width over height
    margin: float | None = None


class Confused(msgspec.Struct, frozen=True):
    """A class that reviewers put in the place of another: in `n` of their corrections, `share` of that class's regions judged."""

    other: int
    n: int
    share: float


class Sample(msgspec.Struct, frozen=True):
    """One region of earlier work."""

    item: int
    class_id: int
    shape: str
    bounds: Bounds
    area: float


def usual_of(samples: Iterable[Sample]) -> dict[int, Usual]:
    """What is usual in each class that has regions enough."""
    by_class: dict[int, list[Sample]] = {}
    for sample in samples:
        if sample.area > 0 and sample.bounds[2] > sample.bounds[0] and sample.bounds[3] > sample.bounds[1]:
            by_class.setdefault(sample.class_id, []).append(sample)
    return {class_id: _usual(found) for class_id, found in by_class.items() if len(found) >= LEAST_N}


def _usual(found: list[Sample]) -> Usual:
    import numpy as np  # a web process that only reads what is usual never needs it

    areas = np.log([one.area for one in found])
    aspects = np.log([(one.bounds[2] - one.bounds[0]) / (one.bounds[3] - one.bounds[1]) for one in found])
    margins = _margins(found)
    margin = float(np.median(margins)) if len(margins) >= LEAST_N else None
    return Usual(len(found), _spread(areas), _spread(aspects), margin)


def _spread(values: NDArray[np.float64]) -> Spread:
    import numpy as np

    middle = float(np.median(values))
    return Spread(middle, MAD_TO_SIGMA * float(np.median(np.abs(values - middle))))


def _margins(found: list[Sample]) -> list[float]:
    """Of each box whose mask or polygon is known, the mean margin on its four sides."""
    outlines: Mapping[int, list[Sample]] = _by_item(one for one in found if one.shape in ("mask", "polygon"))
    margins = []
    for box in found:
        if box.shape == "box":
            margins += [
                margin_of(box.bounds, own.bounds)
                for own in outlines.get(box.item, ())
                if bounds_iou(box.bounds, own.bounds) >= OWN_IOU
            ]
    return margins


def _by_item(samples: Iterable[Sample]) -> dict[int, list[Sample]]:
    found: dict[int, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.item, []).append(sample)
    return found


def margin_of(box: Bounds, own: Bounds) -> float:
    """Mean share by which a box is wider than what it encloses, on each side."""
    w, h = own[2] - own[0], own[3] - own[1]
    if w <= 0 or h <= 0:
        return 0.0
    return ((own[0] - box[0] + box[2] - own[2]) / (2 * w) + (own[1] - box[1] + box[3] - own[3]) / (2 * h)) / 2


def bounds_iou(a: Bounds, b: Bounds) -> float:
    """Intersection over union of two upright boxes; 0 when either has no area."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)
