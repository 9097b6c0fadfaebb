"""Image files made for tests: right ones of every kind, and wrong ones of every sort."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def gradient(width: int = 64, height: int = 48) -> Image.Image:
    """Every pixel differs from its neighbours, so that a turn or a mirror shows."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    red, green = x * 255 // max(1, width - 1), y * 255 // max(1, height - 1)
    return Image.fromarray(np.dstack([red, green, (red + green) // 2]).astype(np.uint8), "RGB")


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 64, height: int = 48, seed: int = 0, **options: Any) -> bytes:
    image = gradient(width, height)
    if seed:
        image.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
        options.setdefault("comment", str(seed).encode())
    return encoded(image, "JPEG", quality=95, **options)


def turned(kind: str, orientation: int) -> bytes:
    """A picture of 64 × 48 whose stored pixels are turned so that EXIF's rule brings them upright again."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = gradient()
    stored = image.transpose(undo) if undo is not None else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = (
        {"quality": 97, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    )
    return encoded(stored, kind, exif=exif, **options)


def ramp16(width: int = 32, height: int = 16) -> np.ndarray:
    """Raw values from 1,000 up, steps of 100."""
    return (1000 + 100 * np.arange(width * height)).astype(np.uint16).reshape(height, width)


def png16(samples: np.ndarray) -> bytes:
    """A 16-bit PNG: grey (h, w), grey with alpha, RGB or RGBA (h, w, channels)."""
    if samples.ndim == 2:
        samples = samples[..., None]
    height, width, channels = samples.shape
    rows = samples.astype(">u2").reshape(height, -1).view(np.uint8)
    body = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    header = struct.pack(">LLBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    return png_of(header, zlib.compress(body))


def png_of(header: bytes, data: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff16_rgb(samples: np.ndarray, *, order: str = "<") -> bytes:
    """An uncompressed 16-bit RGB TIFF in either byte order."""
    height, width, _ = samples.shape
    data = samples.astype(f"{order}u2").tobytes()
    entries = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 16), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(data))]  # fmt: skip
    bits = struct.pack(f"{order}3H", 16, 16, 16)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 16 + len(data))
    body = head + bits + b"\0\0" + data
    table = struct.pack(f"{order}H", len(entries))
    for tag, kind, count, value in entries:
        packed = struct.pack(f"{order}HH", value, 0) if kind == 3 and count == 1 else struct.pack(f"{order}L", value)
        table += struct.pack(f"{order}HHL", tag, kind, count) + packed
    return body + table + b"\0\0\0\0"


def many_pages(kind: str = "TIFF", count: int = 3) -> bytes:
    pages = [Image.new("RGB", (40, 30), (80 * n, 20, 200)) for n in range(count)]
    return encoded(pages[0], kind, save_all=True, append_images=pages[1:])


def bomb(side: int = 50_000) -> bytes:
    """A PNG of one row's worth of zeros that says it is 50,000 × 50,000."""
    return png_of(struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0), zlib.compress(bytes(1_000_000)))


def wrong_files() -> dict[str, tuple[bytes, set[str]]]:
    """{name: (bytes, codes one of which must name it)}."""
    good = {"JPEG": jpeg(200, 150), "PNG": encoded(gradient(200, 150), "PNG"), "TIFF": encoded(gradient(200, 150), "TIFF"), "WEBP": encoded(gradient(200, 150), "WEBP"), "GIF": encoded(gradient(200, 150), "GIF"), "BMP": encoded(gradient(200, 150), "BMP"), "AVIF": encoded(gradient(200, 150), "AVIF")}  # fmt: skip
    found: dict[str, tuple[bytes, set[str]]] = {
        f"cut.{kind.lower()}": (data[: len(data) // 2], {"truncated", "broken_image"}) for kind, data in good.items()
    }
    found |= {f"head-only.{kind.lower()}": (data[:70], {"truncated", "broken_image"}) for kind, data in good.items()}
    broken = bytearray(good["PNG"])
    broken[60:90] = bytes(30)
    found |= {
        "broken.png": (bytes(broken), {"broken_image", "truncated"}),
        "empty.jpg": (b"", {"empty_file"}),
        "text.jpg": (b"hello, this is no picture at all", {"not_an_image"}),
        "page.jpg": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", {"unsupported_format"}),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"unsupported_format"}),
        "paper.jpg": (b"%PDF-1.7 ...", {"unsupported_format"}),
        "archive.jpg": (b"PK\x03\x04" + bytes(100), {"unsupported_format"}),
        "zeros.bin": (bytes(5000), {"not_an_image"}),
        "bomb.png": (bomb(), {"too_many_pixels"}),
        "thin.png": (
            png_of(struct.pack(">LLBBBBB", 100_000, 1, 8, 0, 0, 0, 0), zlib.compress(bytes(100_001))),
            {"too_wide"},
        ),
        "float.tif": (encoded(Image.new("F", (20, 20)), "TIFF"), {"unsupported_depth"}),
        "pages.tif": (many_pages(), {"multi_page"}),
        "moving.gif": (many_pages("GIF"), {"multi_page"}),
        "moving.png": (many_pages("PNG"), {"multi_page"}),
        "moving.webp": (many_pages("WEBP"), {"multi_page"}),
        "magic-only.jpg": (b"\xff\xd8\xff\xe0" + bytes(200), {"broken_image", "truncated"}),
        "magic-only.avif": (b"\0\0\0\x20ftypavif" + bytes(200), {"broken_image", "truncated"}),
        "no-size.png": (png_of(struct.pack(">LLBBBBB", 0, 0, 8, 2, 0, 0, 0), b""), {"broken_image"}),
    }
    return found
