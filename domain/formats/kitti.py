"""KITTI, 2-D: a line an object with class, truncation, occlusion and box; 3-D fields are written as unknown.

Pictures of instances (class · 256 + n, classes of Cityscapes) are read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from domain.elements.structs import Region, Value
from domain.shapes.box import Box

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .city_classes import NAMES as CITY_NAMES
from .making import ItemMaker, Sighted, numbers
from .media import MediaIndex
from .rasters import masks_of, read_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("9e3f5a80-7d64-5f20-9f0b-2f6b3c1a8e55")
_UNKNOWN = "-1 -1 -1 -1000 -1000 -1000 -10"  # dimensions, place and turn of 3-D
INSTANCES = 256  # numbers a class
_IGNORED = "DontCare"


class KittiWriter(ItemWriter):
    """Writes one file an item."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "KITTI holds boxes; tags, lines, points and skeletons are not written"),
        "flags": ("dropped", "flags but truncated are not written"),
        "blanks": ("approximated", "blanks in names of classes became underscores"),
        "attributes": ("dropped", "attributes but truncation and occlusion are not written"),
    }
    keeps = ("flags", "occluded", "score", "attributes")

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        lines = [line for region in found.regions if (line := self._line(region, item)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = {"train": "training", "test": "testing"}.get(item.split or "train", self.split(item, "training"))
        name = self.file_name(item, split)
        self.sink.write(f"{split}/label_2/{stem(name)}.txt", "".join(lines).encode())
        self.report.items += 1
        self.report.regions += len(lines)
        return f"{split}/image_2/{name}"

    def _line(self, region: Region, item: ExportItem) -> str | None:
        fitted = self.fit(region, item, ("box",))
        if not isinstance(fitted, Box):
            return None
        self.lose_unheld(region, item)
        if any(flag != "truncated" for flag in region.flags):
            self.lose("flags", item, region.id)
        if set(region.attributes) - {"truncation", "occlusion"}:
            self.lose("attributes", item, region.id)
        title = self.classes[region.class_id].name
        if " " in title:
            self.lose("blanks", item, region.id)
        cut = region.attributes.get("truncation", 1.0 if "truncated" in region.flags else 0.0)
        hidden = region.attributes.get("occlusion", 1 if region.occluded else 0)
        x0, y0, x1, y1 = (f"{v:.10g}" for v in fitted.bounds())
        score = f" {region.score:g}" if region.score is not None else ""
        return f"{title.replace(' ', '_')} {cut} {hidden} -10 {x0} {y0} {x1} {y1} {_UNKNOWN}{score}\n"

    def finish(self) -> LossReport:
        return self.report


def _labels(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(".txt") and "/label_2/" in f"/{p}"]


def _instances(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith(".png") and "/instance/" in f"/{p}"]


def sniff(source: Source) -> float:
    if _labels(source):
        return 0.9
    return 0.85 if _instances(source) and any("/image_2/" in f"/{p}" for p in source.paths()) else 0.0


class KittiReader:
    """Reads `label_2` and `instance`."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        self._labels = {_key(p): p for p in _labels(source)}
        self._instances = {_key(p): p for p in _instances(source)}
        if not self._labels and not self._instances:
            raise FormatError("not_kitti", "there is neither a folder label_2 nor one called instance in it")
        self._seen: Sighted | None = None

    def _lines(self, path: str) -> Iterator[tuple[int, list[str]]]:
        text = self._source.read(path, 64 << 20).decode("utf-8-sig", "replace")
        yield from ((n, line.split()) for n, line in enumerate(text.splitlines(), start=1) if line.strip())

    def header(self) -> ImportHeader:
        items = len(self._labels.keys() | self._instances.keys())
        return ImportHeader(format="kitti", classes=self._sighted().classes(), items=items)

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._labels.values():
                for _, fields in self._lines(path):
                    if len(fields) >= 8:
                        seen.see(fields[0], "box", _attributes(fields))
            if self._instances:
                for name in CITY_NAMES:
                    seen.see(name, "mask")
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for key in sorted(self._labels.keys() | self._instances.keys()):
            maker = ItemMaker(_NAMESPACE, key)
            folder, _, name = key.rpartition("/")
            media = self._media.exactly(f"{folder}/image_2/{name}".lstrip("/"))
            for number, fields in self._lines(self._labels[key]) if key in self._labels else ():
                try:
                    _add(maker, fields, number, seen)
                except ValueError as error:
                    maker.problem("bad_line", f"{self._labels[key]} line {number}: {error}")
            if key in self._instances:
                self._masks(maker, self._instances[key], seen)
            named = media.rpartition("/")[2] if media else f"{name}.png"
            width, height = (self._size_of(media or named) if self._size_of is not None else None) or (0, 0)
            outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
            split = {"training": "train", "testing": "test"}.get(
                folder.rpartition("/")[2], folder.rpartition("/")[2] or None
            )
            yield maker.item(
                AssetMeta(name=named, width=width, height=height), outcome=outcome, split=split, media=media
            )

    def _masks(self, maker: ItemMaker, path: str, seen: Sighted) -> None:
        try:
            pixels, _ = read_raster(self._source.read(path), path)
        except FormatError as error:
            maker.problem(error.code, error.detail)
            return
        for value, mask in masks_of(pixels, ()):
            number = value // INSTANCES
            if number >= len(CITY_NAMES):
                maker.problem("unknown_class", f"{path}: {value} is no class and instance of KITTI")
            elif number > 0:
                maker.region(mask, seen.key(CITY_NAMES[number]), str(value))


def _key(path: str) -> str:
    """Folder of the split, and the image's name."""
    parts = stem(path).split("/")
    return "/".join([*parts[:-2], parts[-1]])


def _attributes(fields: list[str]) -> dict[str, Value]:
    out: dict[str, Value] = {}
    try:
        cut, hidden = numbers(fields[1:3], "the line")
    except ValueError:
        return out
    if cut not in (0.0, 1.0, -1.0):
        out["truncation"] = cut
    if hidden not in (0.0, 1.0, -1.0):
        out["occlusion"] = int(hidden)
    return out


def _add(maker: ItemMaker, fields: list[str], number: int, seen: Sighted) -> None:
    if len(fields) < 8:
        raise ValueError(f"a line has at least 8 fields, got {len(fields)}")
    cut, hidden = numbers(fields[1:3], "truncation and occlusion")
    x0, y0, x1, y1 = numbers(fields[4:8], "the box")
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    more: dict[str, Any] = {"flags": ["truncated"] if cut > 0 else []}
    if fields[0] == _IGNORED:
        more["flags"] = ["ignore"]
    if len(fields) > 15:
        score = numbers(fields[15:16], "the score")[0]
        more["score"] = score if 0 <= score <= 1 else None
    key = seen.key(fields[0])
    maker.region(
        Box(x0, y0, x1 - x0, y1 - y0),
        key,
        str(number),
        occluded=hidden > 0,
        attributes=seen.fit(key, _attributes(fields)),
        **more,
    )


FORMAT = Format(name="kitti", title="KITTI (2-D)", shapes=("box",), writer=KittiWriter, reader=KittiReader, sniff=sniff)
