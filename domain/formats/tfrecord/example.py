"""`tf.train.Example` as protocol buffers: named lists of bytes, floats or whole numbers.

https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/example.proto and feature.proto name the fields;
https://protobuf.dev/programming-guides/encoding/ the encoding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from struct import pack, unpack

Feature = Sequence[bytes] | Sequence[float] | Sequence[int]
_BYTES, _FLOATS, _INTS = 1, 2, 3  # fields of Feature
_LENGTHED, _VARINT, _FIXED32, _FIXED64 = 2, 0, 5, 1


class Broken(ValueError):
    """The bytes are no example."""


def encoded(features: Mapping[str, Feature]) -> bytes:
    """An example, its features by name, so that the same features are the same bytes."""
    entries = (
        _field(1, name.encode()) + _field(2, _feature(values)) for name, values in sorted(features.items()) if values
    )
    return _field(1, b"".join(_field(1, entry) for entry in entries))


def _feature(values: Feature) -> bytes:
    first = values[0]
    if isinstance(first, bytes):
        return _field(_BYTES, b"".join(_field(1, value) for value in values if isinstance(value, bytes)))
    if isinstance(first, float):
        return _field(_FLOATS, _field(1, pack(f"<{len(values)}f", *values)))
    return _field(_INTS, _field(1, b"".join(_varint(int(value) & 0xFFFFFFFFFFFFFFFF) for value in values)))


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _LENGTHED) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decoded(data: bytes) -> dict[str, list[bytes] | list[float] | list[int]]:
    """The features of an example by name.

    Raises:
        Broken: a length or a kind of field is not what the encoding allows.
    """
    found: dict[str, list[bytes] | list[float] | list[int]] = {}
    for features in _parts(data, 1):
        for entry in _parts(features, 1):
            name = b"".join(_parts(entry, 1)).decode("utf-8", "replace")
            for feature in _parts(entry, 2):
                found[name] = _values(feature)
    return found


def _values(feature: bytes) -> list[bytes] | list[float] | list[int]:
    for number, kind, value in _fields(feature):
        if kind != _LENGTHED or not isinstance(value, bytes):
            raise Broken("a feature holds no list")
        if number == _BYTES:
            return list(_parts(value, 1))
        if number == _FLOATS:
            return [one for part in _fields(value) for one in _floats(*part)]
        if number == _INTS:
            return [one for part in _fields(value) for one in _ints(*part)]
    return []


def _floats(_: int, kind: int, value: bytes | int) -> tuple[float, ...]:
    """Of a packed list, or of one number of a list that is not."""
    if not isinstance(value, bytes) or kind not in (_LENGTHED, _FIXED32) or len(value) % 4:
        raise Broken("a list of floats has something else in it")
    return unpack(f"<{len(value) // 4}f", value)


def _ints(_: int, kind: int, value: bytes | int) -> list[int]:
    if isinstance(value, int):
        return [_signed(value)]
    if kind != _LENGTHED:
        raise Broken("a list of whole numbers has something else in it")
    out, at = [], 0
    while at < len(value):
        number, at = _read_varint(value, at)
        out.append(_signed(number))
    return out


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _parts(data: bytes, wanted: int) -> Iterator[bytes]:
    for number, _, value in _fields(data):
        if number == wanted:
            if not isinstance(value, bytes):
                raise Broken(f"field {number} has a number where bytes belong")
            yield value


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes | int]]:
    """(number, kind, value) of each field; those of fixed size as their bytes."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _read_varint(data, at)
            yield key >> 3, kind, value
            continue
        if kind == _LENGTHED:
            size, at = _read_varint(data, at)
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise Broken(f"a field of kind {kind}")
        if size > len(data) - at:
            raise Broken(f"a field of {size} bytes where {len(data) - at} are left")
        yield key >> 3, kind, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Broken("a number does not end")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
