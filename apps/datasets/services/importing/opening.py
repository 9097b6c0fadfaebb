"""The file of an import: where it lies, what reads it, and the sizes that it may not say."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from django.conf import settings

from apps.assets import queries as assets
from apps.assets.errors import FileRefused
from apps.assets.services import joined
from apps.core import storage
from apps.datasets.errors import ImportRefused
from apps.datasets.models import Import
from apps.datasets.services.asking import UPLOADED, format_of
from apps.datasets.services.importing.matching import by_name, guessed, names_of
from domain.formats import FormatError, Source, detect, open_reader, open_source
from domain.formats.base import without_nul
from domain.formats.embedded import pictures_from
from domain.formats.sources import SourceError

if TYPE_CHECKING:
    from apps.assets.images.decode import Header

T = TypeVar("T")
COPY_BYTES = 1 << 20
Sizes = Callable[[str], tuple[int, int] | None]


def reader_of(row: Import, file: IO[bytes], turn: Lock) -> tuple[Source, Any, Any, Any]:
    """(source, format, reader, header) of a file. The reader asks the database while it holds `turn`.

    Raises:
        ImportRefused: it is not readable as that format.
    """
    try:
        source = open_source(row.name, cast(BinaryIO, file))
        found = detect(source) if row.format == "auto" else format_of(row.format, reads=True)
        options = row.options.get("read") or None
        reader = open_reader(found, source, size_of=sizes(row.project_id, source, turn), options=options)
        return pictures_from(reader, source), found, reader, without_nul(reader.header())
    except (FormatError, SourceError) as error:
        raise ImportRefused(error.code, error.detail) from error


def opened(path: str, part: Path) -> IO[bytes]:
    """The file in the local file system: a zip is read by jumping about."""
    if path.startswith(UPLOADED):
        project_id, upload_id = (int(text) for text in path.removeprefix(UPLOADED).split("/"))
        return joined(upload_id, project_id, part).open("rb")
    local = storage.local_path(path)
    if local is not None:
        return local.open("rb")
    with storage.open_file(path) as file, part.open("wb") as out:
        shutil.copyfileobj(file, out, COPY_BYTES)
    return part.open("rb")


def sizes(project_id: int, source: Source, turn: Lock) -> Sizes:
    """Displayed sizes for formats that do not say them: from the project, else from the picture itself."""
    paths = set(source.paths())

    def size_of(name: str) -> tuple[int, int] | None:
        if name in paths:
            return picture_size(source, name)
        names = names_of(name)
        with turn:
            found = assets.assets_named(project_id, guessed(names))
        asset = by_name(found, names)
        return (asset.width, asset.height) if asset else None

    return size_of


def picture_size(source: Source, path: str) -> tuple[int, int] | None:
    from apps.assets.images.decode import displayed_size

    return _header(source, path, displayed_size)


def picture_header(source: Source, path: str) -> Header | None:
    """What a picture of the file says of itself; None where it cannot be read."""
    from apps.assets.images.decode import displayed_header

    return _header(source, path, displayed_header)


def _header(source: Source, path: str, read: Callable[[IO[bytes], Any], T]) -> T | None:
    from apps.assets.images import sniff

    try:
        content = io.BytesIO(source.read(path, settings.LABELWRIGHT_MAX_FILE_BYTES))
        return read(content, sniff(content.read(64)))
    except (FileRefused, SourceError):
        return None
