"""Cityscapes: pictures of ids and of instances (class · 1000 + n), in its own 33 classes; `gtFine` beside `leftImg8bit`."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import numpy as np

from domain.shapes.polygon import Polygon

from .base import ExportItem, Format, json_file
from .city_classes import IGNORED, NAMES
from .making import ItemMaker, Sighted
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, split_part, stem
from .sources import Source
from .writing import Losses

INSTANCES = 1000
_KINDS = ("_instanceIds.png", "_labelIds.png", "_polygons.json")
_GROUP = "group"  # behind the name of a class: several that nobody told apart
_PLACE = "leftImg8bit"


def _truths(source: Source) -> dict[str, str]:
    """The best file of each scene: a picture of instances, else of classes, else the outlines that both are made of."""
    found: dict[str, str] = {}
    for kind in reversed(_KINDS):
        for path in source.paths():
            if path.endswith(kind):
                key = path.removesuffix(kind)
                for truth in ("_gtFine", "_gtCoarse"):
                    key = key.removesuffix(truth)
                found[key] = path
    return found


def sniff(source: Source) -> float:
    return 0.95 if _truths(source) else 0.0


class _Outline(msgspec.Struct):
    label: str
    polygon: list[tuple[float, float]]
    deleted: int = 0


class _Outlines(msgspec.Struct):
    imgWidth: int  # noqa: N815 - as the file has it
    imgHeight: int  # noqa: N815
    objects: list[_Outline] = []


class CityscapesReader(RasterReader):
    name = "cityscapes"
    ignored = tuple(IGNORED)

    def scenes(self) -> list[Scene]:
        paths = set(self.source.paths())
        images = {stem(p.rpartition("/")[2]).removesuffix(f"_{_PLACE}"): p for p in paths if f"_{_PLACE}." in p}
        out = []
        for key, mask in sorted(_truths(self.source).items()):
            name = key.rpartition("/")[2]
            media = images.get(name) or beside(paths, key)
            city = key.split("/")[-2] if "/" in key else ""
            named = media.rpartition("/")[2] if media else f"{name}_{_PLACE}.png"
            out.append(Scene(f"{city}/{named}".lstrip("/"), mask, media, split_part(mask)))
        self._own = self._listed()
        return out

    def _listed(self) -> dict[int, str]:
        """Classes beside Cityscapes' own, of `classes.txt`."""
        if "classes.txt" not in self.source.paths():
            return {}
        rows = self.source.read("classes.txt", 1 << 20).decode("utf-8-sig", "replace").splitlines()
        return {
            int(row.split(" ")[0]): row.partition(" ")[2] for row in rows if row.split(" ")[0].isdigit() and " " in row
        }

    def read(self, maker: ItemMaker, scene: Scene, seen: Sighted) -> tuple[int, int]:
        if not scene.mask.endswith(".json"):
            return super().read(maker, scene, seen)
        file = json_file(self.source, scene.mask, type=_Outlines)
        for number, found in enumerate(file.objects):
            grouped = found.label.endswith(_GROUP) and found.label not in NAMES
            name = found.label.removesuffix(_GROUP) if grouped else found.label
            if name not in (*NAMES, *self._own.values()):
                maker.problem("unknown_class", f"{scene.mask}: {found.label!r} is no class of cityscapes")
            elif found.deleted == 0 and (name not in NAMES or NAMES.index(name) not in IGNORED):
                ring = [value for point in found.polygon for value in point]
                flags = ["crowd"] if grouped else []
                maker.region(Polygon([[ring]]), seen.key(name), str(number), z=number, flags=flags)
        return file.imgWidth, file.imgHeight

    def part(self, number: int, scene: Scene) -> Part | None:
        """An instance, or the whole of a class that has none."""
        kind = number // INSTANCES if number >= INSTANCES else number
        name = self._own.get(kind) or (NAMES[kind] if 0 <= kind < len(NAMES) else None)
        return Part(name) if name is not None else None

    def declare(self, seen: Sighted) -> None:
        shape = "polygon" if all(scene.mask.endswith(".json") for scene in self._scenes) else "mask"
        for number, name in (dict(enumerate(NAMES)) | self._own).items():
            if number not in IGNORED:
                seen.see(name, shape)


class CityscapesWriter(RasterWriter):
    """Numbers are those of Cityscapes where a class is called as one of its, else free ones from 34, listed in `classes.txt`."""

    losses: ClassVar[Losses] = {
        **RasterWriter.losses,
        "own_class": ("noted", "the class is none of Cityscapes'; it has a number of its own, in classes.txt"),
    }
    dtype = np.uint16

    def begin(self) -> None:
        self._ids: dict[int, int] = {}
        free = len(NAMES)
        for found in self.live_classes({c.id for c in self.schema.classes}):
            if found.name in NAMES:
                self._ids[found.id] = NAMES.index(found.name)
            else:
                self._ids[found.id], free = free, free + 1

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        kind = self._ids[region.class_id]
        if kind >= 65 or counts.get(kind, 0) >= INSTANCES:
            self.lose("too_many", item, region.id)
            return None
        if kind >= len(NAMES):
            self.lose("own_class", item, region.id)
        number = kind * INSTANCES + counts.get(kind, 0)
        counts[kind] = counts.get(kind, 0) + 1
        return number

    def files(self, item: ExportItem, pixels: Any) -> str:
        split = self.split(item, "train")
        name = self.file_name(item, split)
        city, slash, base = name.rpartition("/")
        city = city or "city"
        key = stem(base).removesuffix(f"_{_PLACE}")
        suffix = base.rpartition(".")[2] if slash or "." in base else "png"
        head = f"gtFine/{split}/{city}/{key}_gtFine"
        self.picture(f"{head}_instanceIds.png", pixels)
        self.picture(
            f"{head}_labelIds.png", np.where(pixels >= INSTANCES, pixels // INSTANCES, pixels).astype(np.uint8)
        )
        return f"{_PLACE}/{split}/{city}/{key}_{_PLACE}.{suffix}"

    def finish(self) -> Any:
        rows = [
            f"{number} {self.classes[class_id].name}\n"
            for class_id, number in sorted(self._ids.items(), key=lambda p: p[1])
        ]
        self.sink.write("classes.txt", "".join(rows).encode())
        return self.report


FORMAT = Format(
    name="cityscapes",
    title="Cityscapes",
    shapes=("mask",),
    writer=CityscapesWriter,
    reader=CityscapesReader,
    sniff=sniff,
)
