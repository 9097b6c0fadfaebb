"""Panoptic quality (Kirillov et al. 2019): PQ = Σ IoU(TP) / (TP + FP/2 + FN/2) = segmentation × recognition quality.

A match needs an IoU above one half, strictly: with segments that do not overlap it is then the only one. The mean over
classes is over those that occur.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from .result import Score

MATCH_IOU = 0.5


class Segment(msgspec.Struct, frozen=True):
    """What a map's id stands for."""

    category: Hashable
    crowd: bool = False


class Tally(msgspec.Struct):
    """Of one class: IoU of the matched and what is left over on either side."""

    iou: float = 0.0
    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, other: Tally) -> None:
        self.iou, self.tp, self.fp, self.fn = (
            self.iou + other.iou,
            self.tp + other.tp,
            self.fp + other.fp,
            self.fn + other.fn,
        )


def panoptic_quality(ious: Sequence[float], *, fp: int, fn: int) -> Score:
    """Of one class: IoUs of the matched segments, unmatched predictions and unmatched references. `details`: sq, rq."""
    return _score(Tally(float(sum(ious)), len(ious), fp, fn), items=1)


def _score(tally: Tally, *, items: int) -> Score:
    base: dict[str, Any] = {"method": "panoptic_quality", "n_items": items, "n_pairs": tally.tp + tally.fp + tally.fn}
    base["details"] = {
        "tp": tally.tp,
        "fp": tally.fp,
        "fn": tally.fn,
        "sq": tally.iou / tally.tp if tally.tp else None,
        "rq": None,
    }
    below = tally.tp + tally.fp / 2 + tally.fn / 2
    if below == 0:
        return Score(value=None, reason="no_classes", **base)
    base["details"]["rq"] = tally.tp / below
    return Score(value=tally.iou / below, **base)


def panoptic_tallies(
    reference: ArrayLike,
    predicted: ArrayLike,
    *,
    reference_segments: Mapping[int, Segment],
    predicted_segments: Mapping[int, Segment],
    void: int = 0,
) -> dict[Hashable, Tally]:
    """Of one image, class by class.

    Args:
        reference, predicted: (height, width) ids of segments.
        void: id of pixels that the reference says nothing about; they are taken off the predictions.

    Reference crowds are no misses; predictions more than half on void, or on a crowd of their class, are no errors.

    Raises:
        ValueError: maps of different sizes, or an id without a segment.
    """
    truth, guess = np.asarray(reference, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if truth.shape != guess.shape:
        raise ValueError(f"both maps must have one shape, got {truth.shape} and {guess.shape}")
    pairs, sizes = np.unique(np.stack([truth.ravel(), guess.ravel()]), axis=1, return_counts=True)
    inter = {(int(p), int(q)): int(n) for (p, q), n in zip(pairs.T, sizes, strict=True)}
    area_a, area_b = _areas(truth), _areas(guess)
    unknown = (set(area_a) - {void} - set(reference_segments)) | (set(area_b) - {void} - set(predicted_segments))
    if unknown:
        raise ValueError(f"ids without a segment: {sorted(unknown)[:5]}")
    out: dict[Hashable, Tally] = {}
    taken_a, taken_b = set(), set()
    for (p, q), n in inter.items():
        if void in (p, q) or reference_segments[p].crowd:
            continue
        category = reference_segments[p].category
        if predicted_segments[q].category != category:
            continue
        iou = n / (area_a[p] + area_b[q] - n - inter.get((void, q), 0))
        if iou > MATCH_IOU:
            out.setdefault(category, Tally()).add(Tally(iou, 1))
            taken_a.add(p)
            taken_b.add(q)
    for p in set(area_a) - {void} - taken_a:
        if not reference_segments[p].crowd:
            out.setdefault(reference_segments[p].category, Tally()).fn += 1
    crowds = [p for p in area_a if p != void and reference_segments[p].crowd]
    for q in set(area_b) - {void} - taken_b:
        category = predicted_segments[q].category
        excused = inter.get((void, q), 0) + sum(
            inter.get((p, q), 0) for p in crowds if reference_segments[p].category == category
        )
        if excused / area_b[q] <= 0.5:
            out.setdefault(category, Tally()).fp += 1
    return out


def _areas(ids: np.ndarray[Any, Any]) -> dict[int, int]:
    found, sizes = np.unique(ids, return_counts=True)
    return {int(i): int(n) for i, n in zip(found, sizes, strict=True)}


def mean_panoptic_quality(images: Sequence[Mapping[Hashable, Tally]]) -> Score:
    """Mean over the classes that occur, of tallies summed over images. `details`: sq, rq (means), per_class."""
    total: dict[Hashable, Tally] = {}
    for image in images:
        for category, tally in image.items():
            total.setdefault(category, Tally()).add(tally)
    scores = {category: _score(tally, items=len(images)) for category, tally in total.items()}
    regions = sum(tally.tp + tally.fp + tally.fn for tally in total.values())
    base: dict[str, Any] = {"method": "mean_panoptic_quality", "n_items": len(images), "n_pairs": regions}
    known = [score for score in scores.values() if score.value is not None]
    if not known:
        return Score(value=None, reason="no_classes", **base)
    details = {
        "sq": float(np.mean([score.details["sq"] or 0.0 for score in known])),
        "rq": float(np.mean([score.details["rq"] for score in known])),
        "per_class": {category: score.value for category, score in scores.items()},
    }
    return Score(value=float(np.mean([s.value for s in known if s.value is not None])), details=details, **base)
