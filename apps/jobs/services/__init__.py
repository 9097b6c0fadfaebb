"""Asking for machine work, stopping it, and finding what was lost."""

from __future__ import annotations

from .asking import cancel, enqueue, send, send_once
from .sweeping import sweep

__all__ = ["cancel", "enqueue", "send", "send_once", "sweep"]
