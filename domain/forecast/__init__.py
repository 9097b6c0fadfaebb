"""What is to come: when a project is finished, and how sure a figure will be. Plain Python where a page asks for it."""

from __future__ import annotations

from .finish import Finish, finish
from .precision import OverlapPlan, items_for_width, kappa_interval, overlap_plan

__all__ = ["Finish", "OverlapPlan", "finish", "items_for_width", "kappa_interval", "overlap_plan"]
