"""Label Studio's run lengths of brushes: a stream of bits over the RGBA bytes of the whole image, rows first.

Head: 32 bits the number of bytes, 5 bits the width of a value less 1, four times 4 bits the widths of run counters less 1.
Then blocks: one bit (1: one value repeated, 0: values one by one), 2 bits which counter, the counter (length less 1), and
the value or values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CHANNELS = 4
MOST_PIXELS = 1 << 28
_COUNTERS = (3, 4, 8, 16)


class _Bits:
    def __init__(self, data: Sequence[int]) -> None:
        self._bits = np.unpackbits(np.asarray(data, dtype=np.uint8))
        self._at = 0

    def read(self, count: int) -> int:
        bits = self._bits[self._at : self._at + count]
        if len(bits) < count:
            raise ValueError("the run lengths end too early")
        self._at += count
        value = 0
        for bit in bits.tolist():
            value = value << 1 | bit
        return value


def decode_brush(data: Sequence[int], *, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width) of 0 and 1: where alpha is not 0.

    Raises:
        ValueError: the stream is broken or of another size.
    """
    if not data or any(not isinstance(byte, int) or not 0 <= byte <= 255 for byte in data):
        raise ValueError("a brush's rle is a list of bytes")
    bits = _Bits(data)
    count = bits.read(32)
    if not 0 < width * height <= MOST_PIXELS or count != width * height * CHANNELS:
        raise ValueError(f"the brush has {count} bytes; an image of {width} × {height} has {width * height * CHANNELS}")
    value_width = bits.read(5) + 1
    counters = [bits.read(4) + 1 for _ in range(4)]
    out = np.zeros(count, dtype=np.uint8)
    at = 0
    while at < count:
        repeated = bits.read(1)
        length = bits.read(counters[bits.read(2)]) + 1
        if at + length > count:
            raise ValueError("a run is longer than the image")
        if repeated:
            out[at : at + length] = min(bits.read(value_width), 255)
        else:
            for i in range(at, at + length):
                out[i] = min(bits.read(value_width), 255)
        at += length
    return (out[CHANNELS - 1 :: CHANNELS] > 0).astype(np.uint8).reshape(height, width)


def encode_brush(pixels: NDArray[np.uint8]) -> list[int]:
    """The stream of a mask of (height, width); all four channels of a pixel are 0 or 255."""
    flat = (np.asarray(pixels) > 0).astype(np.uint8).ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [flat.size]))) * CHANNELS
    bits: list[str] = [f"{flat.size * CHANNELS:032b}", f"{7:05b}", *(f"{width - 1:04b}" for width in _COUNTERS)]
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        value = f"{255 if flat[start] else 0:08b}"
        left = int(length)
        while left:
            run = min(left, 1 << _COUNTERS[-1])
            which = next(i for i, width in enumerate(_COUNTERS) if run <= 1 << width)
            bits.append(f"1{which:02b}{run - 1:0{_COUNTERS[which]}b}{value}")
            left -= run
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return [int(text[i : i + 8], 2) for i in range(0, len(text), 8)]
