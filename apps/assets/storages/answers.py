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


def read_range(
    response: http.client.HTTPResponse, key: str, etag: str, first: int, last: int | None, size: int = -1
) -> Reading:
    """The answer to a read. Raises StorageUnreachable where a range was asked for and the whole came."""
    asked = bool(first) or last is not None
    if asked and response.status != 206:
        raise StorageUnreachable("The storage does not send parts of files.")
    if asked:
        told = response.headers.get("Content-Range", "").rpartition("/")[2]
        size = int(told) if told.isascii() and told.isdigit() else size
    elif response.length is not None:
        size = response.length
    return Reading(Entry(key, size, etag), chunks(response))
