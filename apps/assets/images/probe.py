"""What a file is, by its first bytes. The name it came with says nothing."""

from __future__ import annotations

from typing import Literal

from apps.assets.errors import FileRefused

Kind = Literal["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"]

CONTENT_TYPES: dict[str, str] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}
SUFFIXES: dict[str, str] = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "TIFF": "tif",
    "BMP": "bmp",
    "GIF": "gif",
    "AVIF": "avif",
}
HEAD_BYTES = 64

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
_KNOWN_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
    (b"8BPS", "Photoshop"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"PK\3\4", "zip archive"),
    (b"v/1\x01", "OpenEXR"),
    (b"\0\0\1\0", "icon"),
)
TAKEN = "JPEG, PNG, WebP, TIFF, BMP, GIF and AVIF are"


def sniff(head: bytes) -> Kind:
    """The format of a file out of its first 64 bytes.

    Raises:
        FileRefused: `unsupported_format` for what we know but do not take, `not_an_image` for the rest.
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = {head[at : at + 4] for at in range(8, len(head) - 3, 4)}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        raise FileRefused("unsupported_format", f"This is a HEIF image or a video; {TAKEN} taken. Convert it first.")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, name in _KNOWN_OTHERS:
        if head.startswith(magic) or text.startswith(magic.lower()):
            raise FileRefused("unsupported_format", f"This is a {name} file; {TAKEN} taken.")
    if text.startswith((b"<?xml", b"<!doctype", b"<html")):
        raise FileRefused("unsupported_format", f"This is an XML, SVG or HTML file; {TAKEN} taken.")
    raise FileRefused("not_an_image", f"The file does not begin like an image; {TAKEN} taken.")
