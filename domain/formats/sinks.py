"""Where writers put their files: a folder-like sink, or one deterministic zip.

The zip's bytes depend on paths and contents only: entries stored, dated 1980-01-01, sorted by path. Contents wait in a
scratch file until all paths are known, so memory does not grow with them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from struct import pack
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol
from zlib import crc32

COPY_BYTES = 1 << 20
LARGE, MOST_OWN = 4 << 20, 32  # bytes of an entry that keeps its own scratch file, and how many may
_DOS_DATE = (0 << 9) | (1 << 5) | 1  # 1980-01-01
_FLAGS = 0x800  # names are UTF-8
_DOTS = frozenset(("", ".", ".."))
_WAY_OUT = re.compile(r"[\x00-\x1f\\]")
_UNSAFE = re.compile(r'[\x00-\x1f\\:*?"<>|]')
_LIMIT32 = 0xFFFFFFFF


class Sink(Protocol):
    """A place for files. Several may be open at once; a path is written once."""

    def open(self, path: str) -> AbstractContextManager[BinaryIO]: ...

    def write(self, path: str, data: bytes) -> None: ...

    def scratch(self) -> BinaryIO: ...


def safe_path(path: str) -> str:
    """A relative path with forward slashes and no way out.

    Raises:
        ValueError: empty, absolute, or with an empty, `.` or `..` part, a backslash or a control character.
    """
    if not _DOTS.isdisjoint(path.split("/")) or _WAY_OUT.search(path):
        raise ValueError(f"{path!r} is no safe relative path")
    return path


def safe_name(name: str) -> str:
    """The nearest safe relative path to a name that people gave."""
    kept = _UNSAFE.sub("_", name)
    return "/".join(part for part in kept.split("/") if part not in ("", ".", "..")) or "unnamed"


class _Entry:
    __slots__ = ("crc", "file", "offset", "path", "sha256", "size", "where")

    def __init__(self, path: str, offset: int, size: int, crc: int, digest: str, file: BinaryIO | None) -> None:
        self.path, self.offset, self.size, self.crc, self.sha256 = path, offset, size, crc, digest
        self.file = file  # of its own; none: it stands in the store
        self.where = 0


class ZipSink:
    """One deterministic zip, written to `out` by `close`. `digest` is over (path, sha256 of contents)."""

    def __init__(self, out: BinaryIO, *, make_scratch: Callable[[], BinaryIO] = TemporaryFile) -> None:
        self._out = out
        self._make_scratch = make_scratch
        self._store = make_scratch()
        self._own: list[BinaryIO] = []  # scratch files of large entries, which are not copied into the store
        self._at = 0
        self._entries: dict[str, _Entry] = {}
        self.digest = ""

    def scratch(self) -> BinaryIO:
        """A file for a writer's own use; the writer closes it."""
        return self._make_scratch()

    def write(self, path: str, data: bytes) -> None:
        """Add a small file at once. Raises ValueError when the path is unsafe or taken."""
        self._claim(path)
        self._store.write(data)
        self._add(path, self._at, len(data), crc32(data), sha256(data).hexdigest())

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """A file to write piece by piece; it is added when the block ends without an exception."""
        self._claim(path)
        part = self._make_scratch()
        try:
            yield part
            large = part.seek(0, io.SEEK_END) >= LARGE and len(self._own) < MOST_OWN
            part.seek(0)
            size, crc, digest = 0, 0, sha256()
            while data := part.read(COPY_BYTES):
                size, crc = size + len(data), crc32(data, crc)
                digest.update(data)
                if not large:
                    self._store.write(data)
            self._add(path, 0 if large else self._at, size, crc, digest.hexdigest(), part if large else None)
        except BaseException:
            part.close()
            raise
        if large:
            self._own.append(part)
        else:
            part.close()

    def _claim(self, path: str) -> None:
        safe_path(path)
        if path in self._entries:
            raise ValueError(f"{path!r} is already in the archive")

    def _add(self, path: str, offset: int, size: int, crc: int, digest: str, file: BinaryIO | None = None) -> None:
        if path in self._entries:
            raise ValueError(f"{path!r} is already in the archive")
        self._entries[path] = _Entry(path, offset, size, crc, digest, file)
        if file is None:
            self._at = offset + size

    def close(self) -> None:
        """Write the archive, sorted, and let go of the scratch file. `out` stays open."""
        entries = sorted(self._entries.values(), key=lambda entry: entry.path.encode())
        where, self._at = 0, -1  # now the place in the scratch file that is read next
        for entry in entries:
            entry.where = where
            header = _local_header(entry)
            self._out.write(header)
            self._copy(entry)
            where += len(header) + entry.size
        directory = b"".join(map(_central_header, entries))
        self._out.write(directory)
        self._out.write(_end(len(entries), len(directory), where))
        self.discard()
        lines = "".join(f"{entry.path}\0{entry.sha256}\n" for entry in entries)
        self.digest = sha256(lines.encode()).hexdigest()

    def discard(self) -> None:
        """Let go of the scratch files."""
        for file in (self._store, *self._own):
            file.close()

    def _copy(self, entry: _Entry) -> None:
        file = self._store
        if entry.file is not None:
            file = entry.file
            file.seek(0)
        else:
            if entry.offset != self._at:  # most stand in order, and each jump empties the file's buffer
                file.seek(entry.offset)
            self._at = entry.offset + entry.size
        left = entry.size
        while left:
            data = file.read(min(left, COPY_BYTES))
            if not data:
                raise OSError(f"the scratch file ended inside {entry.path!r}")
            self._out.write(data)
            left -= len(data)


def _local_header(entry: _Entry) -> bytes:
    name = entry.path.encode()
    big = entry.size >= _LIMIT32
    extra = pack("<HHQQ", 1, 16, entry.size, entry.size) if big else b""
    size = _LIMIT32 if big else entry.size
    version = 45 if big else 20
    fixed = pack("<4s5H3L2H", b"PK\3\4", version, _FLAGS, 0, 0, _DOS_DATE, entry.crc, size, size, len(name), len(extra))
    return fixed + name + extra


def _central_header(entry: _Entry) -> bytes:
    name = entry.path.encode()
    big, far = entry.size >= _LIMIT32, entry.where >= _LIMIT32
    wide = ([entry.size, entry.size] if big else []) + ([entry.where] if far else [])
    extra = pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size, where = (_LIMIT32 if big else entry.size), (_LIMIT32 if far else entry.where)
    version = 45 if wide else 20
    mode = 0o100644 << 16
    fixed = pack(
        "<4s6H3L5H2L",
        *(b"PK\1\2", 3 << 8 | version, version, _FLAGS, 0, 0, _DOS_DATE, entry.crc, size, size),
        *(len(name), len(extra), 0, 0, 0, mode, where),
    )
    return fixed + name + extra


def _end(count: int, size: int, where: int) -> bytes:
    wide = b""
    if count >= 0xFFFF or size >= _LIMIT32 or where >= _LIMIT32:
        wide = pack("<4sQ2H2L4Q", b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, where)
        wide += pack("<4sLQL", b"PK\6\7", 0, where + size, 1)
    short = min(count, 0xFFFF)
    tail = (b"PK\5\6", 0, 0, short, short, min(size, _LIMIT32), min(where, _LIMIT32), 0)
    return wide + pack("<4s4H2LH", *tail)


class FolderSink:
    """Files in memory by path: for tests and previews."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def scratch(self) -> BinaryIO:
        return io.BytesIO()

    def write(self, path: str, data: bytes) -> None:
        if safe_path(path) in self.files:
            raise ValueError(f"{path!r} is already there")
        self.files[path] = data

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        buffer = io.BytesIO()
        yield buffer
        self.write(path, buffer.getvalue())


def stem(name: str) -> str:
    """A name without its last suffix, folders kept; a name that begins with its only dot has none."""
    at = name.rfind(".")
    return name[:at] if name.rfind("/") + 1 < at < len(name) - 1 else name
