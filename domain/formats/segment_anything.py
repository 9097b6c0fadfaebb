"""Segment Anything's JSON (SA-1B): a file an image with masks as compressed run lengths, without classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.geometry import rle
from domain.schema import Attribute

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .fitting import mask_runs
from .making import ItemMaker, Sighted, mask_of_runs
from .media import MediaIndex
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("2a4c6e80-9b1d-5f3a-8c5e-7d9f1b3a5c60")
OBJECT = "object"
_SCORES = ("predicted_iou", "stability_score")


class _Rle(msgspec.Struct):
    size: tuple[int, int]
    counts: str | list[int]


class _Annotation(msgspec.Struct):
    segmentation: _Rle
    id: int | str = 0
    predicted_iou: float | None = None
    stability_score: float | None = None


class _Image(msgspec.Struct):
    file_name: str
    width: int = 0
    height: int = 0
    image_id: int | str = 0


class _File(msgspec.Struct):
    image: _Image
    annotations: list[msgspec.Raw]


class SamWriter(ItemWriter):
    """One file an item."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "Segment Anything holds masks; tags, lines and points are not written"),
        "one_class": ("approximated", "Segment Anything has no classes: the region is an object"),
        "drawn_as_pixels": ("approximated", "outlines are written as their pixels"),
    }
    keeps = ("score",)

    def begin(self) -> None:
        self._next = 1

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        asset = item.asset
        rows: list[dict[str, Any]] = []
        for region in found.regions:
            runs = mask_runs(region.geometry, width=asset.width, height=asset.height, load=self.runs)
            if runs is None:
                self.lose("empty_on_image" if region.geometry.is_area else "shape_not_expressible", item, region.id)
                continue
            self.lose_unheld(region, item)
            if region.shape != "mask":
                self.lose("drawn_as_pixels", item, region.id)
            if self.classes[region.class_id].name != OBJECT:
                self.lose("one_class", item, region.id)
            x, y, h, w, _ = rle.crop(runs, asset.height)  # type: ignore[misc]
            row = {
                "id": self._next,
                "segmentation": {"size": [asset.height, asset.width], "counts": rle.compress(runs)},
            }
            row |= {
                "bbox": [x, y, w, h],
                "area": rle.area(runs),
                "predicted_iou": region.score if region.score is not None else 1.0,
            }
            rows.append(
                row | {"stability_score": 1.0, "crop_box": [0, 0, asset.width, asset.height], "point_coords": []}
            )
            self._next += 1
        if not rows and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        name = self.file_name(item)
        image = {"image_id": asset.id, "width": asset.width, "height": asset.height, "file_name": name}
        self.sink.write(f"{stem(name)}.json", msgspec.json.encode({"image": image, "annotations": rows}))
        self.report.items += 1
        self.report.regions += len(rows)
        return name

    def finish(self) -> LossReport:
        return self.report


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith(".json")]


def sniff(source: Source) -> float:
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 16)
        if (
            b'"image"' in head
            and b'"image_id"' in head
            and (b'"segmentation"' in head or b'"annotations"' in head)
            and b'"images"' not in head
        ):
            return 0.85
    return 0.0


class SamReader:
    """Reads every file; all masks are of the class `object`."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._files = source, _files(source)
        self._media = MediaIndex(source)
        if not self._files:
            raise FormatError("not_segment_anything", "there is no .json file in it")

    def header(self) -> ImportHeader:
        seen = Sighted()
        seen.see(OBJECT, "mask")
        seen.declare(OBJECT, attributes=[Attribute(name=name, kind="number") for name in _SCORES])
        return ImportHeader(format="segment_anything", classes=seen.classes(), items=len(self._files))

    def items(self) -> Iterator[ImportItem]:
        for path in self._files:
            maker = ItemMaker(_NAMESPACE, path)
            try:
                file = msgspec.json.decode(self._source.read(path), type=_File)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                maker.problem("bad_json", f"{path}: {error}")
                yield maker.item(AssetMeta(name=stem(path), width=0, height=0))
                continue
            for number, raw in enumerate(file.annotations):
                try:
                    _add(maker, msgspec.json.decode(raw, type=_Annotation), number)
                except (msgspec.DecodeError, ValueError) as error:
                    maker.problem("bad_region", f"{path} annotation {number}: {error}")
            image = file.image
            media = self._media.find(image.file_name)
            outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
            yield maker.item(
                AssetMeta(name=image.file_name, width=image.width, height=image.height), outcome=outcome, media=media
            )


def _add(maker: ItemMaker, found: _Annotation, number: int) -> None:
    given = found.segmentation
    runs = rle.decompress(given.counts) if isinstance(given.counts, str) else given.counts
    mask = mask_of_runs(runs, *given.size)
    iou, stable = found.predicted_iou, found.stability_score
    said = {name: v for name, v in zip(_SCORES, (iou, stable), strict=True) if v is not None and v != 1.0}
    score = iou if iou is not None and 0 <= iou < 1 else None
    maker.region(mask, 1, str(found.id or number), score=score, attributes=said)


FORMAT = Format(
    name="segment_anything",
    title="Segment Anything JSON",
    shapes=("mask",),
    writer=SamWriter,
    reader=SamReader,
    sniff=sniff,
)
