"""Mapillary Vistas: pictures of instances (class · 256 + n, 16 bits) and `config.json` with the names of the classes."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from .base import ExportItem, Format, json_file
from .making import Sighted
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, split_part, stem
from .sources import Source

INSTANCES = 256
UNLABELED = "void--unlabeled"


class _Label(msgspec.Struct):
    name: str = ""
    readable: str = ""
    instances: bool = False
    color: list[int] = []


class _Config(msgspec.Struct):
    labels: list[_Label]


def _config(source: Source) -> str | None:
    found = [p for p in source.paths() if p.rpartition("/")[2].startswith("config") and p.endswith(".json")]
    return max(found, default=None)  # config_v2.0.json after config_v1.2.json


def _pictures(source: Source) -> list[str]:
    paths = [p for p in source.paths() if p.endswith(".png")]
    return [p for p in paths if "/instances/" in f"/{p}"] or [p for p in paths if "/labels/" in f"/{p}"]


def sniff(source: Source) -> float:
    path = _config(source)
    if path is None or not _pictures(source):
        return 0.0
    with source.open(path) as file:
        return 0.96 if b'"labels"' in file.read(1 << 16) else 0.0


class MapillaryReader(RasterReader):
    name = "mapillary"
    ignored = (-1,)

    def scenes(self) -> list[Scene]:
        path = _config(self.source)
        if path is None:
            return []
        self._labels = json_file(self.source, path, type=_Config).labels
        paths = set(self.source.paths())
        out = []
        for mask in sorted(_pictures(self.source)):
            root = mask.split("instances/" if "instances/" in mask else "labels/")[0]
            for folder in ("v1.2/", "v2.0/"):
                root = root.removesuffix(folder)
            name = stem(mask.rpartition("/")[2])
            media = beside(paths, f"{root}images/{name}")
            out.append(Scene((media or f"{name}.jpg").rpartition("/")[2], mask, media, split_part(mask)))
        return out

    def part(self, number: int, scene: Scene) -> Part | None:
        kind = self._kind(number, scene)
        if not 0 <= kind < len(self._labels):
            return None
        return Part(_title(self._labels[kind], kind))

    def _kind(self, number: int, scene: Scene) -> int:
        return number // INSTANCES if "instances/" in scene.mask else number

    def numbers(self, scene: Scene) -> Any:
        """Pixels without a label are set to a number that nothing has."""
        pixels = super().numbers(scene).astype(np.int64)
        for kind, label in enumerate(self._labels):
            if label.name == UNLABELED:
                kinds = pixels // INSTANCES if "instances/" in scene.mask else pixels
                pixels[kinds == kind] = -1
        return pixels

    def declare(self, seen: Sighted) -> None:
        for number, label in enumerate(self._labels):
            seen.see(_title(label, number), "mask")
            color = "#{:02x}{:02x}{:02x}".format(*(c & 255 for c in label.color)) if len(label.color) == 3 else ""
            seen.declare(_title(label, number), color=color)


def _title(label: _Label, number: int) -> str:
    return label.readable or label.name or f"class {number}"


class MapillaryWriter(RasterWriter):
    """A class called `Unlabeled` is what nobody labelled."""

    dtype = np.uint16

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered)}
        self.empty_class = len(self._ordered)

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        kind = self._number[region.class_id]
        if kind >= 255 or counts.get(kind, 0) >= INSTANCES:
            self.lose("too_many", item, region.id)
            return None
        number = kind * INSTANCES + counts.get(kind, 0)
        counts[kind] = counts.get(kind, 0) + 1
        return number + 1  # 0 is what nobody painted; one is taken away again when the picture is written

    def files(self, item: ExportItem, pixels: Any) -> str:
        split = {"train": "training", "val": "validation"}.get(item.split or "train", self.split(item, "training"))
        name = self.file_name(item, split)
        numbers = np.where(pixels == 0, self.empty_class * INSTANCES, pixels.astype(np.int64) - 1)
        self.picture(f"{split}/v2.0/instances/{stem(name)}.png", numbers.astype(np.uint16))
        self.picture(f"{split}/v2.0/labels/{stem(name)}.png", (numbers // INSTANCES).astype(np.uint8))
        return f"{split}/images/{name}"

    def finish(self) -> Any:
        labels = [
            {
                "name": c.name,
                "readable": c.name,
                "instances": True,
                "evaluate": True,
                "color": [int(c.color[i : i + 2], 16) for i in (1, 3, 5)],
            }
            for c in self._ordered
        ]
        labels.append(
            {
                "name": UNLABELED,
                "readable": "Unlabeled",
                "instances": False,
                "evaluate": False,
                "color": [0, 0, 0],
            }
        )
        self.sink.write(
            "config_v2.0.json", msgspec.json.encode({"labels": labels, "version": "2.0", "folder_structure": {}})
        )
        return self.report


FORMAT = Format(
    name="mapillary",
    title="Mapillary Vistas",
    shapes=("mask",),
    writer=MapillaryWriter,
    reader=MapillaryReader,
    sniff=sniff,
)
