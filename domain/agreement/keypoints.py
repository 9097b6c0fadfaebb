"""Object keypoint similarity: how near named joints are, on the scale of the object (COCO)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .result import Score

DEFAULT_SIGMA = 0.05  # of the square root of the area; a joint whose spread nobody measured
BOX_SHARE = 0.53  # of its box that a person fills, where the area is unknown (CVAT, xtcocotools)
_EPS = float(np.spacing(1.0))  # as COCO's evaluation adds to the area


def oks(
    reference: ArrayLike,
    visibility: Sequence[int],
    predicted: ArrayLike,
    *,
    area: float | None = None,
    box_area: float | None = None,
    sigmas: Sequence[float] | None = None,
    present: Sequence[int] | None = None,
) -> Score:
    """Mean over the reference's labelled joints of exp(−d² / (2 · area · (2σ)²)).

    Args:
        reference, predicted: (K, 2) x, y in pixels.
        visibility: of the reference: joints with 0 count nowhere, hidden (1) and visible (2) ones do.
        area: of the object's mask or polygon, square pixels; without it 0.53 × `box_area`, which `params` says.
        sigmas: (K,) spread of each joint, 0.05 without.
        present: visibility in the prediction; a joint that is 0 there scores 0. Without it all are there.

    Raises:
        ValueError: different numbers of joints, or a sigma that is not positive.
    """
    truth, guess = np.asarray(reference, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    truth, guess = truth.reshape(-1, 2), guess.reshape(-1, 2)
    seen = np.asarray(visibility) > 0
    spread = np.full(len(truth), DEFAULT_SIGMA) if sigmas is None else np.asarray(sigmas, dtype=np.float64)
    if not len(truth) == len(guess) == len(seen) == len(spread):
        raise ValueError(f"joints differ: {len(truth)}, {len(guess)}, visibility {len(seen)}, sigmas {len(spread)}")
    if np.any(spread <= 0):
        raise ValueError("sigmas must be positive")
    size = area if area is not None else BOX_SHARE * box_area if box_area is not None else None
    params: dict[str, Any] = {
        "area": size,
        "area_from": "area" if area is not None else "0.53 of the box",
        "sigmas": "given" if sigmas is not None else DEFAULT_SIGMA,
    }
    joints = int(np.count_nonzero(seen))
    base: dict[str, Any] = {"method": "oks", "n_items": 1, "n_pairs": joints, "params": params}
    if not joints:
        return Score(value=None, reason="no_joints", **base)
    if size is None or size <= 0:
        return Score(value=None, reason="no_area", **base)
    squared = ((truth - guess) ** 2).sum(axis=1)
    likeness = np.exp(-squared / (2 * (size + _EPS) * (2 * spread) ** 2))
    if present is not None:
        likeness = np.where(np.asarray(present) > 0, likeness, 0.0)
    return Score(value=float(likeness[seen].mean()), **base)
