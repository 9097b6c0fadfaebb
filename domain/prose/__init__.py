"""Texts that people write: how alike two are, and what changed from one to the next."""

from __future__ import annotations

from .differences import BlockChange, block_changes, marked_words
from .likeness import Likeness, likeness, most_alike, trigrams

__all__ = ["BlockChange", "Likeness", "block_changes", "likeness", "marked_words", "most_alike", "trigrams"]
