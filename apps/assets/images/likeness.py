"""How a picture looks, in 64 bits: pictures that look alike differ in few of them."""

from __future__ import annotations

import io
from typing import IO

from PIL import Image

SIDE = 8
FLAT = 4  # grey levels between neighbours of 1/9 of the width; below it a picture shows no more than noise
_HALF = 1 << 63


def likeness(image: Image.Image, digest: str) -> int:
    """Difference hash (N. Krawetz, 2013), signed 64 bits: whether each of 8 x 8 places is brighter than its left neighbour.

    A picture without contrast looks like every other such picture, so it takes bits of its own `digest` (hexadecimal),
    which are like those of copies of the file alone.
    """
    small = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX).tobytes()
    bits, steepest = 0, 0
    for row in range(0, len(small), SIDE + 1):
        for at in range(row, row + SIDE):
            step = small[at + 1] - small[at]
            steepest = max(steepest, abs(step))
            bits = bits << 1 | (step > 0)
    return (int(digest[:16], 16) if steepest < FLAT else bits) - _HALF


def likeness_of_file(content: bytes | IO[bytes], digest: str) -> int | None:
    """Of an upright picture of any size; None where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content) if isinstance(content, bytes) else content) as image:
            image.draft("L", (SIDE * 16, SIDE * 16))
            return likeness(image, digest)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
