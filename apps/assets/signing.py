"""Signatures of media addresses: `/media/{expiry}.{key}.{sig}/{asset}/…` opens everything below one asset until `expiry`."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

MARGIN_SECONDS = 3600  # an address is good for at least this long after it was given out


@lru_cache(maxsize=8)
def _key(secret: str) -> tuple[str, bytes]:
    """(name, key): the name tells which secret signed, so that secrets can be changed while old addresses live."""
    key = hmac.new(secret.encode(), b"labelwright media v1", sha256).digest()
    return sha256(key).hexdigest()[:8], key


def _signature(key: bytes, expiry: int, asset_id: int) -> str:
    digest = hmac.new(key, f"{expiry}/{asset_id}/".encode(), sha256).digest()
    return urlsafe_b64encode(digest[:18]).decode()


def media_prefix(asset_id: int, *, now: float | None = None) -> str:
    """The signed prefix, the same for every caller until the next mark, so that browsers keep what they fetched."""
    step = settings.LABELWRIGHT_SIGNED_URL_HOURS * 3600
    expiry = -(-int((now or time.time()) + min(MARGIN_SECONDS, step)) // step) * step
    name, key = _key(settings.SECRET_KEY)
    return f"{settings.MEDIA_URL}{expiry}.{name}.{_signature(key, expiry, asset_id)}/{asset_id}/"


def seconds_left(token: str, asset_id: int, *, now: float | None = None) -> int | None:
    """How long the address is still good; None when it was not signed by us or has ended."""
    expiry, _, rest = token.partition(".")
    name, _, signature = rest.partition(".")
    if not (expiry.isascii() and expiry.isdigit() and len(expiry) < 13):
        return None
    left = int(expiry) - int(now or time.time())
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        known, key = _key(secret)
        if known == name and hmac.compare_digest(signature.encode(), _signature(key, int(expiry), asset_id).encode()):
            return left if left > 0 else None
    return None
