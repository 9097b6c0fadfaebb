"""The wire format of protocol buffers, as far as ONNX and TFRecord use it; the numbers of Parquet's headers are written alike.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED = {FIXED64: 8, FIXED32: 4}  # bytes
Field = tuple[int, int, "int | memoryview"]
_WHOLE = (1 << 64) - 1


class BadWire(ValueError):
    """These bytes are no message."""


def fields(data: memoryview) -> Iterator[Field]:
    """(number, wire type, value) of a message, in order; what is long is handed on as a view, not copied.

    Raises:
        BadWire: cut off, or no message at all.
    """
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise BadWire("a field has the number 0")
        value: int | memoryview
        if kind == VARINT:
            value, at = varint(data, at)
        else:
            if kind == BYTES:
                length, at = varint(data, at)
            elif kind in _FIXED:
                length = _FIXED[kind]
            else:
                raise BadWire(f"unknown wire type {kind}")
            if length > end - at:
                raise BadWire(f"a field of {length} bytes where {end - at} are left")
            value, at = data[at : at + length], at + length
        yield number, kind, value


def varint(data: bytes | memoryview, at: int, *, bits: int = 64) -> tuple[int, int]:
    """(value, the place behind it).

    Raises:
        BadWire: it is cut off, or has more groups of seven bits than a number of `bits` needs.
    """
    value = shift = 0
    while at < len(data) and shift < bits:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise BadWire("a number does not end")


def signed(value: int) -> int:
    """An int64 out of its varint; what the last group has beyond 64 bits is dropped."""
    value &= _WHOLE
    return value - (1 << 64) if value >> 63 else value


def packed(value: int | memoryview) -> list[int]:
    """The numbers of a repeated field, which stands one by one or packed."""
    if isinstance(value, int):
        return [value]
    out, at = [], 0
    while at < len(value):
        one, at = varint(value, at)
        out.append(one)
    return out


def write_varint(value: int) -> bytes:
    value &= _WHOLE
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def whole(number: int, value: int) -> bytes:
    """A number as field `number`."""
    return write_varint(number << 3 | VARINT) + write_varint(value)


def chunk(number: int, value: bytes | str) -> bytes:
    """Bytes, text or a message as field `number`."""
    data = value.encode() if isinstance(value, str) else value
    return write_varint(number << 3 | BYTES) + write_varint(len(data)) + data


def fixed32(number: int, value: bytes) -> bytes:
    return write_varint(number << 3 | FIXED32) + value
