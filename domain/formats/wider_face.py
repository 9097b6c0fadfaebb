"""WIDER FACE: a list of images with a count of faces and a line for each: box, blur, expression, illumination, validity, occlusion, pose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

from domain.elements.structs import Region, Value
from domain.schema import Attribute
from domain.shapes.box import Box

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted, numbers
from .media import MEDIA_SUFFIXES, MediaIndex
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("a8d0c1e4-5f3b-5b6c-9e2a-7c4d1f0e9b38")
_LIST = "_bbx_gt.txt"
FACE = "face"
# (name, the highest number) of each field behind the box; `invalid` is a flag
_FIELDS = (("blur", 2), ("expression", 1), ("illumination", 1), ("invalid", 1), ("occlusion", 2), ("pose", 1))
_NONE = "0 0 0 0 0 0 0 0 0 0"


class WiderWriter(ItemWriter):
    """One list a split."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "WIDER FACE holds boxes; tags, lines, points and skeletons are not written",
        ),
        "attributes": ("dropped", "attributes but blur, expression, illumination, occlusion and pose are not written"),
        "flags": ("dropped", "flags but ignore, which becomes invalid, are not written"),
        "one_class": ("approximated", "WIDER FACE has one class: the region is written as a face"),
    }
    keeps = ("attributes", "flags", "occluded")

    def begin(self) -> None:
        self._lists: dict[str, tuple[Any, BinaryIO]] = {}

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        lines = [line for region in found.regions if (line := self._line(region, item)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        name = self.file_name(item, split, whole=True)
        name = name if "/" in name else f"0--Images/{name}"
        if split not in self._lists:
            holder = self.sink.open(f"wider_face_split/wider_face_{split}{_LIST}")
            self._lists[split] = (holder, holder.__enter__())
        self._lists[split][1].write(f"{name}\n{len(lines)}\n{''.join(lines) or _NONE + chr(10)}".encode())
        self.report.items += 1
        self.report.regions += len(lines)
        return f"WIDER_{split}/images/{name}"

    def _line(self, region: Region, item: ExportItem) -> str | None:
        fitted = self.fit(region, item, ("box",))
        if not isinstance(fitted, Box):
            return None
        self.lose_unheld(region, item)
        known = {name for name, _ in _FIELDS}
        if set(region.attributes) - known:
            self.lose("attributes", item, region.id)
        if any(flag != "ignore" for flag in region.flags):
            self.lose("flags", item, region.id)
        if self.classes[region.class_id].name != FACE:
            self.lose("one_class", item, region.id)
        said = dict(region.attributes) | {"invalid": 1 if "ignore" in region.flags else 0}
        said.setdefault("occlusion", 1 if region.occluded else 0)
        rest = " ".join(str(_level(said.get(name), most)) for name, most in _FIELDS)
        return " ".join(f"{v:.10g}" for v in (fitted.x, fitted.y, fitted.w, fitted.h)) + f" {rest}\n"

    def finish(self) -> LossReport:
        for holder, _ in self._lists.values():
            holder.__exit__(None, None, None)
        return self.report


def _level(value: Value, most: int) -> int:
    return min(max(int(value), 0), most) if isinstance(value, bool | int | float) else 0


def _lists(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(_LIST)]


def sniff(source: Source) -> float:
    return 0.95 if _lists(source) else 0.0


class WiderReader:
    """Reads every list."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _lists(source)
        if not self._files:
            raise FormatError("not_wider_face", f"there is no list *{_LIST} in it")
        self._media = MediaIndex(source)

    def header(self) -> ImportHeader:
        questions = [Attribute(name=n, kind="number", minimum=0, maximum=most) for n, most in _FIELDS if n != "invalid"]
        seen = Sighted()
        seen.see(FACE, "box")
        seen.declare(FACE, attributes=questions)
        return ImportHeader(format="wider_face", classes=seen.classes())

    def items(self) -> Iterator[ImportItem]:
        for path in self._files:
            split = path.rpartition("wider_face_")[2].removesuffix(_LIST) or None
            lines = self._source.read(path).decode("utf-8-sig", "replace").splitlines()
            at = 0
            while at < len(lines):
                name = lines[at].strip()
                at += 1
                if not name:
                    continue
                maker = ItemMaker(_NAMESPACE, f"{path}/{name}")
                if not name.lower().endswith(MEDIA_SUFFIXES):
                    maker.problem("bad_line", f"{path} line {at}: an image's name was expected, got {name[:80]!r}")
                    yield maker.item(AssetMeta(name=name[:200], width=0, height=0))
                    continue
                count = int(lines[at]) if at < len(lines) and lines[at].strip().isdigit() else 0
                at += 1
                rows: list[tuple[int, str]] = []
                while at < len(lines) and lines[at].strip() and not lines[at].strip().lower().endswith(MEDIA_SUFFIXES):
                    rows.append((at + 1, lines[at]))
                    at += 1
                if len(rows) < count:
                    maker.problem("missing_lines", f"{name} is said to have {count} faces, {len(rows)} lines follow")
                for number, row in rows:
                    if count or row.split() != _NONE.split():
                        _add(maker, row, number, path)
                yield self._item(maker, name, split)

    def _item(self, maker: ItemMaker, name: str, split: str | None) -> ImportItem:
        media = self._media.find(name, f"WIDER_{split}/images")
        width, height = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
        outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
        return maker.item(AssetMeta(name=name, width=width, height=height), outcome=outcome, split=split, media=media)


def _add(maker: ItemMaker, row: str, number: int, path: str) -> None:
    try:
        values = numbers(row.split(), "the line")
        if len(values) < 4:
            raise ValueError(f"a line has at least 4 numbers, got {len(values)}")
        x, y, w, h = values[:4]
        if w <= 0 or h <= 0:
            raise ValueError(f"the box is {w:g} × {h:g}; both sides must be positive")
    except ValueError as error:
        maker.problem("bad_line", f"{path} line {number}: {error}")
        return
    said: dict[str, Value] = {name: int(v) for (name, _), v in zip(_FIELDS, values[4:], strict=False)}
    ignored = said.pop("invalid", 0) == 1
    occluded = bool(said.get("occlusion"))
    maker.region(
        Box(x, y, w, h), 1, str(number), attributes=said, occluded=occluded, flags=["ignore"] if ignored else []
    )


FORMAT = Format(
    name="wider_face", title="WIDER FACE", shapes=("box",), writer=WiderWriter, reader=WiderReader, sniff=sniff
)
