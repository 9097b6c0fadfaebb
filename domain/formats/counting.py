"""A writer that counts, by class and shape, what became of the regions that go through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from .base import ExportItem, Writer
from .report import Effect, LossReport, Written

ClassShape = tuple[int, str]


class _Seen(msgspec.Struct, gc=False):
    id: str
    class_id: int = msgspec.field(name="class", default=0)
    shape: str = ""


class _Entry(msgspec.Struct, gc=False):
    kind: str
    element: _Seen


_ENTRIES = msgspec.json.Decoder(list[_Entry])
_CLASS_SHAPE = attrgetter("class_id", "shape")


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
        self._bodies.clear()
        place = self._writer.add(replace(item, chunks=self._passing(item)))
        entries = [entry.element for body in self._bodies for entry in _ENTRIES.decode(body) if entry.kind == "region"]
        self._all.update(map(_CLASS_SHAPE, entries))
        if place is None:
            self._lost.update(map(_CLASS_SHAPE, entries))
        elif self._fates:
            self._sort(entries)
        return place

    def _passing(self, item: ExportItem) -> Iterator[bytes]:
        for body in item.chunks:
            self._bodies.append(body)
            yield body

    def _sort(self, entries: list[_Seen]) -> None:
        lost = {name for name, effect in self._fates if effect == "dropped"}
        changed = {name for name, effect in self._fates if effect == "approximated"} - lost
        for found in entries:
            self._lost[found.class_id, found.shape] += found.id in lost
            self._converted[found.class_id, found.shape] += found.id in changed

    def finish(self) -> LossReport:
        report = self._writer.finish()
        table = [
            Written(class_id, shape, n, self._converted[class_id, shape], self._lost[class_id, shape])
            for (class_id, shape), n in sorted(self._all.items())
        ]
        return LossReport(report.items, report.regions, report.losses, table)
