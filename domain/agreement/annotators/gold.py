"""How well a person does on gold: the share right with its interval, whether a limit may act, and tests that watch.

A limit acts only when the whole interval lies beyond it and enough gold was seen; a test that is looked at after every
answer is a sequential one (Wald 1945), since looking often at an ordinary interval finds what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from typing import Literal

import msgspec

from domain.agreement.intervals import newcombe_difference, share
from domain.agreement.result import Score

ENOUGH = 20  # gold answers before a limit may act
Verdict = Literal["below", "above", "open"]


class GoldAccuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Of one person: overall and by true class; `verdict` on the limit, with what it rests on."""

    overall: Score
    per_class: dict[int, Score]
    verdict: Verdict
    limit: float
    enough: int


def gold_accuracy(
    answers: Iterable[tuple[int, bool]], *, limit: float, enough: int = ENOUGH, confidence: float = 0.95
) -> GoldAccuracy:
    """Share of gold answers that were right, with Wilson's interval.

    Args:
        answers: (true class, right or not) of each.
        limit: share under which something is done. `below` when the interval's upper end lies under it, `above` when
            the lower end is at or over it; `open` otherwise, and with fewer than `enough` answers.

    Raises:
        ValueError: a limit or confidence outside 0 to 1.
    """
    if not 0 <= limit <= 1:
        raise ValueError(f"the limit must lie between 0 and 1, got {limit}")
    by_class: dict[int, list[bool]] = {}
    for true_class, right in answers:
        by_class.setdefault(true_class, []).append(right)
    n, hits = sum(map(len, by_class.values())), sum(map(sum, by_class.values()))
    overall = share(hits, n, method="gold_accuracy", confidence=confidence)
    verdict: Verdict = "open"
    if n >= enough and overall.ci95 is not None:
        low, high = overall.ci95
        verdict = "below" if high < limit else "above" if low >= limit else "open"
    return GoldAccuracy(
        overall=overall,
        per_class={
            c: share(sum(r), len(r), method="gold_accuracy", confidence=confidence) for c, r in sorted(by_class.items())
        },
        verdict=verdict,
        limit=limit,
        enough=enough,
    )


class SequentialTest(msgspec.Struct, kw_only=True):
    """Wald's test of a person's accuracy: good (`good` or more) against bad (`bad` or less), after every answer.

    Wrongly `below` a good person at most about `alpha` of the time, wrongly `above` a bad one `beta`. State is plain data.
    """

    good: float
    bad: float
    alpha: float = 0.01
    beta: float = 0.05
    evidence: float = 0.0  # log of how many times likelier bad is than good
    n: int = 0
    verdict: Verdict = "open"

    def __post_init__(self) -> None:
        if not 0 < self.bad < self.good < 1 or not 0 < self.alpha < 1 or not 0 < self.beta < 1:
            raise ValueError(f"0 < bad < good < 1, got {self.bad} and {self.good}")

    def observe(self, right: bool) -> Verdict:
        """The verdict after one answer more; once given, it stays."""
        if self.verdict != "open":
            return self.verdict
        self.n += 1
        self.evidence += log(self.bad / self.good) if right else log((1 - self.bad) / (1 - self.good))
        if self.evidence >= log((1 - self.beta) / self.alpha):
            self.verdict = "below"
        elif self.evidence <= log(self.beta / (1 - self.alpha)):
            self.verdict = "above"
        return self.verdict


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """Accuracy on gold less accuracy on audited work, with Newcombe's interval. `suspected`: surely over `margin`."""

    gold: Score
    work: Score
    difference: float | None
    ci95: tuple[float, float] | None
    suspected: bool


def gold_leak(gold: tuple[int, int], work: tuple[int, int], *, margin: float = 0.1, enough: int = ENOUGH) -> Leak:
    """Whether a person does so much better on gold than on ordinary work that gold must be known.

    Args:
        gold, work: (right, all) answers on gold, and on work that others judged.
    """
    scores = share(*gold, method="gold_accuracy"), share(*work, method="work_accuracy")
    if min(gold[1], work[1]) < 1:
        return Leak(gold=scores[0], work=scores[1], difference=None, ci95=None, suspected=False)
    ci = newcombe_difference(*gold, *work)
    sure = ci[0] > margin and min(gold[1], work[1]) >= enough
    return Leak(
        gold=scores[0], work=scores[1], difference=gold[0] / gold[1] - work[0] / work[1], ci95=ci, suspected=sure
    )


def by_person(
    rows: Iterable[tuple[str, int, bool]], *, limit: float, enough: int = ENOUGH
) -> Mapping[str, GoldAccuracy]:
    """`gold_accuracy` of each person of (who, true class, right) rows."""
    grouped: dict[str, list[tuple[int, bool]]] = {}
    for who, true_class, right in rows:
        grouped.setdefault(who, []).append((true_class, right))
    return {who: gold_accuracy(own, limit=limit, enough=enough) for who, own in sorted(grouped.items())}
