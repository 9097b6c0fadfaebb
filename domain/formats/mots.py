"""MOTS: pictures of instances (class · 1000 + n) on frames; 10000 is what nobody counts. An instance's number is its track."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .base import ExportItem, Format
from .making import Sighted
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, split_part, stem, tail
from .sources import Source
from .writing import Losses

INSTANCES = 1000
IGNORE = 10_000
_CLASSES = ("car", "pedestrian")  # of KITTI MOTS, where there is no list


def _pictures(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(".png") and "/instances/" in f"/{p}"]


def sniff(source: Source) -> float:
    return 0.9 if _pictures(source) else 0.0


class MotsReader(RasterReader):
    name = "mots"

    def scenes(self) -> list[Scene]:
        paths = set(self.source.paths())
        out = []
        for mask in sorted(_pictures(self.source)):
            root, name = (
                mask[: len(mask) - len(tail(mask, "instances") or "") - len("instances/")],
                tail(mask, "instances") or "",
            )
            media = beside(paths, f"{root}images/{stem(name)}")
            out.append(
                Scene(
                    media.removeprefix(f"{root}images/") if media else f"{stem(name)}.png",
                    mask,
                    media,
                    split_part(mask),
                )
            )
        return out

    def _names(self, scene: Scene) -> list[str]:
        folder = scene.mask[: scene.mask.rindex("instances/") + len("instances/")]
        path = f"{folder}labels.txt"
        if path not in self.source.paths():
            return list(_CLASSES)
        text = self.source.read(path, 1 << 20).decode("utf-8-sig", "replace")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def part(self, number: int, scene: Scene) -> Part | None:
        names = self._names(scene)
        if number == IGNORE:
            return Part(names[0], flags=("ignore",))
        kind, track = divmod(number, INSTANCES)
        return Part(names[kind - 1], group=f"track {number}" if track else None) if 1 <= kind <= len(names) else None

    def declare(self, seen: Sighted) -> None:
        for scene in self._scenes:
            for name in self._names(scene):
                seen.see(name, "mask")


class MotsWriter(RasterWriter):
    """A folder a split. A group keeps its number over the frames of its sequence."""

    losses: ClassVar[Losses] = {
        **RasterWriter.losses,
        "no_track": ("noted", "the region belongs to no group and got a track of its own"),
    }
    dtype = np.uint16
    keeps = ("flags",)

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        self._tracks: dict[int, dict[str, int]] = {}
        self._splits: set[str] = set()

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        if "ignore" in region.flags:
            return IGNORE
        kind = self._number[region.class_id]
        tracks = self._tracks.setdefault(kind, {})
        if not region.group:
            self.lose("no_track", item, region.id)
        track = tracks.setdefault(f"{item.asset.group}/{region.group or region.id}", len(tracks) + 1)
        if kind >= 65 or kind == IGNORE // INSTANCES or track >= INSTANCES:
            self.lose("too_many", item, region.id)
            return None
        return kind * INSTANCES + track

    def files(self, item: ExportItem, pixels: Any) -> str:
        split = self.split(item, "train")
        self._splits.add(split)
        name = self.file_name(item, split)
        self.picture(f"{split}/instances/{stem(name)}.png", pixels)
        return f"{split}/images/{name}"

    def finish(self) -> Any:
        labels = "".join(f"{c.name}\n" for c in self._ordered).encode()
        for split in sorted(self._splits):
            self.sink.write(f"{split}/instances/labels.txt", labels)
        return self.report


FORMAT = Format(name="mots", title="MOTS", shapes=("mask",), writer=MotsWriter, reader=MotsReader, sniff=sniff)
