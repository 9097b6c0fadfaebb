"""What data sets of scenes share: a picture of numbers (or colours) beside each image, found by a rule of names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID, uuid5

import msgspec
import numpy as np

from .base import AssetMeta, ExportItem, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted
from .rasters import colour_numbers, masks_of, painted, read_raster, write_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACES = UUID("0e2f4a6c-8b1d-5f3e-9a5c-7d9f1b3e5a07")


class Scene(msgspec.Struct):
    """One image and its picture of numbers."""

    name: str  # of the asset
    mask: str
    media: str | None
    split: str | None
    group: str = ""


class Part(msgspec.Struct, frozen=True):
    """What a number says: a class, and which field of the region tells its instances apart."""

    name: str
    track: int | None = None
    flags: tuple[str, ...] = ()


class RasterReader:
    """Base of readers. A format says where its `scenes` are and what a `part` of a number is."""

    name: ClassVar[str] = ""
    ignored: tuple[int, ...] = (0,)

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self.source = source
        self._scenes = self.scenes()
        if not self._scenes:
            raise FormatError(f"not_{self.name}", f"there are no pictures of masks as {self.name} calls them in it")
        self._seen: Sighted | None = None

    def scenes(self) -> list[Scene]:
        raise NotImplementedError

    def part(self, number: int, scene: Scene) -> Part | None:
        """What a number is; None for one that the format does not know."""
        raise NotImplementedError

    def declare(self, seen: Sighted) -> None:
        """Classes that are known before any picture is read."""

    def numbers(self, scene: Scene) -> Any:
        """(height, width) of numbers; colours as R·65536 + G·256 + B."""
        pixels, _ = read_raster(self.source.read(scene.mask), scene.mask)
        return colour_numbers(pixels) if pixels.ndim == 3 else pixels

    def header(self) -> ImportHeader:
        return ImportHeader(format=self.name, classes=self._sighted().classes(("mask",)), items=len(self._scenes))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            self.declare(seen)
            if not seen.classes():
                for scene in self._scenes:
                    try:
                        values = np.unique(self.numbers(scene)).tolist()
                    except FormatError:
                        continue  # told with its item
                    for value in values:
                        found = self.part(int(value), scene) if value not in self.ignored else None
                        if found is not None:
                            seen.see(found.name, "mask")
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for scene in self._scenes:
            maker = ItemMaker(uuid5(_NAMESPACES, self.name), scene.mask)
            size = (0, 0)
            try:
                size = self.read(maker, scene, seen)
            except FormatError as error:
                maker.problem(error.code, error.detail)
            outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
            asset = AssetMeta(name=scene.name, width=size[0], height=size[1], group=scene.group)
            yield maker.item(asset, outcome=outcome, split=scene.split, media=scene.media)

    def read(self, maker: ItemMaker, scene: Scene, seen: Sighted) -> tuple[int, int]:
        """Add the regions of a scene; its (width, height). Raises FormatError."""
        pixels = self.numbers(scene)
        self.add(maker, scene, pixels, seen)
        return pixels.shape[1], pixels.shape[0]

    def add(self, maker: ItemMaker, scene: Scene, pixels: Any, seen: Sighted) -> None:
        for value, mask in masks_of(pixels, self.ignored):
            found = self.part(value, scene)
            if found is None:
                maker.problem("unknown_class", f"{scene.mask}: {value} is no number of {self.name}")
            else:
                key = seen.key(found.name)
                maker.region(mask, key, str(value), track=found.track, flags=sorted(found.flags))


class RasterWriter(ItemWriter):
    """Base of writers. A format says the `number` of a region and where `files` belong."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "pictures of numbers have no form for tags, lines and points"),
        "overlap": ("approximated", "a pixel has one region: what lies on top took pixels of what lies beneath"),
        "unknown_here": ("dropped", "the format has a fixed list of classes, and the region's is not in it"),
        "too_many": ("dropped", "the picture has no number left for the region"),
        "merged": ("approximated", "regions of one class are one area: instances can no longer be told apart"),
        "drawn_as_pixels": ("approximated", "outlines are written as their pixels"),
    }
    dtype: ClassVar[Any] = np.uint8
    empty: ClassVar[int] = 0

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        """The number of a region's pixels; None when there is none, which it has told."""
        raise NotImplementedError

    def files(self, item: ExportItem, pixels: Any) -> str:
        """Write the pictures; where the image belongs."""
        raise NotImplementedError

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        counts: dict[int, int] = {}
        numbered = [(r, n) for r in found.regions if (n := self.number(r, counts, item)) is not None]
        pixels, done = painted(self, item, numbered, dtype=self.dtype, empty=self.empty)
        if not done and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        for region, _ in done:
            self.lose_unheld(region, item)
            if region.shape != "mask":
                self.lose("drawn_as_pixels", item, region.id)
        self.report.items += 1
        self.report.regions += len(done)
        return self.files(item, pixels)

    def picture(self, path: str, pixels: Any) -> None:
        self.sink.write(path, write_raster(pixels))

    def finish(self) -> LossReport:
        return self.report


def tail(path: str, folder: str) -> str | None:
    """What follows the last folder of a name in a path; None when the path has none."""
    _, found, rest = f"/{path}".rpartition(f"/{folder}/")
    return rest if found else None


def beside(paths: set[str], without_suffix: str) -> str | None:
    """A picture of this path with any suffix."""
    return next(
        (f"{without_suffix}{s}" for s in (".jpg", ".png", ".jpeg", ".bmp", ".tif") if f"{without_suffix}{s}" in paths),
        None,
    )


def split_part(path: str) -> str | None:
    """The split that a folder of the path names."""
    names = {
        "train": "train",
        "training": "train",
        "val": "val",
        "validation": "val",
        "test": "test",
        "testing": "test",
    }
    return next((names[part] for part in path.split("/")[:-1] if part in names), None)


__all__ = ["Part", "RasterReader", "RasterWriter", "Scene", "beside", "split_part", "stem", "tail"]
