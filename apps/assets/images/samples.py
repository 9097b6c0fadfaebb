"""Raw 16-bit samples. Pillow reduces 16-bit colour to 8 bits without a word; here it is read in full."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Samples = NDArray[np.uint16]  # (height, width, channels)
LOW_PERCENT, HIGH_PERCENT = 2.0, 98.0
_SWAPPED = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L", "RGB;16L": "RGB;16B", "RGBA;16L": "RGBA;16B", "RGBX;16L": "RGBX;16B", "RGBX;16B": "RGBX;16L"}  # fmt: skip
_NATIVE = {
    "RGB;16N": "RGB;16L",
    "RGBA;16N": "RGBA;16L",
}  # what libtiff hands over has the machine's order: little-endian


def raw_modes(image: Image.Image) -> set[str]:
    """How the file's samples are packed: the decoder's names of it."""
    found: set[str] = set()
    for tile in getattr(image, "tile", []):
        args = tile[3]
        mode = args[0] if isinstance(args, tuple) and args else args
        if isinstance(mode, str):
            found.add(mode)
    return found


def is_deep(image: Image.Image) -> bool:
    """Whether samples have 16 (or 12) bits. To be asked before the image is loaded."""
    return image.mode.startswith("I;16") or any(";16" in mode for mode in raw_modes(image))


def samples16(first: Image.Image, again: Image.Image) -> Samples | None:
    """All samples of a 16-bit page; None for a packing that cannot be read in full.

    Args:
        first: the page, not loaded yet.
        again: the same page, opened a second time: colour is read twice, high and low bytes.
    """
    if first.mode.startswith("I;16"):
        return _grey(first)
    modes = raw_modes(first)
    if modes == {"LA;16B"}:
        return _grey_with_alpha(again)
    if len(modes) != 1:
        return None
    mode = next(iter(modes))
    swapped = _SWAPPED.get(_NATIVE.get(mode, mode))
    if swapped is None:
        return None
    _repack(again, swapped)
    first.load()
    again.load()
    high, low = np.asarray(first, dtype=np.uint16), np.asarray(again, dtype=np.uint16)
    return ((high << 8) | low).astype(np.uint16)


def _grey(image: Image.Image) -> Samples:
    image.load()
    order = ">u2" if image.mode == "I;16B" else "<u2"
    flat = np.frombuffer(image.tobytes(), dtype=order).astype(np.uint16)
    return flat.reshape(image.height, image.width, 1)


def _grey_with_alpha(image: Image.Image) -> Samples:
    """Four bytes a pixel, grey and alpha with the high byte first: read as if they were red, green, blue and alpha."""
    _repack(image, "RGBA")
    image._mode = "RGBA"
    image.load()
    bytes_ = np.asarray(image, dtype=np.uint16)
    return np.stack([(bytes_[..., 0] << 8) | bytes_[..., 1], (bytes_[..., 2] << 8) | bytes_[..., 3]], axis=-1)


def _repack(image: Image.Image, mode: str) -> None:
    """Let the decoder unpack the same bytes by another rule."""
    tiles: list[Any] = []
    for tile in image.tile:  # type: ignore[attr-defined]  # of files that are not loaded yet
        args = (mode, *tile[3][1:]) if isinstance(tile[3], tuple) else mode
        tiles.append(tile._replace(args=args))
    image.tile = tiles  # type: ignore[attr-defined]


def percentile_window(samples: Samples) -> tuple[int, int]:
    """The raw values of the 2nd and the 98th percentile of all colour samples, at least one apart."""
    colours = samples[..., :-1] if samples.shape[-1] in (2, 4) else samples
    counted = np.cumsum(np.bincount(colours.ravel(), minlength=65536))
    total = int(counted[-1])
    low = int(np.searchsorted(counted, total * LOW_PERCENT / 100, side="right"))
    high = int(np.searchsorted(counted, total * HIGH_PERCENT / 100, side="left"))
    low, high = min(low, 65535), min(high, 65535)
    return (low, high) if high > low else (max(0, low - 1), low) if low == 65535 else (low, low + 1)


def windowed(samples: Samples, low: int, high: int) -> Image.Image:
    """An 8-bit image: `low` and below black, `high` and above white, even steps between; alpha keeps its high byte."""
    table = np.clip((np.arange(65536, dtype=np.float64) - low) * 255.0 / max(1, high - low) + 0.5, 0, 255).astype(
        np.uint8
    )
    shown = table[samples]
    channels = samples.shape[-1]
    if channels in (2, 4):
        shown[..., -1] = samples[..., -1] >> 8
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
    return Image.fromarray(shown[..., 0] if channels == 1 else shown, mode)
