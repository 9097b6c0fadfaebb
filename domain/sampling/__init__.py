"""Queue order, splits and acceptance sampling. Every number that looks random comes from a seed that is passed in."""

from __future__ import annotations

from .acceptance import success_run, success_run_finite
from .keys import order_key, sampling_number
from .splits import SplitError, assign_split, split_shares

__all__ = [
    "SplitError",
    "assign_split",
    "order_key",
    "sampling_number",
    "split_shares",
    "success_run",
    "success_run_finite",
]
