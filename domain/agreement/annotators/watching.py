"""Watches a crowd as answers come in, and says who does not work honestly, how, and on what evidence.

Each alternative to honesty bets against the honest null (`honest`): its likelihood, foretold from the past alone, over the
likelihood of the best fitting honest person. Such a ratio exceeds 1/α with a chance of at most α, however long one
looks (Ville's inequality; Wasserman, Ramdas and Balakrishnan 2020), so that looking after every item costs nothing.
Changes within a person's work (tiring, giving up late) are found by CUSUM of the same ratios (Page 1954).

Plain Python; the state is plain data that msgspec writes and reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, log
from typing import Literal

import msgspec

from .honest import EMPTY, GOLD_DOUBT, Grid, added, answer_chance, belief, expected_chance, honest_chances

Kind = Literal["careless", "follows_predictions", "copies", "skips_hard", "tires"]

# Limits of the log evidence; fixed on simulated crowds of seeds that the tests do not use (docs/developer/measures.md).
LIMITS: dict[Kind, float] = {
    "careless": log(1 / 0.03),
    "follows_predictions": log(1 / 0.005),
    "copies": log(1 / 0.01),
    "skips_hard": log(1 / 0.01),
    "tires": 8.5,
}
LATE_LIMIT = 9.0  # of the CUSUM of carelessness that begins later
ACCEPTS = 0.97  # share of answers that are the prediction, of who accepts all
CARELESS = (0.4, 0.4, 0.2)  # what is bet on each way of answering without looking
COPIES = 0.95  # share that are the other's, of who copies
TIRED = 0.35  # accuracy of who is tired
BASELINE = 30  # answers before tiring can be told from weakness
SHARED_SHARE, SHARED_LEAST = 0.25, 8  # of a person's answers, and how many, that another must have in common
# Two who are seldom wrong answer alike without copying. What tells one from the other is what happens where somebody else
# contradicts them: the good are believed there, so that each such answer says little, and are contradicted no oftener than
# the others err.
LEAST_OPPOSED, LEAST_TELLING = 3, 0.7  # how many, and the mean evidence of each
OFTENER = 2.5  # or the log likelihood ratio of their number
SKIPS_HONEST, SKIPS_AVOIDING = (0.03, 0.08), (0.06, 0.6)  # of items that look easy, and hard
PRIOR_ANSWERS, PRIOR_ACCURACY = 10.0, 0.8  # what is thought of a person before anything is known
_OWN = 2.0  # answers' worth of the crowd's shares in the foretold shares of one person


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One finished item (or region): who answered what, in the order of submission.

    `answers`: class number, or null where the person skipped. `gold`: the true class where known. `prediction`: what the
    person was shown. `hard`: looks difficult, by the model's doubt or others' disagreement.
    """

    answers: list[tuple[str, int | None]]
    gold: int | None = None
    prediction: int | None = None
    hard: bool = False


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """`items` the person had seen; `evidence`: log of how many times likelier than honesty. `other`: who is copied."""

    who: str
    kind: Kind
    items: int
    evidence: float
    other: str | None = None


class Shared(msgspec.Struct):
    """Answers of one person given after another's on the same items. `opposed`: those that are alike and that somebody else, or
    gold, contradicts, `telling`: the evidence of these alone, `expected`: how many there would be if both were right."""

    items: int = 0
    opposed: int = 0
    telling: float = 0.0
    expected: float = 0.0
    copying: float = 0.0
    honest: Grid = []


class Person(msgspec.Struct):
    """What is known of one person. Logs of likelihoods; `cusum_*` are sums that restart at 0."""

    items: int = 0
    skips: int = 0
    counts: list[float] = []
    trust: float = PRIOR_ANSWERS * PRIOR_ACCURACY
    honest: Grid = []
    careless: list[float] = []  # by the person's own shares, the crowd's, and even ones
    follows: float = 0.0
    predicted: Grid = []
    skipping: float = 0.0
    cusum_careless: float = 0.0
    cusum_tired: float = 0.0
    shared: dict[str, Shared] = {}
    alarms: list[Alarm] = []

    @property
    def answers(self) -> int:
        return self.items - self.skips

    @property
    def accuracy(self) -> float:
        """Believed, from gold and others; begins at 0.8."""
        return min(0.98, max(0.25, self.trust / (PRIOR_ANSWERS + self.answers)))


class Watch(msgspec.Struct):
    """A project's crowd. `marginals` are running shares of the classes, `people` by name."""

    classes: int
    counts: list[float] = []
    people: dict[str, Person] = {}
    predictions: int = 0
    predictions_right: float = 0.0

    def __post_init__(self) -> None:
        if self.classes < 2:
            raise ValueError(f"watching needs two classes or more, got {self.classes}")
        self.counts = self.counts or [2.0] * self.classes
        self.people = dict(self.people)

    @property
    def model_accuracy(self) -> float:
        """Of the predictions that people were shown; begins at 0.7."""
        return min(0.98, (PRIOR_ANSWERS * 0.7 + self.predictions_right) / (PRIOR_ANSWERS + self.predictions))

    def marginals(self) -> list[float]:
        whole = sum(self.counts)
        return [count / whole for count in self.counts]

    def observe(self, seen: Seen) -> list[Alarm]:
        """Take in one item; alarms that it raised. A person has one alarm of a kind.

        Raises:
            ValueError: an answer outside the classes, or a person twice.
        """
        given = [(who, answer) for who, answer in seen.answers if answer is not None]
        used = [answer for _, answer in given] + [c for c in (seen.gold, seen.prediction) if c is not None]
        if any(not 0 <= c < self.classes for c in used) or len({who for who, _ in seen.answers}) < len(seen.answers):
            raise ValueError(f"answers must be below {self.classes}, one a person: {seen.answers}")
        shares = self.marginals()
        raised: list[Alarm] = []
        shown = None if seen.prediction is None else (seen.prediction, self.model_accuracy)
        suspect = {who: bool(self._person(who).alarms) for who, _ in seen.answers}
        trusted = {who: self._person(who).accuracy for who, _ in seen.answers}
        for at, (who, answer) in enumerate(seen.answers):
            person = self._person(who)
            person.items += 1
            self._skip(person, seen.hard, answer is None)
            if answer is None:
                person.skips += 1
            else:
                others = [(theirs, trusted[other]) for other, theirs in given if other != who and not suspect[other]]
                believed = belief(shares, others, seen.gold, shown)
                earlier = [(o, a) for o, a in seen.answers[:at] if a is not None]

                def opposed(partner: str, who: str = who, answer: int = answer) -> tuple[bool, float]:
                    return _opposed(
                        answer,
                        [(o, a) for o, a in given if o not in (who, partner) and not suspect[o]],
                        trusted,
                        seen.gold,
                    )

                self._answer(person, answer, believed, shares, seen.prediction, earlier, opposed)
            raised += self._alarms(who, person)
        self._learn([(w, a) for w, a in given if not suspect[w]], trusted, shares, seen.gold, shown)
        return raised

    def _person(self, who: str) -> Person:
        if who not in self.people:
            self.people[who] = Person(
                counts=[0.0] * self.classes,
                honest=list(EMPTY),
                predicted=list(EMPTY),
                careless=[log(w) for w in CARELESS],
                shared={},
                alarms=[],
            )
        return self.people[who]

    def _answer(
        self,
        person: Person,
        answer: int,
        believed: list[float],
        shares: Sequence[float],
        prediction: int | None,
        earlier: Sequence[tuple[str, int]],
        opposed: Callable[[str], tuple[bool, float]],
    ) -> None:
        chances = honest_chances(answer, believed, shares, prediction)
        foretold = expected_chance(person.honest, chances)
        blind = (person.counts[answer] + _OWN * shares[answer]) / (sum(person.counts) + _OWN)
        tired = answer_chance(answer, TIRED, believed, shares)
        person.careless = [
            total + log(chance)
            for total, chance in zip(person.careless, (blind, shares[answer], 1 / self.classes), strict=True)
        ]
        person.cusum_careless = max(0.0, person.cusum_careless + log(blind / foretold))
        if person.answers > BASELINE:
            person.cusum_tired = max(0.0, person.cusum_tired + log(tired / foretold))
        if prediction is not None:
            accepting = ACCEPTS if answer == prediction else (1 - ACCEPTS) / (self.classes - 1)
            person.follows += log(accepting)
            person.predicted = added(person.predicted, chances)
        for other, theirs in earlier:
            pair = person.shared.setdefault(other, Shared(honest=list(EMPTY)))
            pair.items += 1
            chance = (COPIES if theirs == answer else 0.0) + (1 - COPIES) * foretold
            pair.copying += log(chance)
            if theirs == answer:
                against = opposed(other)
                pair.opposed += against[0]
                pair.expected += against[1]
                pair.telling += log(chance / foretold) if against[0] else 0.0
            pair.honest = added(pair.honest, chances)
        person.honest = added(person.honest, chances)
        person.counts[answer] += 1

    def _skip(self, person: Person, hard: bool, skipped: bool) -> None:
        honest, avoiding = SKIPS_HONEST[hard], SKIPS_AVOIDING[hard]
        person.skipping += log(avoiding / honest) if skipped else log((1 - avoiding) / (1 - honest))

    def _alarms(self, who: str, person: Person) -> list[Alarm]:
        evidence: dict[Kind, float] = {
            "careless": _mixed(person.careless) - max(person.honest),
            "follows_predictions": person.follows - max(person.predicted),
            "skips_hard": person.skipping,
            "tires": person.cusum_tired,
        }
        partner, copied = self._copied(person)
        evidence["copies"] = copied
        if person.cusum_careless > LATE_LIMIT:
            evidence["careless"] = max(evidence["careless"], person.cusum_careless)
        known = {alarm.kind for alarm in person.alarms}
        raised = [
            Alarm(who=who, kind=kind, items=person.items, evidence=e, other=partner if kind == "copies" else None)
            for kind, e in evidence.items()
            if e >= LIMITS[kind] and kind not in known
        ]
        person.alarms += raised
        return raised

    def _copied(self, person: Person) -> tuple[str | None, float]:
        """Whom a person copies most likely, among those who often answer the same items before; of several, each less."""
        near = [
            (pair.copying - max(pair.honest), other)
            for other, pair in person.shared.items()
            if pair.items >= SHARED_LEAST and pair.items >= SHARED_SHARE * person.answers and _wrong_alike(pair)
        ]
        if not near:
            return None, 0.0
        best, other = max(near)
        return other, best - log(len(near))

    def _learn(
        self,
        given: Sequence[tuple[str, int]],
        trusted: dict[str, float],
        shares: Sequence[float],
        gold: int | None,
        shown: tuple[int, float] | None,
    ) -> None:
        """Who was right, by all answers together; and how frequent the classes are."""
        if not given:
            return
        everything = belief(shares, [(answer, trusted[who]) for who, answer in given], gold, shown)
        for who, answer in given:
            person = self.people[who]
            # alone, an answer says nothing about its own truth
            person.trust += everything[answer] if len(given) > 1 or gold is not None else person.accuracy
        if shown is not None:
            self.predictions += 1
            self.predictions_right += everything[shown[0]]
        for c, chance in enumerate(everything):
            self.counts[c] += chance


def _opposed(
    answer: int, thirds: Sequence[tuple[str, int]], trusted: dict[str, float], gold: int | None
) -> tuple[bool, float]:
    """Whether gold, or else anybody of these, contradicts an answer, and the chance of that if it were right."""
    if gold is not None:
        return gold != answer, GOLD_DOUBT
    right = 1.0
    for other, _ in thirds:
        right *= trusted[other]
    return any(theirs != answer for _, theirs in thirds), 1 - right


def _wrong_alike(pair: Shared) -> bool:
    """Whether two who answer alike are wrong alike too."""
    told = pair.opposed >= LEAST_OPPOSED and pair.telling >= LEAST_TELLING * pair.opposed
    return told or _oftener(pair.opposed, pair.expected) >= OFTENER


def _oftener(seen: int, expected: float) -> float:
    """Log likelihood ratio of a count over what was expected (Poisson); 0 where it is not greater."""
    return seen * log(seen / max(expected, 0.1)) - (seen - expected) if seen > expected else 0.0


def _mixed(logs: Sequence[float]) -> float:
    """Logarithm of a sum."""
    top = max(logs)
    return top + log(sum(exp(value - top) for value in logs))
