"""Queue order, splits and acceptance sampling. Every number that looks random comes from a seed that is passed in."""

from __future__ import annotations

from .acceptance import (
    accepts,
    allocate,
    draw,
    estimate_size,
    sample_size,
    success_run,
    success_run_finite,
    wrong_in_lot,
)
from .dealing import GUARDED, Dealer
from .keys import order_key, sampling_number
from .overlap import draw_share
from .splits import SplitError, assign_split, split_shares

__all__ = [
    "GUARDED",
    "Dealer",
    "SplitError",
    "accepts",
    "allocate",
    "assign_split",
    "draw",
    "draw_share",
    "estimate_size",
    "order_key",
    "sample_size",
    "sampling_number",
    "split_shares",
    "success_run",
    "success_run_finite",
    "wrong_in_lot",
]
