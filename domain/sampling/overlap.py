"""Which tasks get several annotators."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from math import floor, isfinite

from .keys import sampling_number


def draw_share(
    strata: Mapping[Hashable, Iterable[int]], *, share: float, seed: str, kept: AbstractSet[int] = frozenset()
) -> set[int]:
    """Tasks drawn from each stratum: its share of them, rounded up or down by chance so that it holds on average.

    Who is drawn at a share is drawn at every larger one too, as long as the stratum is the same.

    Args:
        kept: tasks that have been drawn before and stay so; they count into the share.

    Raises:
        ValueError: a share that is not in [0, 1].
    """
    if not (isfinite(share) and 0 <= share <= 1):
        raise ValueError(f"a share lies in [0, 1], got {share}")
    drawn: set[int] = set()
    for stratum, members in strata.items():
        ranked = sorted((task not in kept, sampling_number(seed, "overlap", task), task) for task in members)
        wanted = floor(
            len(ranked) * share + sampling_number(seed, "round", stratum, *(ranked[0][2:] if ranked else ()))
        )
        drawn.update(task for _, _, task in ranked[: min(wanted, len(ranked))])
        drawn.update(task for fresh, _, task in ranked if not fresh)
    return drawn
