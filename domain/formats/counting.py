"""A writer that counts, by class and shape, what became of the regions that go through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.elements.structs import Region

from .base import ExportItem, Writer
from .report import Effect, LossReport, Written
from .writing import ItemWriter

ClassShape = tuple[int, str]


class _Seen(msgspec.Struct, gc=False):
    id: str
    class_id: int = msgspec.field(name="class", default=0)
    shape: str = ""


class _Entry(msgspec.Struct, gc=False):
    kind: str
    element: _Seen


_ENTRIES = msgspec.json.Decoder(list[_Entry])
_OF_SEEN = attrgetter("class_id", "shape")
_OF_REGION = attrgetter("class_id", "geometry.shape")


class CountingWriter:
    """Hands items on to a writer of the registry. Regions are told apart by what the chunks say of them."""

    def __init__(self, writer: Any) -> None:
        self._writer: Writer = writer
        self._fates: list[tuple[str, Effect]] = []
        writer.fates = self._fates
        self.pictures = getattr(writer, "pictures", None)
        self._all, self._converted, self._lost = Counter[ClassShape](), Counter[ClassShape](), Counter[ClassShape]()
        self._bodies: list[bytes] = []

    def add(self, item: ExportItem) -> str | None:
        self._fates.clear()
        if isinstance(self._writer, ItemWriter):
            place = self._writer.add(item)
            seen: Sequence[_Seen | Region] = self._writer.seen
            kinds = Counter(map(_OF_REGION, seen))
        else:
            self._bodies.clear()
            place = self._writer.add(replace(item, chunks=self._passing(item)))
            seen = [entry.element for body in self._bodies for entry in _ENTRIES.decode(body) if entry.kind == "region"]
            kinds = Counter(map(_OF_SEEN, seen))
        self._all.update(kinds)
        if place is None:
            self._lost.update(kinds)
        elif self._fates:
            self._sort(seen)
        return place

    def _passing(self, item: ExportItem) -> Iterator[bytes]:
        for body in item.chunks:
            self._bodies.append(body)
            yield body

    def _sort(self, seen: Sequence[_Seen | Region]) -> None:
        lost = {name for name, effect in self._fates if effect == "dropped"}
        changed = {name for name, effect in self._fates if effect == "approximated"} - lost
        for found in seen if lost or changed else ():
            name, kind = str(found.id), (found.class_id, found.shape)
            self._lost[kind] += name in lost
            self._converted[kind] += name in changed

    def finish(self) -> LossReport:
        report = self._writer.finish()
        table = [
            Written(class_id, shape, n, self._converted[class_id, shape], self._lost[class_id, shape])
            for (class_id, shape), n in sorted(self._all.items())
        ]
        return LossReport(report.items, report.regions, report.losses, table)
