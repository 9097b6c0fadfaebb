"""CamVid: a picture of colours (or numbers) beside each image, in `<split>annot`, and lists of pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import ExportItem, Format, FormatError
from .making import Sighted
from .masks import ClassTable, read_table
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, stem
from .rasters import read_raster
from .sources import Source

_COLORS = {
    "Animal": (64, 128, 64), "Archway": (192, 0, 128), "Bicyclist": (0, 128, 192), "Bridge": (0, 128, 64),
    "Building": (128, 0, 0), "Car": (64, 0, 128), "CartLuggagePram": (64, 0, 192), "Child": (192, 128, 64),
    "Column_Pole": (192, 192, 128), "Fence": (64, 64, 128), "LaneMkgsDriv": (128, 0, 192), "LaneMkgsNonDriv": (192, 0, 64),
    "Misc_Text": (128, 128, 64), "MotorcycleScooter": (192, 0, 192), "OtherMoving": (128, 64, 64), "ParkingBlock": (64, 192, 128),
    "Pedestrian": (64, 64, 0), "Road": (128, 64, 128), "RoadShoulder": (128, 128, 192), "Sidewalk": (0, 0, 192),
    "SignSymbol": (192, 128, 128), "Sky": (128, 128, 128), "SUVPickupTruck": (64, 128, 192), "TrafficCone": (0, 0, 64),
    "TrafficLight": (0, 64, 64), "Train": (192, 64, 128), "Tree": (128, 128, 0), "Truck_Bus": (192, 128, 192),
    "Tunnel": (64, 0, 64), "VegetationMisc": (192, 192, 0), "Wall": (64, 192, 0),
}  # fmt: skip


def _code(color: tuple[int, int, int]) -> int:
    return color[0] << 16 | color[1] << 8 | color[2]


# What the pictures of numbers of SegNet's tutorial say, from 0; they come without a list
_SEGNET = (
    "Sky",
    "Building",
    "Pole",
    "Road",
    "Pavement",
    "Tree",
    "SignSymbol",
    "Fence",
    "Car",
    "Pedestrian",
    "Bicyclist",
)
_BY_COLOR = {_code(color): name for name, color in _COLORS.items()}


def _pairs(source: Source) -> list[tuple[str, str, str]]:
    """(image, mask, split) of the lists."""
    paths = set(source.paths())
    out: list[tuple[str, str, str]] = []
    if not any("annot" in path and path.lower().endswith(".png") for path in paths):
        return out  # data sets of other formats have a text an image
    for path in sorted(p for p in paths if p.endswith(".txt")):
        root = path.rpartition("/")[0]
        for line in source.read(path, 64 << 20).decode("utf-8-sig", "replace").splitlines():
            image, _, mask = line.strip().strip('"').rpartition(" ")
            found = [f"{root}/{part.strip().strip(chr(34)).lstrip('/')}".lstrip("/") for part in (image, mask)]
            if image and found[1] in paths and "annot" in found[1]:
                out.append((found[0], found[1], stem(path.rpartition("/")[2])))
    return out


def sniff(source: Source) -> float:
    return 0.95 if _pairs(source) else 0.8 if any("annot/" in p for p in source.paths() if p.endswith(".png")) else 0.0


class CamVidReader(RasterReader):
    name = "camvid"

    def scenes(self) -> list[Scene]:
        paths = set(self.source.paths())
        self._table: ClassTable | None = read_table(self.source)
        self._plain = False  # numbers of SegNet's
        listed = [Scene(i.rpartition("/")[2], m, i if i in paths else None, s) for i, m, s in _pairs(self.source)]
        if listed:
            return listed
        out = []
        for mask in sorted(p for p in paths if p.endswith(".png") and "annot/" in p):
            folder, _, name = mask.rpartition("/")
            media = beside(paths, f"{folder.removesuffix('annot')}/{stem(name)}")
            out.append(
                Scene(
                    name if media is None else media.rpartition("/")[2],
                    mask,
                    media,
                    folder.rpartition("/")[2].removesuffix("annot"),
                )
            )
        return out

    def _sighted(self) -> Sighted:
        if self._seen is None and self._table is None:
            self._plain = all(map(self._is_grey, self._scenes))
            self.ignored = (len(_SEGNET),) if self._plain else (0,)
        return super()._sighted()

    def _is_grey(self, scene: Scene) -> bool:
        try:
            pixels, palette = read_raster(self.source.read(scene.mask), scene.mask)
        except FormatError:
            return True  # told with its item
        return pixels.ndim == 2 and palette is None and int(pixels.max()) <= len(_SEGNET)

    def part(self, number: int, scene: Scene) -> Part | None:
        if self._plain:
            name = _SEGNET[number] if 0 <= number < len(_SEGNET) else None
        elif self._table is not None:
            name = self._table.names.get(self._table.by_color.get(number, number))
        else:
            name = _BY_COLOR.get(number) or (list(_COLORS)[number - 1] if 0 < number <= len(_COLORS) else None)
        return Part(name) if name is not None else None

    def declare(self, seen: Sighted) -> None:
        if self._plain:
            for name in _SEGNET:
                seen.see(name, "mask")
            return
        names = self._table.names.values() if self._table is not None else _COLORS
        for number, name in enumerate(names, start=1):
            seen.see(name, "mask")
            color = (
                self._table.colors.get(number, "")
                if self._table is not None
                else "#{:02x}{:02x}{:02x}".format(*_COLORS[name])
            )
            seen.declare(name, color=color)


class CamVidWriter(RasterWriter):
    """Colours are the classes'; `label_colors.txt` lists them."""

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        used: set[tuple[int, int, int]] = {(0, 0, 0)}
        self._colors = [(0, 0, 0)]
        for found in self._ordered:
            color = _COLORS.get(found.name) or tuple(int(found.color[i : i + 2], 16) for i in (1, 3, 5))
            while color in used:  # two classes of one colour would be one
                color = (color[0], color[1], (color[2] + 1) % 256)
            used.add(color)  # type: ignore[arg-type]
            self._colors.append(color)  # type: ignore[arg-type]
        self._lists: dict[str, list[str]] = {}

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        number = self._number[region.class_id]
        if number > 255:
            self.lose("too_many", item, region.id)
            return None
        counts[number] = counts.get(number, 0) + 1
        if counts[number] > 1 and region.geometry.is_area:
            self.lose("merged", item, region.id)
        return number

    def files(self, item: ExportItem, pixels: Any) -> str:
        split = self.split(item, "train")
        name = self.file_name(item, split)
        self.picture(f"{split}annot/{stem(name)}.png", np.array(self._colors, dtype=np.uint8)[pixels])
        self._lists.setdefault(split, []).append(f"/{split}/{name} /{split}annot/{stem(name)}.png\n")
        return f"{split}/{name}"

    def finish(self) -> Any:
        for split, lines in self._lists.items():
            self.sink.write(f"{split}.txt", "".join(lines).encode())
        rows = [f"{r} {g} {b} {c.name}\n" for (r, g, b), c in zip(self._colors[1:], self._ordered, strict=True)]
        self.sink.write("label_colors.txt", "".join(rows).encode())
        return self.report


FORMAT = Format(name="camvid", title="CamVid", shapes=("mask",), writer=CamVidWriter, reader=CamVidReader, sniff=sniff)
