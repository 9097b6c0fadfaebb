"""Small photos that differ, as (name, bytes)."""

from __future__ import annotations

import io

from PIL import Image


def make_photos(count: int, *, size: tuple[int, int] = (64, 48)) -> list[tuple[str, bytes]]:
    """`count` different PNG files."""
    photos = []
    for number in range(count):
        image = Image.new("RGB", size, (number % 256, number // 256 % 256, 90))
        file = io.BytesIO()
        image.save(file, "PNG")
        photos.append((f"photo_{number:06}.png", file.getvalue()))
    return photos
