"""The annotations of a split by image, kept in a file until their images' turn comes: memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import msgspec

from .files import Annotation
from .lenient import read_annotation

IN_MEMORY = 4 << 20  # bytes
Numbered = tuple[int, Annotation | msgspec.Raw]  # its place in the file, and itself; as it is where it is broken
_GOOD = msgspec.json.Decoder(list[tuple[int, Annotation]])
_ANY = msgspec.json.Decoder(list[tuple[int, msgspec.Raw]])


class Spool:
    """Annotations of images that are known by their place in the split."""

    images = 200  # that are taken together

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the last image
        self._at = 0
        self._extents: dict[int, list[tuple[int, int, int]]] = {}  # block of images → (where, bytes, which file)

    def add(self, rows: Sequence[tuple[int, int, msgspec.Raw]], which: int) -> None:
        """Keep (place of the image, number, annotation) rows of the `which`th file of the split."""
        blocks: dict[int, list[bytes]] = {}
        for place, number, raw in rows:
            blocks.setdefault(place // self.images, []).append(b"[%d,%b]" % (number, raw))
        for block, some in blocks.items():
            data = b"[" + b",".join(some) + b"]"
            self._file.write(data)
            self._extents.setdefault(block, []).append((self._at, len(data), which))
            self._at += len(data)

    def of(self, block: int) -> Iterator[tuple[int, Numbered]]:
        """(which file, (number, annotation)) of a block of images, file by file as they were added."""
        for where, size, which in self._extents.pop(block, []):
            self._file.seek(where)
            data = self._file.read(size)
            for row in _read(data):
                yield which, row

    def close(self) -> None:
        self._file.close()


def _read(data: bytes) -> list[Any]:
    try:
        good: list[Any] = _GOOD.decode(data)
        return good
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [(number, _read_one(raw)) for number, raw in _ANY.decode(data)]


def _read_one(raw: msgspec.Raw) -> Annotation | msgspec.Raw:
    try:
        return read_annotation(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return raw
