"""Of all that a decoder finds in an image, what the prompts speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .base import FLOOR, Plan, UnfitModel
from .prompting import LOW_SIDE, Decoded, Floats, Prompts

MOST = 50  # that are looked at, the best


@dataclass(frozen=True, slots=True)
class Instances:
    """`boxes`: (N, 4), x_min, y_min, x_max, y_max in parts of the image. `scores`: (N,). `low`: (N, 256, 256) logits."""

    boxes: Floats
    scores: Floats
    low: Floats

    @classmethod
    def checked(
        cls,
        boxes: NDArray[np.floating],
        scores: NDArray[np.floating],
        masks: Callable[[NDArray[np.intp]], Floats],
        count: int,
    ) -> Instances:
        """The best of them, from a score of 0.05 on.

        Args:
            masks: gives (K, H, W) logits of K places; asked only of those that are kept.
            count: of the masks.

        Raises:
            UnfitModel: boxes, scores and masks are not as many, or no numbers.
        """
        if not len(boxes) == len(scores) == count:
            raise UnfitModel(f"The decoder answers with {len(boxes)} boxes, {len(scores)} scores and {count} masks.")
        if not np.isfinite(scores).all() or not np.isfinite(boxes).all():
            raise UnfitModel("The decoder's scores or boxes are no numbers.", "not_finite")
        order = np.argsort(-scores, kind="stable")[:MOST]
        keep = order[scores[order] >= FLOOR]
        found = masks(keep)
        if not np.isfinite(found).all():
            raise UnfitModel("The decoder's masks hold numbers that are none.", "not_finite")
        low = np.stack([_small(one) for one in found]) if len(found) else np.zeros((0, LOW_SIDE, LOW_SIDE), np.float32)
        return cls(boxes[keep].astype(np.float32), scores[keep].astype(np.float32), low)


def spoken_of(found: Instances, prompts: Prompts, plan: Plan) -> Decoded:
    """The instance that fills the box best, and the likeliest under each click inside; none with a click outside on it."""
    size = np.array([plan.width, plan.height] * 2, np.float32)
    free = np.ones(len(found.scores), bool)
    for x, y, inside in prompts.points:
        if not inside:
            free &= ~_under(found.low, x / plan.width, y / plan.height)
    chosen: set[int] = set()
    if prompts.box is not None:
        fits = np.where(free, _overlaps(found.boxes, np.array(prompts.box, np.float32) / size), 0)
        chosen |= {int(fits.argmax())} if fits.max(initial=0) > 0 else set()
    for x, y, inside in prompts.points:
        if inside:
            here = np.flatnonzero(free & _under(found.low, x / plan.width, y / plan.height))
            chosen |= {int(one) for one in here[:1]}  # they stand best first
    if not chosen:
        return Decoded(np.full((LOW_SIDE, LOW_SIDE), -1, np.float32), 0.0)
    own = sorted(chosen)
    return Decoded(found.low[own].max(axis=0), float(found.scores[own].max()))


def _under(low: Floats, x: float, y: float) -> NDArray[np.bool_]:
    column, row = (min(LOW_SIDE - 1, max(0, int(part * LOW_SIDE))) for part in (x, y))
    return low[:, row, column] > 0


def _overlaps(boxes: Floats, box: Floats) -> NDArray[np.floating]:
    """(N,) intersection over union."""
    shared = np.maximum(np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2]), 0).prod(axis=1)
    areas = np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(axis=1) + np.maximum(box[2:] - box[:2], 0).prod()
    return np.asarray(shared / np.maximum(areas - shared, 1e-9))


def _small(mask: Floats) -> Floats:
    """(256, 256), between samples in straight lines; of a larger one each is a mean."""
    from PIL import Image

    if mask.shape == (LOW_SIDE, LOW_SIDE):
        return mask
    field = Image.fromarray(np.ascontiguousarray(mask), "F")
    return np.asarray(field.resize((LOW_SIDE, LOW_SIDE), Image.Resampling.BILINEAR))
