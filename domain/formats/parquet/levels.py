"""Parquet's hybrid of runs and packed bits: levels, numbers of a dictionary, and booleans.

https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from domain.protobuf import BadWire, varint, write_varint

from .thrift import broken


def unpacked(data: bytes, width: int, count: int) -> list[int]:
    """`count` numbers of `width` bits.

    Raises:
        FormatError: the bytes end before.
    """
    if width == 0:
        return [0] * count
    if width > 32:
        raise broken(f"levels of {width} bits")
    out: list[int] = []
    at, size = 0, (width + 7) // 8
    while len(out) < count:
        try:
            head, at = varint(data, at, bits=32)
        except BadWire:
            raise broken("levels end too early") from None
        if head & 1:
            wanted = (head >> 1) * width
            packed = np.frombuffer(data, dtype=np.uint8, count=min(wanted, len(data) - at), offset=at)
            if not packed.size:
                raise broken("levels end too early")
            bits = np.unpackbits(packed, bitorder="little")
            rows = bits[: bits.size // width * width].reshape(-1, width)
            weights = np.left_shift(np.uint64(1), np.arange(width, dtype=np.uint64))
            out += (rows.astype(np.uint64) @ weights).tolist()[: count - len(out)]
            at += wanted
        else:
            if at + size > len(data):
                raise broken("levels end too early")
            out += [int.from_bytes(data[at : at + size], "little")] * min(head >> 1, count - len(out))
            at += size
            if not head >> 1:
                raise broken("a run of nothing among levels")
    return out


def packed(values: Sequence[int], width: int) -> bytes:
    """Numbers of `width` bits, as runs."""
    size = (width + 7) // 8
    runs = ((value, sum(1 for _ in run)) for value, run in groupby(values))
    return b"".join(write_varint(length << 1) + value.to_bytes(size, "little") for value, length in runs)
