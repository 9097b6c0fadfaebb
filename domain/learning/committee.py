"""A committee of heads that learned from draws of the same labels: where they disagree, more labels teach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .head import Floats, Head, fit

MEMBERS: Final = 8
DRAWS: Final = 20  # until one has two classes in it


def committee_of(
    features: Floats,
    labels: NDArray[np.int64],
    *,
    classes: int,
    decay: float,
    seed: int,
    members: int = MEMBERS,
    check: Callable[[], None] = lambda: None,
) -> list[Head]:
    """Heads that learned from as many labels as there are, drawn with replacement (query by bagging, Abe and Mamitsuka 1998).

    Args:
        features: (N, D). labels: (N,) numbers below `classes`, of two classes at least.

    Raises:
        ValueError: as `fit`.
    """
    found = []
    for member in range(members):
        rng = np.random.default_rng([seed, member])
        found.append(fit(*_drawn(features, labels, rng), classes=classes, decay=decay, check=check))
    return found


def _drawn(features: Floats, labels: NDArray[np.int64], rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """A draw that has two classes in it; where none is found, all labels."""
    for _ in range(DRAWS):
        rows = rng.integers(0, len(labels), len(labels))
        if len(np.unique(labels[rows])) > 1:
            return features[rows], labels[rows]
    return features, labels


def votes(committee: list[Head], features: Floats) -> Floats:
    """(N, members, classes) probabilities of (N, D) features."""
    return np.stack([one.scores(features) for one in committee], axis=1)
