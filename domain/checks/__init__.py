"""Checks: one file a rule, found by looking in this package.

A rule is a module with `CODE`, `LEVEL` (how grave it is where the project says nothing) and any of
- `check_one(region, context)`: a region by itself,
- `check_pair(region, other, context)`: two whose bounds lie near; `LEAST_IOU` says how near, `PAIRS(context)` whether at all,
- `check_all(regions, context)`: the whole item, at submit; `WHOLE(regions, context)` says whether it has anything to ask,
each yielding findings. `PARAMETERS` names what a project may set: default, least, most. `LONG` is a number of vertices above
which the rule waits for the submit. A rule that is only `TOLD` is never kept as a finding of a revision: it is advice.

Rules are cheap: those over regions and pairs run in the answer to a save, within a budget.
"""

from __future__ import annotations

from .base import NOTHING, Context, Finding, Known, Reference, levelled
from .choices import DEFAULT, Choices, Level
from .runner import RULES, Described, bad_choice, described, pair_codes, pair_window, run, run_whole
from .usual import Confused, Sample, Spread, Usual, usual_of

__all__ = [
    "DEFAULT",
    "NOTHING",
    "RULES",
    "Choices",
    "Confused",
    "Context",
    "Described",
    "Finding",
    "Known",
    "Level",
    "Reference",
    "Sample",
    "Spread",
    "Usual",
    "bad_choice",
    "described",
    "levelled",
    "pair_codes",
    "pair_window",
    "run",
    "run_whole",
    "usual_of",
]
