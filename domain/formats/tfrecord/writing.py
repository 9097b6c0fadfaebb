"""Writing TFRecord: an example an item, which waits for its picture."""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

from domain.elements.structs import Flag, Region
from domain.formats.base import ExportItem
from domain.formats.embedded import Given
from domain.formats.report import LossReport
from domain.formats.writing import ItemWriter, Losses
from domain.shapes.box import Box

from .example import Feature, encoded
from .framing import write_record

LABEL_MAP = "label_map.pbtxt"
SUFFIX = ".tfrecord"
_OBJECT = "image/object/"
_FLAGS: dict[str, Flag] = {"is_crowd": "crowd", "difficult": "difficult", "truncated": "truncated"}
_KEPT = set(_FLAGS.values())
_FORMATS = {".jpg": b"jpeg", ".jpeg": b"jpeg", ".jfif": b"jpeg"}


class TfRecordWriter(ItemWriter):
    """Takes items in order and their pictures after them."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "an example holds boxes and classes; lines, points and skeletons have no key",
        ),
        "as_float32": (
            "noted",
            "coordinates are shares of the picture as 32-bit floats: exact to about a ten-millionth",
        ),
    }
    keeps = ("flags", "score")

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        self._files: dict[str, tuple[Any, BinaryIO]] = {}
        self._waiting: tuple[str, str, dict[str, Feature]] | None = None
        self.pictures = Given(self._take)

    def add(self, item: ExportItem) -> str | None:
        self._flush()
        found = self.content(item)
        boxes, tags = self.boxes_and_tags(found.regions, item)
        if not boxes and not tags and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        name = self.file_name(item, split, whole=True)
        self._waiting = (split, f"{split}/{name}", self._features(item, name, boxes, tags))
        self.report.items += 1
        self.report.regions += len(boxes) + len(tags)
        if boxes:
            self.lose("as_float32", item)
        return f"{split}/{name}"

    def _features(
        self, item: ExportItem, name: str, boxes: list[tuple[Region, Box]], tags: list[Region]
    ) -> dict[str, Feature]:
        width, height = item.asset.width, item.asset.height
        features: dict[str, Feature] = {
            "image/filename": [name.encode()],
            "image/source_id": [str(item.asset.id).encode()],
            "image/width": [width],
            "image/height": [height],
            _OBJECT + "bbox/xmin": [b.x / width for _, b in boxes],
            _OBJECT + "bbox/xmax": [(b.x + b.w) / width for _, b in boxes],
            _OBJECT + "bbox/ymin": [b.y / height for _, b in boxes],
            _OBJECT + "bbox/ymax": [(b.y + b.h) / height for _, b in boxes],
            _OBJECT + "area": [float(b.w * b.h) for _, b in boxes],
            "image/class/text": [self.classes[region.class_id].name.encode() for region in tags],
            "image/class/label": [self._number[region.class_id] for region in tags],
        }
        regions = [region for region, _ in boxes]
        features[_OBJECT + "class/text"] = [self.classes[region.class_id].name.encode() for region in regions]
        features[_OBJECT + "class/label"] = [self._number[region.class_id] for region in regions]
        for key, flag in _FLAGS.items():
            features[_OBJECT + key] = [int(flag in region.flags) for region in regions]
        scores = [region.score for region in regions if region.score is not None]
        if len(scores) == len(regions):
            features[_OBJECT + "score"] = scores
        else:  # a list has one for each
            for region in regions:
                if region.score is not None:
                    self.lose("score", item, region.id)
        for region in [*regions, *tags]:
            if set(region.flags) - (_KEPT if region in regions else set()):
                self.lose("flags", item, region.id)
        return features

    def _take(self, path: str, data: bytes) -> None:
        """The picture of the item that waits."""
        if self._waiting is None or self._waiting[1] != path:
            raise ValueError(f"{path!r} is not the picture of the last item")
        kind = _FORMATS.get(PurePosixPath(path).suffix.lower()) or PurePosixPath(path).suffix[1:].lower().encode()
        self._waiting[2]["image/encoded"] = [data]
        self._waiting[2]["image/format"] = [kind]
        self._waiting[2]["image/key/sha256"] = [sha256(data).hexdigest().encode()]
        self._flush()

    def _flush(self) -> None:
        if self._waiting is None:
            return
        split, _, features = self._waiting
        self._waiting = None
        if split not in self._files:
            holder = self.sink.open(split + SUFFIX)
            self._files[split] = (holder, holder.__enter__())
        write_record(self._files[split][1], encoded(features))

    def finish(self) -> LossReport:
        self._flush()
        for holder, _ in self._files.values():
            holder.__exit__(None, None, None)
        entries = (f"item {{\n  id: {self._number[c.id]}\n  name: '{_quoted(c.name)}'\n}}\n" for c in self._ordered)
        self.sink.write(LABEL_MAP, "".join(entries).encode())
        return self.report


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ")
