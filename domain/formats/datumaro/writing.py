"""Writing Datumaro JSON, one file a subset, streaming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, ClassVar

import msgspec

from domain.elements.structs import Region
from domain.formats.base import ExportItem
from domain.formats.report import LossReport
from domain.formats.sinks import stem
from domain.formats.writing import ItemWriter, Losses
from domain.geometry import rle
from domain.schema import Class
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

CAPTION = "caption"
FLAGS = ("difficult", "truncated", "ignore", "uncertain")
_HELD = ("box", "rotated_box", "polygon", "polyline", "points", "skeleton", "mask", "tag")


class DatumaroWriter(ItemWriter):
    """Takes items in order; ids of annotations count from 1 in each subset."""

    losses: ClassVar[Losses] = {
        "item_answers": (
            "noted",
            "answers about the image stand in `attr` of the item; a text called caption is a caption",
        ),
    }
    keeps = ("attributes", "occluded", "flags", "score", "track", "z")

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._index = {c.id: i for i, c in enumerate(self._ordered)}
        self._splits: dict[str, tuple[Any, BinaryIO, list[int]]] = {}
        self._encoder = msgspec.json.Encoder()

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        split = self.split(item, "default")
        if not found.regions and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        _, _, counts = self._open(split)
        groups: dict[str, int] = {}
        annotations = [
            made for region in found.regions if (made := self._annotation(region, item, groups, counts)) is not None
        ]
        self.lose_of_item(found, item, answers=False)
        attr = dict(found.answers)
        caption = attr.pop(CAPTION, None)
        if isinstance(caption, str) and caption:
            counts[1] += 1
            annotations.append({"id": counts[1], "type": "caption", "attributes": {}, "group": 0, "caption": caption})
        if attr:
            self.lose("item_answers", item)
        name = self.file_name(item, split)
        document = {
            "id": stem(name),
            "annotations": annotations,
            "attr": attr,
            "image": {"path": name, "size": [item.asset.height, item.asset.width]},
        }
        _, file, counts = self._splits[split]
        file.write((b"," if counts[0] else b"") + self._encoder.encode(document))
        counts[0] += 1
        self.report.items += 1
        self.report.regions += len(found.regions)
        return f"images/{split}/{name}"

    def _open(self, split: str) -> tuple[Any, BinaryIO, list[int]]:
        if split not in self._splits:
            holder = self.sink.open(f"annotations/{split}.json")
            file = holder.__enter__()
            file.write(b'{"info":{},"categories":' + self._encoder.encode(self._categories()) + b',"items":[')
            self._splits[split] = (holder, file, [0, 0])
        return self._splits[split]

    def _categories(self) -> dict[str, Any]:
        parents = {c.id: c.name for c in self._ordered}
        labels = [
            {
                "name": c.name,
                "parent": parents.get(c.parent, "") if c.parent is not None else "",
                "attributes": [a.name for a in c.attributes if not a.archived],
            }
            for c in self._ordered
        ]
        out: dict[str, Any] = {"label": {"labels": labels, "attributes": ["occluded"]}}
        out["mask"] = {"colormap": [{"label_id": i, **_rgb(c.color)} for i, c in enumerate(self._ordered)]}
        posed = [(i, c) for i, c in enumerate(self._ordered) if c.skeleton is not None]
        if posed:
            out["points"] = {"items": [_template(i, c) for i, c in posed]}
        return out

    def _annotation(
        self, region: Region, item: ExportItem, groups: dict[str, int], counts: list[int]
    ) -> dict[str, Any] | None:
        fitted = self.fit(region, item, _HELD, holes=False, parts=False)
        if fitted is None:
            return None
        self.lose_unheld(region, item)
        found = self.classes[region.class_id]
        kind, place, extra = _WRITERS[type(fitted)](fitted, found, item, self)
        attributes: dict[str, Any] = dict(region.attributes) | extra
        if region.occluded:
            attributes["occluded"] = True
        attributes.update((flag, True) for flag in region.flags if flag in FLAGS)
        if "crowd" in region.flags:
            attributes["is_crowd"] = True
        if region.score is not None:
            attributes["score"] = region.score
        if region.track is not None:
            attributes |= self.track_attribute(region, item)
        counts[1] += 1
        made: dict[str, Any] = {"id": counts[1], "type": kind, "attributes": attributes}
        made["group"] = groups.setdefault(region.group, len(groups) + 1) if region.group else 0
        made["label_id"] = self._index[region.class_id]
        if kind != "label":
            made["z_order"] = region.z
        return made | place

    def finish(self) -> LossReport:
        if not self._splits:
            self._open("default")
        for holder, file, _ in self._splits.values():
            file.write(b"]}")
            holder.__exit__(None, None, None)
        return self.report


def _rgb(color: str) -> dict[str, int]:
    return {channel: int(color[i : i + 2], 16) for channel, i in (("r", 1), ("g", 3), ("b", 5))}


def _template(index: int, found: Class) -> dict[str, Any]:
    assert found.skeleton is not None
    edges = [[a + 1, b + 1] for a, b in found.skeleton.edges]
    return {"label_id": index, "labels": found.skeleton.joints, "joints": edges}


Written = tuple[str, dict[str, Any], dict[str, Any]]  # type, place, attributes beside the region's own


def _mask(g: Any, _: Class, item: ExportItem, writer: DatumaroWriter) -> Written:
    height, width = item.asset.height, item.asset.width
    runs = rle.place(writer.runs(g), g.size[0], g.x, g.y, height, width)
    return "mask", {"rle": {"counts": rle.compress(runs), "size": [height, width]}}, {}


def _skeleton(g: Any, found: Class, *_: Any) -> Written:
    names = found.skeleton.joints if found.skeleton is not None else list(g.joints)
    flat = [c for name in names for c in g.joints.get(name, (0.0, 0.0, 0))]
    return "skeleton", {"points": flat, "points_attributes": [{} for _ in names]}, {}


def _rotated(g: Any, *_: Any) -> Written:
    """As CVAT writes it: the box before it is turned, and the turn among the attributes."""
    box = [g.cx - g.w / 2, g.cy - g.h / 2, g.w, g.h]
    return "bbox", {"bbox": box}, {"rotation": g.angle % 360.0}


_WRITERS: dict[type[Geometry], Callable[..., Written]] = {
    Box: lambda g, *_: ("bbox", {"bbox": [g.x, g.y, g.w, g.h]}, {}),
    RotatedBox: _rotated,
    Polygon: lambda g, *_: ("polygon", {"points": g.parts[0][0]}, {}),
    Polyline: lambda g, *_: ("polyline", {"points": g.points}, {}),
    Points: lambda g, *_: ("points", {"points": g.points, "visibility": [2] * (len(g.points) // 2)}, {}),
    Skeleton: _skeleton,
    Mask: _mask,
    Tag: lambda g, *_: ("label", {}, {}),
}
