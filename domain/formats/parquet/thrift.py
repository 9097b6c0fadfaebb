"""Thrift's compact protocol, as far as Parquet's headers need it: structs as mappings from field numbers.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import unpack
from typing import Any, BinaryIO

from domain.formats.base import FormatError
from domain.protobuf import write_varint

DEEPEST = 32
MOST = 16 << 20  # bytes of one text, members of one list
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_WHOLE = (4, 5, 6)
I32, I64 = 5, 6


def broken(detail: str) -> FormatError:
    return FormatError("bad_parquet", detail)


def read_struct(file: BinaryIO, depth: int = 0) -> dict[int, Any]:
    """A struct; lists as lists, texts as bytes.

    Raises:
        FormatError: `bad_parquet`: it is cut, nested too deep, or has something that the protocol does not know.
    """
    if depth > DEEPEST:
        raise broken("a header is nested too deep")
    found: dict[int, Any] = {}
    number = 0
    while (head := _byte(file)) != 0:
        number = number + (head >> 4) if head >> 4 else _zigzag(_varint(file))
        found[number] = _value(file, head & 15, depth)
    return found


def _value(file: BinaryIO, kind: int, depth: int) -> Any:
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE
    if kind == _BYTE:
        return _byte(file)
    if kind in _WHOLE:
        return _zigzag(_varint(file))
    if kind == _DOUBLE:
        return unpack("<d", _take(file, 8))[0]
    if kind == _BINARY:
        return _take(file, _varint(file))
    if kind in (_LIST, _SET):
        return _list(file, depth + 1)
    if kind == _MAP:
        size = _varint(file)
        kinds = _byte(file) if size else 0
        return [(_value(file, kinds >> 4, depth + 1), _value(file, kinds & 15, depth + 1)) for _ in _times(size)]
    if kind == _STRUCT:
        return read_struct(file, depth + 1)
    raise broken(f"a header has a value of kind {kind}")


def _list(file: BinaryIO, depth: int) -> list[Any]:
    if depth > DEEPEST:
        raise broken("a header is nested too deep")
    head = _byte(file)
    size, kind = head >> 4, head & 15
    if size == 15:
        size = _varint(file)
    if kind in (_TRUE, _FALSE):
        return [_byte(file) == _TRUE for _ in _times(size)]
    return [_value(file, kind, depth) for _ in _times(size)]


def _times(size: int) -> range:
    if size > MOST:
        raise broken(f"a list of {size} members in a header")
    return range(size)


def _byte(file: BinaryIO) -> int:
    return _take(file, 1)[0]


def _take(file: BinaryIO, size: int) -> bytes:
    if size > MOST:
        raise broken(f"a text of {size} bytes in a header")
    data = file.read(size)
    if len(data) < size:
        raise broken("a header is cut")
    return data


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while shift < 64:
        byte = _byte(file)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7
    raise broken("a number in a header does not end")


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


class Long(int):
    """A whole number of 64 bits; others are of 32."""


def struct(fields: Mapping[int, Any]) -> bytes:
    """A struct of numbers, booleans, texts, lists of one kind, and structs as mappings; None is left out."""
    out, last = bytearray(), 0
    for number, value in sorted(fields.items()):
        if value is None:
            continue
        kind = (_TRUE if value else _FALSE) if isinstance(value, bool) else _kind(value)
        out.append((number - last) << 4 | kind)
        last = number
        if not isinstance(value, bool):
            out += _encoded(value)
    return bytes(out) + b"\0"


def _kind(value: Any) -> int:
    if isinstance(value, Long):
        return I64
    if isinstance(value, int):
        return I32
    return _BINARY if isinstance(value, bytes | str) else _LIST if isinstance(value, list) else _STRUCT


def _encoded(value: Any) -> bytes:
    if isinstance(value, int):
        return write_varint((value << 1) ^ (value >> 63))
    if isinstance(value, bytes | str):
        data = value.encode() if isinstance(value, str) else value
        return write_varint(len(data)) + data
    if isinstance(value, list):
        kind = _kind(value[0]) if value else _STRUCT
        head = bytes([len(value) << 4 | kind]) if len(value) < 15 else bytes([0xF0 | kind]) + write_varint(len(value))
        return head + b"".join(map(_encoded, value))
    return struct(value)
