"""In which order waiting work teaches most: what a model is unsure of, what looks unlike all else, rare classes, and chance.

One stream an aim, interleaved so that each has its share of every beginning of the queue. What chance takes is drawn from all
that waits before the others choose: it is a plain random sample, by which models may be measured honestly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from .coreset import Floats, core_set
from .keys import sampling_number

Certainty = Literal["least_confidence", "margin", "entropy"]
Apart = Literal["committee", "augmented"]
Measure = Certainty | Apart
Why = Literal["random", "diverse", "core_set", "rare", "uncertain", "committee", "augmented", "unknown", "unmeasured"]
BITS = 64
ROUNDED = 2e-3  # what probabilities that are kept with four digits may lack to 1
SAME = 1e-3  # usual distances: pictures that are alike in all numbers
MOST_DIVERSE = 2_000  # tasks chosen for looking unlike the others; each costs a look at all


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting task. regions: (class, score) that a model offers; None: it has said nothing of it.

    shares: for each question about the whole image the probabilities of its values; what they come to less than 1 is of
    values that were not worth keeping. possible: (class, probability) of tags, for what is rare. committee, augmented: how far
    answers lie apart (domain.sampling.disagreement), where that was measured. seconds: that the task may take; None: unknown.
    """

    id: int
    regions: list[tuple[int, float]] | None = None
    shares: list[list[float]] = []
    possible: list[tuple[int, float]] = []
    looks: int | None = None  # 64 bits of likeness, as an unsigned number
    committee: float | None = None
    augmented: float | None = None
    seconds: float | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What pictures look like in numbers. points: (N, D) of the waiting tasks `ids`; known: (M, D) of finished work."""

    ids: list[int]
    points: Floats
    known: Floats


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Of each beginning of the queue; the rest is what the model is unsure of."""

    random: float = 0.2
    diverse: float = 0.2
    rare: float = 0.1


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A task in its place, and why.

    value: uncertainty or disagreement in [0, 1], bits of distance, usual distances (core_set), or how rare. class_id: of a rare
    one. seconds: that it may take, where its place follows from that, too.
    """

    id: int
    why: Why
    value: float | None = None
    class_id: int | None = None
    seconds: float | None = None


def uncertainty(score: float, measure: Certainty) -> float:
    """How little a score says, in [0, 1]; of one class against all else, since models give no more.

    least_confidence: 1 − p. margin: 1 − |2p − 1|. entropy: −p·log₂ p − (1 − p)·log₂(1 − p) (Settles 2009). The latter two put
    scores into the same order and differ in how far apart, which counts where several regions are averaged.

    Raises:
        ValueError: the score is not in [0, 1].
    """
    if not 0 <= score <= 1:
        raise ValueError(f"a score lies in [0, 1], got {score}")
    if measure == "least_confidence":
        return 1 - score
    if measure == "margin":
        return 1 - abs(2 * score - 1)
    return -sum(p * log2(p) for p in (score, 1 - score) if p > 0)


def uncertainty_of_shares(shares: Sequence[float], measure: Certainty) -> float:
    """How little a model's probabilities of values that exclude each other say, in [0, 1] (Settles 2009).

    least_confidence: 1 − p₁. margin: 1 − (p₁ − p₂). entropy: of them and of what is left to 1 (as of one more value), over the
    logarithm of their number, so that it is 1 where all are alike.

    Raises:
        ValueError: none, one below 0, or more than 1 together.
    """
    if not shares or min(shares) < 0 or sum(shares) > 1 + 1e-2:
        raise ValueError(f"probabilities are not negative and come to at most 1, got {list(shares)[:5]}")
    best = sorted(shares, reverse=True)
    if measure == "least_confidence":
        return max(0.0, 1 - best[0])
    if measure == "margin":
        return max(0.0, 1 - (best[0] - (best[1] if len(best) > 1 else 0.0)))
    left = 1 - sum(best)
    parts = [*best, left] if left > ROUNDED else best
    return min(1.0, -sum(p * log2(p) for p in parts if p > 0) / log2(max(2, len(parts))))


def of_task(one: Candidate, measure: Certainty, *, mean: bool = False) -> float:
    """Of its most uncertain region or answer, or the mean of all; 0 of a task in which the model found nothing."""
    found = [uncertainty(score, measure) for _, score in one.regions or []]
    found += [uncertainty_of_shares(shares, measure) for shares in one.shares]
    if not found:
        return 0.0
    return sum(found) / len(found) if mean else max(found)


def farthest_first(
    looks: NDArray[np.uint64], known: NDArray[np.uint64], *, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Greedy k-center (Gonzalez 1985; as a core-set: Sener and Savarese 2018): next is what lies farthest from all before.

    Args:
        looks: (N,) 64 bits each. known: (M,) what is labelled already; with none, the first begins.
        most: how many to choose.

    Returns:
        (places, bits), each (min(N, most),): indices into `looks`, and each one's Hamming distance to the nearest before.
        Equal ones come in the order given.
    """
    nearest = np.full(len(looks), BITS + 1, dtype=np.int64)
    for one in np.unique(known):
        nearest = np.minimum(nearest, np.bitwise_count(looks ^ one))
    places, bits = [], []
    for _ in range(min(len(looks), most)):
        place = int(np.argmax(nearest))
        places.append(place)
        bits.append(min(int(nearest[place]), BITS))
        nearest = np.minimum(nearest, np.bitwise_count(looks ^ looks[place]))
        nearest[places] = -1
    return np.array(places, dtype=np.int64), np.array(bits, dtype=np.int64)


def rarity(regions: Sequence[tuple[int, float]], counts: Mapping[int, int]) -> tuple[float, int | None]:
    """What the rarest class that may be in it would bring: the greatest score / (1 + regions of that class so far)."""
    return max(((score / (1 + counts.get(c, 0)), c) for c, score in regions), default=(0.0, None))


def queue_order(
    waiting: Sequence[Candidate],
    *,
    shares: Shares,
    measure: Measure,
    seed: str,
    counts: Mapping[int, int],
    known: Sequence[int] = (),
    seen: Seen | None = None,
    mean: bool = False,
) -> list[Placed]:
    """All waiting tasks in their new order.

    Where tasks have `seconds`, what the model is unsure of and what is rare come by value for each second instead of by value.

    Args:
        counts: regions by class in finished work.
        known: likenesses of finished work.
        seen: what pictures look like in numbers; then unlike pictures are a core-set by these and not by likeness.

    Raises:
        ValueError: shares below 0, or above 1 together.
    """
    wanted = {"random": shares.random, "diverse": shares.diverse, "rare": shares.rare}
    wanted["uncertain"] = 1 - sum(wanted.values())
    if min(wanted.values()) < -1e-9:
        raise ValueError(f"shares are not negative and together at most 1, got {msgspec.to_builtins(shares)}")
    by_chance = sorted(waiting, key=lambda one: (sampling_number(seed, one.id), one.id))
    drawn = by_chance[: round(len(waiting) * shares.random)]
    chosen = {one.id for one in drawn}
    rest = [one for one in waiting if one.id not in chosen]
    streams = {
        "random": [Placed(id=one.id, why="random") for one in drawn],
        "diverse": (_core_set(rest, seen) if seen else _diverse(rest, known)) if shares.diverse > 0 else [],
        "rare": _rare(rest, counts) if shares.rare > 0 else [],
        "uncertain": _uncertain(rest, measure, mean),
    }
    return _interleaved(streams, wanted, len(waiting))


def _core_set(rest: Sequence[Candidate], seen: Seen) -> list[Placed]:
    row = {pk: place for place, pk in enumerate(seen.ids)}
    ids = [one.id for one in rest if one.id in row]
    places, far = core_set(
        seen.points[np.array([row[pk] for pk in ids], dtype=np.int64)], seen.known, most=MOST_DIVERSE
    )
    return [
        Placed(id=ids[p], why="core_set", value=None if np.isnan(d) else float(d))
        for p, d in zip(places.tolist(), far, strict=True)
        if not d <= SAME  # not a number of the first, where nothing is known
    ]


def _diverse(rest: Sequence[Candidate], known: Sequence[int]) -> list[Placed]:
    seen = [one for one in rest if one.looks is not None]
    looks = np.array([one.looks for one in seen], dtype=np.uint64)
    places, bits = farthest_first(looks, np.array(known, dtype=np.uint64), most=MOST_DIVERSE)
    return [
        Placed(id=seen[p].id, why="diverse", value=float(b))
        for p, b in zip(places.tolist(), bits.tolist(), strict=True)
        if b != 0  # all that is left looks like something before
    ]


def _rare(rest: Sequence[Candidate], counts: Mapping[int, int]) -> list[Placed]:
    found = [(*rarity([*(one.regions or []), *one.possible], counts), one) for one in rest]
    placed = [
        Placed(id=one.id, why="rare", value=value, class_id=c, seconds=one.seconds)
        for value, c, one in found
        if c is not None
    ]
    return sorted(placed, key=lambda one: (_worth(one), one.id))


def _uncertain(rest: Sequence[Candidate], measure: Measure, mean: bool) -> list[Placed]:
    """By what they teach for their time, then those of which nothing is known, in the order given.

    Votes are often equal: then what is unsure by margin comes first.
    """
    placed, silent, margins = [], [], dict[int, float]()
    for one in rest:
        why, value = _unsure(one, measure, mean)
        if value is None:
            silent.append(Placed(id=one.id, why="unknown" if one.regions is None else "unmeasured"))
        else:
            placed.append(Placed(id=one.id, why=why, value=value, seconds=one.seconds))
            margins[one.id] = 0.0 if why == "uncertain" else of_task(one, "margin")
    return sorted(placed, key=lambda one: (_worth(one), -margins[one.id], one.id)) + silent


def _unsure(one: Candidate, measure: Measure, mean: bool) -> tuple[Why, float | None]:
    if measure == "committee":
        return measure, one.committee
    if measure == "augmented":
        return measure, one.augmented
    return "uncertain", None if one.regions is None else of_task(one, measure, mean=mean)


def _worth(one: Placed) -> float:
    """The less the sooner."""
    return -(one.value or 0.0) / (one.seconds or 1.0)


def _interleaved(streams: Mapping[str, list[Placed]], wanted: Mapping[str, float], total: int) -> list[Placed]:
    """At each place the stream that is furthest behind its share gives its next task that has no place yet."""
    given, taken, out = dict.fromkeys(streams, 0), set[int](), list[Placed]()
    left = {name: iter(stream) for name, stream in streams.items()}
    open_ = [name for name in streams if wanted[name] > 0 or name == "uncertain"]
    while open_ and len(out) < total:
        name = max(open_, key=lambda one: (wanted[one] * (len(out) + 1) - given[one], one))
        found = next((one for one in left[name] if one.id not in taken), None)
        if found is None:
            open_.remove(name)
            continue
        taken.add(found.id)
        given[name] += 1
        out.append(found)
    return out
