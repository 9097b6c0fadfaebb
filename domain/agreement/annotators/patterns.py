"""Figures about how a person answers, to be read beside an alarm: agreement with others, shares of classes, predictions.

They explain; alarms come from `watching`, which is a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import msgspec

from domain.agreement.intervals import share
from domain.agreement.result import Score


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """Of one person.

    peer_agreement: answers equal to another's, of all pairs on shared items. most_used: share of the class used most.
    surprise: how far the shares of classes are from the crowd's on the same items, in bits (Kullback-Leibler; 0 alike).
    accepted: answers equal to the prediction shown. accepted_wrong: the same where gold or all others said otherwise.
    skipped: of items offered; skipped_hard: of those that look hard.
    """

    peer_agreement: Score
    most_used: Score
    surprise: float | None
    accepted: Score
    accepted_wrong: Score
    skipped: Score
    skipped_hard: Score


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """One item that a person was offered. `answer` null: skipped. `others`: what others answered."""

    answer: int | None
    others: Sequence[int] = ()
    gold: int | None = None
    prediction: int | None = None
    hard: bool = False


def pattern(offered: Sequence[Offered]) -> Pattern:
    """Figures of what one person was offered, in any order. Each is null with a reason where nothing was seen."""
    answered = [item for item in offered if item.answer is not None]
    pairs = [(item.answer == other) for item in answered for other in item.others]
    counts: dict[int, int] = {}
    for item in answered:
        counts[item.answer or 0] = counts.get(item.answer or 0, 0) + 1
    shown = [item for item in answered if item.prediction is not None]
    wrong = [item for item in shown if _thought_wrong(item)]
    hard = [item for item in offered if item.hard]
    return Pattern(
        peer_agreement=_share((sum(pairs), len(pairs)), "peer_agreement"),
        most_used=_share((max(counts.values(), default=0), len(answered)), "most_used"),
        surprise=_surprise(counts, answered),
        accepted=_share((sum(i.answer == i.prediction for i in shown), len(shown)), "accepted"),
        accepted_wrong=_share((sum(i.answer == i.prediction for i in wrong), len(wrong)), "accepted_wrong"),
        skipped=_share((len(offered) - len(answered), len(offered)), "skipped"),
        skipped_hard=_share((sum(i.answer is None for i in hard), len(hard)), "skipped_hard"),
    )


def _share(counts: tuple[int, int], name: str) -> Score:
    return share(*counts, method=name)


def _thought_wrong(item: Offered) -> bool:
    if item.gold is not None:
        return item.prediction != item.gold
    return bool(item.others) and item.prediction not in item.others


def _surprise(counts: dict[int, int], answered: Sequence[Offered]) -> float | None:
    crowd: dict[int, int] = {}
    for item in answered:
        for other in item.others:
            crowd[other] = crowd.get(other, 0) + 1
    if not counts or not crowd:
        return None
    classes = set(counts) | set(crowd)
    n, m = sum(counts.values()), sum(crowd.values()) + len(classes)
    return max(0.0, sum(c / n * log((c / n) / ((crowd.get(k, 0) + 1) / m), 2) for k, c in counts.items()))
