"""Reading TFRecord: boxes, classes of the image, and masks as PNG, out of the keys that detection models take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from domain.elements.structs import Flag
from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf
from domain.formats.embedded import Kept
from domain.formats.making import ItemMaker, Sighted, mask_of_pixels, numbers
from domain.formats.sources import Source
from domain.protobuf import BadWire
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.tag import Tag

from .example import decoded
from .framing import HEAD, is_head, records

_NAMESPACE = UUID("5d0b7f5e-98a4-5f3b-8a55-20b1d7a9a6c4")
_NOT_RECORDS = (".json", ".jsonl", ".xml", ".csv", ".txt", ".jpg", ".jpeg", ".png", ".yaml", ".md", ".pbtxt")
_ENTRY = re.compile(r"item\s*\{([^{}]*)\}")
_ID = re.compile(r"\bid\s*:\s*(\d{1,9})")
_NAME = re.compile(r"""\b(?:display_name|name)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_OBJECT = "image/object/"
_FLAGS: tuple[tuple[str, Flag], ...] = (("is_crowd", "crowd"), ("difficult", "difficult"), ("truncated", "truncated"))
_SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test", "eval": "val"}
Features = dict[str, Any]


def _files(source: Source) -> list[str]:
    """Files whose first record has its checksum; empty ones count where they are called like it."""
    found = []
    for path in source.paths():
        if path.lower().endswith(_NOT_RECORDS):
            continue
        with source.open(path) as file:
            if is_head(file.read(HEAD)):
                found.append(path)
    return found


def sniff(source: Source) -> float:
    """A file whose first twelve bytes are a length and its checksum."""
    return 1.0 if any(_files(source)) else 0.0


class TfRecordReader:
    """Reads every file of records; a split is told by a file's name or folder."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source = source
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_tfrecord", "no file in it begins with a record")
        self._map = _label_map(source)
        self._seen: Sighted | None = None
        self._count = 0
        self.pictures = Kept(source)

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(format="tfrecord", classes=seen.classes(), items=self._count)

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted(name for _, name in sorted(self._map.items()))
            for path in self._files:
                for _, features in self._examples(path):
                    self._count += 1
                    if isinstance(features, str):
                        continue
                    shape = "mask" if features.get(_OBJECT + "mask") else "box"
                    for name in self._names(features, _OBJECT + "class/"):
                        seen.see(name, shape)
                    for name in self._names(features, "image/class/"):
                        seen.see(name, "tag")
            self._seen = seen
        return self._seen

    def _examples(self, path: str) -> Iterator[tuple[int, Features | str]]:
        """(where, its features, or why it is no example)."""
        with self._source.open(path) as file:
            for at, data in records(file, path):
                try:
                    yield at, decoded(data)
                except BadWire as error:
                    yield at, str(error)

    def _names(self, features: Features, key: str) -> list[str]:
        texts = [_text(value) for value in features.get(key + "text", ())]
        numbers = features.get(key + "label", ())
        if texts and len(texts) >= len(numbers):
            return texts
        return [self._map.get(number, f"class {number}") for number in numbers]

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            split = _split(path)
            for number, (_, features) in enumerate(self._examples(path)):
                maker = ItemMaker(_NAMESPACE, f"{path}/{number}")
                if isinstance(features, str):
                    maker.problem("bad_example", f"{path} record {number}: {features}")
                    yield maker.item(AssetMeta(name=f"record {number}", width=0, height=0), split=split)
                    continue
                yield self._item(maker, features, f"{path} record {number}", split, seen)

    def _item(self, maker: ItemMaker, features: Features, where: str, split: str | None, seen: Sighted) -> ImportItem:
        size = (_whole(features, "image/width"), _whole(features, "image/height"))
        data = next(iter(features.get("image/encoded", ())), None)
        name = _text(next(iter(features.get("image/filename", ()) or features.get("image/source_id", ())), b""))
        name = name.replace("\\", "/").lstrip("/") or f"{where}{_suffix(data)}"
        media = self.pictures.keep(f"{where}/{name}", data) if isinstance(data, bytes) and data else None
        if min(size) <= 0 and media is not None and isinstance(data, bytes):
            size = _size_of(data)
        for number, class_name in enumerate(self._names(features, _OBJECT + "class/")):
            try:
                geometry = _geometry(features, number, size)
                score = _at(features, "score", number)
                kept = score if isinstance(score, float) and 0 <= score <= 1 else None
                flags = sorted(flag for key, flag in _FLAGS if _at(features, key, number) == 1)
                maker.region(geometry, seen.key(class_name), str(number), score=kept, flags=flags)
            except ValueError as error:
                maker.problem("bad_region", f"{where}, object {number}: {error}")
        for class_name in dict.fromkeys(self._names(features, "image/class/")):
            maker.region(Tag(), seen.key(class_name), f"tag/{class_name}")
        outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
        return maker.item(
            AssetMeta(name=name, width=size[0], height=size[1]), outcome=outcome, split=split, media=media
        )


def _geometry(features: Features, number: int, size: tuple[int, int]) -> Geometry:
    masks = features.get(_OBJECT + "mask", ())
    if number < len(masks) and isinstance(masks[number], bytes) and masks[number]:
        return _mask(masks[number], size)
    corners = numbers((_at(features, f"bbox/{side}", number) for side in ("xmin", "ymin", "xmax", "ymax")), "the box")
    if min(size) <= 0:
        raise ValueError("the size of the picture is not known, and boxes are shares of it")
    x0, y0, x1, y1 = (value * size[i % 2] for i, value in enumerate(corners))
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    return Box(x0, y0, x1 - x0, y1 - y0)


def _mask(data: bytes, size: tuple[int, int]) -> Geometry:
    from domain.formats.rasters import read_raster

    try:
        pixels = read_raster(data, "the mask")[0]
    except FormatError as error:
        raise ValueError(error.detail) from None
    if pixels.ndim != 2 or (min(size) > 0 and pixels.shape != (size[1], size[0])):
        raise ValueError(f"the mask is {pixels.shape}, the picture {size[0]} × {size[1]}")
    found = mask_of_pixels((pixels != 0).astype("uint8"))
    if found is None:
        raise ValueError("the mask is empty")
    return found


def _at(features: Features, key: str, number: int) -> Any:
    values = features.get(_OBJECT + key, ())
    return values[number] if number < len(values) else None


def _whole(features: Features, key: str) -> int:
    value = next(iter(features.get(key, ())), 0)
    return value if isinstance(value, int) and 0 < value < 1_000_000 else 0


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace")[:300] if isinstance(value, bytes) else str(value)


def _suffix(data: Any) -> str:
    return ".jpg" if isinstance(data, bytes) and data[:2] == b"\xff\xd8" else ".png"


def _size_of(data: bytes) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return (0, 0)


def _split(path: str) -> str | None:
    words = re.split(r"[^a-z]+", path.lower())
    return next((_SPLITS[word] for word in words if word in _SPLITS), None)


def _label_map(source: Source) -> dict[int, str]:
    """Names by number, out of `label_map.pbtxt` or another file of that kind."""
    found: dict[int, str] = {}
    for path in source.paths():
        if path.lower().endswith(".pbtxt"):
            text = source.read(path, 1 << 24).decode("utf-8-sig", "replace")
            for entry in _ENTRY.findall(text):
                number, named = _ID.search(entry), [a or b for a, b in _NAME.findall(entry)]
                if number is not None and named:
                    found.setdefault(int(number[1]), re.sub(r"\\(.)", r"\1", named[-1])[:120])
    return found
