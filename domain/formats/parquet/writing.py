"""Writing data sets of the Hub: a row an item, which waits for its picture."""

from __future__ import annotations

from typing import Any, BinaryIO, ClassVar

import msgspec

from domain.elements.structs import Value
from domain.formats.base import ExportItem
from domain.formats.embedded import Given
from domain.formats.report import LossReport
from domain.formats.writing import ItemWriter, Losses

from .file import BOOL, BYTES, NUMBER, TEXT, WHOLE, Field, ParquetWriter

GROUP_ROWS, GROUP_BYTES = 100, 32 << 20  # of a row group, which waits in memory
OWN = ("image", "width", "height", "objects", "label", "labels")
_KINDS = {"boolean": BOOL, "number": NUMBER}
_DTYPES = {BOOL: "bool", NUMBER: "float64", TEXT: "string", WHOLE: "int64"}


class HubWriter(ItemWriter):
    """Takes items in order and their pictures after them; a file a split."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "a row holds boxes and labels; lines, points and skeletons are not written",
        ),
        "several_tags": ("noted", "`label` is the first of several; all stand in `labels`"),
        "list_as_text": ("approximated", "answers of several options are one text, joined by commas"),
        "answer_not_asked": (
            "dropped",
            "the schema does not ask the question, or asks it in the name of another column",
        ),
    }

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered)}
        self._asked = {
            a.name: _KINDS.get(a.kind, TEXT) for a in self.schema.item_attributes if a.name and a.name not in OWN
        }
        self._files: dict[str, tuple[Any, ParquetWriter, list[int]]] = {}
        self._waiting: tuple[str, str, dict[str, Any]] | None = None
        self.pictures = Given(self._take)

    def add(self, item: ExportItem) -> str | None:
        self._flush()
        found = self.content(item)
        boxes, tagged = self.boxes_and_tags(found.regions, item)
        tags = [self._number[region.class_id] for region in tagged]
        if not boxes and not tags and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        split = {"val": "validation"}.get(item.split or "", self.split(item, "train"))
        name = self.file_name(item, split, whole=True)
        row = {
            "image": {"bytes": None, "path": name},
            "width": item.asset.width,
            "height": item.asset.height,
            "objects": {
                "bbox": [[box.x, box.y, box.w, box.h] for _, box in boxes],
                "category": [self._number[region.class_id] for region, _ in boxes],
            },
            "label": tags[0] if tags else None,
            "labels": tags,
        }
        if len(tags) > 1:
            self.lose("several_tags", item)
        for question, value in found.answers.items():
            row[question] = self._answer(question, value, item)
        self._waiting = (split, f"{split}/{name}", row)
        self.report.items += 1
        self.report.regions += len(boxes) + len(tags)
        return f"{split}/{name}"

    def _answer(self, question: str, value: Value, item: ExportItem) -> Any:
        kind = self._asked.get(question)
        if kind is None:
            self.lose("answer_not_asked", item)
            return None
        if isinstance(value, list):
            self.lose("list_as_text", item)
            value = ", ".join(value)
        if value is None or kind == TEXT:
            return None if value is None else str(value)
        return value if isinstance(value, bool | int | float) else None

    def _take(self, path: str, data: bytes) -> None:
        if self._waiting is None or self._waiting[1] != path:
            raise ValueError(f"{path!r} is not the picture of the last item")
        self._waiting[2]["image"]["bytes"] = data
        self._flush()

    def _flush(self) -> None:
        if self._waiting is None:
            return
        split, _, row = self._waiting
        self._waiting = None
        if split not in self._files:
            holder = self.sink.open(f"data/{split}-00000-of-00001.parquet")
            file: BinaryIO = holder.__enter__()
            self._files[split] = (holder, ParquetWriter(file, self._layout(), {"huggingface": self._features()}), [0])
        _, writer, rows = self._files[split]
        writer.add(row)
        rows[0] += 1
        if rows[0] % GROUP_ROWS == 0 or writer.size >= GROUP_BYTES:
            writer.flush()

    def _layout(self) -> list[Field]:
        numbers = Field("", WHOLE)
        box = Field("", of=Field("", NUMBER))
        return [
            Field("image", fields=[Field("bytes", BYTES), Field("path", TEXT)]),
            Field("width", WHOLE),
            Field("height", WHOLE),
            Field("objects", fields=[Field("bbox", of=box), Field("category", of=numbers)]),
            Field("label", WHOLE),
            Field("labels", of=numbers),
            *(Field(name, kind) for name, kind in self._asked.items()),
        ]

    def _features(self) -> str:
        """What `datasets` calls the features of the file."""
        names = {"names": [c.name for c in self._ordered], "_type": "ClassLabel"}
        whole = {"dtype": "int64", "_type": "Value"}
        box = {"feature": {"dtype": "float64", "_type": "Value"}, "_type": "Sequence"}
        features: dict[str, Any] = {
            "image": {"_type": "Image"},
            "width": whole,
            "height": whole,
            "objects": {
                "bbox": {"feature": box, "_type": "Sequence"},
                "category": {"feature": names, "_type": "Sequence"},
            },
            "label": names,
            "labels": {"feature": names, "_type": "Sequence"},
        }
        features |= {name: {"dtype": _DTYPES[kind], "_type": "Value"} for name, kind in self._asked.items()}
        return msgspec.json.encode({"info": {"features": features}}).decode()

    def finish(self) -> LossReport:
        self._flush()
        for holder, writer, _ in self._files.values():
            writer.close()
            holder.__exit__(None, None, None)
        return self.report
