"""What a head is worth, by labels that it did not learn from: every label is predicted by one that has not seen its group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from domain.sampling import sampling_number

from .head import Floats, fit

FOLDS = 5
DECAYS = (1.0, 0.1, 0.01, 0.001)
BINS = 10  # of a calibration plot
MOST_CONFUSED = 40
MOST_DOUBTS = 200
TRUSTED = 0.8  # share of right ones among predictions that are as sure
STRONG = 0.8  # probability of another class that is reason enough to look again


class CannotHoldOut(ValueError):
    """Too few groups, or a class that stands in one group alone: nothing would be measured."""


class OfLabel(msgspec.Struct, frozen=True):
    """Of `n` labels, `said` predicted as this one, `right` of them rightly."""

    label: str
    n: int
    said: int
    right: int


class Confused(msgspec.Struct, frozen=True):
    """People said `label`, the head `instead`, so many times."""

    label: str
    instead: str
    n: int


class Bin(msgspec.Struct, frozen=True):
    """Predictions whose score lies in one tenth: their mean score, and how many were right."""

    score: float
    n: int
    right: int


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """`commonest`: labels of the commonest class, which always saying that one would get right."""

    n: int
    right: int
    commonest: int
    log_loss: float
    folds: int
    decay: float
    by_label: list[OfLabel]
    confused: list[Confused]
    calibration: list[Bin]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """scores: (N, classes), each row by a head that has not seen the row's group."""

    scores: Floats
    decay: float
    folds: int


def dealt(labels: Sequence[int], groups: Sequence[str], *, seed: str) -> NDArray[np.int64]:
    """(N,) the fold of each row: a group stands in one fold, and each class is spread over all of them.

    Raises:
        CannotHoldOut: fewer than two groups.
    """
    first: dict[str, int] = {}
    for label, group in zip(labels, groups, strict=True):
        first.setdefault(group, label)
    if len(first) < 2:
        raise CannotHoldOut("All labels are of one group: a picture, or pictures that belong together.")
    order = sorted(first, key=lambda group: (first[group], sampling_number(seed, group)))
    place = {group: number % min(FOLDS, len(first)) for number, group in enumerate(order)}
    return np.array([place[group] for group in groups], dtype=np.int64)


def hold_out(
    features: Floats,
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    *,
    classes: int,
    check: Callable[[], None] = lambda: None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> HeldOut:
    """Train without each fold in turn, and let the head say what is in it; of several weight decays the one with the least loss.

    That the decay is chosen by the same labels makes the figures a little too good, by far less than their interval.

    Raises:
        CannotHoldOut: without one of the folds a single class is left.
        ValueError: shapes that do not fit.
    """
    numbers = np.unique(folds)
    if any(len(np.unique(labels[folds != fold])) < 2 for fold in numbers):
        raise CannotHoldOut("Without one part of the labels only one class is left.")
    best: HeldOut | None = None
    least = np.inf
    steps = len(numbers) * len(DECAYS)
    done = 0
    for decay in DECAYS:
        scores = np.zeros((len(labels), classes), dtype=np.float32)
        for fold in numbers:
            out = folds == fold
            head = fit(features[~out], labels[~out], classes=classes, decay=decay, check=check)
            scores[out] = head.scores(features[out])
            done += 1
            report(done, steps)
        loss = log_loss(scores, labels)
        if loss < least:
            best, least = HeldOut(scores, decay, len(numbers)), loss
    assert best is not None
    return best


def log_loss(scores: Floats, labels: NDArray[np.int64]) -> float:
    """Mean −ln of the probability that was given to what is so, at least 1e-6."""
    return float(-np.log(np.maximum(scores[np.arange(len(labels)), labels], 1e-6)).mean())


def measured(found: HeldOut, labels: NDArray[np.int64], names: Sequence[str]) -> Measures:
    """The figures of what was held out."""
    said = found.scores.argmax(axis=1)
    sure = found.scores.max(axis=1)
    counts = np.bincount(labels, minlength=len(names))
    right = said == labels
    pairs, times = np.unique(np.stack([labels, said], axis=1)[~right], axis=0, return_counts=True)
    order = np.argsort(-times, kind="stable")[:MOST_CONFUSED]
    tenth = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    return Measures(
        n=len(labels),
        right=int(right.sum()),
        commonest=int(counts.max()),
        log_loss=round(log_loss(found.scores, labels), 4),
        folds=found.folds,
        decay=found.decay,
        by_label=[
            OfLabel(name, int(counts[k]), int((said == k).sum()), int((right & (labels == k)).sum()))
            for k, name in enumerate(names)
        ],
        confused=[Confused(names[pairs[i, 0]], names[pairs[i, 1]], int(times[i])) for i in order],
        calibration=[
            Bin(round(float(sure[tenth == b].mean()), 4), int((tenth == b).sum()), int(right[tenth == b].sum()))
            for b in np.unique(tenth)
        ],
    )


def doubts(scores: Floats, labels: NDArray[np.int64]) -> list[tuple[int, int, float]]:
    """Labels that are likely wrong (confident learning: Northcutt, Jiang and Chuang 2021).

    A row is doubted where another class has the highest probability, and as much as that class has on average where people
    said it (or STRONG, whichever is less); and only if so sure a prediction of that class is mostly right: of a head that knows
    little, a disagreement says nothing. The probabilities have to be of heads that did not see the row.

    Returns:
        (row, class instead, its probability), the strongest disagreement first, at most MOST_DOUBTS.
    """
    rows, classes = np.arange(len(labels)), range(scores.shape[1])
    own, said, sure = scores[rows, labels], scores.argmax(axis=1), scores.max(axis=1)
    least = np.array([min(own[labels == k].mean(), STRONG) if (labels == k).any() else np.inf for k in classes])
    strong = sure >= least[said]
    trusted = np.array(
        [
            (labels[strong & (said == k)] == k).mean() >= TRUSTED if (strong & (said == k)).any() else False
            for k in classes
        ]
    )
    hit = np.flatnonzero((said != labels) & strong & trusted[said])
    order = hit[np.argsort(own[hit] - sure[hit], kind="stable")][:MOST_DOUBTS]
    return [(int(row), int(said[row]), float(sure[row])) for row in order]
