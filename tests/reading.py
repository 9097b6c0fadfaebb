"""Data sets as files in memory, read as whoever brings them in reads them."""

from __future__ import annotations

import io
import json

from PIL import Image

from domain.formats import FolderSource, detect, open_reader


def picture(pixels=None, mode="RGB", size=(100, 80), **saved):
    """A PNG; `pixels` is an array, else it is black."""
    out = io.BytesIO()
    (Image.new(mode, size) if pixels is None else Image.fromarray(pixels)).save(out, "PNG", **saved)
    return out.getvalue()


def as_bytes(data):
    """Texts as UTF-8, what is neither text nor bytes as JSON."""
    return data if isinstance(data, bytes) else (data if isinstance(data, str) else json.dumps(data)).encode()


def read(files):
    """(format, header, items)."""
    source = FolderSource({path: as_bytes(data) for path, data in files.items()})

    def size_of(name):
        return Image.open(io.BytesIO(source.read(name))).size if name in source.paths() else None

    found = detect(source)
    reader = open_reader(found, source, size_of=size_of)
    return found, reader.header(), list(reader.items())
