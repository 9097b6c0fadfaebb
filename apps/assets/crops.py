"""Crops of regions: which part of the picture is shown, and its signed address. Only windows that were given out are cut."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings

from apps.assets.models import Asset
from apps.assets.signing import media_prefix

ROOM = 0.2  # of the longer side, on each side: what stands around it tells what it is
LEAST_ROOM = 8  # image pixels
SIGNATURE = 12  # hexadecimal digits: the prefix is signed too


class Window(NamedTuple):
    """Whole image pixels."""

    x: int
    y: int
    w: int
    h: int

    def name(self) -> str:
        return "_".join(map(str, self))


def window_around(bounds: Sequence[float], width: int, height: int) -> Window:
    """The part of an image that shows these bounds with room around them, inside the image; at least one pixel."""
    x0, y0, x1, y1 = bounds
    room = max(LEAST_ROOM, ROOM * max(x1 - x0, y1 - y0))
    left = min(max(0, int(x0 - room)), width - 1)
    top = min(max(0, int(y0 - room)), height - 1)
    right = max(left + 1, min(width, int(x1 + room) + 1))
    bottom = max(top + 1, min(height, int(y1 + room) + 1))
    return Window(left, top, right - left, bottom - top)


def signature(asset_id: int, window: Window, secret: str) -> str:
    """What tells a window that we gave out from one that somebody made up."""
    key = hmac.new(secret.encode(), b"labelwright crop v1", sha256).digest()
    return hmac.new(key, f"{asset_id}/{window.name()}".encode(), sha256).hexdigest()[:SIGNATURE]


def is_ours(asset_id: int, window: Window, signed: str) -> bool:
    secrets = (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS))
    return any(hmac.compare_digest(signed, signature(asset_id, window, secret)) for secret in secrets)


def crop_url(asset: Asset, window: Window) -> str:
    """Its signed address; the query part changes with the window of a 16-bit image."""
    seen = f"?w={asset.window['low']}-{asset.window['high']}" if asset.window else ""
    return f"{media_prefix(asset.pk)}crop/{window.name()}.{signature(asset.pk, window, str(settings.SECRET_KEY))}{seen}"
