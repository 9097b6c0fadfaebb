"""What every kind of storage can do, and what can go wrong with it."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Protocol

import msgspec

from apps.core.errors import DomainError, NotFound

SORTED_AT_ONCE = 20_000  # entries in memory, where a service does not list in order


class StorageUnreachable(DomainError):
    code, status, title = "storage_unreachable", 502, "The storage does not answer"


class StorageDenied(DomainError):
    code, status, title = "storage_denied", 403, "The storage refuses the credentials"


class BucketMissing(NotFound):
    code, title = "bucket_missing", "There is no such bucket"


class FolderRefused(DomainError):
    code, status, title = "folder_refused", 400, "This folder may not be connected"


class ListUnreadable(DomainError):
    code, status, title = "list_unreadable", 400, "The list of addresses cannot be read"


class ObjectGone(NotFound):
    code, title = "object_gone", "The file is not in the storage any more"


class ObjectChanged(NotFound):
    code, title = "object_changed", "The file in the storage is another one now"


class CannotWrite(DomainError):
    code, status, title = "storage_read_only", 400, "Nothing can be written there"


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: its key below the bucket, bytes (-1 where nobody says) and what changes with its content."""

    key: str
    size: int
    etag: str


@dataclass(slots=True)
class Reading:
    """An object that is being read: what it is, and its bytes or the range of them that was asked for."""

    entry: Entry
    chunks: Iterator[bytes]


class Driver(Protocol):
    """A connected storage. Every method raises the errors above, FetchRefused or FetchFailed; none tells an answer's body."""

    ordered: bool  # `entries` come in the order of the keys' bytes

    def entries(self, prefix: str) -> Iterator[Entry]:
        """What lies below a prefix, fetched in pages as it is read."""

    def reading(
        self, key: str, *, etag: str = "", first: int = 0, last: int | None = None
    ) -> AbstractContextManager[Reading]:
        """The object, or the bytes from `first` to `last` of it. ObjectChanged where its etag is another."""

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        """Put an object there: nobody sees a half of it under this name."""

    def remove(self, key: str) -> None:
        """Remove an object; it is no error where there is none."""

    def address(self, key: str, seconds: int) -> str | None:
        """A signed address by which a browser reads the object, or None where the kind has none."""


def range_header(first: int, last: int | None) -> dict[str, str]:
    """What asks for the bytes from `first` to `last` alone; nothing where the whole is meant."""
    return {"Range": f"bytes={first}-{'' if last is None else last}"} if first or last is not None else {}


def in_order(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Sorted by the bytes of their keys with flat memory: runs in files, merged."""
    source, runs = iter(entries), []
    while run := sorted(islice(source, SORTED_AT_ONCE), key=by_bytes):
        file = tempfile.TemporaryFile()  # noqa: SIM115 closed when the merge ends
        file.writelines(msgspec.json.encode([one.key, one.size, one.etag]) + b"\n" for one in run)
        file.seek(0)
        runs.append(file)
    try:
        yield from heapq.merge(*(map(_entry, file) for file in runs), key=by_bytes)
    finally:
        for file in runs:
            file.close()


def by_bytes(entry: Entry) -> bytes:
    return entry.key.encode()


def _entry(line: bytes) -> Entry:
    key, size, etag = msgspec.json.decode(line)
    return Entry(key, size, etag)
