"""CreateML: a list of images with labels and boxes by their centre, in pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Region
from domain.shapes.box import Box
from domain.shapes.tag import Tag

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .making import ItemMaker, Sighted, numbers
from .media import MediaIndex
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("3d7e9a52-8b1c-5d4f-a0e3-6f2b9c8d7e14")


class CreateMlWriter(ItemWriter):
    """One list a split, beside the pictures, as CreateML wants them."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "CreateML holds boxes; lines, points and skeletons are not written"),
    }

    def begin(self) -> None:
        self._lists: dict[str, Any] = {}

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        rows = [row for region in found.regions if (row := self._row(region, item)) is not None]
        if not rows and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        name = self.file_name(item, split, whole=True)
        if split not in self._lists:
            holder = self.sink.open(f"{split}/_annotations.createml.json")
            self._lists[split] = [holder, holder.__enter__(), b"["]
        entry = self._lists[split]
        entry[1].write(entry[2] + msgspec.json.encode({"image": name, "annotations": rows}))
        entry[2] = b",\n"
        self.report.items += 1
        self.report.regions += len(rows)
        return f"{split}/{name}"

    def _row(self, region: Region, item: ExportItem) -> dict[str, Any] | None:
        label = self.classes[region.class_id].name
        if isinstance(region.geometry, Tag):
            self.lose_unheld(region, item)
            return {"label": label}
        fitted = self.fit(region, item, ("box",))
        if not isinstance(fitted, Box):
            return None
        self.lose_unheld(region, item)
        centre = {"x": fitted.x + fitted.w / 2, "y": fitted.y + fitted.h / 2, "width": fitted.w, "height": fitted.h}
        return {"label": label, "coordinates": centre}

    def finish(self) -> LossReport:
        for holder, file, lead in self._lists.values():
            file.write(b"]\n" if lead != b"[" else b"[]\n")
            holder.__exit__(None, None, None)
        return self.report


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith(".json")]


_WHOLE = re.compile(rb'"annotation"\s*:\s*"')  # the class of a whole image


def sniff(source: Source) -> float:
    """A list whose members have `image` and `annotations` with `coordinates` or `label`."""
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 16).lstrip(b"\xef\xbb\xbf \r\n\t")
        named = b'"image"' in head or b'"imagefilename"' in head
        if head.startswith(b"[") and named and b'"coordinates"' in head:
            return 0.9
        if path.endswith("createml.json"):
            return 0.9
        if head.startswith(b"[") and named and b'"annotation' in head and (b'"label"' in head or _WHOLE.search(head)):
            return 0.5
    return 0.0


class CreateMlReader:
    """Reads every list of a source."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        if not self._files:
            raise FormatError("not_createml", "there is no .json file in it")

    def _rows(self, path: str) -> Iterator[dict[str, Any]]:
        found = json_file(self._source, path)
        if not isinstance(found, list):
            raise FormatError("not_createml", f"{path} is no list of images")
        yield from (row if isinstance(row, dict) else {"annotations": [row]} for row in found)

    def header(self) -> ImportHeader:
        return ImportHeader(format="createml", classes=self._sighted().classes())

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                for row in self._rows(path):
                    for found in _annotations(row):
                        label = str(found.get("label") or "")
                        if label:
                            seen.see(label, "box" if isinstance(found.get("coordinates"), dict) else "tag")
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            folder = path.rpartition("/")[0]
            split = (
                folder.rpartition("/")[2] if folder.rpartition("/")[2] in ("train", "valid", "val", "test") else None
            )
            for number, row in enumerate(self._rows(path)):
                name = str(row.get("image") or row.get("imagefilename") or f"image {number}")
                maker = ItemMaker(_NAMESPACE, f"{path}/{name}")
                if not row.get("image") and not row.get("imagefilename"):
                    maker.problem("no_image", f"{path}: row {number} names no image")
                for i, found in enumerate(_annotations(row)):
                    try:
                        _add(maker, found, i, seen)
                    except ValueError as error:
                        maker.problem("bad_region", f"annotation {i} of {name}: {error}")
                media = self._media.find(f"{folder}/{name}" if folder else name) or self._media.find(name, folder)
                width, height = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
                outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
                asset = AssetMeta(name=name, width=width, height=height)
                yield maker.item(asset, outcome=outcome, split="val" if split == "valid" else split, media=media)


def _annotations(row: dict[str, Any]) -> list[dict[str, Any]]:
    found = row.get("annotations") or row.get("annotation")
    if isinstance(found, str):
        found = [{"label": found}]
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []


def _add(maker: ItemMaker, found: dict[str, Any], number: int, seen: Sighted) -> None:
    label = str(found.get("label") or "")
    if not label:
        raise ValueError("it has no label")
    place = found.get("coordinates")
    if not isinstance(place, dict):
        maker.region(Tag(), seen.key(label), str(number))
        return
    x, y, w, h = numbers([place.get(k) for k in ("x", "y", "width", "height")], "coordinates")
    if w <= 0 or h <= 0:
        raise ValueError(f"the box is {w:g} × {h:g}; both sides must be positive")
    maker.region(Box(x - w / 2, y - h / 2, w, h), seen.key(label), str(number))


FORMAT = Format(
    name="createml", title="CreateML", shapes=("box", "tag"), writer=CreateMlWriter, reader=CreateMlReader, sniff=sniff
)
