"""Pictures inside of the files of a format: how a writer is given them, and how a reader hands them on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Any, BinaryIO

from .sources import MAX_FILE, Source, SourceError

IN_MEMORY = 4 << 20  # bytes


def pictures_into(writer: Any, sink: Any) -> Any:
    """Where pictures go: into the format's own files where it keeps them there, else beside them."""
    return getattr(writer, "pictures", None) or sink


def pictures_from(reader: Any, source: Source) -> Source:
    """Where the pictures of items are read: the reader's own where they lie in the format's files."""
    own: Source | None = getattr(reader, "pictures", None)
    return own or source


class Given:
    """The sink of a writer that keeps pictures itself: it gets each whole, with its path."""

    def __init__(self, take: Callable[[str, bytes], None]) -> None:
        self._take = take

    def write(self, path: str, data: bytes) -> None:
        self._take(path, data)

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        buffer = io.BytesIO()
        yield buffer
        self._take(path, buffer.getvalue())


class Kept:
    """Pictures that were met while reading, in a file of their own until somebody asks, beside those of the source.

    A reader may be ahead in a thread of its own: one at a time moves about in the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as its reader
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._turn = Lock()

    def keep(self, path: str, data: bytes) -> str:
        """Keep a picture; the path under which it is read again."""
        with self._turn:
            self._file.seek(self._end)
            self._file.write(data)
            self._places[path] = (self._end, len(data))
            self._end += len(data)
        return path

    def paths(self) -> list[str]:
        return [*self._source.paths(), *self._places]

    def size(self, path: str) -> int:
        return self._places[path][1] if path in self._places else self._source.size(path)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        if path not in self._places:
            return self._source.read(path, limit)
        at, size = self._places[path]
        if size > limit:
            raise SourceError("file_too_large", f"{path} is over {limit} bytes")
        with self._turn:
            self._file.seek(at)
            return self._file.read(size)

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.read(path)) if path in self._places else self._source.open(path)
