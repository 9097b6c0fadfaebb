"""`tf.train.Example` as protocol buffers: named lists of bytes, floats or whole numbers.

https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/example.proto and feature.proto name the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from struct import pack, unpack

from domain.protobuf import BYTES, FIXED32, BadWire, chunk, fields, packed, signed, write_varint

Feature = Sequence[bytes] | Sequence[float] | Sequence[int]
_BYTES, _FLOATS, _INTS = 1, 2, 3  # fields of Feature


def encoded(features: Mapping[str, Feature]) -> bytes:
    """An example, its features by name, so that the same features are the same bytes."""
    entries = (chunk(1, name) + chunk(2, _feature(values)) for name, values in sorted(features.items()) if values)
    return chunk(1, b"".join(chunk(1, entry) for entry in entries))


def _feature(values: Feature) -> bytes:
    first = values[0]
    if isinstance(first, bytes):
        return chunk(_BYTES, b"".join(chunk(1, value) for value in values if isinstance(value, bytes)))
    if isinstance(first, float):
        return chunk(_FLOATS, chunk(1, pack(f"<{len(values)}f", *values)))
    return chunk(_INTS, chunk(1, b"".join(write_varint(int(value)) for value in values)))


def decoded(data: bytes) -> dict[str, list[bytes] | list[float] | list[int]]:
    """The features of an example by name.

    Raises:
        BadWire: a length or a kind of field is not what the encoding allows.
    """
    found: dict[str, list[bytes] | list[float] | list[int]] = {}
    for features in _parts(memoryview(data), 1):
        for entry in _parts(features, 1):
            name = b"".join(_parts(entry, 1)).decode("utf-8", "replace")
            for feature in _parts(entry, 2):
                found[name] = _values(feature)
    return found


def _values(feature: memoryview) -> list[bytes] | list[float] | list[int]:
    for number, kind, value in fields(feature):
        if kind != BYTES or isinstance(value, int):
            raise BadWire("a feature holds no list")
        if number == _BYTES:
            return list(map(bytes, _parts(value, 1)))
        if number == _FLOATS:
            return [one for part in fields(value) for one in _floats(*part)]
        if number == _INTS:
            return [one for part in fields(value) for one in _ints(*part)]
    return []


def _floats(_: int, kind: int, value: memoryview | int) -> tuple[float, ...]:
    """Of a packed list, or of one number of a list that is not."""
    if isinstance(value, int) or kind not in (BYTES, FIXED32) or len(value) % 4:
        raise BadWire("a list of floats has something else in it")
    return unpack(f"<{len(value) // 4}f", value)


def _ints(_: int, kind: int, value: memoryview | int) -> list[int]:
    if not isinstance(value, int) and kind != BYTES:
        raise BadWire("a list of whole numbers has something else in it")
    return [signed(number) for number in packed(value)]


def _parts(data: memoryview, wanted: int) -> Iterator[memoryview]:
    for number, _, value in fields(data):
        if number == wanted:
            if isinstance(value, int):
                raise BadWire(f"field {number} has a number where bytes belong")
            yield value
