"""Class maps of pixels: accuracy, intersection over union and Dice, from one confusion table.

A class that occurs in neither map counts nowhere (not as 0, not as 1); the ignored id is taken out of both maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .intervals import RESAMPLES, bootstrap
from .overlaps import Overlaps
from .result import Score

Table = NDArray[np.int64]
MEASURES = ("pixel_accuracy", "mean_class_accuracy", "mean_iou", "weighted_iou", "mean_dice")


def pixel_confusion(reference: ArrayLike, predicted: ArrayLike, *, classes: int, ignore: int | None = None) -> Table:
    """(classes, classes) pixels: rows what the reference says, columns the prediction.

    Args:
        reference, predicted: arrays of one shape with ids 0 … classes − 1.
        ignore: pixels where either map has this id are left out.

    Raises:
        ValueError: different shapes, or an id outside the classes.
    """
    truth, guess = np.asarray(reference), np.asarray(predicted)
    if truth.shape != guess.shape:
        raise ValueError(f"both maps must have one shape, got {truth.shape} and {guess.shape}")
    a, b = truth.ravel().astype(np.int64), guess.ravel().astype(np.int64)
    if ignore is not None:
        kept = (a != ignore) & (b != ignore)
        a, b = a[kept], b[kept]
    if a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= classes):
        raise ValueError(f"ids must lie in 0 … {classes - 1}")
    return np.bincount(a * classes + b, minlength=classes * classes).reshape(classes, classes)


def semantic_scores(tables: Table | Sequence[Table], *, seed: int = 0, resamples: int = RESAMPLES) -> dict[str, Score]:
    """Pixel accuracy, mean class accuracy, mean IoU, frequency-weighted IoU, mean Dice of the pooled confusion.

    Args:
        tables: one confusion, or one an image; with two images or more, images are drawn again for the intervals.

    Mean class accuracy is over classes in the reference, mean IoU and Dice over classes in either map. Each has
    `details.per_class`, null where a class counts nowhere.
    """
    stack = np.asarray(tables, dtype=np.float64)
    stack = stack[None] if stack.ndim == 2 else stack
    if stack.ndim != 3 or stack.shape[1] != stack.shape[2]:
        raise ValueError(f"a confusion is (classes, classes), got {stack.shape[1:]}")
    images, pooled = len(stack), stack.sum(axis=0)
    values, per_class = _measures(pooled), _per_class(pooled)
    base: dict[str, Any] = {"n_items": images, "n_pairs": round(float(pooled.sum()))}
    out = {}
    for name in MEASURES:
        value = values[name]
        if value is None:
            out[name] = Score(value=None, reason="no_items" if not pooled.sum() else "no_classes", method=name, **base)
            continue
        ci, params = None, {}
        if images > 1 and resamples:
            ci = bootstrap(partial(_redrawn, stack, name), images, seed=seed, resamples=resamples)
            params = {"interval": "bootstrap", "resamples": resamples, "seed": seed}
        details = {"per_class": per_class[name]} if name in per_class else {}
        out[name] = Score(value=value, method=name, ci95=ci, params=params, details=details, **base)
    return out


def _redrawn(stack: NDArray[np.float64], name: str, at: NDArray[np.int64]) -> float | None:
    return _measures(stack[at].sum(axis=0))[name]


def _parts(table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return np.diag(table), table.sum(axis=1), table.sum(axis=0)


def _measures(table: NDArray[np.float64]) -> dict[str, float | None]:
    hit, truth, guess = _parts(table)
    total, union = float(table.sum()), truth + guess - hit
    if total <= 0:
        return dict.fromkeys(MEASURES)
    known, either = truth > 0, union > 0
    iou = hit[either] / union[either]
    return {
        "pixel_accuracy": float(hit.sum()) / total,
        "mean_class_accuracy": float((hit[known] / truth[known]).mean()),
        "mean_iou": float(iou.mean()),
        "weighted_iou": float((truth[either] * iou).sum()) / total,
        "mean_dice": float((2 * iou / (1 + iou)).mean()),
    }


def _per_class(table: NDArray[np.float64]) -> dict[str, list[float | None]]:
    hit, truth, guess = (part.tolist() for part in _parts(table))
    rows = list(zip(hit, truth, guess, strict=True))
    return {
        "mean_class_accuracy": [h / t if t else None for h, t, _ in rows],
        "mean_iou": [h / (t + g - h) if t + g else None for h, t, g in rows],
        "mean_dice": [2 * h / (t + g) if t + g else None for h, t, g in rows],
    }


def mask_score(overlaps: Overlaps, a: int = 0, b: int = 0, *, measure: str = "dice") -> Score:
    """Dice or IoU of one pair; null when both are empty (which is agreement, `details.agreement` 1).

    Raises:
        ValueError: another measure than dice or iou.
    """
    if measure not in ("dice", "iou"):
        raise ValueError(f"the measure is dice or iou, got {measure!r}")
    pixels = round(float(overlaps.area_a[a] + overlaps.area_b[b]))
    base: dict[str, Any] = {"method": measure, "n_items": 1, "n_pairs": 1}
    if overlaps.area_a[a] + overlaps.area_b[b] <= 0:
        return Score(value=None, reason="both_empty", details={"agreement": 1.0}, **base)
    table = overlaps.dice() if measure == "dice" else overlaps.iou()
    return Score(value=float(table[a, b]), details={"agreement": float(table[a, b]), "area": pixels}, **base)
