"""Telling a person's open pages that what they may see has changed: their event stream is signed in anew."""

from __future__ import annotations

from collections.abc import Iterable

from apps.activity import events


def access_changed(user_ids: Iterable[int]) -> None:
    """Once the transaction is committed."""
    for user_id in dict.fromkeys(user_ids):
        events.publish(f"user:{user_id}", "access.changed", {})
