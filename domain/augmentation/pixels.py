"""The pixels of a copy. Needs numpy and Pillow."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from domain.geometry.affine import inverse

from .planning import IDENTITY, Colour, Plan

FILL = 114  # of 255: the grey beside a picture that was turned or made smaller
QUALITY = 95
ROWS_AT_ONCE = 256  # of noise
JPEG_SUFFIXES = (".jpg", ".jpeg", ".jfif")
DEEP = ("I;16", "I;16L", "I;16B", "I", "F")


def render(image: Image.Image, plan: Plan) -> Image.Image:
    """The copy of an upright picture; grey, grey of 16 bits, RGB or RGBA. Pixels' centres go where the plan's map sends them."""
    plain = _plain(image)
    placed = _exactly(plain, plan) if plan.exact else _resampled(plain, plan)
    return _coloured(placed, plan.colour)


def encoded(image: Image.Image, name: str, icc: bytes | None = None) -> bytes:
    """A file of the copy: JPEG where it is called so and can be, else PNG.

    Args:
        icc: the colour profile of the picture that it was made of.
    """
    out = io.BytesIO()
    if PurePosixPath(name).suffix.lower() in JPEG_SUFFIXES and image.mode in ("L", "RGB"):
        image.save(out, "JPEG", quality=QUALITY, subsampling=0, icc_profile=icc)
    else:
        image.save(out, "PNG", compress_level=4, icc_profile=icc)
    return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in DEEP:
        array = np.asarray(image)
        return image if image.mode == "I;16" else Image.fromarray(np.clip(array, 0, 65535).astype(np.uint16))
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info else "RGB")


def _exactly(image: Image.Image, plan: Plan) -> Image.Image:
    a, b, c, d, _, _ = plan.by
    turned = image
    for method in _TRANSPOSES[a, b, c, d]:
        turned = turned.transpose(method)
    x, y = _corner(plan, turned.size)
    if (x, y, plan.width, plan.height) == (0, 0, *turned.size):
        return turned
    return turned.crop((x, y, x + plan.width, y + plan.height))


def _corner(plan: Plan, size: tuple[int, int]) -> tuple[int, int]:
    """Where the copy's first pixel lies in the turned picture: the map's own shift but for the crop is known from the turn."""
    a, b, c, d, e, f = plan.by
    wide, high = size
    return round((wide if a + c < 0 else 0) - e), round((high if b + d < 0 else 0) - f)


def _resampled(image: Image.Image, plan: Plan) -> Image.Image:
    a, b, c, d, e, f = inverse(plan.by)
    size, data = (plan.width, plan.height), (a, c, e, b, d, f)
    how, smooth = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    if image.mode == "I;16":
        fine = Image.fromarray(np.asarray(image, dtype=np.float32)).transform(
            size, how, data, smooth, fillcolor=FILL * 257
        )
        return Image.fromarray(np.clip(np.rint(np.asarray(fine)), 0, 65535).astype(np.uint16))
    fill: Any = FILL if image.mode == "L" else (FILL,) * 3 + (255,) * (image.mode == "RGBA")
    return image.transform(size, how, data, smooth, fillcolor=fill)


def _coloured(image: Image.Image, colour: Colour) -> Image.Image:
    if image.mode == "I;16":
        return _deep_coloured(image, colour)
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    seen = image.convert("RGB") if alpha is not None else image
    if colour.saturation != 1 and seen.mode == "RGB":
        seen = Image.blend(seen.convert("L").convert("RGB"), seen, colour.saturation)
    if (colour.brightness, colour.contrast) != (1, 1):
        levels = ((np.arange(256) - 127.5) * colour.contrast + 127.5) * colour.brightness
        table = np.clip(np.rint(levels), 0, 255).astype(np.uint8).tolist()
        seen = seen.point(table * len(seen.getbands()))
    if colour.noise:
        seen = Image.fromarray(_noisy(np.array(seen), colour, 255))
    if alpha is not None:
        seen.putalpha(alpha)
    return seen


def _deep_coloured(image: Image.Image, colour: Colour) -> Image.Image:
    if (colour.brightness, colour.contrast, colour.noise) == (1, 1, 0):
        return image
    pixels = np.array(image)
    for top in range(0, pixels.shape[0], ROWS_AT_ONCE):
        rows = pixels[top : top + ROWS_AT_ONCE]
        levels = ((rows - np.float32(32767.5)) * np.float32(colour.contrast) + np.float32(32767.5)) * np.float32(
            colour.brightness
        )
        rows[:] = np.clip(np.rint(levels), 0, 65535)
    return Image.fromarray(_noisy(pixels, colour, 65535) if colour.noise else pixels)


def _noisy(pixels: Any, colour: Colour, most: int) -> Any:
    """Normal noise, each value its own; drawn row by row, so that memory does not grow with the picture."""
    dice = np.random.Generator(np.random.Philox(colour.noise_seed))
    for top in range(0, pixels.shape[0], ROWS_AT_ONCE):
        rows = pixels[top : top + ROWS_AT_ONCE]
        drawn = dice.standard_normal(rows.shape, dtype=np.float32) * np.float32(colour.noise * most)
        rows[:] = np.clip(np.rint(rows + drawn), 0, most)
    return pixels


_FLIP, _FLOP = Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM
_BACK, _ON = Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270  # Pillow turns against the clock
# The linear part of the map → what makes it of pixels
_TRANSPOSES: dict[tuple[float, float, float, float], tuple[Image.Transpose, ...]] = {
    IDENTITY[:4]: (),
    (-1.0, 0.0, 0.0, 1.0): (_FLIP,),
    (1.0, 0.0, 0.0, -1.0): (_FLOP,),
    (-1.0, 0.0, 0.0, -1.0): (_FLIP, _FLOP),
    (0.0, 1.0, -1.0, 0.0): (_ON,),
    (0.0, -1.0, 1.0, 0.0): (_BACK,),
    (0.0, 1.0, 1.0, 0.0): (Image.Transpose.TRANSPOSE,),
    (0.0, -1.0, -1.0, 0.0): (Image.Transpose.TRANSVERSE,),
}
