"""Pictures of masks: one PNG an image whose pixels are class numbers, instances, or colours, and a table of classes.

`classes.csv` lists number, name and colour. Instances are 16 bits, class · 1000 + n from 1, as in Cityscapes; 0 is what nobody
labelled. Read with the tables of other tools too (`_classes.csv`, `class_dict.csv`, `labelmap.txt`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec
import numpy as np

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .columns import ONE_CLASS, guarded, unguarded
from .making import ItemMaker, Sighted
from .media import MEDIA_SUFFIXES, folder_split
from .rasters import Palette, colour_numbers, masks_of, painted, read_raster, write_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("1c7f0de2-9a0e-5a3c-b5c2-0e3d4b7a9f60")
INSTANCES = 1000  # numbers a class
IGNORED = 255
_TABLES = (
    "classes.csv",
    "_classes.csv",
    "class_dict.csv",
    "labelmap.txt",
    "label_colors.txt",
    "objectInfo150.txt",
    "class_names.txt",
    "classes.txt",
)
_BACKGROUNDS = ("background", "_background_", "void", "")
_FOLDERS = ("masks", "mask", "annotations", "annotation", "labels", "label", "gt", "segmentation", "seg", "groundtruth")
_SUFFIXES = ("_mask", "_masks", "_label", "_labels", "_gt", "_seg", "-mask", ".mask", "_L")


class Options(msgspec.Struct, forbid_unknown_fields=True):
    pixels: Literal["classes", "instances", "colours"] = "classes"


class MaskWriter(ItemWriter):
    """Takes items in order; `masks/<split>/<name>.png` each."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "pictures of masks have no form for tags, lines and points"),
        "overlap": ("approximated", "a pixel has one region: what lies on top took pixels of what lies beneath"),
        "too_many": (
            "dropped",
            "the picture has no number for the region: too many classes, or over 999 regions of one",
        ),
        "merged": ("approximated", "regions of one class are one area: instances can no longer be told apart"),
        "drawn_as_pixels": ("approximated", "outlines are written as their pixels"),
    }
    options_type = Options

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        self._palette: Palette = [(0, 0, 0), *(_rgb(c.color) for c in self._ordered)]

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        pixels, done = self._paint(item, found.regions)
        if not done and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        for region, _ in done:
            self.lose_unheld(region, item)
            if region.shape != "mask":
                self.lose("drawn_as_pixels", item, region.id)
        split = self.split(item, "default")
        name = self.file_name(item, split)
        if self.options.pixels == "colours":
            table = np.array(self._palette, dtype=np.uint8)
            data = write_raster(table[pixels])
        else:
            data = write_raster(
                pixels, (self._palette + [(0, 0, 0)] * 256)[:256] if self.options.pixels == "classes" else None
            )
        self.sink.write(f"masks/{split}/{stem(name)}.png", data)
        self.report.items += 1
        self.report.regions += len(done)
        return f"images/{split}/{name}"

    def _paint(self, item: ExportItem, regions: list[Any]) -> tuple[Any, list[Any]]:
        counts: dict[int, int] = {}
        kept = []
        for region in regions:
            number = self._number[region.class_id]
            counts[number] = counts.get(number, 0) + 1
            if self.options.pixels == "instances":
                if counts[number] >= INSTANCES or number >= 65:
                    self.lose("too_many", item, region.id)
                    continue
                kept.append((region, number * INSTANCES + counts[number]))
            elif number >= IGNORED:
                self.lose("too_many", item, region.id)
            else:
                kept.append((region, number))
                if counts[number] > 1 and region.geometry.is_area:
                    self.lose("merged", item, region.id)
        return painted(self, item, kept, dtype=np.uint16 if self.options.pixels == "instances" else np.uint8)

    def finish(self) -> LossReport:
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["number", "name", "red", "green", "blue"])
        for found in self._ordered:
            table.writerow([self._number[found.id], guarded(found.name), *_rgb(found.color)])
        self.sink.write("classes.csv", out.getvalue().encode())
        return self.report


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


class ClassTable(msgspec.Struct):
    """Names by number, and numbers by colour (R·65536 + G·256 + B)."""

    names: dict[int, str]
    by_color: dict[int, int]
    colors: dict[int, str] = {}


def read_table(source: Source) -> ClassTable | None:
    """The table of classes in a source, whatever tool wrote it.

    Raises:
        FormatError: a table is there and cannot be read.
    """
    found = [p for name in _TABLES for p in source.paths() if p == name or p.endswith(f"/{name}")]
    if not found:
        return None
    text = source.read(found[0], 1 << 22).decode("utf-8-sig", "replace")
    table = ClassTable({}, {})
    rows = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if found[0].endswith("objectInfo150.txt"):  # of ADE20K's scene parsing: Idx, Ratio, Train, Val, Stuff, Name
        for row in rows[1:]:
            cells = row.split("\t")
            if len(cells) >= 6 and cells[0].strip().isdecimal():
                _note(table, int(cells[0]), cells[-1].split(",")[0].strip(), None)
    elif found[0].endswith(("class_names.txt", "classes.txt")):
        _listed(rows, table)
    elif not found[0].endswith(".csv"):
        _plain_table(rows, table)
    else:
        _csv_table(rows, table)
    if not table.names:
        raise FormatError("no_names", f"{found[0]} names no class")
    return table


def _note(table: ClassTable, number: int, name: str, color: tuple[int, int, int] | None) -> None:
    table.names[number] = name
    if color is not None:
        table.by_color.setdefault(color[0] << 16 | color[1] << 8 | color[2], number)
        table.colors[number] = "#{:02x}{:02x}{:02x}".format(*color)


def _listed(rows: list[str], table: ClassTable) -> None:
    """A name a line; the first has number 0 where it is the background, and LabelMe's `__ignore__` none."""
    names = [row.strip() for row in rows if row.strip() != "__ignore__"]
    first = 0 if names and names[0].lower() in _BACKGROUNDS else 1
    for number, name in enumerate(names, start=first):
        if number:
            _note(table, number, name, None)


def _plain_table(rows: list[str], table: ClassTable) -> None:
    """`name:r,g,b::` of CVAT and datumaro, or `r g b name` of CamVid. The background is no class."""
    for row in rows:
        name, *told = row.rsplit(":", 3) if row.count(":") > 2 else row.split(":", 1)
        rest = ":".join(told)
        parts = rest.split(":")[0].split(",") if rest else row.split()[:3]
        name = name if rest else " ".join(row.split()[3:])
        try:
            color = int(parts[0]), int(parts[1]), int(parts[2])
        except (ValueError, IndexError):
            color = None
        if name.strip().lower() not in _BACKGROUNDS or (color and any(color)):
            _note(table, len(table.names) + 1, name.strip(), color)


def _csv_table(rows: list[str], table: ClassTable) -> None:
    """Columns by their headings: number or pixel value, name or class, red, green, blue."""
    cells = [[cell.strip() for cell in row] for row in csv.reader(rows)]
    head = [cell.lower() for cell in cells[0]] if cells else []

    def at(*names: str) -> int | None:
        return next((head.index(name) for name in names if name in head), None)

    number_at, name_at = at("number", "pixel value", "id", "value"), at("name", "class", "label")
    red, green, blue = at("red", "r"), at("green", "g"), at("blue", "b")
    if name_at is None:
        raise FormatError("bad_table", "the table of classes has no column called name, class or label")
    for row in cells[1:]:
        try:
            color = (int(row[red]), int(row[green]), int(row[blue])) if None not in (red, green, blue) else None  # type: ignore[index]
            number = int(row[number_at]) if number_at is not None else len(table.names) + 1
            _note(table, number, unguarded(row[name_at]), color)
        except (ValueError, IndexError):
            continue


def _key(path: str) -> str:
    """What an image and its mask have in common: the name below the folders of kinds, without suffixes of masks."""
    parts = stem(path).split("/")
    name = parts[-1]
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    kept = [part for part in parts[:-1] if part.lower() not in (*_FOLDERS, "images", "image", "imgs", "img")]
    return "/".join([*kept, name])


def _is_mask(path: str) -> bool:
    folders = [part.lower() for part in path.split("/")[:-1]]
    in_folder = any(part in _FOLDERS for part in folders)
    return path.lower().endswith((".png", ".bmp", ".tif", ".tiff")) and (in_folder or stem(path).endswith(_SUFFIXES))


def sniff(source: Source) -> float:
    """Pictures in a folder of masks, or with a mask's suffix, and a table of classes."""
    masks = any(_is_mask(path) for path in source.paths())
    if not masks:
        return 0.0
    table = any(p.rpartition("/")[2] in _TABLES for p in source.paths())
    pictures = all(p.lower().endswith(MEDIA_SUFFIXES) or p.rpartition("/")[2] in _TABLES for p in source.paths())
    return 0.7 if table else 0.2 if pictures else 0.0


class MaskReader:
    """Reads every mask of a source; without a table of classes, the numbers are their names."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source = source
        self._table = read_table(source)
        self._masks = {_key(p): p for p in source.paths() if _is_mask(p)}
        if not self._masks:
            raise FormatError(
                "no_masks", "there are no pictures of masks in it: in a folder `masks`, or called `<image>_mask.png`"
            )
        pictures = [p for p in source.paths() if p.lower().endswith(MEDIA_SUFFIXES) and not _is_mask(p)]
        self._images = {_key(p): p for p in pictures}
        self._called = Counter(stem(p).rpartition("/")[2] for p in pictures)
        self._by_name = {stem(p).rpartition("/")[2]: p for p in pictures}
        self._seen: Sighted | None = None
        self._two: bool | None = None  # whether the pictures are of 0 and 255 alone

    def header(self) -> ImportHeader:
        return ImportHeader(format="masks", classes=self._sighted().classes(("mask",)), items=len(self._masks))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            if self._table is not None:
                for number, name in self._table.names.items():
                    seen.see(name, "mask")
                    seen.declare(name, color=self._table.colors.get(number, ""))
            else:
                values = {value for path in self._masks.values() for value in self._values_of(path)}
                self._two = IGNORED in values and values <= {0, IGNORED}
                for number in [IGNORED] if self._two else sorted(values - {0, IGNORED}):
                    seen.see(self._name(number), "mask")
            self._seen = seen
        return self._seen

    def _values_of(self, path: str) -> list[int]:
        try:
            pixels = self._pixels(path)
        except FormatError:
            return []  # told with its item
        return list(map(int, np.unique(pixels).tolist()))

    def _pixels(self, path: str) -> Any:
        pixels, _ = read_raster(self._source.read(path), path)
        if (
            pixels.ndim == 3
            and np.array_equal(pixels[..., 0], pixels[..., 1])
            and np.array_equal(pixels[..., 0], pixels[..., 2])
        ):
            listed = self._table is not None and self._table.by_color
            pixels = pixels if listed else pixels[..., 0]  # grey in three channels
        return colour_numbers(pixels) if pixels.ndim == 3 else pixels

    def _class_number(self, value: int) -> int:
        """Of a pixel: by the table's colours or numbers, else of an instance."""
        table = self._table
        if table is None or value in table.names:
            return value
        if value in table.by_color:
            return table.by_color[value]
        return value // INSTANCES if value >= INSTANCES and value // INSTANCES in table.names else -1

    def _name(self, number: int) -> str:
        if self._two and number == IGNORED:
            return ONE_CLASS
        return self._table.names.get(number, "") if self._table is not None else f"class {number}"

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for key, path in self._masks.items():
            maker = ItemMaker(_NAMESPACE, key)
            size = (0, 0)
            try:
                pixels = self._pixels(path)
                size = (pixels.shape[1], pixels.shape[0])
                ignored = (0, IGNORED) if pixels.dtype == np.uint8 and not self._two else (0,)
                for value, mask in masks_of(pixels, ignored):
                    name = self._name(self._class_number(value))
                    if name:
                        maker.region(mask, seen.key(name), str(value))
                    else:
                        maker.problem("unknown_class", f"{path}: {value} is in no row of the table of classes")
            except FormatError as error:
                maker.problem(error.code, error.detail)
            name = key.rpartition("/")[2]
            media = self._images.get(key) or (self._by_name.get(name) if self._called[name] == 1 else None)
            parts = (media or key).split("/")
            split = folder_split(media or key)
            drop = (
                "images",
                "image",
                "imgs",
                "img",
                "default",
                "train",
                "training",
                "val",
                "valid",
                "validation",
                "test",
            )
            name = "/".join([part for part in parts[:-1] if part not in drop] + parts[-1:])
            outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
            yield maker.item(
                AssetMeta(name=name, width=size[0], height=size[1]), outcome=outcome, split=split, media=media
            )


FORMAT = Format(
    name="masks",
    title="Mask pictures (PNG)",
    shapes=("mask",),
    writer=MaskWriter,
    reader=MaskReader,
    sniff=sniff,
    options={
        "pixels": "“classes” (default): numbers of classes with a palette; “instances”: 16 bits, class · 1000 + n; “colours”: RGB"
    },
)
