"""What browsers show: an upright display image, a preview of large ones, a thumbnail, raw samples of 16-bit ones."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from apps.assets.images.decode import Page
from apps.assets.images.probe import CONTENT_TYPES, SUFFIXES, Kind
from apps.assets.images.samples import Samples, windowed

THUMB_SIDE = 320
PREVIEW_SIDE = 4096
BROWSERS_SHOW = frozenset({"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"})
JPEG_QUALITY, THUMB_QUALITY = 92, 82


@dataclass(slots=True)
class Derivative:
    """`variant` is display, preview, thumb or raw16; `suffix` makes its file name."""

    variant: str
    content: bytes
    suffix: str
    content_type: str
    width: int
    height: int
    channels: int = 0


def derive(page: Page, kind: Kind, window: tuple[int, int] | None) -> list[Derivative]:
    """Everything beside the original. What equals it is left out: a small upright JPEG needs nothing."""
    if page.samples is not None:
        assert window is not None
        raw = page.samples.astype("<u2", copy=False)
        height, width, channels = raw.shape
        found = [Derivative("raw16", raw.tobytes(), "u16", "application/octet-stream", width, height, channels)]
        return found + display16(page.samples, window)
    assert page.image is not None
    found = []
    image = page.image
    native = kind in BROWSERS_SHOW and page.orientation == 1 and image.mode != "CMYK" and page.pages == 1
    if not native:
        found.append(_display(image, kind, page.icc))
    return found + _smaller(_simple(image), page.icc, needed=not native)


def display16(samples: Samples, window: tuple[int, int]) -> list[Derivative]:
    """Display, preview and thumbnail of raw values seen through a window. The name of each tells the window."""
    shown = windowed(samples, *window)
    tag = f"{window[0]}-{window[1]}"
    found = [_encoded("display", shown, "PNG", None), *_smaller(_simple(shown), None, needed=True)]
    for item in found:
        item.suffix = f"{tag}.{item.suffix}"
    return found


def page_file(page: Page) -> tuple[bytes, Kind]:
    """One page of a split file as a file of its own, without loss."""
    if page.samples is None:
        assert page.image is not None
        image = page.image if page.image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else page.image.convert("RGB")
        return _encoded("", image, "PNG", page.icc).content, "PNG"
    if page.samples.shape[-1] == 1:
        out = io.BytesIO()
        Image.fromarray(page.samples[..., 0]).save(out, "PNG", compress_level=4)
        return out.getvalue(), "PNG"
    return _deep_png(page.samples), "PNG"


def _deep_png(samples: Samples) -> bytes:
    """A 16-bit colour PNG, which Pillow does not write: rows unfiltered, big-endian."""
    height, width, channels = samples.shape
    colour_type = {2: 4, 3: 2, 4: 6}[channels]
    rows = samples.astype(">u2").reshape(height, -1).view(np.uint8)
    body = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    header = struct.pack(">LLBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body, 4)) + chunk(b"IEND", b"")


def _display(image: Image.Image, kind: Kind, icc: bytes | None) -> Derivative:
    """Full resolution. Lossy formats stay in theirs; the rest becomes PNG."""
    if image.mode == "CMYK":
        return _encoded("display", image.convert("RGB"), "JPEG", None)
    if kind in ("JPEG", "WEBP", "AVIF"):
        return _encoded("display", image, kind, icc)
    return _encoded("display", image, "PNG", icc)


def _simple(image: Image.Image) -> Image.Image:
    """L, RGB or RGBA: modes that scale well."""
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode == "1":
        return image.convert("L")
    with_alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if with_alpha else "RGB")


def _smaller(image: Image.Image, icc: bytes | None, *, needed: bool) -> list[Derivative]:
    found = []
    side = max(image.size)
    if side > PREVIEW_SIDE:
        image = _scaled(image, PREVIEW_SIDE)
        found.append(_encoded("preview", image, _lossy(image), icc))
    if side > THUMB_SIDE or needed:
        small = _scaled(image, THUMB_SIDE) if side > THUMB_SIDE else image
        found.append(_encoded("thumb", small, _lossy(small), icc))
    return found


def _lossy(image: Image.Image) -> Kind:
    return "WEBP" if image.mode == "RGBA" else "JPEG"


def _scaled(image: Image.Image, side: int) -> Image.Image:
    factor = side / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _encoded(variant: str, image: Image.Image, kind: Kind, icc: bytes | None) -> Derivative:
    out = io.BytesIO()
    extra = {"icc_profile": icc} if icc else {}
    quality = THUMB_QUALITY if variant == "thumb" else JPEG_QUALITY
    if kind == "PNG":
        transparency = image.info.get("transparency") if image.mode in ("P", "L", "RGB") else None
        image.save(
            out,
            "PNG",
            compress_level=4,
            **extra,
            **({"transparency": transparency} if transparency is not None else {}),
        )
    elif kind == "AVIF":
        image.save(out, "AVIF", quality=90, speed=8, **extra)
    elif kind == "WEBP":
        image.save(out, "WEBP", quality=quality, method=2, **extra)
    else:
        image.save(out, "JPEG", quality=quality, **extra)
    return Derivative(variant, out.getvalue(), SUFFIXES[kind], CONTENT_TYPES[kind], image.width, image.height)
