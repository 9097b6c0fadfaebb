"""Writing Pascal VOC."""

from __future__ import annotations

from typing import ClassVar, Literal
from xml.sax.saxutils import escape

import msgspec
import numpy as np

from domain.elements.structs import Region, Value
from domain.formats.base import ExportItem
from domain.formats.rasters import painted, voc_palette, write_raster
from domain.formats.report import LossReport
from domain.formats.sinks import stem
from domain.formats.writing import ItemWriter, Losses, plain_texts
from domain.shapes.box import Box
from domain.shapes.tag import Tag

MOST_CLASSES = 254  # 0 is the background, 255 the border
BORDER = 255
SOURCE = "Labelwright"
_FLAGS = ("difficult", "truncated")
_NOTHING_SAID = "    <truncated>0</truncated>\n    <difficult>0</difficult>\n    <occluded>0</occluded>\n"


class Options(msgspec.Struct, forbid_unknown_fields=True):
    origin: Literal["1", "0", 1, 0] = "1"
    masks: Literal["none", "segmentation"] = "none"


Kept = tuple[Region, Box, dict[str, Value]]  # with its box, and what is written as its attributes


class VocWriter(ItemWriter):
    """Takes items in order; lists and `labelmap.txt` come at the end."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "Pascal VOC has no form for lines, points and skeletons"),
        "overlap": ("approximated", "a pixel has one instance: what lies on top took pixels of what lies beneath"),
        "covered": ("approximated", "other regions lie on all pixels of the region; its box is written"),
        "too_many_classes": (
            "dropped",
            f"a picture of classes has {MOST_CLASSES} numbers; the region's class has a higher one",
        ),
        "flags": ("dropped", "ignore, crowd and uncertain are not written"),
        "colon": ("noted", "the class's name holds a colon, at which some readers of labelmap.txt cut it"),
        "tag_in_list": ("noted", "tags stand in lists of images that have a class"),
    }
    options_type = Options
    keeps = ("attributes", "occluded", "flags", "track")

    def begin(self) -> None:
        self._shift = 1 if str(self.options.origin) == "1" else 0
        self._segments = self.options.masks == "segmentation"
        self._splits: dict[str, list[str]] = {}
        self._segmented: dict[str, list[str]] = {}
        self._tagged: dict[tuple[str, str], list[str]] = {}
        ordered = self.live_classes({c.id for c in self.schema.classes})
        self._numbers = {c.id: i for i, c in enumerate(ordered, start=1)}
        self._titles = {c.id: escape(c.name) for c in ordered}
        self._cut = {c.id for c in ordered if ":" in c.name}
        self._ordered = ordered
        self._palette = voc_palette()
        database = f"<database>{SOURCE}</database><annotation>origin={self._shift}</annotation><image>Unknown</image>"
        self._source = f"  <source>{database}</source>\n"

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        kept: list[Kept] = []
        tags: list[str] = []
        for region in found.regions:
            if region.class_id in self._cut:
                self.lose("colon", item, region.id)
            if isinstance(region.geometry, Tag):
                tags.append(self.classes[region.class_id].name)
                self.lose("tag_in_list", item, region.id)
                continue
            box = self._boxed(region, item)
            if box is not None:
                said = region.attributes
                kept.append((region, box, said if region.track is None else said | self.track_attribute(region, item)))
        objects = self._objects(kept)
        if not objects and not tags and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        name = self.file_name(item)
        key, split = stem(name), self.split(item, "trainval")
        self._splits.setdefault(split, []).append(key)
        for tag in tags:
            self._tagged.setdefault((tag, split), []).append(key)
        if self._segments and objects:
            self._paint(found.regions, item, key, split)
        self.sink.write(f"Annotations/{key}.xml", self._document(item, name, objects).encode())
        self.report.items += 1
        self.report.regions += len(objects) + len(tags)
        return f"JPEGImages/{name}"

    def _document(self, item: ExportItem, name: str, objects: list[str]) -> str:
        asset = item.asset
        segmented = 1 if self._segments and objects else 0
        size = f"  <size><width>{asset.width}</width><height>{asset.height}</height><depth>3</depth></size>\n"
        head = f"<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{escape(name)}</filename>\n"
        return f"{head}{self._source}{size}  <segmented>{segmented}</segmented>\n{''.join(objects)}</annotation>\n"

    def _boxed(self, region: Region, item: ExportItem) -> Box | None:
        """The box of a region; what is lost of it is told."""
        geometry = region.geometry
        if type(geometry) is not Box:
            fitted = self.fit(region, item, ("box",)) if not self._segments else self._bounds(region, item)
            if not isinstance(fitted, Box):
                return None
            geometry = fitted
        if region.flags and any(flag not in _FLAGS for flag in region.flags):
            self.lose("flags", item, region.id)
        if region.source is not None or region.score is not None or region.parent or region.group or region.z:
            self.lose_unheld(region, item)
        return geometry

    def _objects(self, kept: list[Kept]) -> list[str]:
        shift = self._shift
        texts = plain_texts([n for _, g, _ in kept for n in (g.x + shift, g.y + shift, g.x + g.w, g.y + g.h)])
        corners = zip(texts[::4], texts[1::4], texts[2::4], texts[3::4], strict=True)
        return [
            f"  <object>\n    <name>{self._titles[region.class_id]}</name>\n    <pose>Unspecified</pose>\n"
            f"{_said(region)}    <bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>\n"
            f"{_attributes(said) if said else ''}  </object>\n"
            for (region, _, said), (x0, y0, x1, y1) in zip(kept, corners, strict=True)
        ]

    def _bounds(self, region: Region, item: ExportItem) -> Box | None:
        """Beside a picture of its pixels, the box of a region loses nothing."""
        bounds = region.geometry.bounds() if region.geometry.is_area else None
        if bounds is None:
            self.lose("shape_not_expressible", item, region.id)
            return None
        return Box(bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1])

    def _paint(self, regions: list[Region], item: ExportItem, key: str, split: str) -> None:
        """The picture of instances, numbered in the order of the objects, and that of classes."""
        areas = [region for region in regions if region.geometry.is_area and region.geometry.bounds() is not None]
        kept = []
        for number, region in enumerate(areas, start=1):
            if self._numbers[region.class_id] > MOST_CLASSES or number > MOST_CLASSES:
                self.lose("too_many_classes", item, region.id)
            else:
                kept.append((region, number))
        instances, done = painted(self, item, kept)
        classes = np.zeros(256, dtype=np.uint8)
        for region, number in done:
            classes[number] = self._numbers[region.class_id]
        self.sink.write(f"SegmentationObject/{key}.png", write_raster(instances, self._palette))
        self.sink.write(f"SegmentationClass/{key}.png", write_raster(classes[instances], self._palette))
        self._segmented.setdefault(split, []).append(key)

    def finish(self) -> LossReport:
        for split, keys in self._splits.items():
            self.sink.write(f"ImageSets/Main/{split}.txt", "".join(f"{key}\n" for key in keys).encode())
        for split, keys in self._segmented.items():
            self.sink.write(f"ImageSets/Segmentation/{split}.txt", "".join(f"{key}\n" for key in keys).encode())
        for (name, split), keys in self._tagged.items():
            have = set(keys)
            rows = "".join(f"{key} {'1' if key in have else '-1':>2}\n" for key in self._splits[split])
            self.sink.write(f"ImageSets/Main/{_file_part(name)}_{split}.txt", rows.encode())
        lines = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
        for found in self._ordered:
            red, green, blue = self._palette[self._numbers[found.id] % 256]
            lines.append(f"{found.name}:{red},{green},{blue}::")
        self.sink.write("labelmap.txt", ("\n".join(lines) + "\n").encode())
        return self.report


def _file_part(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_") or "class"


def _said(region: Region) -> str:
    flags = region.flags
    if not flags and not region.occluded:  # by far the most
        return _NOTHING_SAID
    return (
        f"    <truncated>{1 if 'truncated' in flags else 0}</truncated>\n"
        f"    <difficult>{1 if 'difficult' in flags else 0}</difficult>\n"
        f"    <occluded>{1 if region.occluded else 0}</occluded>\n"
    )


def _attributes(attributes: dict[str, Value]) -> str:
    rows = []
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            text = str(one).lower() if isinstance(one, bool) else "" if one is None else str(one)
            rows.append(f"      <attribute><name>{escape(name)}</name><value>{escape(text)}</value></attribute>\n")
    return f"    <attributes>\n{''.join(rows)}    </attributes>\n"
