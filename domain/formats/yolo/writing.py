"""Writing YOLO: a line a region, a file an item."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from domain.elements.structs import Region
from domain.formats.base import ExportItem, FormatError, LoadBlob
from domain.formats.fitting import outline
from domain.formats.report import LossReport
from domain.formats.sinks import Sink, stem
from domain.formats.writing import ItemWriter, Losses
from domain.geometry import rings
from domain.schema import LabelSchema
from domain.shapes.box import Box
from domain.shapes.skeleton import Skeleton

Task = Literal["detect", "segment", "pose", "obb"]

_LOSSES: Losses = {
    "shape_not_expressible": ("dropped", "this task of YOLO has no form for the region's shape"),
    "outside_image": ("approximated", "cut to the image: YOLO's numbers lie in 0 to 1"),
    "no_joints": ("dropped", "the class has no skeleton template: a pose needs the order of its joints"),
    "joint_count": ("approximated", "YOLO asks the same number of joints of every class: absent ones were added"),
    "no_split": ("noted", "no splits were asked for: all images stand under train, and val names the same images"),
}


class Options(msgspec.Struct, forbid_unknown_fields=True):
    task: Task | None = None
    layout: Literal["ultralytics", "darknet"] = "ultralytics"


class YoloWriter(ItemWriter):
    """Takes items in order; writes one label file each, and the files that name classes and images at the end."""

    losses = _LOSSES
    options_type = Options

    def __init__(
        self,
        sink: Sink,
        *,
        schema: LabelSchema,
        options: dict[str, Any] | None = None,
        load_blob: LoadBlob | None = None,
        default_task: Task = "detect",
    ) -> None:
        self._default_task = default_task
        super().__init__(sink, schema=schema, options=options, load_blob=load_blob)

    def begin(self) -> None:
        self._task: Task = self.options.task or self._default_task
        self._darknet = self.options.layout == "darknet"
        if self._darknet and self._task != "detect":
            raise FormatError("bad_options", f"the darknet layout holds boxes; task {self._task!r} is Ultralytics' own")
        archived = sorted((c for c in self.schema.classes if c.archived), key=lambda c: c.id)
        classes = [*self.schema.in_order(), *archived]
        self._live = len(classes) - len(archived)
        self._class_names = [c.name for c in classes]
        self._index = {c.id: i for i, c in enumerate(classes)}
        self._joints = max((len(c.skeleton.joints) for c in classes if c.skeleton is not None), default=0)
        self._last_used = -1
        self._lists: dict[str, list[str]] = {}
        self._line = {"detect": self._box, "segment": self._outline, "pose": self._pose, "obb": self._corners}[
            self._task
        ]

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        lines = [line for region in found.regions if (line := self._written(region, item, found.regions)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        if item.split is None:
            self.lose("no_split", item)
        name = self.file_name(item, split)
        folder = f"obj_{split}_data" if self._darknet else f"images/{split}"
        labels = folder if self._darknet else f"labels/{split}"
        self._lists.setdefault(split, []).append(f"{folder}/{name}")
        self.sink.write(f"{labels}/{stem(name)}.txt", "".join(lines).encode("ascii"))
        self.report.items += 1
        self.report.regions += len(lines)
        return f"{folder}/{name}"

    def _written(self, region: Region, item: ExportItem, regions: list[Region]) -> str | None:
        numbers = self._line(region, item, regions)
        if numbers is None:
            return None
        self.lose_unheld(region, item)
        index = self._index[region.class_id]
        self._last_used = max(self._last_used, index)
        return f"{index} {numbers}\n"

    def _box(self, region: Region, item: ExportItem, _: list[Region]) -> str | None:
        geometry = region.geometry
        bounds = geometry.bounds()
        if bounds is None or not geometry.is_area:
            self.lose("shape_not_expressible", item, region.id)
            return None
        if type(geometry) is not Box:
            self.lose("bounds_only", item, region.id)
        return self._normalised(bounds, region, item)

    def _normalised(self, bounds: rings.Bounds, region: Region, item: ExportItem) -> str | None:
        x0, y0, x1, y1 = bounds
        w, h = item.asset.width, item.asset.height
        if x0 < 0 or y0 < 0 or x1 > w or y1 > h:
            x0, y0, x1, y1 = max(0.0, x0), max(0.0, y0), min(float(w), x1), min(float(h), y1)
            if x1 <= x0 or y1 <= y0:
                self.lose("wholly_cut", item, region.id)
                return None
            self.lose("outside_image", item, region.id)
        return f"{(x0 + x1) / 2 / w:.6f} {(y0 + y1) / 2 / h:.6f} {(x1 - x0) / w:.6f} {(y1 - y0) / h:.6f}"

    def _outline(self, region: Region, item: ExportItem, _: list[Region]) -> str | None:
        w, h = item.asset.width, item.asset.height
        found = outline(region.geometry, width=w, height=h, load=self.runs)
        if found is None:
            self.lose("shape_not_expressible", item, region.id)
            return None
        ring, loss = found
        if loss is not None:
            self.lose(loss, item, region.id)
        x0, y0, x1, y1 = rings.bounds(ring)
        if x0 < 0 or y0 < 0 or x1 > w or y1 > h:
            ring = rings.clip(ring, (0.0, 0.0, float(w), float(h)))
            if not ring:
                self.lose("wholly_cut", item, region.id)
                return None
            self.lose("outside_image", item, region.id)
        return " ".join([f"{c / (h if i % 2 else w):.6f}" for i, c in enumerate(ring)])

    def _corners(self, region: Region, item: ExportItem, _: list[Region]) -> str | None:
        """Four corners; a corner outside is moved to the edge, for a cut rectangle may have more than four."""
        fitted = self.fit(region, item, ("rotated_box",))
        if fitted is None:
            return None
        w, h = item.asset.width, item.asset.height
        corners = fitted.corners()  # type: ignore[attr-defined]
        kept = [min(max(c, 0.0), float(h if i % 2 else w)) for i, c in enumerate(corners)]
        if kept != corners:
            if rings.area(kept) <= 0:
                self.lose("wholly_cut", item, region.id)
                return None
            self.lose("outside_image", item, region.id)
        return " ".join([f"{c / (h if i % 2 else w):.6f}" for i, c in enumerate(kept)])

    def _pose(self, region: Region, item: ExportItem, regions: list[Region]) -> str | None:
        """The box of the region that the skeleton belongs to, else of its joints; then x, y, v of every joint."""
        geometry, found = region.geometry, self.classes[region.class_id]
        if not isinstance(geometry, Skeleton):
            if not any(other.parent == region.id and isinstance(other.geometry, Skeleton) for other in regions):
                self.lose("shape_not_expressible", item, region.id)
            return None
        if found.skeleton is None:
            self.lose("no_joints", item, region.id)
            return None
        owner = next((other for other in regions if other.id == region.parent and other.geometry.is_area), region)
        box = self._normalised(owner.geometry.bounds() or geometry.bounds(), region, item)
        if box is None:
            return None
        if owner is not region and type(owner.geometry) is not Box:
            self.lose("bounds_only", item, owner.id)
        if len(found.skeleton.joints) < self._joints:
            self.lose("joint_count", item, region.id)
        w, h = item.asset.width, item.asset.height
        numbers = [box]
        for name in found.skeleton.joints:
            x, y, v = geometry.joints.get(name, (0.0, 0.0, 0))
            numbers.append(f"{min(max(x / w, 0.0), 1.0):.6f} {min(max(y / h, 0.0), 1.0):.6f} {v}" if v else "0 0 0")
        return " ".join([*numbers, *["0 0 0"] * (self._joints - len(found.skeleton.joints))])

    def finish(self) -> LossReport:
        names = self._class_names[: max(self._live, self._last_used + 1)]
        if self._darknet:
            self._finish_darknet(names)
            return self.report
        splits = self._lists.keys() or {"train"}
        lines = []  # without `path` the folder of this file counts, wherever training starts
        for role in ("train", "val"):
            lines.append(f"{role}: images/{role if role in splits else min(splits)}")
        lines += [f"{split}: images/{split}" for split in sorted(splits - {"train", "val"})]
        if self._task == "pose":
            lines += [f"kpt_shape: [{self._joints}, 3]", f"flip_idx: {self._flipped()}"]
        # JSON strings are YAML strings
        lines += ["names:", *(f"  {i}: {json.dumps(name, ensure_ascii=False)}" for i, name in enumerate(names))]
        self.sink.write("data.yaml", ("\n".join(lines) + "\n").encode())
        return self.report

    def _flipped(self) -> list[int]:
        """The joint that each becomes in a mirrored image: of the class with the most joints."""
        order = list(range(self._joints))
        template = next(
            (c.skeleton for c in self.schema.classes if c.skeleton and len(c.skeleton.joints) == self._joints), None
        )
        for left, right in template.mirror if template is not None else []:
            order[left], order[right] = right, left
        return order

    def _finish_darknet(self, names: list[str]) -> None:
        self.sink.write("obj.names", "".join(f"{name}\n" for name in names).encode())
        for split, paths in sorted(self._lists.items()):
            self.sink.write(f"{split}.txt", "".join(f"data/{path}\n" for path in paths).encode())
        lines = [f"classes = {len(names)}"]
        lines += [f"{'valid' if split == 'val' else split} = data/{split}.txt" for split in sorted(self._lists)]
        lines += ["names = data/obj.names", "backup = backup/"]
        self.sink.write("obj.data", ("\n".join(lines) + "\n").encode())
