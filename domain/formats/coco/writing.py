"""Writing COCO, one file a split: images and annotations stream to two files that are joined at the end."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Literal
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.formats.base import ExportItem
from domain.formats.report import Effect, LossReport
from domain.formats.sequences import frame_of, sequence_of
from domain.formats.sinks import Sink, safe_name
from domain.formats.writing import ItemWriter
from domain.schema import Class
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.skeleton import Skeleton

from .annotations import CocoAnnotation, Written, extras, write_geometry

_LOSSES: dict[str, tuple[Effect, str]] = {
    "shape_not_expressible": ("dropped", "COCO has no form for tags, polylines and points"),
    "not_labelled": ("dropped", "items without a result that COCO can hold, and not confirmed empty, are left out"),
    "polygon_with_holes_as_mask": ("approximated", "COCO polygons have no holes; written as a run-length mask"),
    "rotated_box_as_polygon": ("approximated", "written as a polygon of its four corners"),
    "ellipse_as_polygon": ("approximated", "written as a polygon of 64 points"),
    "cuboid2d_as_polygon": ("approximated", "written as the polygon of its silhouette"),
    "bounds_only": ("approximated", "written as its bounding box, as asked"),
    "relations": ("dropped", "parent, role, group and z of regions are not written"),
    "track_extra": (
        "noted",
        "tracks stand as `track_id` of annotations and `video_id` of images, which is not standard",
    ),
    "source": ("dropped", "where a region came from is not written"),
    "item_answers": ("noted", "answers about the whole item stand in `attributes` of the image, which is not standard"),
}


class Options(msgspec.Struct, forbid_unknown_fields=True):
    shapes: Literal["all", "boxes"] = "all"


class _Split:
    """One file in the making."""

    def __init__(self, sink: Sink, name: str) -> None:
        self.holder: AbstractContextManager[BinaryIO] = sink.open(f"annotations/instances_{name}.json")
        self.file = self.holder.__enter__()
        self.file.write(b'{"info":{"description":""},"images":[')
        self.annotations = sink.scratch()
        self.images = self.written = 0
        self.licences: dict[str, int] = {}
        self.videos: dict[str, int] = {}

    def add(self, image: bytes, annotations: bytes) -> None:
        self.file.write(b"," + image if self.images else image)
        self.images += 1
        if annotations:
            self.annotations.write(b"," + annotations if self.written else annotations)
            self.written += 1

    def finish(self, categories: bytes) -> None:
        self.file.write(b'],"annotations":[')
        self.annotations.seek(0)
        shutil.copyfileobj(self.annotations, self.file, 1 << 20)
        self.annotations.close()
        licences = [{"id": number, "name": name, "url": ""} for name, number in self.licences.items()]
        self.file.write(b'],"categories":' + categories + b',"licenses":' + msgspec.json.encode(licences))
        if self.videos:
            videos = [{"id": number, "name": name} for name, number in self.videos.items()]
            self.file.write(b',"videos":' + msgspec.json.encode(videos))
        self.file.write(b"}")
        self.holder.__exit__(None, None, None)


def _poses(regions: list[Region]) -> dict[UUID, Region]:
    """The skeleton of each region that has one of its class as a child: COCO holds both in one annotation."""
    by_id: dict[UUID, Region] = {}
    found: dict[UUID, Region] = {}
    for region in regions:
        if isinstance(region.geometry, Skeleton) and region.parent is not None:
            by_id = by_id or {other.id: other for other in regions}
            owner = by_id.get(region.parent)
            fits = owner is not None and owner.class_id == region.class_id and owner.geometry.is_area
            if fits and region.attributes == {} and not region.flags and not region.group and region.track is None:
                found.setdefault(region.parent, region)
    return found


class CocoWriter(ItemWriter):
    """Takes items in order; annotation ids count from 1 over all splits."""

    losses = _LOSSES
    options_type = Options

    def begin(self) -> None:
        self._used: set[int] = set()
        self._sourced: list[UUID] = []  # regions of an item
        self._splits: dict[str, _Split] = {}
        self._next_id = 1
        self._encoder = msgspec.json.Encoder()

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        poses = {} if self.options.shapes == "boxes" else _poses(found.regions)
        merged = {pose.id for pose in poses.values()}
        annotations = [
            annotation
            for region in found.regions
            if not (merged and region.id in merged)
            and (annotation := self._annotation(region, item, poses.get(region.id) if poses else None)) is not None
        ]
        self.lose_each("source", item, self._sourced)
        self._sourced.clear()
        for track in found.tracks:
            self.lose("video_track", item, track.id)
        if not annotations and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        name = self.file_name(item, whole=True)
        split = self._split(item.split or "default")
        tracked = any(one.track_id is not None for one in annotations)
        split.add(
            self._image(item, name, found.answers, split, tracked=tracked), self._encoder.encode(annotations)[1:-1]
        )
        self.report.items += 1
        self.report.regions += len(annotations)
        return f"images/{name}"

    def _annotation(self, region: Region, item: ExportItem, pose: Region | None) -> CocoAnnotation | None:
        geometry: Any = region.geometry
        written: Written | None = None
        if type(geometry) is not Box or pose is not None:
            written = self._written(region, item)
            if written is None:
                return None
        if region.parent or region.role or region.group or region.z:
            self.lose("relations", item, region.id)
        if region.source is not None:
            self._sourced.append(region.id)
        self._used.add(region.class_id)
        number, self._next_id = self._next_id, self._next_id + 1
        if written is None:  # a box, as by far the most are
            x, y, w, h = geometry.x, geometry.y, geometry.w, geometry.h
            made = CocoAnnotation(number, item.asset.id, region.class_id, (x, y, w, h), w * h, [], 0)
        else:
            made = CocoAnnotation(
                number, item.asset.id, region.class_id, written.bbox, written.area, written.segmentation, 0
            )
            found = written if pose is None else self._written(pose, item)
            if found is not None and found.keypoints is not None:
                made.keypoints, made.num_keypoints = found.keypoints, sum(v > 0 for v in found.keypoints[2::3])
        if region.flags or region.attributes or region.occluded:
            made.iscrowd, made.attributes = int("crowd" in region.flags), extras(region)
        made.score, made.track_id = region.score, region.track
        return made

    def _written(self, region: Region, item: ExportItem) -> Written | None:
        found: Class | None = self.classes.get(region.class_id)
        asset = item.asset
        if self.options.shapes == "boxes":
            bounds = region.geometry.bounds()
            if bounds is None or not region.geometry.is_area:
                self.lose("shape_not_expressible", item, region.id)
                return None
            self.lose("bounds_only", item, region.id)
            bbox = (bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1])
            return Written(bbox, bbox[2] * bbox[3])
        written = write_geometry(region.geometry, found, width=asset.width, height=asset.height, load=self.runs)
        if written is None:
            drawn = isinstance(region.geometry, Mask) or region.geometry.is_area
            self.lose("empty_on_image" if drawn else "shape_not_expressible", item, region.id)
        elif written.loss is not None:
            self.lose(written.loss, item, region.id)
        return written

    def _image(
        self, item: ExportItem, name: str, answers: dict[str, Value], split: _Split, *, tracked: bool = False
    ) -> bytes:
        asset = item.asset
        image: dict[str, Any] = {"id": asset.id, "width": asset.width, "height": asset.height, "file_name": name}
        if asset.licence:
            image["license"] = split.licences.setdefault(asset.licence, len(split.licences) + 1)
        if asset.attribution:
            image["attribution"] = asset.attribution
        if answers:
            image["attributes"] = dict(sorted(answers.items()))
            self.lose("item_answers", item)
        sequence = sequence_of(asset) if tracked or split.videos else ""
        if tracked:
            self.lose("track_extra", item)
            if sequence:
                split.videos.setdefault(sequence, len(split.videos) + 1)
        if sequence in split.videos:
            image["video_id"] = split.videos[sequence]
            frame = frame_of(asset)
            if frame is not None:
                image["frame_index"] = frame
        grouped = asset.group and asset.group not in split.videos
        if asset.metadata or asset.external_id or grouped or asset.origin not in ("", "real"):
            self.lose("metadata", item)
        return self._encoder.encode(image)

    def _split(self, name: str) -> _Split:
        if name not in self._splits:
            self._splits[name] = _Split(self.sink, safe_name(name).replace("/", "_"))
        return self._splits[name]

    def finish(self) -> LossReport:
        if not self._splits:
            self._split("default")
        categories = self._encoder.encode(self._categories())
        for name in sorted(self._splits):
            self._splits[name].finish(categories)
        return self.report

    def _categories(self) -> list[dict[str, Any]]:
        """All classes by id; an archived one only where it is used."""
        out: list[dict[str, Any]] = []
        for found in self.live_classes(self._used):
            parent = self.classes.get(found.parent) if found.parent is not None else None
            category: dict[str, Any] = {
                "id": found.id,
                "name": found.name,
                "supercategory": parent.name if parent else "",
            }
            if found.skeleton is not None:
                category["keypoints"] = found.skeleton.joints
                category["skeleton"] = [[a + 1, b + 1] for a, b in found.skeleton.edges]
            out.append(category)
        return out
