"""Decoding a file within limits: nothing is taken that was not read to its end."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Literal

import numpy as np
from django.conf import settings
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from apps.assets.errors import FileRefused
from apps.assets.images.probe import Kind
from apps.assets.images.samples import Samples, is_deep, samples16

Image.MAX_IMAGE_PIXELS = None  # our own limits are asked before anything is decoded, and name the file
ImageFile.LOAD_TRUNCATED_IMAGES = False
warnings.filterwarnings("ignore", module=r"PIL\..*")  # broken metadata beside a sound picture is no news

Pages = Literal["refuse", "split"]
_REDUCED_PAGE = 1  # bit of TIFF's NewSubfileType: a smaller copy of another page
_NEW_SUBFILE_TYPE = 254
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error, OverflowError, AttributeError, AssertionError, RuntimeError, NotImplementedError)  # fmt: skip


@dataclass(slots=True)
class Page:
    """One decoded page, upright. `samples` holds the raw values of a 16-bit page and `image` is None then."""

    image: Image.Image | None
    samples: Samples | None
    orientation: int  # as the file says; already applied
    number: int  # 0-based frame in the file
    pages: int  # how many pages the file has
    icc: bytes | None

    @property
    def width(self) -> int:
        return self.image.width if self.image is not None else self.samples.shape[1]  # type: ignore[union-attr]

    @property
    def height(self) -> int:
        return self.image.height if self.image is not None else self.samples.shape[0]  # type: ignore[union-attr]


def decode(file: IO[bytes], kind: Kind, pages: Pages = "refuse") -> Iterator[Page]:
    """The pages of an image file, each decoded to its last byte.

    Raises:
        FileRefused: `truncated`, `broken_image`, `too_many_pixels`, `too_wide`, `multi_page`, `too_many_pages` or
            `unsupported_depth`.
    """
    try:
        yield from _pages(file, kind, pages)
    except FileRefused:
        raise
    except MemoryError as error:
        raise FileRefused("too_many_pixels", "The image does not fit into memory.") from error
    except UnidentifiedImageError as error:
        raise FileRefused("broken_image", f"The file begins like {kind} but its header cannot be read.") from error
    except _BROKEN as error:
        raise _broken(error, kind) from error


def _pages(file: IO[bytes], kind: Kind, pages: Pages) -> Iterator[Page]:
    image = _open(file, kind)
    _check_size(image)
    if kind == "PNG":
        _check_chunks(file)
    numbers = _numbers(image, kind)
    if len(numbers) == 1:
        yield _page(file, image, kind, numbers[0], 1)
        return
    what = "frames" if kind in ("GIF", "WEBP", "PNG", "AVIF") else "pages"
    if pages == "refuse":
        raise FileRefused(
            "multi_page", f"The file has {len(numbers)} {what}. Send it with pages=split to make each one an item."
        )
    for number in numbers:
        image.seek(number)
        _check_size(image)
        yield _page(file, image, kind, number, len(numbers))


def _check_chunks(file: IO[bytes]) -> None:
    """The check sums of a PNG's chunks: Pillow passes over those of the picture's own data.

    Raises:
        FileRefused: `broken_image`, or `truncated` where the last chunk is missing.
    """
    place = file.tell()
    file.seek(8)
    while True:
        head = file.read(8)
        if len(head) < 8:
            raise FileRefused("truncated", "The PNG file ends before the image does.")
        length, name = struct.unpack(">L4s", head)
        crc, left = zlib.crc32(name), length
        while left and (data := file.read(min(left, 1 << 20))):
            crc, left = zlib.crc32(data, crc), left - len(data)
        tail = file.read(4)
        if left or len(tail) < 4:
            raise FileRefused("truncated", "The PNG file ends before the image does.")
        if name[0] & 32 == 0 and int.from_bytes(tail, "big") != crc:  # a critical chunk
            raise FileRefused("broken_image", "The check sum of the PNG's data is wrong: it was damaged on its way.")
        if name == b"IEND":
            break
    file.seek(place)


def _open(file: IO[bytes], kind: Kind) -> Image.Image:
    file.seek(0)
    return Image.open(file, formats=[kind] if kind != "JPEG" else ["JPEG", "MPO"])


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > settings.LABELWRIGHT_MAX_PIXELS:
        detail = f"The image says it is {image.width} × {image.height}; at most {settings.LABELWRIGHT_MAX_PIXELS} pixels are taken."
        raise FileRefused("too_many_pixels", detail)
    if max(image.size) > settings.LABELWRIGHT_MAX_SIDE:
        raise FileRefused(
            "too_wide",
            f"The image says it is {image.width} × {image.height}; a side has at most {settings.LABELWRIGHT_MAX_SIDE}.",
        )


def _numbers(image: Image.Image, kind: Kind) -> list[int]:
    """Frames that are pages of their own. A JPEG's further pictures (previews, depth) are not."""
    if kind in ("JPEG", "BMP"):
        return [0]
    count = _frame_count(image)
    if kind != "TIFF" or count == 1:
        return list(range(count))
    found = []
    for number in range(count):
        image.seek(number)
        if not int(image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) or 0) & _REDUCED_PAGE:  # type: ignore[attr-defined]
            found.append(number)
    image.seek(found[0] if found else 0)
    return found or [0]


def _frame_count(image: Image.Image) -> int:
    """Counted one by one, so that a file with a million frames is refused early."""
    most = settings.LABELWRIGHT_MAX_PAGES
    declared = getattr(image, "n_frames", 1) if image.format in ("PNG", "WEBP", "AVIF") else None
    count = declared or 1
    if declared is None:
        while count <= most:
            try:
                image.seek(count)
            except EOFError:
                break
            count += 1
        image.seek(0)
    if count > most:
        raise FileRefused("too_many_pages", f"The file has more than {most} pages.")
    return count


def _page(file: IO[bytes], image: Image.Image, kind: Kind, number: int, count: int) -> Page:
    deep = is_deep(image)  # asked first: reading the EXIF of a PNG loads it
    orientation = _orientation(image)
    icc = image.info.get("icc_profile")
    if deep:
        samples = _deep(file, image, kind, number)
        left = 1 if kind == "TIFF" else orientation  # Pillow turns a TIFF itself while loading it
        return Page(None, _upright(samples, left), orientation, number, count, None)
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        raise FileRefused(
            "unsupported_depth", "The image has 32-bit or signed samples; 8 and 16 bits without a sign are taken."
        )
    image.load()
    upright = ImageOps.exif_transpose(image) if orientation != 1 else image
    upright = upright.copy() if count > 1 and upright is image else upright
    return Page(upright, None, orientation, number, count, icc if isinstance(icc, bytes) else None)


def _deep(file: IO[bytes], image: Image.Image, kind: Kind, number: int) -> Samples:
    file.seek(0)
    data = io.BytesIO(file.read())
    first, again = _open(data, kind), _open(io.BytesIO(data.getvalue()), kind)
    if number:
        first.seek(number)
        again.seek(number)
    samples = samples16(first, again)
    if samples is None:
        raise FileRefused(
            "unsupported_depth", f"16-bit samples packed as {image.mode} in this way cannot be read in full."
        )
    return samples


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _BROKEN:
        return 1  # broken EXIF says nothing; the picture itself is read all the same
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _early_orientation(image: Image.Image) -> int:
    """Of a PNG that says it before the picture; asking as usual would decode all of it."""
    said = image.info.get("exif")
    if not isinstance(said, bytes):
        return 1
    exif = Image.Exif()
    exif.load(said)
    value = exif.get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(samples: Samples, orientation: int) -> Samples:
    """EXIF's eight orientations on an array."""
    if orientation in (5, 6, 7, 8):
        samples = samples.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return np.ascontiguousarray(samples)


def _broken(error: BaseException, kind: Kind) -> FileRefused:
    text = str(error).lower()
    if any(word in text for word in ("truncated", "unexpected end", "premature", "not enough", "eof", "end of file")):
        return FileRefused("truncated", f"The {kind} file ends before the image does.")
    return FileRefused("broken_image", f"The file begins like {kind} but cannot be decoded.")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself before anything is decoded. Width and height are as displayed."""

    width: int
    height: int
    orientation: int
    pages: int
    deep: bool  # more than 8 bits a sample
    needs_memory: bool  # interlaced or progressive: cannot be read from top to bottom


def displayed_header(file: IO[bytes], kind: Kind) -> Header:
    """Raises FileRefused when the header cannot be read."""
    try:
        image = _open(file, kind)
        width, height = image.size
        pages = len(_numbers(image, kind))
        deep = is_deep(image) or image.mode in ("I", "F") or image.mode.startswith("I;")
        needs_memory = bool(image.info.get("progressive") or image.info.get("interlace"))
        orientation = _orientation(image) if kind != "PNG" else _early_orientation(image)
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise _broken(error, kind) from error
    if orientation >= 5 and kind != "TIFF":  # Pillow gives a TIFF's size as turned
        width, height = height, width
    return Header(width, height, orientation, pages, deep, needs_memory)


def displayed_size(file: IO[bytes], kind: Kind) -> tuple[int, int]:
    """Width and height as displayed, out of the header alone.

    Raises:
        FileRefused: the header cannot be read.
    """
    try:
        image = _open(file, kind)
        width, height = image.size
        turned = _orientation(image) >= 5 and kind != "TIFF"  # Pillow gives a TIFF's size as turned
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise _broken(error, kind) from error
    return (height, width) if turned else (width, height)
