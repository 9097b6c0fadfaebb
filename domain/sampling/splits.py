"""Splits by group: items of one group (patient, scene, video) always stand in the same split."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from .keys import sampling_number


class SplitError(ValueError):
    """Shares that make no split."""


def split_shares(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """(name, upper bound) pairs in the given order, bounds in (0, 1], the last exactly 1.

    Raises:
        SplitError: no name, a negative share, or nothing to share out.
    """
    total = sum(shares.values())
    if not shares or any(not isfinite(s) or s < 0 for s in shares.values()) or total <= 0:
        raise SplitError(f"shares must be positive numbers by name, got {dict(shares)}")
    bounds: list[tuple[str, float]] = []
    upto = 0.0
    for name, share in shares.items():
        upto += share / total
        bounds.append((name, upto))
    bounds[-1] = (bounds[-1][0], 1.0)
    return bounds


def assign_split(bounds: list[tuple[str, float]], *, seed: str, group: str) -> str:
    """The split of a group. It depends on the seed and the group alone: adding items moves no other item."""
    number = sampling_number(seed, group)
    return next(name for name, upper in bounds if number < upper)
