"""Hugging Face's imagefolder: `metadata.jsonl` beside the pictures of each split, with boxes as `objects`, a `label`, or a `text`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Value
from domain.shapes.box import Box
from domain.shapes.tag import Tag

from .base import BYTE_ORDER_MARK, AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted, numbers
from .media import MediaIndex
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("c2e4f6a8-0b1d-5e3f-8a5c-9d7b1f3e5a06")
METADATA = "metadata.jsonl"
_SPLITS = {"train": "train", "validation": "val", "val": "val", "valid": "val", "test": "test"}


class ImageFolderWriter(ItemWriter):
    """One file of lines a split. Boxes are x, y, width, height in pixels, as COCO's."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "imagefolder holds boxes and labels; lines, points and skeletons are not written",
        ),
        "several_tags": ("approximated", "an image has one label; other tags stand in `labels`"),
    }

    def begin(self) -> None:
        self._files: dict[str, tuple[Any, BinaryIO]] = {}

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        boxes, tagged = self.boxes_and_tags(found.regions, item)
        tags = [self.classes[region.class_id].name for region in tagged]
        if not boxes and not tags and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        split = {"val": "validation"}.get(item.split or "", self.split(item, "train"))
        name = self.file_name(item, split, whole=True)
        row: dict[str, Any] = {"file_name": name, "width": item.asset.width, "height": item.asset.height}
        row["objects"] = {
            "bbox": [[box.x, box.y, box.w, box.h] for _, box in boxes],
            "categories": [self.classes[region.class_id].name for region, _ in boxes],
        }
        if tags:
            row["label"] = tags[0]
        if len(tags) > 1:
            row["labels"] = tags
            self.lose("several_tags", item)
        row |= {key: value for key, value in found.answers.items() if key not in row}
        if split not in self._files:
            holder = self.sink.open(f"{split}/{METADATA}")
            self._files[split] = (holder, holder.__enter__())
        self._files[split][1].write(msgspec.json.encode(row) + b"\n")
        self.report.items += 1
        self.report.regions += len(boxes) + len(tags)
        return f"{split}/{name}"

    def finish(self) -> LossReport:
        for holder, _ in self._files.values():
            holder.__exit__(None, None, None)
        return self.report


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.rpartition("/")[2] == METADATA]


def sniff(source: Source) -> float:
    for path in _files(source)[:2]:
        with source.open(path) as file:
            if b'"file_name"' in file.read(1 << 16):
                return 0.95
    return 0.0


class ImageFolderReader:
    """Reads every file of lines."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        if not self._files:
            raise FormatError("not_imagefolder", f"there is no {METADATA} in it")

    def _rows(self, path: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """(line, its object, or why it is none)."""
        with self._source.open(path) as file:
            number = 0
            while line := file.readline(1 << 28):
                number += 1
                line = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
                if not line.strip():
                    continue
                try:
                    found = msgspec.json.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    yield number, str(error)
                    continue
                yield number, found if isinstance(found, dict) and found.get("file_name") else "there is no file_name"

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="imagefolder", classes=seen.classes(), item_attributes=seen.answers.item_attributes()
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                for _, row in self._rows(path):
                    if isinstance(row, str):
                        continue
                    see_row(seen, row)
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            folder = path.rpartition("/")[0]
            split = _SPLITS.get(folder.rpartition("/")[2])
            for number, row in self._rows(path):
                maker = ItemMaker(_NAMESPACE, f"{path}/{number}")
                if isinstance(row, str):
                    maker.problem("bad_line", f"{path} line {number}: {row}")
                    yield maker.item(AssetMeta(name=f"line {number}", width=0, height=0))
                    continue
                add_row(maker, row, f"{path} line {number}", seen)
                yield self._item(maker, row, folder, split)

    def _item(self, maker: ItemMaker, row: dict[str, Any], folder: str, split: str | None) -> ImportItem:
        name = str(row["file_name"])
        media = self._media.find(f"{folder}/{name}".lstrip("/")) or self._media.find(name, folder)
        width, height = row.get("width"), row.get("height")
        size = (width, height) if isinstance(width, int) and isinstance(height, int) else (0, 0)
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or name) or (0, 0)
        outcome = "labelled" if maker.elements else "empty" if "objects" in row and not maker.problems else ""
        return maker.item(
            AssetMeta(name=name, width=size[0], height=size[1]), outcome=outcome, split=split, media=media
        )


def see_row(seen: Sighted, row: dict[str, Any]) -> None:
    """Note the classes and answers of a row, as Hugging Face's data sets have it."""
    for name in _objects(row)[1]:
        seen.see(name, "box")
    for name in _labels(row):
        seen.see(name, "tag")
    seen.answers.see(_answers(row))


def add_row(maker: ItemMaker, row: dict[str, Any], where: str, seen: Sighted) -> None:
    """Add a row's boxes, tags and answers; what is broken becomes a problem of `where`."""
    boxes, names = _objects(row)
    if len(boxes) != len(names):
        maker.problem("bad_objects", f"{where}: {len(boxes)} boxes and {len(names)} categories")
    for number, (box, name) in enumerate(zip(boxes, names, strict=False)):
        try:
            _add(maker, box, seen.key(name), str(number))
        except ValueError as error:
            maker.problem("bad_region", f"{where}, object {number}: {error}")
    for name in _labels(row):
        maker.region(Tag(), seen.key(name), f"tag/{name}")
    for question, value in seen.answers.fit(_answers(row)).items():
        maker.answer(question, value)


def _objects(row: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """(boxes, categories) of `objects`, in columns or as a list of objects."""
    found = row.get("objects")
    if isinstance(found, list):
        rows = [one for one in found if isinstance(one, dict)]
        return [one.get("bbox") for one in rows], [str(one.get("category", one.get("label", ""))) for one in rows]
    if not isinstance(found, dict):
        return [], []
    names: list[Any] = next(
        (found[k] for k in ("categories", "category", "labels", "label") if isinstance(found.get(k), list)), []
    )
    boxes: list[Any] = next((found[k] for k in ("bbox", "bboxes", "boxes") if isinstance(found.get(k), list)), [])
    return boxes, [str(name) for name in names]


def _labels(row: dict[str, Any]) -> list[str]:
    many = row.get("labels")
    if isinstance(many, list):
        return list(dict.fromkeys(str(name) for name in many))
    one = row.get("label")
    return [str(one)] if isinstance(one, str | int) and one != "" else []


def _answers(row: dict[str, Any]) -> dict[str, Value]:
    own = ("file_name", "objects", "label", "labels", "width", "height", "image_id")
    return {
        k[:120]: v for k, v in row.items() if k and k not in own and isinstance(v, bool | int | float | str) and v != ""
    }


def _add(maker: ItemMaker, box: Any, key: int, name: str) -> None:
    if not isinstance(box, list) or len(box) != 4:
        raise ValueError(f"a bbox has four numbers, got {str(box)[:60]}")
    x, y, w, h = numbers(box, "bbox")
    if w <= 0 or h <= 0:
        raise ValueError(f"the bbox is {w:g} × {h:g}; both sides must be positive")
    maker.region(Box(x, y, w, h), key, name)


FORMAT = Format(
    name="imagefolder",
    title="Hugging Face imagefolder",
    shapes=("box", "tag"),
    writer=ImageFolderWriter,
    reader=ImageFolderReader,
    sniff=sniff,
)
