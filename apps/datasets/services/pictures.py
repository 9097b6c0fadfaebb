"""The pictures of an export: as coordinates see them, and their copies."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol

from apps.core import storage

if TYPE_CHECKING:
    from PIL.Image import Image

    from domain.augmentation import Plan

COPY_BYTES = 1 << 20


class Stored(Protocol):
    """Where a picture lies. `display` is its upright copy for browsers, where it needs one."""

    path: str
    display: str | None
    orientation: int
    content_type: str


def add_picture(sink: Any, place: str, stored: Stored) -> None:
    """The picture upright. Where EXIF turned the original, its turned copy in the same format."""
    path = stored.path
    if stored.orientation != 1 and stored.display:
        path = stored.display
        if stored.content_type == "image/tiff":
            sink.write(place, _as_tiff(path))
            return
    with storage.open_file(path) as file, sink.open(place) as out:
        _copy(file, out)


class Picture:
    """A picture that copies are made of: read when the first is asked for, and once."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._read: Image | None = None

    def copy(self, plan: Plan, name: str) -> bytes:
        """The file of a copy that is called so."""
        from domain.augmentation.pixels import encoded, render

        if self._read is None:
            self._read = _read(self._stored)
        return encoded(render(self._read, plan), name, self._read.info.get("icc_profile"))


def _read(stored: Stored) -> Image:
    """The original with all its depth where it lies upright and Pillow reads it, else what browsers are shown."""
    from PIL import UnidentifiedImageError

    if stored.display is None:
        return opened(stored.path)
    if stored.orientation != 1:
        return opened(stored.display)
    try:
        return opened(stored.path)
    except UnidentifiedImageError:
        return opened(stored.display)


def opened(path: str) -> Image:
    """The pixels of a stored picture."""
    from PIL import Image

    with storage.open_file(path) as file, Image.open(file) as image:
        image.load()
        return image.copy()


def _as_tiff(path: str) -> bytes:
    import io

    out = io.BytesIO()
    opened(path).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


def _copy(file: IO[bytes], out: IO[bytes]) -> None:
    while data := file.read(COPY_BYTES):
        out.write(data)
