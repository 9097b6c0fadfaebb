"""YOLO: one text file an image with normalised numbers, `data.yaml` with the class names.

Five tasks: detect, segment, pose, obb (Ultralytics' four corners) and classify (a folder a class). Class numbers count
from 0 in the schema's order. An empty file is a confirmed background image; an image without a file was not labelled. Read as
written here, in other folder layouts that `data.yaml` names, and in Darknet's of `obj.names`, `obj.data` and lists of images.
"""

from __future__ import annotations

from functools import partial

from domain.formats.base import Format

from .folders import ClassifyReader, ClassifyWriter, sniff_folders
from .reading import YoloReader, sniff
from .writing import Task, YoloWriter

_TASK = "what a line holds: “detect”: boxes; “segment”: outlines; “pose”: boxes with joints; “obb”: four corners"


def _task(name: Task, title: str, shapes: tuple[str, ...]) -> Format:
    return Format(
        name=f"yolo_{name}",
        title=title,
        shapes=shapes,
        writer=partial(YoloWriter, default_task=name),
        reader=YoloReader,
    )


FORMAT = Format(
    name="yolo",
    title="YOLO",
    shapes=("box",),
    writer=YoloWriter,
    reader=YoloReader,
    sniff=sniff,
    options={
        "task": _TASK + "; “detect” unless given",
        "layout": "“ultralytics” (default), or “darknet”: obj.names, obj.data, lists",
    },
)
SEGMENTATION = Format(
    name="yolo_segmentation",
    title="YOLO segmentation",
    shapes=("polygon",),
    writer=partial(YoloWriter, default_task="segment"),
    reader=YoloReader,
    options={"task": _TASK + "; “segment” unless given"},
)
POSE = _task("pose", "YOLO pose", ("skeleton",))
OBB = _task("obb", "YOLO oriented boxes", ("rotated_box",))
CLASSIFY = Format(
    name="yolo_classify",
    title="YOLO classification",
    shapes=("tag",),
    writer=ClassifyWriter,
    reader=ClassifyReader,
    sniff=sniff_folders,
    options={"attribute": "the item attribute whose answer is the class; without it the item's one tag is"},
)

__all__ = ["FORMAT", "ClassifyReader", "ClassifyWriter", "YoloReader", "YoloWriter"]
