"""DOTA: four corners, class and difficulty a line; a text file an image. Blanks in class names are dashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from domain.elements.structs import Region
from domain.shapes.box import Box
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .corners import is_rectangle, rectangle_or_polygon
from .fitting import box_corners
from .making import ItemMaker, Sighted, numbers
from .media import MediaIndex, folder_split
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("f2d2a3a1-0f8d-5b0f-8d33-5cbb6a0d1e72")
_HEADS = ("imagesource", "gsd")


class DotaWriter(ItemWriter):
    """Writes one file an item."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "DOTA holds four corners; tags, lines, points and skeletons are not written",
        ),
        "flags": ("dropped", "flags but difficult are not written"),
        "blanks": ("approximated", "blanks in names of classes became dashes"),
    }
    keeps = ("flags",)

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        lines = [line for region in found.regions if (line := self._line(region, item)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        split = self.split(item, "train")
        name = self.file_name(item, split)
        self.sink.write(f"{split}/labelTxt/{stem(name)}.txt", "".join(lines).encode())
        self.report.items += 1
        self.report.regions += len(lines)
        return f"{split}/images/{name}"

    def _line(self, region: Region, item: ExportItem) -> str | None:
        geometry = region.geometry
        if (
            isinstance(geometry, Polygon)
            and len(geometry.parts) == 1
            and len(geometry.parts[0]) == 1
            and len(geometry.parts[0][0]) == 8
        ):
            corners = geometry.parts[0][0]
        elif isinstance(geometry, RotatedBox):
            corners = geometry.corners()
        else:
            fitted = self.fit(region, item, ("box",))
            if not isinstance(fitted, Box):
                return None
            corners = box_corners(*fitted.bounds())
        self.lose_unheld(region, item)
        if any(flag != "difficult" for flag in region.flags):
            self.lose("flags", item, region.id)
        title = self.classes[region.class_id].name
        if " " in title:
            self.lose("blanks", item, region.id)
        numbers_ = " ".join(f"{c:.10g}" for c in corners)
        return f"{numbers_} {title.replace(' ', '-')} {1 if 'difficult' in region.flags else 0}\n"

    def finish(self) -> LossReport:
        return self.report


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(".txt") and "/labelTxt" in f"/{p}"]


def sniff(source: Source) -> float:
    return 0.9 if _files(source) else 0.0


class DotaReader:
    """Reads every file in a folder `labelTxt`."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_dota", "there is no folder labelTxt in it")
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None

    def _lines(self, path: str) -> Iterator[tuple[int, list[str]]]:
        text = self._source.read(path, 64 << 20).decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not line.lower().startswith(_HEADS):
                yield number, line.split()

    def header(self) -> ImportHeader:
        return ImportHeader(format="dota", classes=self._sighted().classes(), items=len(self._files))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                for _, fields in self._lines(path):
                    if len(fields) < 9:
                        continue
                    try:
                        ring = numbers(fields[:8], "corners")
                    except ValueError:
                        continue
                    seen.see(fields[8], "rotated_box" if is_rectangle(ring, slack=0.001, pixels=0.1) else "polygon")
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            head, _, tail = path.rpartition("/labelTxt")
            key = stem(tail.partition("/")[2])
            maker = ItemMaker(_NAMESPACE, path)
            for number, fields in self._lines(path):
                try:
                    if len(fields) < 9:
                        raise ValueError(f"a line has 8 numbers and a class, got {len(fields)} fields")
                    ring = numbers(fields[:8], "corners")
                except ValueError as error:
                    maker.problem("bad_line", f"{path} line {number}: {error}")
                    continue
                flags = ["difficult"] if len(fields) > 9 and fields[9] != "0" else []
                maker.region(rectangle_or_polygon(ring), seen.key(fields[8]), str(number), flags=flags)
            media = self._media.exactly(f"{head}/images/{key}".lstrip("/")) or self._media.called(key)
            name = media.rpartition("images/")[2] if media else f"{key}.png"
            width, height = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
            outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
            split = folder_split(f"{head}/")
            yield maker.item(
                AssetMeta(name=name, width=width, height=height), outcome=outcome, split=split, media=media
            )


FORMAT = Format(name="dota", title="DOTA", shapes=("rotated_box",), writer=DotaWriter, reader=DotaReader, sniff=sniff)
