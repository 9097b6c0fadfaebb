"""`ETag` and `If-Match`: optional, and 412 where somebody was faster."""

from __future__ import annotations

from datetime import datetime

from rest_framework.request import Request

from apps.core.errors import StaleVersion


def etag_of(moment: datetime) -> str:
    """A row's version, from when it last changed."""
    return f'"{int(moment.timestamp() * 1_000_000)}"'


def if_match(request: Request) -> str | None:
    """What the caller saw last, or None where they do not care."""
    sent = request.META.get("HTTP_IF_MATCH", "").strip()
    return None if sent in ("", "*") else sent


def check_fresh(expected: str | None, current: str) -> None:
    """Raises StaleVersion where the caller saw another version. Call it under the row's lock."""
    if expected is None:
        return
    seen = {part.strip().removeprefix("W/").strip('"') for part in expected.split(",")}
    if current.strip('"') not in seen:
        raise StaleVersion("It was changed since you opened it. Load it again, then make your change.", etag=current)
