"""Datumaro JSON: a file a subset, classes by number, all shapes of one list. Captions become answers about the image."""

from __future__ import annotations

from domain.formats.base import Format

from .reading import DatumaroReader, sniff
from .writing import DatumaroWriter

FORMAT = Format(
    name="datumaro",
    title="Datumaro JSON",
    shapes=("box", "rotated_box", "polygon", "polyline", "points", "skeleton", "mask", "tag"),
    tracks=True,
    writer=DatumaroWriter,
    reader=DatumaroReader,
    sniff=sniff,
)

__all__ = ["FORMAT", "DatumaroReader", "DatumaroWriter"]
