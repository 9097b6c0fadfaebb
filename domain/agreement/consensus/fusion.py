"""Weighted box fusion (Solovyev, Wang and Gabruseva 2021): boxes that lie together become one, by weighted corners."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from domain.agreement.iou import box_iou

Reals = NDArray[np.float64]


class FusedBox(msgspec.Struct, frozen=True, kw_only=True):
    """`score` is the mean of the members' scores × weights, times the share of answers that have one.

    `members` are (answer, position) pairs.
    """

    label: Hashable
    box: tuple[float, float, float, float]
    score: float
    members: list[tuple[int, int]]


def fuse_boxes(
    boxes: Sequence[ArrayLike],
    scores: Sequence[Sequence[float]] | None = None,
    labels: Sequence[Sequence[Hashable]] | None = None,
    *,
    weights: Sequence[float] | None = None,
    iou_threshold: float = 0.55,
    least_score: float = 0.0,
) -> list[FusedBox]:
    """Fused boxes of all answers, the highest score first.

    Args:
        boxes: for each answer (K, 4) x_min, y_min, x_max, y_max, in any unit, float64.
        scores: for each answer K numbers; people give none: 1 each, and the result is the mean of corners, its score
            the share of answers that have the box.
        labels: for each answer K classes; only equal ones are fused.
        weights: of each answer, 1 without.
        iou_threshold: a box joins the cluster whose fused box it overlaps most, above this.
        least_score: boxes below it take no part.

    Raises:
        ValueError: lengths differ, or weights are not positive.
    """
    count = len(boxes)
    weight = [1.0] * count if weights is None else [float(w) for w in weights]
    if len(weight) != count or any(w <= 0 for w in weight):
        raise ValueError(f"{count} answers need as many positive weights, got {weight}")
    entries: dict[Hashable, list[_Entry]] = {}
    for answer, of_answer in enumerate(boxes):
        table = np.asarray(of_answer, dtype=np.float64).reshape(-1, 4)
        score = [1.0] * len(table) if scores is None else list(scores[answer])
        label: Sequence[Hashable] = [0] * len(table) if labels is None else labels[answer]
        for at, (corners, own, kind) in enumerate(zip(table, score, label, strict=True)):
            if own >= least_score and own > 0 and corners[2] > corners[0] and corners[3] > corners[1]:
                entries.setdefault(kind, []).append(_Entry(corners, own * weight[answer], (answer, at)))
    whole = sum(weight)
    fused = []
    for kind, of_kind in entries.items():
        ordered = sorted(of_kind, key=lambda entry: -entry.score)  # stable: ties keep the order of answers
        for cluster in _clusters(ordered, iou_threshold):
            mean = sum(entry.score for entry in cluster) / len(cluster)
            fused.append(
                FusedBox(
                    label=kind,
                    box=_corners(cluster),
                    score=mean * min(count, len(cluster)) / whole,
                    members=[entry.place for entry in cluster],
                )
            )
    return sorted(fused, key=lambda box: -box.score)


class _Entry:
    __slots__ = ("corners", "place", "score")

    def __init__(self, corners: Reals, score: float, place: tuple[int, int]) -> None:
        self.corners, self.score, self.place = corners, score, place


def _clusters(entries: list[_Entry], threshold: float) -> list[list[_Entry]]:
    clusters: list[list[_Entry]] = []
    fused = np.zeros((len(entries), 4))
    for entry in entries:
        best = -1
        if clusters:
            ious = box_iou([entry.corners], fused[: len(clusters)])[0]
            best = int(np.argmax(ious)) if float(ious.max()) > threshold else -1
        if best < 0:
            best = len(clusters)
            clusters.append([])
        clusters[best].append(entry)
        fused[best] = _corners(clusters[best])
    return clusters


def _corners(cluster: list[_Entry]) -> tuple[float, float, float, float]:
    weights = np.array([entry.score for entry in cluster])
    x0, y0, x1, y1 = (weights @ np.array([entry.corners for entry in cluster]) / weights.sum()).tolist()
    return (x0, y0, x1, y1)
