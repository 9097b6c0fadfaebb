"""Random cases against other people's libraries, in an environment of their own: `make reference`.

The main environment has none of these libraries; there nothing here is collected.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
import pytest

collect_ignore_glob = ["test_*.py"] if find_spec("krippendorff") is None else []

FULL = os.environ.get("LABELWRIGHT_SOAK") == "1"
CASES = 10_000 if FULL else 300


def count_of(share: float) -> int:
    """Cases for a library that is slow: a share of all."""
    return max(20, round(CASES * share))


def seeds(share: float = 1.0) -> Iterator[np.random.Generator]:
    for seed in range(count_of(share)):
        yield np.random.default_rng([2026, seed])


@pytest.fixture(autouse=True)
def _quiet():
    """Libraries warn about what we answer null."""
    with np.errstate(all="ignore"):
        yield
