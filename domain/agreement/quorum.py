"""What a stop rule asks of a task's answers: how many are alike, which one is most like the others, how certain all are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .consensus import Consolidation

Pairs = Mapping[tuple[int, int], float | None]


def most_alike(people: Sequence[int], values: Pairs, *, score: float) -> int:
    """The most people whose answers are alike by at least `score`, each to each; 1 of people of whom no two are.

    Args:
        values: of each two people, the lower id first; null where they could not be compared.
    """
    alike = {
        person: {
            other
            for other in people
            if other != person
            and (value := values.get((min(person, other), max(person, other)))) is not None
            and value >= score - 1e-9
        }
        for person in people
    }
    best = 0

    def grow(size: int, left: set[int], done: set[int]) -> None:
        """Bron and Kerbosch (1973), with the pivot that leaves the fewest ways."""
        nonlocal best
        best = max(best, size)
        if not left or size + len(left) <= best:
            return
        pivot = max(left | done, key=lambda person: len(alike[person] & left))
        for person in sorted(left - alike[pivot]):
            grow(size + 1, left & alike[person], done & alike[person])
            left.discard(person)
            done.add(person)

    grow(0, set(people), set())
    return best


def champion(people: Sequence[int], values: Pairs) -> int | None:
    """Whose answer is most like the others', in the mean; of equals the lowest id. None without people."""

    def mean(person: int) -> float:
        own = [value for pair, value in values.items() if person in pair and value is not None]
        return sum(own) / len(own) if own else 0.0

    return max(sorted(people), key=mean, default=None)


def certainty(found: Consolidation) -> float:
    """How certain the answers are together: the mean over regions and questions of the winner's share times the share that
    has the region; of nothing to disagree about 1."""
    regions = [one.support * (one.class_vote.certainty or 0.0) for one in found.regions]
    whole = regions + [vote.certainty or 0.0 for vote in found.items]
    return sum(whole) / len(whole) if whole else 1.0
