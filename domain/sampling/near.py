"""Pairs of pictures that look alike, without comparing every picture with every other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_ALIKE = 2_000  # pictures with an equal band that are compared with each other; beyond it near ones in order only


def near_pairs(
    hashes: NDArray[np.uint64], parts: NDArray[np.integer], *, within: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Pairs of different parts whose hashes differ in at most `within` bits.

    Of `within` + 1 bands of bits, two such hashes have at least one in common (pigeonhole), so only those are compared.

    Args:
        hashes: (N,) 64 bits a picture.
        parts: (N,) the split of each; pairs within one are no leak.
        within: bits, 0 to 15.

    Returns:
        (first, second, distance), each (K,), first < second, by distance, first, second; every pair once.

    Raises:
        ValueError: shapes that do not fit, or `within` out of bounds.
    """
    if hashes.shape != parts.shape or hashes.ndim != 1:
        raise ValueError(f"hashes and parts must be (N,), got {hashes.shape} and {parts.shape}")
    if not 0 <= within <= 15:
        raise ValueError(f"within must be 0 to 15 bits, got {within}")
    found: set[tuple[int, int, int]] = set()
    edges = np.linspace(0, 64, within + 2).astype(int)
    for low, high in itertools.pairwise(edges):
        mask = np.uint64((1 << int(high - low)) - 1)
        band = (hashes >> np.uint64(low)) & mask
        order = np.argsort(band, kind="stable")
        for a, b, distance in _in_band(band[order], hashes[order], parts[order], within):
            pairs = np.sort(np.stack([order[a], order[b]], axis=1), axis=1)
            found.update(zip(distance.tolist(), pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True))
    rows = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return rows[:, 1], rows[:, 2], rows[:, 0].astype(np.uint8)


def joined(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `count` places the first place that it hangs together with over any number of links (union–find)."""
    head = list(range(count))

    def first_of(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    for a, b in links:
        low, high = sorted((first_of(a), first_of(b)))
        head[high] = low
    return [first_of(place) for place in range(count)]


def _in_band(band, hashes, parts, within):  # type: ignore[no-untyped-def]  # arrays in the order of the band
    at = np.arange(max(0, len(band) - 1))
    for step in range(1, MOST_ALIKE):
        at = at[at + step < len(band)]
        at = at[band[at] == band[at + step]]  # equal bands stand together: who fails here fails for every longer step
        if not len(at):
            return
        distance = np.bitwise_count(hashes[at] ^ hashes[at + step])
        hit = (distance <= within) & (parts[at] != parts[at + step])
        if hit.any():
            yield at[hit], at[hit] + step, distance[hit]


ALIKE = (
    20  # bits of 64; two pictures that have nothing in common differ in 32 ± 4, so one pair in 700 is alike by chance
)


def in_groups(looks: Sequence[int | None], *, within: int = ALIKE) -> list[int]:
    """Places in `looks` so that alike pictures stand together: the first that is left and those alike to it, nearest first, then
    the next that is left; equally near ones in the order given.

    Args:
        looks: (N,) 64 bits a picture as unsigned numbers; None: nobody looked, so that it is like no other.
        within: bits in which alike pictures differ at most.
    """
    left, placed = list(range(len(looks))), list[int]()
    while left:
        first, left = left[0], left[1:]
        seed = looks[first]
        bits = {p: (seed ^ look).bit_count() for p in left if seed is not None and (look := looks[p]) is not None}
        near = sorted((p for p, b in bits.items() if b <= within), key=lambda p: (bits[p], p))
        placed += [first, *near]
        chosen = set(near)
        left = [p for p in left if p not in chosen]
    return placed
