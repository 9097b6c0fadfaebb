"""Pictures: telling what a file is, decoding it within limits, and making what browsers show. Pillow and numpy, no Django models."""

from __future__ import annotations

from .decode import Page, decode
from .derive import Derivative, derive, display16
from .probe import CONTENT_TYPES, Kind, sniff
from .samples import percentile_window

__all__ = ["CONTENT_TYPES", "Derivative", "Kind", "Page", "decode", "derive", "display16", "percentile_window", "sniff"]
