"""What can go wrong, by the server's own words."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """The server refused. `code` is stable; `detail` is for people; `document` is all that it said."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status, self.document = status, document
        self.code = str(document.get("code") or "unknown")
        self.detail = str(document.get("detail") or document.get("title") or f"HTTP {status}")
        super().__init__(f"{self.detail} [{self.code}]")


class Unreachable(Exception):
    """Nobody answered, also when asked again."""
