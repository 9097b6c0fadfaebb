"""What an export makes of regions before the format sees them: classes mapped and merged upwards, one shape, a least score."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from domain.elements import encode, kind_of, pack
from domain.elements.chunks import decode_chunk
from domain.elements.structs import Element, Region, Track, reshaped
from domain.schema import LabelSchema
from domain.shapes.mask import Mask

from .base import ExportItem, FormatError, LoadBlob, runs_of
from .fitting import LOSSES, fitted
from .report import Effect, LossReport

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
CODES: dict[str, tuple[Effect, str]] = {
    "class_left_out": ("dropped", "the class was left out, as asked"),
    "class_mapped": ("noted", "written as another class, as asked"),
    "nothing_left": ("noted", "none of the item's regions are left, as asked; it is written without regions"),
    "score_below": ("dropped", "the score is below the one that was asked for"),
    "shape_kept": ("noted", "has no form in the shape that was asked for; written as it was drawn"),
}


class Rework(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`classes`: another class's id, or null to leave one out. `depth`: classes below it are written as their ancestor there,
    0 being the topmost. `shapes`: what regions become where they can. `min_score`: regions without a score stay."""

    classes: dict[int, int | None] = {}
    depth: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    shapes: Literal["box", "polygon", "mask"] | None = None
    min_score: Share | None = None

    def __bool__(self) -> bool:
        return bool(self.classes) or any(asked is not None for asked in (self.depth, self.shapes, self.min_score))


class Reworker:
    """Hands items on with their regions as they were asked for. `schema` has only the classes that can still appear.

    Raises:
        FormatError: the mapping names a class that the schema does not have.
    """

    def __init__(self, asked: Rework, schema: LabelSchema, load_blob: LoadBlob | None = None) -> None:
        self._asked, self._load = asked, load_blob
        known = {found.id for found in schema.classes}
        named = {*asked.classes, *(to for to in asked.classes.values() if to is not None)}
        if named - known:
            raise FormatError(
                "bad_options", f"`classes` names class {min(named - known)}, which the schema does not have"
            )
        self._becomes = {found.id: self._target(found.id, schema) for found in schema.classes}
        kept = {to for to in self._becomes.values() if to is not None}
        self.schema = replace(
            schema,
            classes=[
                replace(found, parent=found.parent if found.parent in kept else None)
                for found in schema.classes
                if found.id in kept
            ],
        )
        self.report = LossReport()
        self._gone = 0  # regions of the item at hand that are not handed on

    def _target(self, class_id: int, schema: LabelSchema) -> int | None:
        parents = {found.id: found.parent for found in schema.classes}
        if class_id in self._asked.classes:
            return self._asked.classes[class_id]
        if self._asked.depth is None:
            return class_id
        line = [class_id]
        while (above := parents.get(line[-1])) is not None and above not in line:
            line.append(above)
        at = line[::-1][min(self._asked.depth, len(line) - 1)]
        return self._asked.classes.get(at, at)

    def item(self, item: ExportItem) -> ExportItem:
        """The item with its regions as asked; one that had some and has none left is confirmed to be empty of the rest."""
        chunks = self._chunks(item)
        begun: list[tuple[bytes, int]] = []  # up to the first region, which most have at once
        for body, regions in chunks:
            begun.append((body, regions))
            if regions:
                break
        if sum(regions for _, regions in begun) or not self._gone:
            return replace(item, chunks=(body for body, _ in chain(begun, chunks) if body))
        self._lose("nothing_left", item, None)
        return replace(item, chunks=[body for body, _ in begun if body], outcome="empty")

    def _chunks(self, item: ExportItem) -> Iterator[tuple[bytes, int]]:
        """(body, regions in it) of what is left of each chunk; `_gone` counts what is not."""
        self._gone = 0
        for body in item.chunks:
            kept = []
            regions = 0
            for entry in decode_chunk(body):
                element = self._element(entry.element, item)
                if element is not None:
                    kept.append((kind_of(element), encode(element)))
                    regions += isinstance(element, Region)
                self._gone += element is None
            for chunk in pack(kept):
                yield chunk.body, regions

    def _element(self, element: Element, item: ExportItem) -> Element | None:
        if not isinstance(element, Region | Track):
            return element
        to = self._becomes.get(element.class_id, element.class_id)
        if to is None:
            self._lose("class_left_out", item, element)
            return None
        if isinstance(element, Region):
            least = self._asked.min_score
            if least is not None and element.score is not None and element.score < least:
                self._lose("score_below", item, element)
                return None
            element = self._shaped(element, item)
        if to != element.class_id:
            self._lose("class_mapped", item, element)
            element = replace(element, class_id=to)
        return element

    def _shaped(self, region: Region, item: ExportItem) -> Region:
        wanted, asset = self._asked.shapes, item.asset
        if wanted is None or region.shape == wanted or not region.geometry.is_area:
            return region
        found = fitted(region.geometry, (wanted,), width=asset.width, height=asset.height, load=self._runs)
        if found is None:
            self._lose("shape_kept", item, region)
            return region
        if found.loss is not None:
            effect, detail = LOSSES[found.loss]
            self.report.add(found.loss, effect, detail, asset.name, region.id)
        return reshaped(region, found.geometry)

    def _runs(self, mask: Mask) -> list[int]:
        return runs_of(mask, self._load)

    def _lose(self, code: str, item: ExportItem, element: object) -> None:
        effect, detail = CODES[code]
        self.report.add(code, effect, detail, item.asset.name, getattr(element, "id", None))
