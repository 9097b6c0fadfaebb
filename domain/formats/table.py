"""CSV: a row a region, a row an image with its class, or a column a class.

Read with the headings that tools use, with commas, semicolons or tabs, in pixels or as shares of the image. A cell that begins
like a formula gets an apostrophe in front, which is taken away again when it is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.shapes.box import Box
from domain.shapes.tag import Tag

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, ImportProblem, SizeOf
from .columns import PLACED, SPLITS, Columns, guarded, is_picture, mask_of_pairs, rows_of, text_of
from .making import ItemMaker, Sighted, numbers, scalar, track_of
from .media import MediaIndex, folder_split, plain_name
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("e9a1b7a5-3c5e-5f7b-8a4d-6b0c9d2e4f18")
_BOX_HEAD = ["image", "width", "height", "class", "x_min", "y_min", "x_max", "y_max", "split", "attributes", "track_id"]
MOST_COLUMNS = 5_000
LOOKED_AT = 50  # rows, to tell what a table is
_LABEL_STUDIO = re.compile(r'\[\{"|\{"')
_FLAGS = ("", "0", "1", "0.0", "1.0", "-1", "true", "false", "yes", "no", "x")


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


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith((".csv", ".tsv"))]


def sniff(source: Source) -> float:
    """A table whose first row names images."""
    media: MediaIndex | None = None
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = text_of(file.read(1 << 16), cut=True)
        media = media or MediaIndex(source)
        try:
            rows = list(islice(rows_of(head), 1 + LOOKED_AT))
            columns = Columns(rows[0] if rows else [], rows[1] if len(rows) > 1 else [], media.named)
        except (FormatError, csv.Error):
            continue
        if columns.headed and columns.at.keys().isdisjoint(("class", *PLACED)) and not _are_flags(columns, rows):
            continue
        return 0.5 if columns.headed else 0.3
    return 0.0


def _are_flags(columns: Columns, rows: list[list[str]]) -> bool:
    """Whether columns that are no others hold 0 and 1 alone, as a column a class does; the last row may be cut."""
    inner = rows[1:-1] or rows[1:]
    return bool(columns.classes) and all(
        at < len(row) and row[at].strip().lower() in _FLAGS for row in inner for at in columns.classes
    )


class CsvReader:
    """Reads every table of a source; rows of one image are one item."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_csv", "there is no .csv file in it")
        self._seen: Sighted | None = None
        self._images: dict[str, list[tuple[str, int, list[str], Columns]]] = {}
        self._untold: list[ImportProblem] = []  # problems of whole tables

    def header(self) -> ImportHeader:
        return ImportHeader(format="csv", classes=self._sighted().classes(), items=len(self._images))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            wrong: list[FormatError] = []
            for path in self._files:
                try:
                    self._table(path, seen)
                except FormatError as error:
                    wrong.append(error)
            if len(wrong) == len(self._files):
                raise wrong[0]
            self._untold += [ImportProblem("table_left_out", error.detail) for error in wrong]
            self._seen = seen
        return self._seen

    def _table(self, path: str, seen: Sighted) -> None:
        try:
            rows = rows_of(text_of(self._source.read(path)))
            first, second = next(rows, []), next(rows, [])
            if len(first) > MOST_COLUMNS:
                raise FormatError("bad_csv", f"{path} has {len(first)} columns; at most {MOST_COLUMNS} are read")
            try:
                columns = Columns(first, second, self._media.named)
            except FormatError as error:
                raise FormatError(error.code, f"{path}: {error.detail}") from None
            if _LABEL_STUDIO.match(columns.cell(second, "class")):
                raise FormatError(
                    "label_studio_csv", f"{path} is Label Studio's CSV; export the project as JSON instead"
                )
            if columns.left_out:
                names = ", ".join(columns.left_out)[:200]
                self._untold.append(ImportProblem("columns_left_out", f"{path}: columns that are not read: {names}"))
            for name in columns.classes.values():
                seen.see(name, "tag")
            for number, row in enumerate(
                _again([second] if columns.headed else [first, second], rows), start=2 if columns.headed else 1
            ):
                if not any(cell.strip() for cell in row):
                    continue
                name = plain_name(columns.cell(row, "image").replace("\\", "/"))
                self._images.setdefault(name, []).append((path, number, row, columns))
                title = columns.title(row)
                if title:
                    shape = "mask" if columns.cell(row, "rle") else "box" if columns.placed(row) else "tag"
                    seen.see(title, shape, _said(columns.cell(row, "attributes")))
        except csv.Error as error:
            raise FormatError("bad_csv", f"{path}: {error}") from None

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for name, rows in self._images.items():
            maker = ItemMaker(_NAMESPACE, name)
            maker.problems += self._untold
            self._untold = []
            if not name:
                for path, number, _, _ in rows:
                    maker.problem("no_image", f"{path} row {number} names no image")
            media = (
                self._media.find(name.removeprefix("images/"), rows[0][0].rpartition("/")[0])
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
            own = name.removeprefix("images/") or "unnamed"
            named = f"{own}.{media.rpartition('.')[2]}" if media is not None and not is_picture(own) else own
            asset = AssetMeta(name=named, width=size[0], height=size[1])
            split = "" if split == "unassigned" else SPLITS.get(split, split)
            yield maker.item(asset, outcome=outcome, split=split or folder_split(media or rows[0][0]), media=media)

    def _size(self, name: str, media: str | None, row: tuple[str, int, list[str], Columns]) -> tuple[int, int]:
        _, _, cells, columns = row
        said = columns.cell(cells, "width"), columns.cell(cells, "height")
        if all(text.isdigit() and int(text) > 0 for text in said):
            return int(said[0]), int(said[1])
        return (self._size_of(media or name) if self._size_of is not None and name else None) or (0, 0)


def _again(first: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from first
    yield from rows


def _said(text: str) -> dict[str, Value]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return (
        {str(k): v for k, v in found.items() if isinstance(v, bool | int | float | str | list)}
        if isinstance(found, dict)
        else {}
    )


def _add(maker: ItemMaker, row: list[str], columns: Columns, size: tuple[int, int], key: str, seen: Sighted) -> None:
    for at, title in columns.classes.items():
        text = row[at].strip().lower() if at < len(row) else ""
        if scalar(text) in (1, 1.0, True) or text in ("x", "yes"):
            maker.region(Tag(), seen.key(title), f"{key}/{title}")
        elif text not in ("", "0", "0.0", "false", "no", "-1"):
            raise ValueError(f"column {title} says {text[:40]!r}; 0 and 1 are read")
    title = columns.title(row)
    if not title:
        if columns.placed(row):
            raise ValueError("it has a place and no class")
        return
    class_key = seen.key(title)
    if runs := columns.cell(row, "rle"):
        maker.region(mask_of_pairs(runs, size), class_key, key)
        return
    corners = [columns.number(row, k) for k in ("x0", "y0", "x1", "y1")]
    if not any(corners):
        bbox = columns.cell(row, "bbox").strip("[]() ").replace(",", " ").split()
        corners = bbox if len(bbox) == 4 else [columns.number(row, k) for k in ("x", "y", "w", "h")]
        central = len(bbox) != 4 and "cx" in columns.at
        if central:
            corners[:2] = [columns.number(row, k) for k in ("cx", "cy")]
        if not any(corners):
            maker.region(Tag(), class_key, key)
            return
        x, y, w, h = numbers(corners, "the box")
        x, y = (x - w / 2, y - h / 2) if central else (x, y)
        corners = [str(v) for v in (x, y, x + w, y + h)]
    x0, y0, x1, y1 = numbers(corners, "the box")
    if max(abs(v) for v in (x0, y0, x1, y1)) <= 1.0 and min(size) > 1:  # shares of the image
        x0, y0, x1, y1 = x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    attributes = seen.fit(class_key, _said(columns.cell(row, "attributes")))
    track = track_of(said) if (said := columns.cell(row, "track")) else None
    maker.region(Box(x0, y0, x1 - x0, y1 - y0), class_key, key, attributes=attributes, track=track)


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
