"""Known faults in copies of trusted work: planting one, and telling whether a reviewer found it."""

from __future__ import annotations

from .faults import KINDS, FaultKind, Planted, plant
from .finding import Spot, was_found

__all__ = ["KINDS", "FaultKind", "Planted", "Spot", "plant", "was_found"]
