"""Writing YOLO."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from domain.elements import decode_chunk
from domain.elements.chunks import RegionEntry
from domain.elements.structs import Region
from domain.formats.base import ExportItem, FormatError, LoadBlob, parse_options
from domain.formats.report import Effect, LossReport
from domain.formats.sinks import Sink, safe_name, stem
from domain.geometry import rings, rle
from domain.schema import LabelSchema
from domain.shapes.box import Box
from domain.shapes.mask import Mask

from .outlines import outline

Task = Literal["detect", "segment"]

_LOSSES: dict[str, tuple[Effect, str]] = {
    "shape_not_expressible": ("dropped", "this task of YOLO has no form for tags, lines, points and skeletons"),
    "not_labelled": ("dropped", "items without a result that YOLO can hold, and not confirmed empty, are left out"),
    "outside_image": ("approximated", "cut to the image: YOLO's numbers lie in 0 to 1"),
    "wholly_cut": ("dropped", "nothing of the region lies in the image"),
    "unknown_class": ("dropped", "the class is not in the schema"),
    "bounds_only": ("approximated", "written as its bounding box"),
    "rings_joined": ("approximated", "parts and holes are joined into one outline by edges without area"),
    "mask_as_outline": ("approximated", "written as the outline of its pixels"),
    "box_as_outline": ("approximated", "written as an outline of four corners"),
    "rotated_box_as_outline": ("approximated", "written as an outline of four corners"),
    "ellipse_as_outline": ("approximated", "written as an outline of 64 points"),
    "cuboid2d_as_outline": ("approximated", "written as its silhouette"),
    "attributes": ("dropped", "attributes are not written"),
    "flags": (
        "dropped",
        "occluded, flags, score, source and relations are not written; ignore and crowd become plain objects",
    ),
    "item_answers": ("dropped", "answers about the whole item are not written"),
    "track": ("dropped", "YOLO has no tracks"),
    "no_split": ("noted", "no splits were asked for: all images stand under train, and val names the same images"),
}


class Options(msgspec.Struct, forbid_unknown_fields=True):
    task: Task | None = None


class YoloWriter:
    """Takes items in order; writes one label file each, and `data.yaml` at the end."""

    def __init__(
        self,
        sink: Sink,
        *,
        schema: LabelSchema,
        options: dict[str, Any] | None = None,
        load_blob: LoadBlob | None = None,
        default_task: Task = "detect",
    ) -> None:
        self._task: Task = parse_options(options, Options).task or default_task
        self._sink, self._load_blob = sink, load_blob
        archived = sorted((c for c in schema.classes if c.archived), key=lambda c: c.id)
        self._live = len(schema.classes) - len(archived)
        self._names = [c.name for c in (*schema.in_order(), *archived)]
        self._index = {c.id: i for i, c in enumerate((*schema.in_order(), *archived))}
        self._last_used = -1
        self._splits: set[str] = set()
        self._stems: set[str] = set()
        self._report = LossReport()

    def add(self, item: ExportItem) -> str | None:
        lines: list[str] = []
        for body in item.chunks:
            for entry in decode_chunk(body):
                if isinstance(entry, RegionEntry):
                    line = self._line(entry.element, item)
                    if line is not None:
                        lines.append(line)
                else:
                    is_answer = hasattr(entry.element, "value")
                    self._lose("item_answers" if is_answer else "track", item, entry.element.id)
        if not lines and item.outcome != "empty":
            self._lose("not_labelled", item)
            return None
        split = safe_name(item.split or "train").replace("/", "_")
        if item.split is None:
            self._lose("no_split", item)
        self._splits.add(split)
        name = self._file_name(item, split)
        self._sink.write(f"labels/{split}/{stem(name)}.txt", "".join(lines).encode("ascii"))
        self._report.items += 1
        self._report.regions += len(lines)
        return f"images/{split}/{name}"

    def _file_name(self, item: ExportItem, split: str) -> str:
        """The asset's name; when its label file is taken, in a folder of the asset's id."""
        name = safe_name(item.asset.name)
        if f"{split}/{stem(name)}" in self._stems:
            name = f"{item.asset.id}/{name}"
        self._stems.add(f"{split}/{stem(name)}")
        return name

    def _line(self, region: Region, item: ExportItem) -> str | None:
        index = self._index.get(region.class_id)
        if index is None:
            self._lose("unknown_class", item, region.id)
            return None
        numbers = self._box(region, item) if self._task == "detect" else self._outline(region, item)
        if numbers is None:
            return None
        if region.attributes:
            self._lose("attributes", item, region.id)
        if (
            region.flags
            or region.occluded
            or region.source
            or region.parent
            or region.group
            or region.score is not None
        ):
            self._lose("flags", item, region.id)
        self._last_used = max(self._last_used, index)
        return f"{index} {numbers}\n"

    def _box(self, region: Region, item: ExportItem) -> str | None:
        geometry = region.geometry
        bounds = geometry.bounds()
        if bounds is None or not geometry.is_area:
            self._lose("shape_not_expressible", item, region.id)
            return None
        if type(geometry) is not Box:
            self._lose("bounds_only", item, region.id)
        x0, y0, x1, y1 = bounds
        w, h = item.asset.width, item.asset.height
        if x0 < 0 or y0 < 0 or x1 > w or y1 > h:
            x0, y0, x1, y1 = max(0.0, x0), max(0.0, y0), min(float(w), x1), min(float(h), y1)
            if x1 <= x0 or y1 <= y0:
                self._lose("wholly_cut", item, region.id)
                return None
            self._lose("outside_image", item, region.id)
        return f"{(x0 + x1) / 2 / w:.6f} {(y0 + y1) / 2 / h:.6f} {(x1 - x0) / w:.6f} {(y1 - y0) / h:.6f}"

    def _outline(self, region: Region, item: ExportItem) -> str | None:
        w, h = item.asset.width, item.asset.height
        found = outline(region.geometry, width=w, height=h, load=self._load)
        if found is None:
            self._lose("shape_not_expressible", item, region.id)
            return None
        ring, loss = found
        if loss is not None:
            self._lose(loss, item, region.id)
        x0, y0, x1, y1 = rings.bounds(ring)
        if x0 < 0 or y0 < 0 or x1 > w or y1 > h:
            ring = rings.clip(ring, (0.0, 0.0, float(w), float(h)))
            if not ring:
                self._lose("wholly_cut", item, region.id)
                return None
            self._lose("outside_image", item, region.id)
        return " ".join([f"{c / (h if i % 2 else w):.6f}" for i, c in enumerate(ring)])

    def _load(self, mask: Mask) -> list[int]:
        if mask.blob is None:
            return mask.runs()
        if self._load_blob is None:
            raise FormatError("no_blobs", "the items have masks in blobs, and no way to load them was given")
        return rle.decompress(self._load_blob(mask.blob).decode("ascii"))

    def _lose(self, code: str, item: ExportItem, element: object = None) -> None:
        effect, detail = _LOSSES[code]
        self._report.add(code, effect, detail, item.asset.name, element)

    def finish(self) -> LossReport:
        names = self._names[: max(self._live, self._last_used + 1)]
        splits = self._splits or {"train"}
        lines = ["path: ."]
        for role in ("train", "val"):
            lines.append(f"{role}: images/{role if role in splits else min(splits)}")
        lines += [f"{split}: images/{split}" for split in sorted(splits - {"train", "val"})]
        # JSON strings are YAML strings
        lines += ["names:", *(f"  {i}: {json.dumps(name, ensure_ascii=False)}" for i, name in enumerate(names))]
        self._sink.write("data.yaml", ("\n".join(lines) + "\n").encode())
        return self._report
