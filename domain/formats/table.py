"""CSV: a row a region, a row an image with its class, or a column a class.

Read with the headings that tools use, with commas, semicolons or tabs, in pixels or as shares of the image. A cell that begins
like a formula gets an apostrophe in front, which is taken away again when it is read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.shapes.box import Box
from domain.shapes.tag import Tag

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted, numbers, scalar, track_of
from .media import MEDIA_SUFFIXES, MediaIndex
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("e9a1b7a5-3c5e-5f7b-8a4d-6b0c9d2e4f18")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOX_HEAD = ["image", "width", "height", "class", "x_min", "y_min", "x_max", "y_max", "split", "attributes", "track_id"]
MOST_COLUMNS = 5_000
LOOKED_AT = 50  # rows, to tell what a table is
ONE_CLASS = "object"  # of tables of boxes alone
_FLAGS = ("", "0", "1", "0.0", "1.0", "-1", "true", "false", "yes", "no", "x")
_ALIASES = {
    "image": (
        "image",
        "filename",
        "file_name",
        "file",
        "path",
        "image_path",
        "image_id",
        "imageid",
        "name",
        "img",
        "img_name",
    ),
    "class": ("class", "label", "classname", "class_name", "category", "labelname", "label_name", "target", "species"),
    "x0": ("x_min", "xmin", "x1", "left", "x_left", "bbox_x1"),
    "y0": ("y_min", "ymin", "y1", "top", "y_top", "bbox_y1"),
    "x1": ("x_max", "xmax", "x2", "right", "x_right", "bbox_x2"),
    "y1": ("y_max", "ymax", "y2", "bottom", "y_bottom", "bbox_y2"),
    "x": ("x", "bbox_x"),
    "y": ("y", "bbox_y"),
    "w": ("w", "bbox_width", "bbox_w", "box_width"),
    "h": ("h", "bbox_height", "bbox_h", "box_height"),
    "bbox": ("bbox", "bounding_box", "box"),  # four numbers in one cell: x, y, width, height
    "width": ("width", "image_width", "img_width"),
    "height": ("height", "image_height", "img_height"),
    "split": ("split", "set", "subset", "usage"),
    "attributes": ("attributes",),
    "track": ("track_id", "trackid", "track"),
}
_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "validate": "val",
    "test": "test",
}


class Options(msgspec.Struct, forbid_unknown_fields=True):
    rows: Literal["boxes", "class", "labels"] = "boxes"
    attribute: str = ""


class CsvWriter(ItemWriter):
    """Takes items in order; one file."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "a row is a box, or the classes of an image; lines and points are not written",
        ),
        "not_one_class": ("dropped", "a row has one class: images with none or with several are left out"),
        "region_in_image": ("approximated", "regions count as classes of their image; where they are is not written"),
        "empty_row": ("noted", "confirmed empty images are a row without a class"),
    }
    options_type = Options
    keeps = ("attributes", "track")

    def begin(self) -> None:
        self._holder = self.sink.open("annotations.csv")
        self._file = self._holder.__enter__()
        self._ordered = self.live_classes(())
        self._write(
            {
                "boxes": _BOX_HEAD,
                "class": ["image", "class", "split"],
                "labels": ["image", "split", *(c.name for c in self._ordered)],
            }[self.options.rows]
        )

    def _write(self, cells: list[Any]) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([guarded(c) if isinstance(c, str) else c for c in cells])
        self._file.write(out.getvalue().encode())

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        name = self.file_name(item, whole=True)
        rows = {"boxes": self._boxes, "class": self._class, "labels": self._labels}[self.options.rows](
            found.regions, found.answers, item, name
        )
        if not rows:
            return None
        self.lose_of_item(found, item, answers=not self.options.attribute)
        for row in rows:
            self._write(row)
        self.report.items += 1
        return f"images/{name}"

    def _boxes(self, regions: list[Region], _: dict[str, Value], item: ExportItem, name: str) -> list[list[Any]]:
        asset, split = item.asset, item.split or ""
        rows: list[list[Any]] = []
        for region in regions:
            fitted = self.fit(region, item, ("box",))
            if fitted is None:
                continue
            self.lose_unheld(region, item)
            x0, y0, x1, y1 = fitted.bounds()  # type: ignore[misc]
            said = json.dumps(region.attributes, ensure_ascii=False, sort_keys=True) if region.attributes else ""
            title, track = self.classes[region.class_id].name, "" if region.track is None else region.track
            rows.append([name, asset.width, asset.height, title, *map(_number, (x0, y0, x1, y1)), split, said, track])
        self.report.regions += len(rows)
        if not rows and item.outcome == "empty":
            self.lose("empty_row", item)
            rows = [[name, asset.width, asset.height, "", "", "", "", "", split, "", ""]]
        elif not rows:
            self.lose("not_labelled", item)
        return rows

    def _titles(self, regions: list[Region], answers: dict[str, Value], item: ExportItem) -> list[str]:
        """Classes of the image: of an item attribute, else of its tags, else of all that is on it."""
        if self.options.attribute:
            value = answers.get(self.options.attribute)
            return [str(v) for v in (value if isinstance(value, list) else [value]) if v not in (None, "")]
        tags = [r for r in regions if isinstance(r.geometry, Tag)]
        for region in regions if not tags else [r for r in regions if not isinstance(r.geometry, Tag)]:
            self.lose("region_in_image" if not tags else "shape_not_expressible", item, region.id)
        return list(dict.fromkeys(self.classes[r.class_id].name for r in tags or regions))

    def _class(self, regions: list[Region], answers: dict[str, Value], item: ExportItem, name: str) -> list[list[Any]]:
        titles = self._titles(regions, answers, item)
        if len(titles) != 1:
            self.lose("not_one_class", item)
            return []
        self.report.regions += 1
        return [[name, titles[0], item.split or ""]]

    def _labels(self, regions: list[Region], answers: dict[str, Value], item: ExportItem, name: str) -> list[list[Any]]:
        titles = set(self._titles(regions, answers, item))
        if not titles and item.outcome != "empty":
            self.lose("not_labelled", item)
            return []
        self.report.regions += len(titles)
        return [[name, item.split or "", *(1 if c.name in titles else 0 for c in self._ordered)]]

    def finish(self) -> LossReport:
        self._holder.__exit__(None, None, None)
        return self.report


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or (text.startswith("'") and text[1:].startswith(_FORMULA)) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and (text[1:].startswith(_FORMULA) or text[1:].startswith("'")) else text


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


class _Columns:
    """Which column is what: by the heading, else by the shape of the first row."""

    def __init__(self, first: list[str]) -> None:
        names = [cell.strip().lower().replace(" ", "_") for cell in first]
        self.at: dict[str, int] = {}
        for key, aliases in _ALIASES.items():
            found = next((alias for alias in aliases if alias in names), None)
            if found is not None:
                self.at[key] = names.index(found)
        self.headed = "image" in self.at
        self.classes: dict[int, str] = {}
        if self.headed:
            self._head(first, names)
        elif (
            first
            and first[0].strip().lower() in ("train", "test", "validate", "validation", "unassigned")
            and len(first) >= 9
        ):
            self.at = {"split": 0, "image": 1, "class": 2, "x0": 3, "y0": 4, "x1": 7, "y1": 8}  # of Google's AutoML
        elif len(first) >= 6 and _is_picture(first[0]):
            self.at = {"image": 0, "x0": 1, "y0": 2, "x1": 3, "y1": 4, "class": 5}  # of keras-retinanet
        elif len(first) == 2 and _is_picture(first[0]):
            self.at = {"image": 0, "class": 1}
        else:
            raise FormatError(
                "bad_csv", f"the first row names no image column; known are {', '.join(_ALIASES['image'][:6])}"
            )

    def _head(self, first: list[str], names: list[str]) -> None:
        if "x0" not in self.at and "x" in self.at and "w" not in self.at and "width" in self.at:
            self.at |= {"w": self.at.pop("width"), "h": self.at.pop("height", -1)}  # x, y, width, height of the box
        used = set(self.at.values())
        if "class" not in self.at and "bbox" not in self.at:
            self.classes = {i: first[i].strip() for i in range(len(names)) if i not in used and first[i].strip()}

    def title(self, row: list[str]) -> str:
        """The class of a row; tables of boxes alone have one."""
        named = self.cell(row, "class")
        return named or (ONE_CLASS if "class" not in self.at and self.cell(row, "bbox") else "")

    def cell(self, row: list[str], key: str) -> str:
        at = self.at.get(key, -1)
        return unguarded(row[at].strip()) if 0 <= at < len(row) else ""


def _is_picture(text: str) -> bool:
    return text.strip().lower().endswith(MEDIA_SUFFIXES)


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith((".csv", ".tsv"))]


def sniff(source: Source) -> float:
    """A table whose first row names images."""
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 16).decode("utf-8-sig", "replace")
        try:
            rows = list(islice(_rows(head), 1 + LOOKED_AT))
            columns = _Columns(rows[0] if rows else [])
        except (FormatError, csv.Error):
            continue
        if columns.headed and not {"class", "bbox"} & columns.at.keys() and not _are_flags(columns, rows):
            continue
        return 0.5 if columns.headed else 0.3
    return 0.0


def _are_flags(columns: _Columns, rows: list[list[str]]) -> bool:
    """Whether columns that are no others hold 0 and 1 alone, as a column a class does; the last row may be cut."""
    inner = rows[1:-1] or rows[1:]
    return bool(columns.classes) and all(
        at < len(row) and row[at].strip().lower() in _FLAGS for row in inner for at in columns.classes
    )


def _rows(text: str) -> Iterator[list[str]]:
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(",;\t", key=head.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


class CsvReader:
    """Reads every table of a source; rows of one image are one item."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_csv", "there is no .csv file in it")
        self._seen: Sighted | None = None
        self._images: dict[str, list[tuple[str, int, list[str], _Columns]]] = {}

    def header(self) -> ImportHeader:
        return ImportHeader(format="csv", classes=self._sighted().classes(), items=len(self._images))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                self._table(path, seen)
            self._seen = seen
        return self._seen

    def _table(self, path: str, seen: Sighted) -> None:
        data = self._source.read(path)
        try:
            text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
        try:
            rows = _rows(text)
            first = next(rows, [])
            if len(first) > MOST_COLUMNS:
                raise FormatError("bad_csv", f"{path} has {len(first)} columns; at most {MOST_COLUMNS} are read")
            columns = _Columns(first)
            for name in columns.classes.values():
                seen.see(name, "tag")
            for number, row in enumerate(
                rows if columns.headed else _again(first, rows), start=2 if columns.headed else 1
            ):
                if not any(cell.strip() for cell in row):
                    continue
                name = columns.cell(row, "image").replace("\\", "/")
                self._images.setdefault(name, []).append((path, number, row, columns))
                title = columns.title(row)
                if title:
                    placed = any(columns.cell(row, key) for key in ("x0", "x", "bbox"))
                    seen.see(
                        title,
                        "box" if placed else "tag",
                        _said(columns.cell(row, "attributes")),
                    )
        except csv.Error as error:
            raise FormatError("bad_csv", f"{path}: {error}") from None

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for name, rows in self._images.items():
            maker = ItemMaker(_NAMESPACE, name)
            if not name:
                for path, number, _, _ in rows:
                    maker.problem("no_image", f"{path} row {number} names no image")
            media = (
                self._media.find(name.removeprefix("images/"))
                or self._media.find(name.rpartition("/")[2])
                or self._media.called(name)
                if name
                else None
            )
            size = self._size(name, media, rows[0])
            split = ""
            for path, number, row, columns in rows:
                split = split or columns.cell(row, "split").lower()
                if not name:
                    continue
                try:
                    _add(maker, row, columns, size, f"{path}/{number}", seen)
                except ValueError as error:
                    maker.problem("bad_row", f"{path} row {number}: {error}")
            outcome = "labelled" if maker.elements else "empty" if name and not maker.problems else ""
            asset = AssetMeta(name=name.removeprefix("images/") or "unnamed", width=size[0], height=size[1])
            yield maker.item(asset, outcome=outcome, split=_SPLITS.get(split, split or None), media=media)

    def _size(self, name: str, media: str | None, row: tuple[str, int, list[str], _Columns]) -> tuple[int, int]:
        _, _, cells, columns = row
        said = columns.cell(cells, "width"), columns.cell(cells, "height")
        if all(text.isdigit() and int(text) > 0 for text in said):
            return int(said[0]), int(said[1])
        return (self._size_of(media or name) if self._size_of is not None and name else None) or (0, 0)


def _again(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows


def _said(text: str) -> dict[str, Value]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return (
        {str(k): v for k, v in found.items() if isinstance(v, bool | int | float | str | list)}
        if isinstance(found, dict)
        else {}
    )


def _add(maker: ItemMaker, row: list[str], columns: _Columns, size: tuple[int, int], key: str, seen: Sighted) -> None:
    for at, title in columns.classes.items():
        text = row[at].strip().lower() if at < len(row) else ""
        if scalar(text) in (1, 1.0, True) or text in ("x", "yes"):
            maker.region(Tag(), seen.key(title), f"{key}/{title}")
        elif text not in ("", "0", "0.0", "false", "no", "-1"):
            raise ValueError(f"column {title} says {text[:40]!r}; 0 and 1 are read")
    title = columns.title(row)
    if not title:
        return
    class_key = seen.key(title)
    corners = [columns.cell(row, k) for k in ("x0", "y0", "x1", "y1")]
    if not any(corners):
        bbox = columns.cell(row, "bbox").strip("[]() ").replace(",", " ").split()
        corners = bbox if len(bbox) == 4 else [columns.cell(row, k) for k in ("x", "y", "w", "h")]
        if not any(corners):
            maker.region(Tag(), class_key, key)
            return
        x, y, w, h = numbers(corners, "the box")
        corners = [str(v) for v in (x, y, x + w, y + h)]
    x0, y0, x1, y1 = numbers(corners, "the box")
    if max(abs(v) for v in (x0, y0, x1, y1)) <= 1.0 and min(size) > 1:  # shares of the image
        x0, y0, x1, y1 = x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    attributes = seen.fit(class_key, _said(columns.cell(row, "attributes")))
    maker.region(
        Box(x0, y0, x1 - x0, y1 - y0), class_key, key, attributes=attributes, track=track_of(columns.cell(row, "track"))
    )


FORMAT = Format(
    name="csv",
    title="CSV",
    shapes=("box",),
    tracks=True,
    writer=CsvWriter,
    reader=CsvReader,
    sniff=sniff,
    options={
        "rows": "“boxes” (default): a row a region; “class”: a row an image; “labels”: a column a class with 0 and 1",
        "attribute": "for “class” and “labels”: the item attribute whose answers count; without it tags do",
    },
)
