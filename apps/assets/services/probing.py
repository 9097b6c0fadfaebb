"""Trying a storage: does it answer, list, read, send parts, let browsers in, and take a file?"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from apps.assets.models import Storage
from apps.assets.services.storages import open_storage
from apps.assets.storages import Driver, Entry
from apps.core.errors import DomainError
from apps.core.outgoing_calls import Caller

SECONDS = 60  # an address that only the probe uses
PROBED_BYTES = 16


class NotDirect(DomainError):
    code = "not_direct"


def probe(storage: Storage) -> list[dict[str, Any]]:
    """[{"name", "ok", "code", "detail"}], in order; what stands after a failure that others need is left out."""
    found: list[dict[str, Any]] = []
    options = storage.options

    def tried(name: str, work: Callable[[], Any]) -> Any:
        try:
            told = work()
        except DomainError as error:
            found.append({"name": name, "ok": False, "code": error.code, "detail": error.detail})
            return None
        found.append({"name": name, "ok": True, "code": "", "detail": ""})
        return told

    driver: Driver | None = tried("open", lambda: open_storage(storage))
    if driver is None:
        return found
    first: list[Entry] | None = tried("list", lambda: _first(driver, options.get("prefix", "")))
    if first:
        tried("read", lambda: _read(driver, first[0], 0, None))
        ranged = tried("ranges", lambda: _read(driver, first[0], 0, PROBED_BYTES - 1)) is not None
        if storage.delivery == Storage.Delivery.DIRECT:
            tried("direct", lambda: _direct(driver, first[0], ranged))
    if first is not None and storage.for_exports:
        tried("write", lambda: _write(driver, options.get("prefix", "")))
    return found


def is_direct(storage: Storage) -> bool:
    """Whether browsers are sent to signed addresses: it was wished, and the last test found that they can be."""
    passed = {check["name"] for check in storage.probe if check["ok"]}
    return storage.delivery == Storage.Delivery.DIRECT and "direct" in passed


def _first(driver: Driver, prefix: str) -> list[Entry]:
    """The first file with bytes in it, looked for among the first few."""
    for number, entry in enumerate(driver.entries(prefix)):
        if entry.size != 0 and not entry.key.endswith("/"):
            return [entry]
        if number > 100:
            break
    return []


def _read(driver: Driver, entry: Entry, first: int, last: int | None) -> int:
    with driver.reading(entry.key, etag=entry.etag, first=first, last=last) as reading:
        return len(next(reading.chunks, b""))


def _direct(driver: Driver, entry: Entry, ranged: bool) -> None:
    """As a browser on our pages would ask. Raises NotDirect with what is missing."""
    if not ranged:
        raise NotDirect("The storage does not send parts of files.")
    url = driver.address(entry.key, SECONDS)
    if url is None:
        raise NotDirect("Storages of this kind, or with these credentials, have no signed addresses.")
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in settings.LABELWRIGHT_MEDIA_ORIGINS:
        raise NotDirect(
            f"The operator has to name {origin} in LABELWRIGHT_MEDIA_ORIGINS, or browsers will not load it."
        )
    ours = urlsplit(settings.LABELWRIGHT_BASE_URL)
    here = f"{ours.scheme}://{ours.netloc}"
    headers = {"Origin": here, "Range": f"bytes=0-{PROBED_BYTES - 1}"}
    with Caller().call("GET", url, headers=headers, follow=True) as response:
        status, allowed = response.status, response.headers.get("Access-Control-Allow-Origin", "")
    if status not in (200, 206):
        raise NotDirect(f"The signed address was answered with {status}.")
    if allowed not in ("*", here):
        raise NotDirect(f"The bucket's CORS rules do not allow {here}.")


def _write(driver: Driver, prefix: str) -> None:
    key = f"{prefix}labelwright-test-{secrets.token_hex(6)}.txt"
    body = b"Labelwright tried whether it may write here. This file can be removed.\n"
    driver.write(key, io.BytesIO(body), len(body))
    try:
        driver.remove(key)
    except DomainError:
        return  # may write and not remove: enough for exports
