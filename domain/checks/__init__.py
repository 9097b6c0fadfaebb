"""Checks: one file a rule, found by looking in this package.

A rule is a module with `CODE`, `SEVERITY`, and either `check_one(region, context)` or `check_pair(region, other, context)`,
each yielding findings. A pair rule also says `LEAST_IOU`: pairs whose bounds overlap less are none of its business. Rules
here are cheap: they run in the answer to a save, within a budget.
"""

from __future__ import annotations

from .base import Context, Finding
from .runner import RULES, pair_window, run

__all__ = ["RULES", "Context", "Finding", "pair_window", "run"]
