"""YOLO: one text file an image with normalised numbers, `data.yaml` with the class names; detection or segmentation.

Class numbers count from 0 in the schema's order. An empty file is a confirmed background image; an image without a file
was not labelled. Read as written here, and in the older layout of `obj.names`, `obj.data` and lists of images.
"""

from __future__ import annotations

from functools import partial

from domain.formats.base import Format

from .reading import YoloReader, sniff
from .writing import YoloWriter

FORMAT = Format(
    name="yolo",
    title="YOLO",
    shapes=("box",),
    writer=YoloWriter,
    reader=YoloReader,
    sniff=sniff,
    options={"task": "“detect” (default): boxes; “segment”: outlines"},
)
SEGMENTATION = Format(
    name="yolo_segmentation",
    title="YOLO segmentation",
    shapes=("polygon",),
    writer=partial(YoloWriter, default_task="segment"),
    reader=YoloReader,
    options={"task": "“segment” (default) or “detect”"},
)

__all__ = ["FORMAT", "SEGMENTATION", "YoloReader", "YoloWriter"]
