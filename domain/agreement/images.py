"""How alike two answers to one image are, region by region, and the mean over images.

Both empty is full agreement and no ratio: `agreement` is 1, F1 null, and such images are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from .intervals import RESAMPLES, bootstrap, bootstrap_mean
from .matching import Matching
from .result import Score

COCO_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


class ImageScore(msgspec.Struct, frozen=True, kw_only=True):
    """One image, two answers, one threshold. `fp` are only in the second answer, `fn` only in the first.

    `agreement` is the soft score, or 1 where both are empty. `mean_iou` is of the matched alone and hides misses.
    """

    tp: int
    fp: int
    fn: int
    iou_total: float
    f1: float | None
    mean_iou: float | None
    agreement: float

    @property
    def both_empty(self) -> bool:
        return self.tp + self.fp + self.fn == 0


def image_score(matching: Matching) -> ImageScore:
    """F1 = 2TP / (2TP + FP + FN) and soft = 2 ΣIoU / (nA + nB), over what the matching did not excuse."""
    tp, fn, fp = len(matching.pairs), len(matching.only_a), len(matching.only_b)
    total, size = matching.total, 2 * tp + fp + fn
    return ImageScore(
        tp=tp,
        fp=fp,
        fn=fn,
        iou_total=total,
        f1=2 * tp / size if size else None,
        mean_iou=total / tp if tp else None,
        agreement=2 * total / size if size else 1.0,
    )


def f1(matching: Matching) -> Score:
    """F1 of one image as a score; null when both answers are empty."""
    found = image_score(matching)
    base: dict[str, Any] = {"method": "f1", "n_items": 1, "n_pairs": found.tp + found.fp + found.fn}
    base["details"] = {"tp": found.tp, "fp": found.fp, "fn": found.fn, "agreement": found.agreement}
    if found.f1 is None:
        return Score(value=None, reason="both_empty", **base)
    return Score(value=found.f1, **base)


def mean_agreement(scores: Sequence[ImageScore], *, seed: int = 0, resamples: int = RESAMPLES) -> Score:
    """Mean soft score over images, empty ones as 1; `details.both_empty` says how many those are."""
    base: dict[str, Any] = {"method": "mean_agreement", "n_items": len(scores), "n_pairs": _regions(scores)}
    if not scores:
        return Score(value=None, reason="no_items", **base)
    values = [score.agreement for score in scores]
    return Score(
        value=sum(values) / len(values),
        ci95=bootstrap_mean(values, seed=seed, resamples=resamples) if resamples else None,
        params={"interval": "bootstrap", "resamples": resamples, "seed": seed} if resamples else {},
        details={"both_empty": sum(score.both_empty for score in scores)},
        **base,
    )


def pooled_f1(scores: Sequence[ImageScore], *, seed: int = 0, resamples: int = RESAMPLES) -> Score:
    """F1 of all regions of all images together; images are drawn again for the interval."""
    base: dict[str, Any] = {"method": "pooled_f1", "n_items": len(scores), "n_pairs": _regions(scores)}
    if not scores:
        return Score(value=None, reason="no_items", **base)
    value = _pooled(scores, range(len(scores)))
    if value is None:
        return Score(value=None, reason="both_empty", **base)
    redrawn: Callable[[Any], float | None] = lambda at: _pooled(scores, at.tolist())  # noqa: E731
    return Score(
        value=value,
        ci95=bootstrap(redrawn, len(scores), seed=seed, resamples=resamples) if resamples else None,
        params={"interval": "bootstrap", "resamples": resamples, "seed": seed} if resamples else {},
        details={"both_empty": sum(score.both_empty for score in scores)},
        **base,
    )


def _pooled(scores: Sequence[ImageScore], at: Sequence[int]) -> float | None:
    tp = sum(scores[i].tp for i in at)
    size = sum(2 * scores[i].tp + scores[i].fp + scores[i].fn for i in at)
    return 2 * tp / size if size else None


def _regions(scores: Sequence[ImageScore]) -> int:
    return sum(score.tp + score.fp + score.fn for score in scores)
