"""The values of a column, page by page: memory holds one page of each column."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from struct import unpack_from
from typing import Any, BinaryIO

from domain.formats.base import FormatError

from .levels import unpacked
from .schema import Leaf
from .thrift import broken, read_struct

MOST_PAGE = 1 << 28  # bytes
MOST_VALUES = 4_000_000  # of a page
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_PLAIN, _PLAIN_DICTIONARY, _RLE, _RLE_DICTIONARY = 0, 2, 3, 8
_BOOLEAN, _INT32, _INT64, _FLOAT, _DOUBLE, _BYTES, _FIXED = 0, 1, 2, 4, 5, 6, 7
_NUMBERS = {_INT32: ("i", 4), _INT64: ("q", 8), _FLOAT: ("f", 4), _DOUBLE: ("d", 8)}
Triple = tuple[int, int, Any]


def column(file: BinaryIO, leaf: Leaf, chunk: dict[int, Any]) -> Iterator[Triple]:
    """(repetition level, definition level, value) of all values of a column chunk.

    Raises:
        FormatError: `bad_parquet`, or `parquet_encoding` for what is not read.
    """
    meta = chunk.get(3)
    if not isinstance(meta, dict) or chunk.get(1):
        raise broken(f"column {leaf.dotted} lies in another file")
    left, codec = int(meta.get(5, 0)), meta.get(4, 0)
    places = [place for place in (meta.get(9), meta.get(11)) if isinstance(place, int) and place > 0]
    if not places:
        raise broken(f"column {leaf.dotted} has no place in the file")
    at = min(places)
    end = at + int(meta.get(7, 0))
    names: list[Any] | None = None
    while left > 0:
        if at >= end:
            raise broken(f"column {leaf.dotted} ends too early")
        file.seek(at)
        head = read_struct(file)
        size, whole, kind = int(head.get(3, 0)), int(head.get(2, 0)), head.get(1)
        if not (0 <= size <= MOST_PAGE and 0 <= whole <= MOST_PAGE):
            raise broken(f"a page of {max(size, whole)} bytes in column {leaf.dotted}")
        data = file.read(size)
        at = file.tell()
        if len(data) < size:
            raise broken(f"column {leaf.dotted} is cut")
        if kind == _DICTIONARY:
            names = list(_plain(_unpacked(data, whole, codec), leaf, _count(head.get(7))))
        elif kind in (_DATA, _DATA_2):
            read = _page if kind == _DATA else _page_2
            said = head.get(5 if kind == _DATA else 8) or {}
            left -= _count(said)
            yield from read(data, whole, codec, leaf, said, names)


def _count(said: Any) -> int:
    count = said.get(1) if isinstance(said, dict) else None
    if not isinstance(count, int) or not 0 <= count <= MOST_VALUES:
        raise broken(f"a page of {count} values; up to {MOST_VALUES} are read")
    return count


def _page(
    data: bytes, whole: int, codec: int, leaf: Leaf, said: dict[int, Any], names: list[Any] | None
) -> Iterator[Triple]:
    data, at, count = _unpacked(data, whole, codec), 0, _count(said)
    levels = []
    for highest in (leaf.repetition, leaf.definition):
        if not highest:
            levels.append([0] * count)
            continue
        if at + 4 > len(data):
            raise broken(f"levels of column {leaf.dotted} are cut")
        (size,) = unpack_from("<I", data, at)
        levels.append(unpacked(data[at + 4 : at + 4 + size], highest.bit_length(), count))
        at += 4 + size
    again, deep = levels
    yield from _triples(again, deep, leaf, _values(data[at:], said.get(2), leaf, deep.count(leaf.definition), names))


def _page_2(
    data: bytes, whole: int, codec: int, leaf: Leaf, said: dict[int, Any], names: list[Any] | None
) -> Iterator[Triple]:
    count, defined, repeated = _count(said), int(said.get(5, 0)), int(said.get(6, 0))
    if defined < 0 or repeated < 0 or defined + repeated > len(data):
        raise broken(f"levels of column {leaf.dotted} are cut")
    again = unpacked(data[:repeated], leaf.repetition.bit_length(), count) if leaf.repetition else [0] * count
    inner = data[repeated : repeated + defined]
    deep = unpacked(inner, leaf.definition.bit_length(), count) if leaf.definition else [0] * count
    rest = data[repeated + defined :]
    if said.get(7, True):
        rest = _unpacked(rest, whole - defined - repeated, codec)
    yield from _triples(again, deep, leaf, _values(rest, said.get(4), leaf, deep.count(leaf.definition), names))


def _triples(again: list[int], deep: list[int], leaf: Leaf, values: Iterator[Any]) -> Iterator[Triple]:
    for repeated, defined in zip(again, deep, strict=True):
        yield repeated, defined, next(values, None) if defined == leaf.definition else None


def _values(data: bytes, encoding: Any, leaf: Leaf, count: int, names: list[Any] | None) -> Iterator[Any]:
    if encoding == _PLAIN:
        return _plain(data, leaf, count)
    if encoding in (_PLAIN_DICTIONARY, _RLE_DICTIONARY):
        return _named(data, leaf, count, names)
    if encoding == _RLE and leaf.node.kind == _BOOLEAN:
        return (value == 1 for value in unpacked(data[4:], 1, count))
    raise FormatError(
        "parquet_encoding", f"column {leaf.dotted} has encoding {encoding}; plain and dictionary are read"
    )


def _named(data: bytes, leaf: Leaf, count: int, names: list[Any] | None) -> Iterator[Any]:
    if names is None:
        raise broken(f"column {leaf.dotted} has no dictionary")
    for number in unpacked(data[1:], data[0], count) if count and data else []:
        if number >= len(names):
            raise broken(f"column {leaf.dotted} names value {number} of {len(names)}")
        yield names[number]


def _plain(data: bytes, leaf: Leaf, count: int) -> Iterator[Any]:
    node = leaf.node
    if node.kind in _NUMBERS:
        letter, size = _NUMBERS[node.kind]
        if len(data) < count * size:
            raise broken(f"values of column {leaf.dotted} are cut")
        yield from unpack_from(f"<{count}{letter}", data)
    elif node.kind == _BOOLEAN:
        if len(data) * 8 < count:
            raise broken(f"values of column {leaf.dotted} are cut")
        yield from ((data[i // 8] >> (i % 8)) & 1 == 1 for i in range(count))
    elif node.kind in (_BYTES, _FIXED):
        yield from _texts(data, leaf, count)
    else:
        raise FormatError(
            "parquet_encoding", f"column {leaf.dotted} is of physical type {node.kind}, which is not read"
        )


def _texts(data: bytes, leaf: Leaf, count: int) -> Iterator[bytes | str]:
    at, node = 0, leaf.node
    for _ in range(count):
        size = node.length
        if node.kind == _BYTES:
            if at + 4 > len(data):
                raise broken(f"values of column {leaf.dotted} are cut")
            (size,) = unpack_from("<I", data, at)
            at += 4
        value = data[at : at + size]
        if len(value) < size:
            raise broken(f"values of column {leaf.dotted} are cut")
        at += size
        yield value.decode("utf-8", "replace") if node.text else value


def _unpacked(data: bytes, whole: int, codec: int) -> bytes:
    """The bytes of a page; never more than its header says.

    Raises:
        FormatError: they cannot be unpacked, or the method is not known.
    """
    if codec == 0:
        return data
    unpack = _CODECS.get(codec)
    if unpack is None:
        raise FormatError(
            "parquet_encoding", f"pages are packed by method {codec}; snappy, gzip, brotli and zstd are read"
        )
    try:
        found = unpack(data, whole)
    except (ValueError, zlib.error, OverflowError, OSError) as error:
        raise broken(f"a page cannot be unpacked: {error}") from None
    except Exception as error:  # the package has errors of its own
        if type(error).__module__.partition(".")[0] != "cramjam":
            raise
        raise broken(f"a page cannot be unpacked: {error}") from None
    if len(found) != whole:
        raise broken(f"a page unpacks to {len(found)} bytes, not {whole}")
    return found


def _gzip(data: bytes, whole: int) -> bytes:
    return zlib.decompressobj(wbits=47).decompress(data, whole + 1)


def _by(name: str) -> Callable[[bytes, int], bytes]:
    def unpack(data: bytes, whole: int) -> bytes:
        try:
            import cramjam
        except ImportError:
            raise FormatError(
                "parquet_needs_cramjam", "reading packed Parquet needs a package: pip install cramjam"
            ) from None
        out = bytearray(whole)
        module = getattr(cramjam, name)
        into = module.decompress_raw_into if name == "snappy" else module.decompress_into
        return bytes(out[: into(data, out)])

    return unpack


_CODECS: dict[int, Callable[[bytes, int], bytes]] = {
    1: _by("snappy"),
    2: _gzip,
    4: _by("brotli"),
    6: _by("zstd"),
}
