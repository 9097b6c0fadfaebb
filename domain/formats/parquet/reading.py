"""Reading data sets of the Hub: pictures inside, boxes as `objects`, and labels, with the names that the file gives its numbers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

import msgspec

from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf
from domain.formats.embedded import Kept
from domain.formats.imagefolder import add_row, see_row
from domain.formats.making import ItemMaker, Sighted
from domain.formats.media import MediaIndex
from domain.formats.sources import Source

from .file import MAGIC, ParquetReader

_NAMESPACE = UUID("1f6f1f0a-6c74-5d0f-9a54-2f61b1c7f4d3")
_SPLITS = {"train": "train", "validation": "val", "valid": "val", "val": "val", "test": "test"}
_PICTURES = ("image", "img", "picture", "pixel_values")
_IN_MEMORY = 8 << 20  # bytes
_LEFT_OUT = "is no picture, box, label or answer"
Names = dict[str, list[str]]  # column → names of its numbers


def _files(source: Source) -> list[str]:
    found = []
    for path in source.paths():
        if path.lower().endswith((".json", ".xml", ".txt", ".csv", ".jpg", ".jpeg", ".png", ".md")):
            continue
        with source.open(path) as file:
            if file.read(4) == MAGIC:
                found.append(path)
    return found


def sniff(source: Source) -> float:
    """A file that begins as Parquet does."""
    return 0.95 if _files(source) else 0.0


class HubReader:
    """Reads every Parquet file; a split is told by a file's name or folder."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_parquet", "no file in it begins as Parquet does")
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        self._count = 0
        self.pictures = Kept(source)

    def _opened(self, path: str) -> ParquetReader:
        """A copy of the file that can be jumped about in, which a member of a zip cannot."""
        copy = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the reader keeps it
        with self._source.open(path) as file:
            shutil.copyfileobj(file, copy)
        return ParquetReader(cast(BinaryIO, copy))

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="parquet",
            classes=seen.classes(),
            items=self._count,
            item_attributes=seen.answers.item_attributes(),
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                file = self._opened(path)
                names = _names(file)
                for listed in names.values():
                    for name in listed:
                        seen.key(name)
                plain = [node.name for node in file.root.children if node.name not in _PICTURES]
                for row in file.records(plain):
                    self._count += 1
                    see_row(seen, _named(row, names))
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            file = self._opened(path)
            names, split = _names(file), _split(path)
            for number, row in enumerate(file.records()):
                maker = ItemMaker(_NAMESPACE, f"{path}/{number}")
                if number == 0:
                    for column in _unread(file):
                        maker.problem("column_left_out", f"{path}: column {column} {_LEFT_OUT}; it was not read")
                yield self._item(maker, _named(row, names), f"{path} row {number}", split, seen)

    def _item(self, maker: ItemMaker, row: dict[str, Any], where: str, split: str | None, seen: Sighted) -> ImportItem:
        add_row(maker, row, where, seen)
        name, data = _picture(row)
        name = name or f"{where.replace(' ', '-').rpartition('/')[2]}{_suffix(data)}"
        media = self.pictures.keep(f"{where}/{name}", data) if data else self._media.find(name)
        size = _size(row, data)
        if min(size) <= 0 and self._size_of is not None and not data:
            size = self._size_of(media or name) or (0, 0)
        judged = "objects" in row or "label" in row or "labels" in row
        outcome = "labelled" if maker.elements else "empty" if judged and not maker.problems else ""
        return maker.item(
            AssetMeta(name=name, width=size[0], height=size[1]), outcome=outcome, split=split, media=media
        )


def _picture(row: dict[str, Any]) -> tuple[str, bytes | None]:
    """(name, bytes) of the row's picture, as far as they are there."""
    found = next((row[name] for name in _PICTURES if row.get(name) is not None), None)
    name = row.get("file_name") or row.get("image_path") or ""
    if isinstance(found, dict):
        data = found.get("bytes")
        return str(found.get("path") or name).replace("\\", "/").lstrip("/"), data if isinstance(data, bytes) else None
    if isinstance(found, bytes):
        return str(name), found
    return str(found if isinstance(found, str) else name), None


def _size(row: dict[str, Any], data: bytes | None) -> tuple[int, int]:
    """What the row says, where that is so; else the picture's own."""
    width, height = row.get("width"), row.get("height")
    if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
        return width, height
    if not data:
        return (0, 0)
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return (0, 0)


def _suffix(data: bytes | None) -> str:
    return ".png" if data and data[:4] == b"\x89PNG" else ".jpg"


def _split(path: str) -> str | None:
    words = re.split(r"[^a-z]+", path.lower())
    return next((_SPLITS[word] for word in words if word in _SPLITS), None)


def _names(file: ParquetReader) -> Names:
    """Names of numbers, by column, out of the features that `datasets` writes into the file."""
    try:
        said = msgspec.json.decode(file.said.get("huggingface", "{}"), type=dict[str, Any])
        features = said.get("info", {}).get("features", {})
        found: Names = {}
        for column, feature in features.items():
            _find(feature, str(column), found)
        return found
    except (msgspec.DecodeError, AttributeError, RecursionError):
        return {}


def _find(feature: Any, column: str, found: Names) -> None:
    if isinstance(feature, list):
        for one in feature:
            _find(one, column, found)
    elif isinstance(feature, dict):
        if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list):
            found.setdefault(column, [str(name) for name in feature["names"]])
            return
        for inner in feature.values():
            if isinstance(inner, dict | list):
                _find(inner, column, found)


def _named(row: dict[str, Any], names: Names) -> dict[str, Any]:
    """The row with names for numbers of classes."""
    out = dict(row)
    for column in ("label", "labels"):
        if column in names and out.get(column) is not None:
            out[column] = _by_number(out[column], names[column])
    objects = out.get("objects")
    if "objects" in names:
        if isinstance(objects, dict):
            out["objects"] = {
                key: _by_number(value, names["objects"])
                if key in ("category", "categories", "label", "labels")
                else value
                for key, value in objects.items()
            }
        elif isinstance(objects, list):
            keys = ("category", "label")
            out["objects"] = [
                {k: _by_number(v, names["objects"]) if k in keys else v for k, v in one.items()}
                for one in objects
                if isinstance(one, dict)
            ]
    return out


def _by_number(value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_by_number(one, names) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return names[value] if 0 <= value < len(names) else f"class {value}"
    return value


def _unread(file: ParquetReader) -> list[str]:
    """Columns of groups and bytes that nothing is made of."""
    own = ("objects", "label", "labels", *_PICTURES)
    return [
        node.name
        for node in file.root.children
        if node.name not in own and (node.children or (node.kind in (6, 7) and not node.text))
    ]
