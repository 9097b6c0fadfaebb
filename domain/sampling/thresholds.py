"""From which score on a model may be believed, by what became of it where people looked.

The promise for one class: with `confidence` the precision above the threshold that is chosen is at least `target`. Of all
scores of `GRID`, which is fixed before anything is looked at, the lowest whose exact lower bound keeps the target is
taken; each bound is reckoned at 1 − (1 − confidence) / len(GRID) (Bonferroni), so that having chosen among them costs
nothing of the promise.

Regions of one picture are not independent, and a held-out set may differ from what waits. So a threshold is what a batch
is *made* by; what *proves* the batch is a sample of whole tasks of it (`acceptance`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

GRID = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)


What = int | tuple[str, str]  # a class of regions, or a question about the whole image and one value of its answer


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """Of one class, or of a value of a question (`attribute`, `value`; class 0). `score`: null where none keeps the target, and
    what is offered of it goes to people.

    n, right: regions or answers of the held-out set at or above `score`, or all with a score where there is none. low: the bound.
    """

    class_id: int = 0
    attribute: str = ""
    value: str = ""
    score: float | None
    n: int
    right: int
    low: float

    @property
    def what(self) -> What:
        return (self.attribute, self.value) if self.attribute else self.class_id


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A reviewed task: what the model offered of it. `missed`: what it did not offer, or under another class or value.

    regions: (what, score or null, right); answers, too.
    """

    regions: list[tuple[What, float | None, bool]]
    missed: int = 0

    @property
    def right(self) -> bool:
        """The whole task: nothing wrong and nothing missed."""
        return not self.missed and all(right for _, _, right in self.regions)


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the held-out set says of tasks that would be taken: of `tasks` all is right in `tasks_right`."""

    tasks: int
    tasks_right: int
    regions: int
    regions_right: int


def lower_bound(right: int, n: int, *, confidence: float) -> float:
    """The exact one-sided lower bound of a share (Clopper and Pearson 1934): 0 of nothing."""
    from scipy.special import betaincinv  # heavy, and the web process starts without it

    if not 0 <= right <= n or not 0 < confidence < 1:
        raise ValueError(f"needs 0 ≤ right ≤ n and a confidence in (0, 1), got {right}, {n} and {confidence}")
    return float(betaincinv(right, n - right + 1, 1 - confidence)) if right else 0.0


def choose(
    what: What, scores: Sequence[float], correct: Sequence[bool], *, target: float, confidence: float
) -> Threshold:
    """The lowest score of the grid from which on the class, or the value, is right often enough.

    Args:
        scores, correct: of the same regions of the held-out set, in any order.
        target: precision asked for, in (0, 1).
        confidence: of the promise, in (0, 1).

    Raises:
        ValueError: lists of unequal length, or a share out of range.
    """
    if len(scores) != len(correct) or not 0 < target < 1 or not 0 < confidence < 1:
        raise ValueError(
            f"needs a truth for each of {len(scores)} scores, got {len(correct)}; target {target}, confidence {confidence}"
        )
    pairs = sorted(zip(scores, correct, strict=True))
    ordered = [score for score, _ in pairs]
    above = [0]  # how many of the last k are right
    for _, right in reversed(pairs):
        above.append(above[-1] + right)
    each = 1 - (1 - confidence) / len(GRID)
    named: Any = {"class_id": what} if isinstance(what, int) else {"attribute": what[0], "value": what[1]}
    for score in GRID:
        n = len(pairs) - bisect_left(ordered, score)
        low = lower_bound(above[n], n, confidence=each)
        if low >= target:
            return Threshold(**named, score=score, n=n, right=above[n], low=low)
    n = len(pairs)
    return Threshold(**named, score=None, n=n, right=above[n], low=lower_bound(above[n], n, confidence=each))


def choose_all(held: Sequence[Held], *, target: float, confidence: float) -> list[Threshold]:
    """A threshold for each class that the model offered, by its id, then for each value. Each has the promise of its own."""
    found: dict[What, tuple[list[float], list[bool]]] = {}
    for task in held:
        for what, score, right in task.regions:
            if score is not None:
                scores, correct = found.setdefault(what, ([], []))
                scores.append(score)
                correct.append(right)
    return [choose(one, *found[one], target=target, confidence=confidence) for one in sorted(found, key=_order)]


def _order(what: What) -> tuple[int, str, str]:
    return (what, "", "") if isinstance(what, int) else (2**63, *what)


def taken(said: Sequence[tuple[What, float | None]], thresholds: Mapping[What, float]) -> bool:
    """Whether a task goes without a person: something is offered, and all of it lies at or above its own threshold."""
    return bool(said) and all(
        score is not None and what in thresholds and score >= thresholds[what] for what, score in said
    )


def expected(held: Sequence[Held], thresholds: Mapping[What, float]) -> Expected:
    """What became of those tasks of the held-out set that would have been taken.

    The same set chose the thresholds, so this flatters a little; the batch is proven by its sample.
    """
    found = [task for task in held if taken([(c, s) for c, s, _ in task.regions], thresholds)]
    return Expected(
        tasks=len(found),
        tasks_right=sum(task.right for task in found),
        regions=sum(len(task.regions) for task in found),
        regions_right=sum(right for task in found for _, _, right in task.regions),
    )
