"""ICDAR robust reading: text as quadrangles with what is written; words as answers; characters as coloured pixels (read only)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from domain.elements.structs import Region
from domain.schema import Attribute, ItemAttribute
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .fitting import box_corners
from .making import ItemMaker, Sighted, mask_of_pixels, numbers
from .media import MediaIndex, folder_split
from .rasters import colour_numbers, read_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("6b8d0f2a-4c6e-5a1b-9d3f-7e5c9b1d3f28")
TEXT = "text"
ILLEGIBLE = "###"  # what stands where nobody can read the text; such regions do not count
_QUOTED = re.compile(r'^(?P<place>[^"]*?)[,\s]*"(?P<text>.*)"\s*$')


class IcdarWriter(ItemWriter):
    """`gt_<image>.txt` each: corners clockwise from the top left, and the text."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "ICDAR holds four corners; tags, lines, points and skeletons are not written",
        ),
        "attributes": ("dropped", "attributes but text are not written"),
        "flags": ("dropped", "flags but ignore, which becomes ###, are not written"),
        "one_class": ("approximated", "ICDAR has one class: the region is written as text"),
        "as_quadrangle": ("approximated", "written as the four corners of its bounding box"),
    }
    keeps = ("attributes", "flags")

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        lines = [line for region in found.regions if (line := self._line(region, item)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        name = self.file_name(item, split)
        head, slash, tail = stem(name).rpartition("/")
        self.sink.write(f"{split}/{head}{slash}gt_{tail}.txt", "".join(lines).encode())
        self.report.items += 1
        self.report.regions += len(lines)
        return f"{split}/images/{name}"

    def _line(self, region: Region, item: ExportItem) -> str | None:
        corners = _corners(region.geometry)
        if corners is None:
            bounds = region.geometry.bounds() if region.geometry.is_area else None
            if bounds is None:
                self.lose("shape_not_expressible", item, region.id)
                return None
            self.lose("as_quadrangle", item, region.id)
            corners = box_corners(*bounds)
        self.lose_unheld(region, item)
        if set(region.attributes) - {TEXT}:
            self.lose("attributes", item, region.id)
        if any(flag != "ignore" for flag in region.flags):
            self.lose("flags", item, region.id)
        if self.classes[region.class_id].name != TEXT:
            self.lose("one_class", item, region.id)
        text = ILLEGIBLE if "ignore" in region.flags else str(region.attributes.get(TEXT, ""))
        numbers_ = ",".join(f"{c:.10g}" for c in corners)
        return f'{numbers_},"{text.replace(chr(10), " ").replace(chr(13), " ")}"\n'

    def finish(self) -> LossReport:
        return self.report


def _corners(geometry: Geometry) -> list[float] | None:
    if isinstance(geometry, Box):
        return box_corners(*geometry.bounds())
    if isinstance(geometry, RotatedBox):
        return geometry.corners()
    if (
        isinstance(geometry, Polygon)
        and len(geometry.parts) == 1 == len(geometry.parts[0])
        and len(geometry.parts[0][0]) == 8
    ):
        return geometry.parts[0][0]
    return None


def _places(source: Source) -> list[str]:
    return [p for p in source.paths() if p.rpartition("/")[2].startswith("gt_") and p.endswith(".txt")]


def _words(source: Source) -> list[str]:
    return [p for p in source.paths() if p.rpartition("/")[2] == "gt.txt" and "/gt/" not in f"/{p}"]


def _characters(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith("_GT.txt")]


def sniff(source: Source) -> float:
    if _places(source) or _characters(source):
        return 0.85
    for path in _words(source)[:1]:
        with source.open(path) as file:
            if b'"' in file.read(1 << 14):
                return 0.7
    return 0.0


class IcdarReader:
    """Reads text localisation, word recognition and text segmentation."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        if not (_places(source) or _words(source) or _characters(source)):
            raise FormatError("not_icdar", "there is no gt_*.txt, gt.txt or *_GT.txt in it")

    def header(self) -> ImportHeader:
        seen = Sighted()
        shapes = [
            *(["box", "polygon"] if _places(self._source) else []),
            *(["mask"] if _characters(self._source) else []),
        ]
        for shape in shapes:
            seen.see(TEXT, shape)
        if shapes:
            seen.declare(TEXT, attributes=[Attribute(name=TEXT, kind="text")])
        asked = [ItemAttribute(name=TEXT, kind="text")] if _words(self._source) else []
        return ImportHeader(format="icdar", classes=seen.classes(), item_attributes=asked)

    def _lines(self, path: str) -> Iterator[tuple[int, str]]:
        text = self._source.read(path, 64 << 20).decode("utf-8-sig", "replace")
        yield from ((n, line.strip()) for n, line in enumerate(text.splitlines(), start=1) if line.strip())

    def items(self) -> Iterator[ImportItem]:
        for path in _places(self._source):
            folder, _, name = path.rpartition("/")
            maker = ItemMaker(_NAMESPACE, path)
            for number, line in self._lines(path):
                try:
                    _add(maker, line, number)
                except ValueError as error:
                    maker.problem("bad_line", f"{path} line {number}: {error}")
            yield self._item(maker, folder, name.removeprefix("gt_").removesuffix(".txt"))
        for path in _words(self._source):
            for number, line in self._lines(path):
                image, _, text = line.partition(",")
                maker = ItemMaker(_NAMESPACE, f"{path}/{image}")
                if not text.strip():
                    maker.problem("bad_line", f"{path} line {number}: an image and a text in quotes were expected")
                else:
                    maker.answer(TEXT, text.strip().strip('"').replace('\\"', '"'))
                yield self._item(maker, path.rpartition("/")[0], stem(image.strip()))
        for path in _characters(self._source):
            folder, _, name = path.rpartition("/")
            maker = ItemMaker(_NAMESPACE, path)
            try:
                self._paint(maker, path)
            except FormatError as error:
                maker.problem(error.code, error.detail)
            yield self._item(maker, folder, name.removesuffix("_GT.txt"))

    def _item(self, maker: ItemMaker, folder: str, name: str) -> ImportItem:
        inside = [m for m in self._media.sharing(name) if not m.endswith("_GT.bmp")]
        media = next(
            (m for m in inside if m.startswith(f"{folder}/".lstrip("/"))), inside[0] if len(inside) == 1 else None
        )
        width, height = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
        split = folder_split(f"{folder}/")
        outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
        named = media.rpartition("/")[2] if media is not None else f"{name}.png"
        return maker.item(AssetMeta(name=named, width=width, height=height), outcome=outcome, split=split, media=media)

    def _paint(self, maker: ItemMaker, path: str) -> None:
        """A mask a character: the pixels of its colour. Blank lines part words, which are groups."""
        picture = f"{path.removesuffix('.txt')}.bmp"
        if picture not in self._source.paths():
            raise FormatError("no_picture", f"there is no {picture} beside {path}")
        pixels, _ = read_raster(self._source.read(picture), picture)
        if pixels.ndim != 3:
            raise FormatError("bad_raster", f"{picture} has no colours")
        codes, word = colour_numbers(pixels), 1
        text = self._source.read(path, 64 << 20).decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), start=1):
            match = _QUOTED.match(line.strip().lstrip("#").strip())
            if match is None:
                word += 1
                continue
            try:
                red, green, blue = (int(v) for v in match["place"].split()[:3])
            except ValueError:
                maker.problem("bad_line", f"{path} line {number}: three numbers of a colour were expected")
                continue
            mask = mask_of_pixels((codes == (red << 16 | green << 8 | blue)).astype("uint8"))
            if mask is None:
                maker.problem("bad_region", f"{path} line {number}: no pixel has the colour {red} {green} {blue}")
                continue
            maker.region(
                mask, 1, str(number), attributes={TEXT: match["text"]} if match["text"] else {}, group=f"word {word}"
            )


def _add(maker: ItemMaker, line: str, number: int) -> None:
    """`x1,y1,…,x4,y4,text` or `x0 y0 x1 y1 "text"`."""
    match = _QUOTED.match(line)
    if match is not None:
        place, text = re.split(r"[,\s]+", match["place"].strip().strip(",")), match["text"]
    else:
        parts = line.split(",")
        count = 8 if len(parts) > 8 or len(parts) == 8 else 4
        place, text = [part.strip() for part in parts[:count]], ",".join(parts[count:]).strip()
    flat = numbers(place, "the corners")
    if len(flat) == 4:
        x0, y0, x1, y1 = flat
        if x1 <= x0 or y1 <= y0:
            raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
        geometry: Geometry = Box(x0, y0, x1 - x0, y1 - y0)
    elif len(flat) == 8:
        geometry = _upright(flat) or Polygon([[flat]])
    else:
        raise ValueError(f"4 or 8 numbers were expected, got {len(flat)}")
    flags = ["ignore"] if text == ILLEGIBLE else []
    maker.region(geometry, 1, str(number), attributes={TEXT: text} if text and not flags else {}, flags=flags)


def _upright(flat: list[float]) -> Box | None:
    """The box of corners that are those of an upright one, clockwise from the top left."""
    x0, y0, x1, y1 = flat[0], flat[1], flat[4], flat[5]
    return Box(x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 and flat == box_corners(x0, y0, x1, y1) else None


FORMAT = Format(name="icdar", title="ICDAR text", shapes=("box",), writer=IcdarWriter, reader=IcdarReader, sniff=sniff)
