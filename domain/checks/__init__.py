"""Checks: one file a rule, found by looking in this package.

A rule is a module with `CODE`, and one of `check_one(region, context)` or `check_pair(region, other, context)`,
or
`check_all(regions, context)`, each yielding findings. `PARAMETERS` names what a project may set: default, least, most. A pair rule also says `LEAST_IOU`: pairs whose bounds overlap less are none of its business. Rules
here are cheap: they run in the answer to a save, within a budget; those over a whole item (`check_all`) at submit.
"""

from __future__ import annotations

from .base import Context, Finding, levelled
from .choices import DEFAULT, Choices
from .runner import RULES, bad_choice, pair_window, run, run_whole

__all__ = [
    "DEFAULT",
    "RULES",
    "Choices",
    "Context",
    "Finding",
    "bad_choice",
    "levelled",
    "pair_window",
    "run",
    "run_whole",
]
