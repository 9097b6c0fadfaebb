"""What an honest person would answer, given what others said: the common null hypothesis of all detectors.

Accuracy is unknown, from `WEAKEST` up; some lean on the prediction they are shown. All such people together are the null:
evidence against honesty is only what the best fitting of them cannot explain. So nobody is suspected for being weak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log

WEAKEST = 0.6  # accuracy from which a person counts as honest but weak
ACCURACIES = (0.6, 0.68, 0.76, 0.84, 0.9, 0.95, 0.98)
LEANINGS = (0.0, 0.3)  # share of answers that are the prediction, unseen
SHARED_LEANING = 0.2  # what others are thought to lean on the prediction
DOUBT = 0.05  # share of the belief that is kept for "all others may be wrong": hard items, shared mistakes
GOLD_DOUBT = 0.01
_FLOOR = 1e-6

Belief = list[float]  # probability of each class of being the true one
Grid = list[float]  # one number for each accuracy and leaning


def belief(
    marginals: Sequence[float],
    others: Iterable[tuple[int, float]],
    gold: int | None,
    prediction: tuple[int, float] | None = None,
) -> Belief:
    """Of the true class, from what others answered.

    Args:
        marginals: (q,) shares of the classes, positive, summing to 1.
        others: (answer, accuracy) of each.
        gold: the true class where it is known.
        prediction: what all were shown, and how often it is right. Who repeats it says less, since it may be unseen.
    """
    q = len(marginals)
    if gold is not None:
        rest = GOLD_DOUBT / q
        return [rest + (1 - GOLD_DOUBT if t == gold else 0.0) for t in range(q)]
    chances = list(marginals)
    told = None if prediction is None else prediction[0]
    if prediction is not None:
        chances = [
            c * (prediction[1] if t == told else (1 - prediction[1]) * marginals[prediction[0]] / (1 - marginals[t]))
            for t, c in enumerate(chances)
        ]
    for answer, accuracy in others:
        shown = SHARED_LEANING if answer == told else 0.0
        seen = 1.0 if prediction is None else 1 - SHARED_LEANING
        for t in range(q):
            own = accuracy if t == answer else (1 - accuracy) * marginals[answer] / (1 - marginals[t])
            chances[t] *= seen * own + shown
    whole = sum(chances)
    return [(1 - DOUBT) * c / whole + DOUBT * m for c, m in zip(chances, marginals, strict=True)]


def answer_chance(answer: int, accuracy: float, believed: Belief, marginals: Sequence[float]) -> float:
    """That a person of this accuracy gives this answer; errors fall on other classes by their shares."""
    share = marginals[answer]
    wrong = sum(b / (1 - m) for b, m in zip(believed, marginals, strict=True)) - believed[answer] / (1 - share)
    return max(_FLOOR, accuracy * believed[answer] + (1 - accuracy) * share * wrong)


def honest_chances(answer: int, believed: Belief, marginals: Sequence[float], prediction: int | None) -> Grid:
    """The same for every accuracy and leaning of the null."""
    low, high = (answer_chance(answer, a, believed, marginals) for a in (0.0, 1.0))
    plain = [low + (high - low) * accuracy for accuracy in ACCURACIES]
    if prediction is None:
        return plain * len(LEANINGS)
    shown = 1.0 if answer == prediction else 0.0
    return [max(_FLOOR, (1 - lean) * chance + lean * shown) for lean in LEANINGS for chance in plain]


def added(total: Grid, chances: Grid) -> Grid:
    """Log likelihoods with one answer more."""
    return [t + log(c) for t, c in zip(total, chances, strict=True)]


def expected_chance(total: Grid, chances: Grid) -> float:
    """Of the answer, by what the person's past says about accuracy and leaning."""
    top = max(total)
    weights = [exp(t - top) for t in total]
    return sum(w * c for w, c in zip(weights, chances, strict=True)) / sum(weights)


EMPTY: Grid = [0.0] * (len(ACCURACIES) * len(LEANINGS))
