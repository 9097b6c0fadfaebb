"""Whole numbers that come as text: in the query, in headers, in forms."""

from __future__ import annotations

from apps.core.errors import Invalid

MOST_DIGITS = 18  # what the database's numbers hold, whatever the digits


def is_whole(text: str) -> bool:
    """Digits alone, and not more than a column holds."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def whole(name: str, text: str, what: str = "a whole number") -> int:
    """Raises Invalid for what is no whole number; `what` says what was expected."""
    if not is_whole(text):
        raise Invalid(f"`{name}` must be {what}, got {text[:40]!r}.")
    return int(text)


def whole_between(name: str, text: str, low: int, high: int) -> int:
    """Raises Invalid for what is no whole number from `low` to `high`."""
    if not (is_whole(text) and low <= int(text) <= high):
        raise Invalid(f"`{name}` must be a whole number from {low} to {high}, got {text[:40]!r}.")
    return int(text)
