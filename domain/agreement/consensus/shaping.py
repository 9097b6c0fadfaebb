"""The shape of a consensus region out of its members' shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from domain.agreement.likeness import OUTLINES, in_window, likeness
from domain.agreement.overlaps import Matrix
from domain.geometry.contours import contours
from domain.geometry.masks import encode_runs
from domain.shapes import Geometry, get

from .staple import pixel_vote, staple
from .structs import ConsensusParams
from .votes import weighted_median

INSIDE = 0.5  # probability from which a pixel of STAPLE is inside


class Shaped(msgspec.Struct, frozen=True, kw_only=True):
    """`tied_pixels` were undecided, and are outside. `sure` is false when they are too many to be a matter of the edge."""

    geometry: Geometry
    method: str
    tied_pixels: int = 0
    sure: bool = True


MANY_TIED = 0.25  # of the result: then the shape is a conflict


def shape_of(
    shapes: Sequence[Geometry],
    weights: Sequence[float],
    params: ConsensusParams,
    *,
    diagonal: float,
    chosen: int | None,
) -> Shaped:
    """One shape.

    Args:
        weights: of each member.
        chosen: position of the champion's, which is taken as it is.
    """
    if chosen is not None:
        return Shaped(geometry=shapes[chosen], method="champion")
    if len(shapes) == 1:
        return Shaped(geometry=shapes[0], method="single")
    kinds = {shape.shape for shape in shapes}
    maker = _MAKERS.get(kinds.pop()) if len(kinds) == 1 else _vote_of_pixels if _with_masks(shapes) else None
    made = maker(shapes, weights, params) if maker else None
    return made or Shaped(
        geometry=shapes[medoid(shapes, weights, diagonal=diagonal, near=params.near)], method="medoid"
    )


def _with_masks(shapes: Sequence[Geometry]) -> bool:
    """A mixture with a mask is settled by pixels; one of outlines by the medoid."""
    return all(shape.is_area for shape in shapes) and any(shape.shape not in OUTLINES for shape in shapes)


def medoid(shapes: Sequence[Geometry], weights: Sequence[float], *, diagonal: float, near: float) -> int:
    """Position of the one that is most like the others, by weight; of equals the heavier, then the first."""
    table: Matrix = likeness(shapes, shapes, diagonal=diagonal, near=near)
    np.fill_diagonal(table, 0.0)
    alike = table @ np.asarray(weights, dtype=np.float64)
    return max(range(len(shapes)), key=lambda k: (round(float(alike[k]), 12), weights[k], -k))


def _mean_box(shapes: Sequence[Any], weights: Sequence[float], params: ConsensusParams) -> Shaped | None:
    """Weighted mean of corners: weighted box fusion of one cluster."""
    if params.boxes != "fusion":
        return None
    corners = np.array([[g.x, g.y, g.x + g.w, g.y + g.h] for g in shapes])
    x0, y0, x1, y1 = np.average(corners, axis=0, weights=weights).tolist()
    return Shaped(geometry=get("box")(x0, y0, x1 - x0, y1 - y0), method="fusion")


def _voted_polygon(shapes: Sequence[Any], weights: Sequence[float], params: ConsensusParams) -> Shaped | None:
    if params.polygons != "vote":
        return None
    voted = _vote_of_pixels(shapes, weights, params)
    if voted is None:
        return None
    left, top, right, bottom = _window(shapes, params.margin)
    parts = contours(in_window(voted.geometry, (left, top, right, bottom)))
    moved = get("polygon")(parts).moved(left, top)
    return Shaped(geometry=moved, method="vote", tied_pixels=voted.tied_pixels, sure=voted.sure)


def _voted_mask(shapes: Sequence[Any], weights: Sequence[float], params: ConsensusParams) -> Shaped | None:
    return None if params.masks == "medoid" else _vote_of_pixels(shapes, weights, params)


def _vote_of_pixels(shapes: Sequence[Geometry], weights: Sequence[float], params: ConsensusParams) -> Shaped | None:
    """On the union of all and a margin, which fixes the background that STAPLE sees. None when no pixel is left."""
    window = _window(shapes, params.margin)
    stack = [in_window(shape, window) for shape in shapes]
    tied = 0
    if params.masks == "staple":
        inside = staple(stack).probability >= INSIDE
    else:
        vote = pixel_vote(stack, weights=weights)
        inside, tied = vote.mask > 0, int(np.count_nonzero(vote.tied))
    mask = get("mask").from_runs(encode_runs(inside.astype(np.uint8)), inside.shape[0])  # type: ignore[attr-defined]
    if mask is None:
        return None
    sure = tied <= MANY_TIED * max(1, int(np.count_nonzero(inside)))
    return Shaped(geometry=mask.moved(*window[:2]), method=params.masks, tied_pixels=tied, sure=sure)


def _window(shapes: Sequence[Geometry], margin: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all members and a margin, in whole pixels."""
    bounds = np.array([shape.bounds() for shape in shapes], dtype=np.float64)
    low, high = np.floor(bounds[:, :2].min(axis=0)) - margin, np.ceil(bounds[:, 2:].max(axis=0)) + margin
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _median_joints(shapes: Sequence[Any], weights: Sequence[float], params: ConsensusParams) -> Shaped:
    """Joint by joint: visibility by vote (a tie takes the less visible), place by the weighted median of who has it."""
    names = list(dict.fromkeys(name for shape in shapes for name in shape.joints))
    joints: dict[str, tuple[float, float, int]] = {}
    for name in names:
        said = [(shape.joints.get(name, (0.0, 0.0, 0)), weight) for shape, weight in zip(shapes, weights, strict=True)]
        votes = [sum(weight for (_, _, v), weight in said if v == state) for state in (0, 1, 2)]
        placed = votes[1] + votes[2]
        seen = 0 if votes[0] >= placed else 1 if votes[1] >= votes[2] else 2
        there = [(x, y, weight) for (x, y, v), weight in said if v]
        if not seen:
            joints[name] = (0.0, 0.0, 0)
            continue
        heavy = [weight for _, _, weight in there]
        joints[name] = (
            weighted_median([x for x, _, _ in there], heavy),
            weighted_median([y for _, y, _ in there], heavy),
            seen,
        )
    if not any(v for _, _, v in joints.values()):
        at = max(range(len(shapes)), key=lambda k: (weights[k], -k))
        return Shaped(geometry=shapes[at], method="median", sure=False)
    return Shaped(geometry=get("skeleton")(joints), method="median")


def _median_point(shapes: Sequence[Any], weights: Sequence[float], params: ConsensusParams) -> Shaped | None:
    """Of single points; sets of points take the medoid."""
    if any(len(shape.points) != 2 for shape in shapes):
        return None
    x, y = (weighted_median([shape.points[axis] for shape in shapes], weights) for axis in (0, 1))
    return Shaped(geometry=get("points")([x, y]), method="median")


Maker = Callable[[Sequence[Any], Sequence[float], ConsensusParams], "Shaped | None"]
_MAKERS: dict[str, Maker] = {
    "box": _mean_box,
    "polygon": _voted_polygon,
    "mask": _voted_mask,
    "skeleton": _median_joints,
    "points": _median_point,
}
