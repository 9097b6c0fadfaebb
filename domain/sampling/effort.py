"""How long a task may take, by what a model expects in it and how long people took for as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

LEAST = 20  # finished tasks with a time; with fewer all tasks count alike
LEAST_OF_BUCKET = 5  # tasks
SHORTEST: Final = 1.0  # second


@dataclass(frozen=True, slots=True)
class Effort:
    """seconds: by bucket of regions (0, 1, 2 to 3, 4 to 7, …), never falling; tasks: that it was learned from."""

    seconds: list[float]
    tasks: int

    def of(self, regions: int) -> float:
        """Seconds that a task with so many regions may take."""
        return self.seconds[min(_bucket(regions), len(self.seconds) - 1)]


def effort_of(done: Sequence[tuple[int, float]]) -> Effort | None:
    """The median of each bucket of tasks; one of few tasks counts as the one before it, and none for less than one before it.

    Medians, because the time of a task has a long tail: a call, a coffee.

    Args:
        done: (regions, active seconds) of finished tasks; without a time they do not count.

    Returns:
        None with fewer than LEAST tasks: then nothing is known.
    """
    timed = [(regions, seconds) for regions, seconds in done if seconds > 0]
    if len(timed) < LEAST:
        return None
    buckets: list[list[float]] = [[] for _ in range(1 + max(_bucket(regions) for regions, _ in timed))]
    for regions, seconds in timed:
        buckets[_bucket(regions)].append(seconds)
    told: list[float | None] = [median(some) if len(some) >= LEAST_OF_BUCKET else None for some in buckets]
    known = [one for one in told if one is not None]
    last = known[0] if known else median(seconds for _, seconds in timed)
    out = []
    for one in told:
        last = max(last, one) if one is not None else last
        out.append(max(SHORTEST, last))
    return Effort(out, len(timed))


def _bucket(regions: int) -> int:
    """0 of none, 1 of one, 2 of two and three, 3 of four to seven …"""
    return max(0, regions).bit_length()
