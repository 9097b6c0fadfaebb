"""Asking a server: JSON through the guarded client, and addresses of images that it can fetch."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.conf import settings

from apps.assets.models import Asset
from apps.assets.queries import delivery_urls
from apps.core import outgoing
from apps.predictions.errors import ModelFails

MOST_BYTES = 64 * 1024 * 1024  # of one answer
T = TypeVar("T")


def asked_for(url: str, kind: type[T], sent: Any = None, *, seconds: float) -> T:
    """What a server answers, as a struct.

    Raises:
        FetchRefused, FetchFailed, FetchTooLarge
        ModelFails: the answer is not JSON, or not of this form.
    """
    body = None if sent is None else msgspec.json.encode(sent)
    raw = outgoing.ask_json(url, body, max_bytes=MOST_BYTES, seconds=seconds)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise ModelFails(f"The server's answer is not of the protocol: {error}", reason="bad_answer") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFails("The server's answer is not JSON.", reason="bad_answer") from error


def picture_url(asset: Asset) -> str:
    """Where a server gets the upright picture, without signing in, for some hours."""
    urls = delivery_urls(asset)
    return settings.LABELWRIGHT_BASE_URL.rstrip("/") + urls["display"].partition("?")[0]
