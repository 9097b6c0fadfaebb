"""API tokens: how they look, and how only their hash is kept. Used by `accounts`, which holds the rows."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "lw_"  # noqa: S105 what every token starts with, not a secret


def new_token() -> str:
    """A fresh secret of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 in hex. A token is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
