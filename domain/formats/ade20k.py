"""ADE20K: `<image>_seg.png` with the class in red and green (R/10·256 + G) and the instance in blue, and `<image>_atr.txt`.

The numbers of classes differ from release to release; they are named by the text file, whose lines are
`instance # part level # occluded # class names # raw name # "attributes"`. Parts of objects are read as regions too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from domain.elements.structs import Value

from .base import ExportItem, Format
from .making import ItemMaker, Sighted
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, split_part, stem
from .rasters import masks_of, read_raster
from .sources import Source

_SEG = "_seg.png"


def _pictures(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(_SEG)]


def sniff(source: Source) -> float:
    paths = set(source.paths())
    return (
        0.9
        if any(p.replace(_SEG, "_atr.txt") in paths for p in _pictures(source))
        else 0.4
        if _pictures(source)
        else 0.0
    )


class Ade20kReader(RasterReader):
    name = "ade20k"

    def scenes(self) -> list[Scene]:
        self._paths = paths = set(self.source.paths())
        out = []
        for mask in sorted(_pictures(self.source)):
            key = mask.removesuffix(_SEG)
            media = beside(paths, key)
            out.append(Scene((media or f"{key}.jpg").rpartition("/")[2], mask, media, split_part(mask)))
        return out

    def numbers(self, scene: Scene) -> Any:
        """Instances by blue; class and level come from the text."""
        pixels, _ = read_raster(self.source.read(scene.mask), scene.mask)
        return pixels[..., 2] if pixels.ndim == 3 else pixels

    def _objects(self, scene: Scene, level: int = 0) -> dict[int, tuple[str, bool, str]]:
        """(class, occluded, attributes) of each instance of a level."""
        path = scene.mask.replace(_SEG, "_atr.txt")
        out: dict[int, tuple[str, bool, str]] = {}
        if path not in self._paths:
            return out
        for line in self.source.read(path, 16 << 20).decode("utf-8-sig", "replace").splitlines():
            fields = [field.strip() for field in line.split("#")]
            if len(fields) >= 4 and fields[0].isdigit() and fields[1] == str(level):
                attributes = fields[5].strip('"') if len(fields) > 5 else ""
                name = fields[3].split(",")[0].strip() or (fields[4] if len(fields) > 4 else "")
                out[int(fields[0])] = (name, fields[2] == "1", attributes)
        return out

    def part(self, number: int, scene: Scene) -> Part | None:
        found = self._objects(scene).get(number)
        return Part(found[0] if found is not None and found[0] else f"object {number}")

    def declare(self, seen: Sighted) -> None:
        for scene in self._scenes:
            for level in range(3):
                for name, _, attributes in self._objects(scene, level).values():
                    seen.see(name, "mask", _attributes(attributes))

    def add(self, maker: ItemMaker, scene: Scene, pixels: Any, seen: Sighted) -> None:
        """Objects, then their parts of each level, each a child of the object that holds most of its pixels."""
        owners: dict[int, Any] = {}
        for value, mask in masks_of(pixels, self.ignored):
            name, occluded, attributes = self._objects(scene).get(value, (f"object {value}", False, ""))
            key = seen.key(name)
            fitted = seen.fit(key, _attributes(attributes))
            made = maker.region(mask, key, str(value), occluded=occluded, attributes=fitted)
            owners[value] = made.id if made is not None else None
        for level in (1, 2):
            path = f"{stem(scene.mask).removesuffix('_seg')}_parts_{level}.png"
            objects = self._objects(scene, level)
            if path not in self._paths or not objects:
                continue
            parts, _ = read_raster(self.source.read(path), path)
            blue = parts[..., 2] if parts.ndim == 3 else parts
            for value, mask in masks_of(blue, (0,)):
                name, occluded, _ = objects.get(value, (f"part {value}", False, ""))
                inside = pixels[(blue == value) & (pixels != 0)]
                owner = owners.get(int(np.bincount(inside).argmax())) if inside.size else None
                maker.region(mask, seen.key(name), f"part/{level}/{value}", occluded=occluded, parent=owner)


def _attributes(text: str) -> dict[str, Value]:
    return {"attributes": text} if text else {}


class Ade20kWriter(RasterWriter):
    keeps = ("occluded",)

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        self._lines: list[tuple[int, str, bool]] = []

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        if not counts:
            self._lines = []
        counts[0] = counts.get(0, 0) + 1
        if counts[0] > 255:
            self.lose("too_many", item, region.id)
            return None
        self._lines.append((self._number[region.class_id], self.classes[region.class_id].name, region.occluded))
        return counts[0]

    def files(self, item: ExportItem, pixels: Any) -> str:
        split = {"train": "training", "val": "validation"}.get(item.split or "train", self.split(item, "training"))
        name = self.file_name(item, split)
        classes = np.array([0, *(number for number, _, _ in self._lines)], dtype=np.int64)[pixels]
        colours = np.stack([classes // 256 * 10, classes % 256, pixels], axis=-1).astype(np.uint8)
        self.picture(f"{split}/{stem(name)}{_SEG}", colours)
        rows = [
            f'{i:03d} # 0 # {int(hidden)} # {title.replace("#", " ")} # {title.replace("#", " ")} # ""\n'
            for i, (_, title, hidden) in enumerate(self._lines, start=1)
        ]
        self.sink.write(f"{split}/{stem(name)}_atr.txt", "".join(rows).encode())
        self._lines = []
        return f"{split}/{name}"


FORMAT = Format(name="ade20k", title="ADE20K", shapes=("mask",), writer=Ade20kWriter, reader=Ade20kReader, sniff=sniff)
