"""Pascal VOC: an XML file an image, lists of images a split, and pictures of classes and instances for segmentation.

The standard's top left pixel is (1, 1) and its maxima are inclusive; many tools write x and x + w as they are. `origin` says
which, and stands in each file's `<source>`.
"""

from __future__ import annotations

from domain.formats.base import Format

from .reading import VocReader, sniff
from .writing import VocWriter

_ORIGIN = "“1”: the standard's, pixels count from 1 and maxima are inclusive; “0”: x and x + w as they are"

FORMAT = Format(
    name="voc",
    title="Pascal VOC",
    shapes=("box",),
    tracks=True,
    writer=VocWriter,
    reader=VocReader,
    sniff=sniff,
    options={
        "origin": f"{_ORIGIN}. “1” unless given",
        "masks": "“none” (default), or “segmentation”: pictures of classes and instances too",
    },
    read_options={
        "origin": f"{_ORIGIN}. Without it the files' own word counts, then a coordinate under 1, then the standard"
    },
)

__all__ = ["FORMAT", "VocReader", "VocWriter"]
