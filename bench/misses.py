"""Possible misses on a simulated labelled set: of one box in ten that is taken away, how many are hinted at, and how many hints
are right, by COCO's sizes.

The set: 600 images of 8 boxes each, of two classes, their sizes as in COCO (41 % small, 34 % medium, 24 % large). The model finds 45, 75 and
90 % of them, its boxes off by about 6 % of a side; to each image it adds 1.5 regions where nothing is. Right ones have scores of
Beta(6, 2), wrong ones of Beta(2, 5). Thresholds come from the first half, as the product finds them; boxes are taken from the second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from bench.rows import Row
from domain.geometry.boxes import pairwise_iou
from domain.inference.misses import COVERED, sure_from

IMAGES, BOXES, FALSE_ONES = 600, 8, 1.5
FIELD = 640.0  # pixels of a side of an image
SIZES = {"small": (10.0, 32.0, 0.41, 0.45), "medium": (32.0, 96.0, 0.34, 0.75), "large": (96.0, 300.0, 0.25, 0.90)}
OFF = 0.06  # standard deviation of each edge, in sides
REMOVED = 0.1
SEEDS = 20


@dataclass(slots=True)
class Picture:
    """(N, 4) boxes as corners and (N,) classes of what is there, and of what the model says with its scores."""

    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    said: NDArray[np.float64]
    said_classes: NDArray[np.int64]
    scores: NDArray[np.float64]


def size_of(box: NDArray[np.float64]) -> str:
    area = float((box[2] - box[0]) * (box[3] - box[1]))
    return "small" if area < 32**2 else "medium" if area < 96**2 else "large"


def picture(random: np.random.Generator) -> Picture:
    boxes = _boxes(random, BOXES)
    classes = random.integers(1, 3, BOXES)
    seen = random.random(BOXES) < [SIZES[size_of(box)][3] for box in boxes]
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    false = _boxes(random, int(random.poisson(FALSE_ONES)))
    return Picture(
        boxes,
        classes,
        np.vstack([(boxes + random.normal(0, OFF, boxes.shape) * sides)[seen], false]),
        np.concatenate([classes[seen], random.integers(1, 3, len(false))]),
        np.concatenate([random.beta(6, 2, int(seen.sum())), random.beta(2, 5, len(false))]),
    )


def _boxes(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    names = random.choice(list(SIZES), count, p=[share for *_, share, _ in SIZES.values()])
    sides = np.array([np.exp(random.uniform(log(SIZES[name][0]), log(SIZES[name][1]), 2)) for name in names]).reshape(
        count, 2
    )
    start = random.uniform(0, 1, (count, 2)) * (FIELD - sides)
    return np.hstack([start, start + sides])


def right(one: Picture, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each said region whether it is one of these boxes: class, and IoU of a half."""
    same = (pairwise_iou(one.said, one.boxes) >= 0.5) & (one.said_classes[:, None] == one.classes)
    return np.asarray((same & among).any(axis=1))


def simulate(seed: int) -> Counter[tuple[str, str]]:
    """Counts by size of `removed` boxes, those `found` by a hint, all `hints`, and those `right`."""
    random = np.random.default_rng(seed)
    known, asked = ([picture(random) for _ in range(IMAGES // 2)] for _ in range(2))
    least: dict[int, float] = {}
    for class_id in (1, 2):
        scores = [float(s) for one in known for s in one.scores[one.said_classes == class_id]]
        correct = [bool(r) for one in known for r in right(one, np.ones(BOXES, bool))[one.said_classes == class_id]]
        found = sure_from(class_id, scores, correct)
        assert found.score is not None
        least[class_id] = found.score
    counts: Counter[tuple[str, str]] = Counter()
    for one in asked:
        gone = random.random(BOXES) < REMOVED
        open_ = (pairwise_iou(one.said, one.boxes[~gone]) < COVERED).all(axis=1)
        hinted = open_ & (one.scores >= [least[int(c)] for c in one.said_classes])
        good = right(one, gone)
        for box, is_right in zip(one.said[hinted], good[hinted], strict=True):
            counts[size_of(box), "hints"] += 1
            counts[size_of(box), "right"] += bool(is_right)
        same = (pairwise_iou(one.boxes, one.said) >= 0.5) & (one.classes[:, None] == one.said_classes)
        for at in np.flatnonzero(gone):
            counts[size_of(one.boxes[at]), "removed"] += 1
            counts[size_of(one.boxes[at]), "found"] += bool((same[at] & hinted).any())
    return counts


def shares(counts: Counter[tuple[str, str]], part: str, whole: str) -> dict[str, float]:
    """By size and for `all`."""
    sums = {size: (counts[size, part], counts[size, whole]) for size in SIZES}
    sums["all"] = (sum(a for a, _ in sums.values()), sum(b for _, b in sums.values()))
    return {size: a / b for size, (a, b) in sums.items()}


def measure() -> list[Row]:
    counts: Counter[tuple[str, str]] = Counter()
    for seed in range(SEEDS):
        counts += simulate(seed)
    recall, precision = shares(counts, "found", "removed"), shares(counts, "right", "hints")
    return [
        row
        for size in (*SIZES, "all")
        for row in (
            Row(f"possible misses, simulated, {size} boxes: recall of those taken away", 100 * recall[size], "%"),
            Row(f"possible misses, simulated, {size} boxes: hints that were right", 100 * precision[size], "%"),
        )
    ]
