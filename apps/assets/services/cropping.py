"""Cutting a crop out of a picture and keeping it as a file. Kept crops go after a day unasked: they are made again."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

from PIL import Image

from apps.assets.crops import Window
from apps.assets.models import Asset
from apps.core import storage
from apps.core.errors import NotFound

SIDE = 240  # pixels of the longer side, twice what a card shows
QUALITY = 80
SHRINKS = (8, 4, 2)  # that a JPEG can be read at
FRESH_SECONDS = 6 * 3600.0


def crop_file(*, asset_id: int, window: Window) -> tuple[str, str]:
    """(path, content type) of a crop, made when it is not there yet. The caller has checked both signatures.

    Raises:
        NotFound: no such asset, or the window lies outside of it.
    """
    asset = Asset.objects.filter(pk=asset_id).first()
    if asset is None or window.x + window.w > asset.width or window.y + window.h > asset.height:
        raise NotFound("There is no such crop.")
    tag = f"-{asset.window['low']}-{asset.window['high']}" if asset.window else ""
    path = f"{asset.path}.crops/{window.name()}{tag}.jpg"
    local = storage.local_path(path)
    if local is None or not local.exists():
        storage.put(path, _cut(asset, window))
    elif time.time() - local.stat().st_mtime > FRESH_SECONDS:
        storage.put(path, b"")  # what is there stays and counts as written now, so that it is not taken for forgotten
    return path, "image/jpeg"


def crop_of(asset: Asset, window: Window) -> Image.Image:
    """The crop itself, RGB, its longer side at most SIDE pixels; nothing is kept.

    Raises:
        NotFound: the picture cannot be read.
    """
    import pyvips

    try:
        return _of_tiles(asset, window) if "tiles" in asset.derivatives else _of_file(asset, window)
    except (OSError, ValueError, pyvips.Error) as error:
        raise NotFound("The image cannot be read.") from error


def _cut(asset: Asset, window: Window) -> bytes:
    image = _of_tiles(asset, window) if "tiles" in asset.derivatives else _of_file(asset, window)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _of_file(asset: Asset, window: Window) -> Image.Image:
    """Of an ordinary picture: read only down to the crop's last row, and no finer than the crop is shown."""
    import pyvips

    shown = asset.derivatives.get("display")
    path = shown["path"] if shown else asset.path
    kind = shown["type"] if shown else asset.content_type
    shrink = next((n for n in SHRINKS if kind == "image/jpeg" and max(window.w, window.h) >= n * SIDE), 1)
    source: Any = _opened(pyvips, path, {"shrink": shrink} if shrink > 1 else {})
    across, down = source.width / asset.width, source.height / asset.height
    left, top = min(int(window.x * across), source.width - 1), min(int(window.y * down), source.height - 1)
    wide = max(1, min(round(window.w * across), source.width - left))
    high = max(1, min(round(window.h * down), source.height - top))
    crop = source.crop(left, top, wide, high)
    if crop.hasalpha():
        crop = crop.flatten(background=128)
    crop = crop.colourspace("srgb").cast("uchar")
    scale = min(1.0, SIDE / max(wide, high))
    crop = crop.resize(scale) if scale < 1 else crop
    return Image.frombytes("RGB", (crop.width, crop.height), crop.write_to_memory())


def _opened(pyvips: Any, path: str, options: dict[str, int]) -> Any:
    local = storage.local_path(path)
    if local is not None:
        if not Path(local).exists():
            raise NotFound("The file is not in the media store.")
        return pyvips.Image.new_from_file(str(local), access="sequential", **options)
    return pyvips.Image.new_from_buffer(storage.read(path), "", access="sequential", **options)


def _of_tiles(asset: Asset, window: Window) -> Image.Image:
    """Of a pyramid: the few tiles of the level that is just fine enough."""
    made = asset.derivatives["tiles"]
    tile, last = made["tile"], made["levels"] - 1
    level = last
    while level > 0 and max(window.w, window.h) / 2 ** (last - level + 1) >= SIDE:
        level -= 1
    factor = 2 ** (last - level)
    x0, y0 = window.x // factor, window.y // factor
    w, h = max(1, window.w // factor), max(1, window.h // factor)
    image = Image.new("RGB", (w, h))
    for column in range(x0 // tile, (x0 + w - 1) // tile + 1):
        for row in range(y0 // tile, (y0 + h - 1) // tile + 1):
            body = storage.read(f"{made['path']}/{level}/{column}_{row}.{made['suffix']}")
            with Image.open(io.BytesIO(body)) as piece:
                image.paste(piece.convert("RGB"), (column * tile - x0, row * tile - y0))
    image.thumbnail((SIDE, SIDE))
    return image
