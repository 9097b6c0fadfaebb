"""What something is, by what accepted things like it are: nearest neighbours over small embeddings."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from .features import DIMENSIONS, Floats
from .features import NAME as FEATURES

NAME = f"{FEATURES}/96"
SIZE = 96  # numbers of an embedding
NEIGHBOURS = 9
SEED = 20_26


class Suggestion(msgspec.Struct, frozen=True):
    """`neighbours` of the nearest are of this class; `share`: what they weigh of all, the nearer the more."""

    class_id: int
    share: float
    neighbours: int


@cache
def _turn() -> Floats:
    drawn = np.random.default_rng(SEED).normal(size=(DIMENSIONS, SIZE)) / np.sqrt(SIZE)
    return drawn.astype(np.float32)


def embedded(features: Floats) -> Floats:
    """(N, SIZE) of (N, DIMENSIONS) features: a random projection that is always the same, which keeps distances within some
    per cent (Johnson and Lindenstrauss 1984) in an eighth of the room."""
    return np.asarray(features @ _turn(), dtype=np.float32)


def suggested(known: Floats, classes: NDArray[np.int64], asked: Floats) -> list[Suggestion]:
    """The classes of the nearest known ones, the likeliest first.

    Each of the NEIGHBOURS nearest votes with 1 / (its distance + that of the nearest), so that one much nearer than the others
    counts for more (after Dudani 1976).

    Args:
        known: (N, SIZE). classes: (N,). asked: (SIZE,).

    Raises:
        ValueError: shapes that do not fit.
    """
    if known.ndim != 2 or classes.shape != (len(known),) or asked.shape != known.shape[1:]:
        raise ValueError(f"shapes do not fit: {known.shape}, {classes.shape} and {asked.shape}")
    if not len(known):
        return []
    apart = np.linalg.norm(known - asked, axis=1)
    near = np.argsort(apart, kind="stable")[:NEIGHBOURS]
    votes = 1 / (apart[near] + max(float(apart[near[0]]), 1e-6))
    found = np.unique(classes[near])
    out = [
        Suggestion(int(one), float(votes[classes[near] == one].sum() / votes.sum()), int((classes[near] == one).sum()))
        for one in found
    ]
    return sorted(out, key=lambda one: (-one.share, one.class_id))
