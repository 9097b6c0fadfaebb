"""Pictures whose pixels are numbers of classes or instances: read, painted and taken apart."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from domain.elements.structs import Region
from domain.geometry.masks import decode_runs
from domain.shapes.mask import Mask

from .base import ExportItem, FormatError
from .fitting import mask_runs
from .making import mask_of_pixels

if TYPE_CHECKING:
    from .writing import ItemWriter

MOST_PIXELS = 400_000_000
Palette = list[tuple[int, int, int]]
_DECODERS = ("PNG", "BMP", "TIFF", "GIF")  # JPEG blurs numbers
_MODES = {"1": "uint8", "L": "uint8", "P": "uint8", "I;16": "uint16", "I;16B": "uint16", "I": "int32"}


def read_raster(data: bytes, path: str) -> tuple[NDArray[Any], Palette | None]:
    """(pixels, palette): (height, width) of numbers, or (height, width, 3) of colours for a picture in RGB.

    Raises:
        FormatError: no picture of numbers, truncated, or larger than 400 megapixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_DECODERS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FormatError(
                    "raster_too_large", f"{path} is {image.width} × {image.height}; {MOST_PIXELS} pixels are read"
                )
            mode = image.mode
            flat = image.getpalette() if mode == "P" else None
            if mode not in _MODES:
                return np.asarray(image.convert("RGB")), None
            pixels = np.asarray(image.convert("L") if mode == "1" else image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FormatError("bad_raster", f"{path} cannot be read as a picture: {str(error)[:200]}") from None
    if mode == "1":
        pixels = (pixels > 0).astype(np.uint8)
    palette = [(flat[i], flat[i + 1], flat[i + 2]) for i in range(0, len(flat) - 2, 3)] if flat else None
    return pixels, palette


def write_raster(pixels: NDArray[Any], palette: Palette | None = None) -> bytes:
    """A PNG: 8 bits (with a palette if given), 16 bits, or (height, width, 3) RGB. Always the same bytes for the same pixels."""
    image = Image.fromarray(pixels)
    if palette is not None:
        image.putpalette([channel for colour in (palette + [(0, 0, 0)] * 256)[:256] for channel in colour])
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def voc_palette(count: int = 256) -> Palette:
    """The colour map of PASCAL VOC: bits of the number spread over the channels, the highest first."""
    out: Palette = []
    for number in range(count):
        colour, rest = [0, 0, 0], number
        for shift in range(7, -1, -1):
            for channel in range(3):
                colour[channel] |= (rest >> channel & 1) << shift
            rest >>= 3
        out.append((colour[0], colour[1], colour[2]))
    return out


def colour_numbers(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(height, width, 3) of colours as (height, width) of R·65536 + G·256 + B."""
    wide = pixels.astype(np.int32)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def masks_of(pixels: NDArray[Any], ignored: Iterable[int] = (0,)) -> Iterator[tuple[int, Mask]]:
    """(number, mask of its pixels) of each number that is not ignored, in rising order; each is cut to its bounds first."""
    from scipy.ndimage import find_objects

    left_out = set(ignored)
    values, inverse = np.unique(pixels, return_inverse=True)
    inverse = inverse.reshape(pixels.shape)
    for i, (value, place) in enumerate(zip(values.tolist(), find_objects(inverse + 1), strict=True)):
        if value in left_out:
            continue
        mask = mask_of_pixels((inverse[place] == i).astype(np.uint8), place[1].start, place[0].start)
        if mask is not None:
            yield int(value), mask


def painted(
    writer: ItemWriter,
    item: ExportItem,
    regions: Iterable[tuple[Region, int]],
    *,
    dtype: Any = np.uint8,
    empty: int = 0,
) -> tuple[NDArray[Any], list[tuple[Region, int]]]:
    """(pixels, what was painted): each region's number on its pixels, those of higher `z`, then later ones, on top.

    What encloses nothing is told as `shape_not_expressible`, what lies on no pixel as `empty_on_image`, a region of which
    others took some pixels as `overlap`, and one of which they took all as `covered`.
    """
    width, height = item.asset.width, item.asset.height
    if width * height > MOST_PIXELS:
        told = f"{item.asset.name} is {width} × {height}; pictures of {MOST_PIXELS} pixels are written"
        raise FormatError("raster_too_large", told)
    owners = np.zeros((height, width), dtype=np.uint32)  # places in `drawn`, from 1
    drawn: list[tuple[Region, int, int]] = []  # with the number of its pixels
    for region, number in sorted(regions, key=lambda pair: pair[0].z):
        if not region.geometry.is_area or region.geometry.bounds() is None:
            writer.lose("shape_not_expressible", item, region.id)
            continue
        runs = mask_runs(region.geometry, width=width, height=height, load=writer.runs)
        if runs is None:
            writer.lose("empty_on_image", item, region.id)
            continue
        inside = decode_runs(runs, height=height, width=width).astype(bool)
        drawn.append((region, number, int(np.count_nonzero(inside))))
        owners[inside] = len(drawn)
    left = np.bincount(owners.ravel(), minlength=len(drawn) + 1)[1:].tolist()
    done: list[tuple[Region, int]] = []
    for (region, number, area), visible in zip(drawn, left, strict=True):
        if visible < area:
            writer.lose("overlap" if visible else "covered", item, region.id)
        if visible:
            done.append((region, number))
    numbers = np.array([empty, *(number for _, number, _ in drawn)], dtype=dtype)
    return numbers[owners], done
