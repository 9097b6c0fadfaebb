"""Asking a server: JSON through the guarded client, and addresses of images that it can fetch."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.conf import settings

from apps.assets.models import Asset
from apps.assets.queries import delivery_urls
from apps.core import outgoing
from apps.core.errors import TooLarge
from apps.predictions.errors import ModelFails, NoTraining

MOST_BYTES = 64 * 1024 * 1024  # of one answer, and of the labels of a training
ANSWER_BYTES = 64 * 1024  # of the answer to a training that are read
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


def sent_to(url: str, sent: Any, *, seconds: float) -> tuple[int, bytes]:
    """(status, beginning of the answer) of what was sent to a server that may not offer it.

    Raises:
        FetchRefused, FetchFailed
        TooLarge: it is more than is sent at once.
    """
    body = msgspec.json.encode(sent)
    if len(body) > MOST_BYTES:
        raise TooLarge(f"The labels come to {len(body)} bytes; at most {MOST_BYTES} are sent at once.")
    found = outgoing.post(url, body, headers={"Content-Type": "application/json"}, seconds=seconds, read_bytes=ANSWER_BYTES)  # fmt: skip
    return found.status, found.start


def answer_to_training(status: int, raw: bytes) -> dict[str, Any]:
    """What a server says to a training; an empty answer is {}.

    Raises:
        NoTraining: it has no such address, or takes no labels there.
        ModelFails: it reports a fault, or its answer is no JSON object.
    """
    if status in (404, 405, 501):
        raise NoTraining(f"The server answered {status} to the training: it does not offer one.")
    if not 200 <= status < 300:
        raise ModelFails(f"The server answered {status} to the training.", reason="server_error")
    try:
        found = msgspec.json.decode(raw) if raw.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFails("The server's answer to the training is not JSON.", reason="bad_answer") from error
    if not isinstance(found, dict):
        raise ModelFails("The server's answer to the training is no JSON object.", reason="bad_answer")
    return found


def picture_url(asset: Asset) -> str:
    """Where a server gets the upright picture, without signing in, for some hours."""
    urls = delivery_urls(asset)
    return settings.LABELWRIGHT_BASE_URL.rstrip("/") + urls["display"].partition("?")[0]
