"""COCO panoptic: a picture of segments an image (R + 256 G + 65536 B is a segment's id), and a list of their classes."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import numpy as np

from domain.formats.base import ExportItem, FormatError
from domain.formats.rasters import masks_of, painted, read_raster, write_raster
from domain.formats.report import LossReport
from domain.formats.sinks import stem
from domain.formats.sources import Source
from domain.formats.writing import ItemWriter, Losses

from .files import Annotation
from .page import Page

MOST_SEGMENTS = 1 << 24


def add_segments(page: Page, source: Source, path: str, found: Annotation) -> None:
    """A mask for each segment of the picture that an annotation of the file `path` names."""
    wanted = (found.file_name or "").replace("\\", "/")
    near = f"{path.removesuffix('.json')}/{wanted}"
    ends = [p for p in source.paths() if p == near or p.endswith(f"/{wanted}")]
    if not wanted or not ends:
        page.problem("no_picture", f"the picture of segments {wanted!r} is not in the file")
        return
    try:
        pixels, _ = read_raster(source.read(near if near in ends else ends[0]), wanted)
    except FormatError as error:
        page.problem(error.code, error.detail)
        return
    ids = _ids(pixels)
    segments = {segment.id: segment for segment in found.segments_info or ()}
    for number, mask in masks_of(ids, (0,)):
        segment = segments.pop(number, None)
        if segment is None:
            page.problem("bad_annotation", f"{wanted}: segment {number} is in the picture and not in the list")
        else:
            page.add_mask(mask, segment.category_id, str(number), crowd=bool(segment.iscrowd))
    for number in segments:
        page.problem("bad_annotation", f"{wanted}: segment {number} is in the list and not in the picture")


def _ids(pixels: Any) -> Any:
    if pixels.ndim == 2:
        return pixels.astype(np.int64)
    wide = pixels.astype(np.int64)
    return wide[..., 0] + 256 * wide[..., 1] + 65536 * wide[..., 2]


class PanopticWriter(ItemWriter):
    """One list and one folder of pictures a split."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "panoptic pictures hold areas; tags, lines and points are not written"),
        "overlap": ("approximated", "a pixel has one segment: what lies on top took pixels of what lies beneath"),
        "drawn_as_pixels": ("approximated", "outlines are written as their pixels"),
        "flags": ("dropped", "flags but crowd are not written"),
    }
    keeps = ("flags",)

    def begin(self) -> None:
        self._splits: dict[str, tuple[list[Any], list[Any]]] = {}
        self._used: set[int] = set()

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        numbered = [(region, number) for number, region in enumerate(found.regions, start=1)]
        pixels, done = painted(self, item, numbered[: MOST_SEGMENTS - 1], dtype=np.int64)
        if not done and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "default")
        name = self.file_name(item, split)
        segments = []
        for region, number in done:
            rows, columns = np.nonzero(pixels == number)
            self.lose_unheld(region, item)
            if region.shape != "mask":
                self.lose("drawn_as_pixels", item, region.id)
            if any(flag != "crowd" for flag in region.flags):
                self.lose("flags", item, region.id)
            x, y = int(columns.min()), int(rows.min())
            box = [x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y]
            self._used.add(region.class_id)
            segments.append(
                {
                    "id": number,
                    "category_id": region.class_id,
                    "area": len(rows),
                    "bbox": box,
                    "iscrowd": int("crowd" in region.flags),
                }
            )
        picture = f"{stem(name)}.png"
        colours = np.stack([pixels & 255, pixels >> 8 & 255, pixels >> 16 & 255], axis=-1).astype(np.uint8)
        self.sink.write(f"annotations/panoptic_{split}/{picture}", write_raster(colours))
        images, annotations = self._splits.setdefault(split, ([], []))
        asset = item.asset
        images.append({"id": asset.id, "width": asset.width, "height": asset.height, "file_name": name})
        annotations.append({"image_id": asset.id, "file_name": picture, "segments_info": segments})
        self.report.items += 1
        self.report.regions += len(segments)
        return f"images/{split}/{name}"

    def finish(self) -> LossReport:
        classes = self.live_classes(self._used)
        names = {c.id: c.name for c in self.schema.classes}
        categories = [
            {"id": c.id, "name": c.name, "supercategory": names.get(c.parent or 0, ""), "isthing": 1} for c in classes
        ]
        for split, (images, rows) in self._splits.items() or [("default", ([], []))]:
            document = {"info": {}, "images": images, "annotations": rows, "categories": categories}
            self.sink.write(f"annotations/panoptic_{split}.json", msgspec.json.encode(document))
        return self.report
