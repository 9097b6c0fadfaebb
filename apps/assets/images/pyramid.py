"""Pyramids of tiles for images too large to decode in one piece. libvips streams them: memory stays flat."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from apps.assets.errors import FileRefused
from apps.assets.images.decode import Header, displayed_header
from apps.assets.images.derive import PREVIEW_SIDE, THUMB_SIDE
from apps.assets.images.probe import Kind

TILE = 512  # pixels a side
TILED_KINDS: frozenset[Kind] = frozenset({"JPEG", "PNG", "TIFF"})
LEAST_BYTES_A_PIXEL = 0.005  # a JPEG of one colour has twice that; below is a bomb
QUALITY = 90

Progress = Callable[[int], None]


@dataclass(slots=True)
class Pyramid:
    """Tiles lie in `folder/{level}/{column}_{row}.{suffix}`; the last level has the full resolution."""

    folder: Path
    suffix: str
    content_type: str
    levels: int
    width: int
    height: int
    orientation: int
    preview: bytes
    thumb: bytes
    preview_size: tuple[int, int]
    thumb_size: tuple[int, int]
    upright: Path | None  # the turned picture in full, where EXIF turns the original


def is_large(content: IO[bytes], kind: Kind) -> bool:
    """Whether the header says more than a browser should hold at once. Deep samples are never reduced to tiles.

    Raises:
        FileRefused: `too_many_pixels`, `too_wide` or `multi_page`: more than tiles can be made of, too.
    """
    if kind not in TILED_KINDS or (kind == "PNG" and _is_plainly_small(content)):
        return False
    header = displayed_header(content, kind)
    wide = max(header.width, header.height) > settings.LABELWRIGHT_TILE_SIDE
    if header.deep or not (wide or header.width * header.height > settings.LABELWRIGHT_TILE_PIXELS):
        return False
    _check(header, content.seek(0, 2))
    return True


def _is_plainly_small(content: IO[bytes]) -> bool:
    """What the first bytes of a PNG say, by far the most often: opening it costs a tenth of taking in a small picture."""
    content.seek(16)
    size = content.read(8)
    if len(size) < 8:
        return False
    width, height = int.from_bytes(size[:4]), int.from_bytes(size[4:])
    return max(width, height) <= settings.LABELWRIGHT_TILE_SIDE and width * height <= settings.LABELWRIGHT_TILE_PIXELS


def build(source: Path, kind: Kind, folder: Path, progress: Progress = lambda percent: None) -> Pyramid:
    """Cut an image file into a pyramid below `folder`, reading it once from top to bottom.

    Args:
        progress: called with 0 to 100; what it raises ends the work.

    Raises:
        FileRefused: `too_many_pixels`, `too_wide`, `multi_page`, `truncated` or `broken_image`.
    """
    import pyvips

    with source.open("rb") as content:
        header = displayed_header(content, kind)
    _check(header, source.stat().st_size)
    try:
        image = _opened(pyvips, source, header.orientation, folder)
        upright = _full_copy(image, folder) if header.orientation != 1 else None
        image = _plain(pyvips, image)
        suffix, content_type = ("webp", "image/webp") if image.hasalpha() else ("jpg", "image/jpeg")
        _cut(pyvips, image, folder, suffix, progress)
    except pyvips.Error as error:
        raise _refusal(str(error), kind) from error
    tiles = folder / "tiles_files"
    levels = sum(one.is_dir() for one in tiles.iterdir())
    size = (image.width, image.height)
    overview = _assembled(pyvips, tiles, size, levels, suffix)
    preview, thumb = _smaller(overview, PREVIEW_SIDE), _smaller(overview, THUMB_SIDE)
    return Pyramid(
        folder=tiles, suffix=suffix, content_type=content_type, levels=levels, width=size[0], height=size[1],
        orientation=header.orientation, preview=_saved(preview, suffix), thumb=_saved(thumb, suffix),
        preview_size=(preview.width, preview.height), thumb_size=(thumb.width, thumb.height), upright=upright,
    )  # fmt: skip


def level_size(width: int, height: int, below_full: int) -> tuple[int, int]:
    """Pixels of the level that is 2^below_full times smaller: sides are halved and rounded up, one level at a time."""
    for _ in range(below_full):
        width, height = max(1, math.ceil(width / 2)), max(1, math.ceil(height / 2))
    return width, height


def _check(header: Header, file_bytes: int) -> None:
    pixels = header.width * header.height
    said = f"The image says it is {header.width} × {header.height}"
    most = settings.LABELWRIGHT_MAX_PIXELS if header.needs_memory else settings.LABELWRIGHT_MAX_TILED_PIXELS
    if pixels > most:
        why = " in interlaced or progressive order; write it in plain order" if header.needs_memory else ""
        raise FileRefused("too_many_pixels", f"{said}; at most {most} pixels are taken{why}.")
    if max(header.width, header.height) > settings.LABELWRIGHT_MAX_SIDE:
        raise FileRefused("too_wide", f"{said}; a side has at most {settings.LABELWRIGHT_MAX_SIDE}.")
    if pixels > settings.LABELWRIGHT_MAX_PIXELS and file_bytes < pixels * LEAST_BYTES_A_PIXEL:
        raise FileRefused("too_many_pixels", f"{said} in {file_bytes} bytes: no picture of that size is so small.")
    if header.pages > 1:
        detail = f"The file has {header.pages} pages. Pages of this size are sent as files of their own."
        raise FileRefused("multi_page", detail)


def _opened(pyvips: Any, source: Path, orientation: int, folder: Path) -> Any:
    image = pyvips.Image.new_from_file(str(source), access="sequential", fail_on="truncated")
    if orientation == 1:
        return image
    # Turning needs the picture in any order: through an uncompressed file on disk, not through memory.
    plain = folder / "plain.v"
    image.write_to_file(str(plain))
    turned = pyvips.Image.new_from_file(str(plain))
    turned = turned.copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return turned.autorot()


def _full_copy(image: Any, folder: Path) -> Path:
    path = folder / "upright.jpg"
    image.jpegsave(str(path), Q=92)
    return path


def _plain(pyvips: Any, image: Any) -> Any:
    """8-bit grey or sRGB, with alpha where it has one."""
    if image.interpretation == "cmyk" or image.get_typeof("icc-profile-data"):
        try:
            image = image.icc_transform("srgb", embedded=True)
        except pyvips.Error:  # a broken profile says nothing: the numbers are taken as they are
            image = image.colourspace("srgb")
    if image.format != "uchar" or image.interpretation not in ("srgb", "b-w"):
        image = image.colourspace("b-w" if image.bands < 3 else "srgb").cast("uchar")
    return image


def _cut(pyvips: Any, image: Any, folder: Path, suffix: str, progress: Progress) -> None:
    stopped: list[Exception] = []

    def advanced(image: Any, done: Any) -> None:
        try:
            progress(int(done.percent))
        except Exception as error:  # noqa: BLE001  a callback of libvips cannot raise: kept, and the work is ended
            stopped.append(error)
            image.set_kill(True)

    image.set_progress(True)
    image.signal_connect("eval", advanced)
    try:
        image.dzsave(
            str(folder / "tiles"), suffix=f".{suffix}[Q={QUALITY},keep=none]", tile_size=TILE, overlap=0, depth="onetile"
        )  # fmt: skip
    except pyvips.Error:
        if stopped:
            raise stopped[0] from None
        raise
    (folder / "tiles_files" / "vips-properties.xml").unlink(missing_ok=True)


def _assembled(pyvips: Any, tiles: Path, size: tuple[int, int], levels: int, suffix: str) -> Any:
    """The largest level that is not beyond a preview, put together from its tiles."""
    level = levels - 1
    while level and max(level_size(*size, levels - 1 - level)) > PREVIEW_SIDE:
        level -= 1
    width, height = level_size(*size, levels - 1 - level)
    across, down = math.ceil(width / TILE), math.ceil(height / TILE)
    parts = [
        pyvips.Image.new_from_file(str(tiles / str(level) / f"{column}_{row}.{suffix}"))
        for row in range(down)
        for column in range(across)
    ]
    joined = pyvips.Image.arrayjoin(parts, across=across, hspacing=TILE, vspacing=TILE)
    return joined.crop(0, 0, width, height).copy_memory()


def _smaller(image: Any, side: int) -> Any:
    return image if max(image.width, image.height) <= side else image.thumbnail_image(side, height=side, size="down")


def _saved(image: Any, suffix: str) -> bytes:
    return bytes(image.write_to_buffer(f".{suffix}[Q={QUALITY}]"))


def _refusal(text: str, kind: Kind) -> FileRefused:
    low = text.lower()
    if any(word in low for word in ("truncated", "premature", "eof", "end of", "not enough")):
        return FileRefused("truncated", f"The {kind} file ends before the image does.")
    return FileRefused("broken_image", f"The file begins like {kind} but cannot be decoded.")
