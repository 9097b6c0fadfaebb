"""Consensus: one answer made out of several independent ones.

`consolidate(answers, schema, params)` does a task. The parts stand alone: Dawid and Skene, weighted box fusion, STAPLE and
the vote of pixels. Needs numpy: not for the web process at start.
"""

from __future__ import annotations

from .consolidating import consolidate
from .opinions import opinions_of
from .structs import ConsensusParams, ConsensusRegion, Consolidation, Given, Member, Opinions, Vote

__all__ = [
    "ConsensusParams",
    "ConsensusRegion",
    "Consolidation",
    "Given",
    "Member",
    "Opinions",
    "Vote",
    "consolidate",
    "opinions_of",
]
