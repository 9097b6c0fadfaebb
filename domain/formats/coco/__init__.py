"""COCO: instances with boxes, polygons, run-length masks and keypoints; panoptic
pictures, labels and captions, which become tags and answers.

Category ids are class ids (from 1, gaps kept). Numbers are written as they are stored. A polygon with holes and a mask
become run lengths; `area` is the enclosed area of what is written. A key `attributes` beside the standard ones holds
attributes, `occluded` and flags, as other tools write and read it. A track is `track_id`, as TAO and others have it; it counts
within the video that `video_id` of the image names.
"""

from __future__ import annotations

from domain.formats.base import Format

from .panoptic import PanopticWriter
from .reading import CocoReader, sniff
from .writing import CocoWriter

FORMAT = Format(
    name="coco",
    title="COCO",
    shapes=("box", "polygon", "mask", "skeleton"),
    tracks=True,
    writer=CocoWriter,
    reader=CocoReader,
    sniff=sniff,
    options={"shapes": "“all” (default), or “boxes”: a bounding box alone for each region"},
)

PANOPTIC = Format(
    name="coco_panoptic",
    title="COCO panoptic",
    shapes=("mask",),
    writer=PanopticWriter,
    reader=CocoReader,
)

__all__ = ["FORMAT", "PANOPTIC", "CocoReader", "CocoWriter", "PanopticWriter"]
