"""What answers of services over HTTP mean. Bodies of errors are never read into a text."""

from __future__ import annotations

import http.client

from apps.assets.storages.base import (
    BucketMissing,
    CannotWrite,
    Entry,
    ObjectChanged,
    ObjectGone,
    Reading,
    StorageDenied,
    StorageUnreachable,
)
from apps.core.numbers import is_whole
from apps.core.outgoing import chunks


def answered(response: http.client.HTTPResponse, about: str) -> None:
    """Raises what a status means for a call about a `list`, an `object`, or to `write` or `remove` one."""
    status = response.status
    if status in (200, 201, 202, 204, 206) or (about == "remove" and status == 404):
        return
    if status in (401, 403):
        if about in ("write", "remove"):
            raise CannotWrite("The credentials may not write there.")
        raise StorageDenied("The storage refuses these credentials, or they may not list and read there.")
    if status == 404:
        raise ObjectGone() if about == "object" else BucketMissing()
    if status == 412:
        raise ObjectChanged()
    raise StorageUnreachable(f"The storage answered {status}.")


def size_told(text: str, unknown: int = -1) -> int:
    """A number of bytes as services write it; `unknown` where it is none."""
    return int(text) if is_whole(text) else unknown


def size_of_whole(response: http.client.HTTPResponse) -> int:
    """Of the object that an answer holds a part of; -1 where nobody says."""
    return size_told(response.headers.get("Content-Range", "").rpartition("/")[2])


def read_range(response: http.client.HTTPResponse, key: str, etag: str, first: int, last: int | None) -> Reading:
    """The answer to a read. Raises StorageUnreachable where a range was asked for and the whole came."""
    asked = bool(first) or last is not None
    if asked and response.status != 206:
        raise StorageUnreachable("The storage does not send parts of files.")
    size = size_of_whole(response) if asked else -1 if response.length is None else response.length
    return Reading(Entry(key, size, etag), chunks(response))
