"""Classification by folders: `<split>/<class>/<image>`, as YOLO and ImageNet's loaders read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

import msgspec

from domain.formats.base import AssetMeta, ExportItem, FormatError, ImportHeader, ImportItem, SizeOf
from domain.formats.making import ItemMaker, Sighted
from domain.formats.media import MEDIA_SUFFIXES, MediaIndex
from domain.formats.report import LossReport
from domain.formats.sinks import safe_name
from domain.formats.sources import Source
from domain.formats.writing import ItemWriter, Losses
from domain.shapes.tag import Tag

_NAMESPACE = UUID("7a2a4f1e-93b1-5d0c-9a55-06d3f5f3a0c2")
_SPLITS = ("train", "val", "valid", "test")
_NOTES = ("readme.txt", ".md", "license", "licence", "readme.dataset.txt", "readme.roboflow.txt")


class Options(msgspec.Struct, forbid_unknown_fields=True):
    attribute: str = ""


class ClassifyWriter(ItemWriter):
    """Writes nothing but where each picture belongs: the archive is folders of pictures."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "a folder holds one class of the whole image; regions are not written"),
        "not_one_class": ("dropped", "an image goes into one folder: items with no class or with several are left out"),
        "no_images": ("noted", "folders of classes need the pictures: ask for the images too"),
    }
    options_type = Options

    def begin(self) -> None:
        attribute = self.options.attribute
        if attribute and self.schema.classes and self.schema.item_attribute(attribute) is None:
            known = ", ".join(a.name for a in self.schema.item_attributes) or "none"
            raise FormatError("bad_options", f"the schema has no item attribute {attribute!r}; it has {known}")

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        names: list[str] = []
        if self.options.attribute:
            value = found.answers.pop(self.options.attribute, None)
            names = (
                [str(value).lower() if isinstance(value, bool) else str(value)] if value not in (None, "", []) else []
            )
        for region in found.regions:
            if isinstance(region.geometry, Tag) and not self.options.attribute:
                names.append(self.classes[region.class_id].name)
                self.lose_unheld(region, item)
            else:
                self.lose("shape_not_expressible", item, region.id)
        self.lose_of_item(found, item)
        if len(set(names)) != 1:
            self.lose("not_one_class", item)
            return None
        folder = f"{self.split(item, 'train')}/{safe_name(names[0]).replace('/', '_')}"
        self.report.items += 1
        self.report.regions += 1
        return f"{folder}/{self.file_name(item, folder, whole=True)}"

    def finish(self) -> LossReport:
        return self.report


def _class_of(path: str) -> tuple[str, str | None]:
    """(class, split) of a picture by its folders; an empty class when it lies in none."""
    parts = path.split("/")[:-1]
    at = next((i for i, part in enumerate(parts) if part in _SPLITS), None)
    split = None if at is None else "val" if parts[at] == "valid" else parts[at]
    return (parts[-1] if parts and (at is None or len(parts) > at + 1) else ""), split


def sniff_folders(source: Source) -> float:
    """Nothing but pictures, each in a folder, and notes; pictures of a test split may have no class."""
    pictures = [p for p in source.paths() if p.lower().endswith(MEDIA_SUFFIXES)]
    others = len(source.paths()) - len(pictures)
    notes = sum(p.lower().endswith(_NOTES) for p in source.paths())
    classed = [p for p in pictures if _class_of(p)[0]]
    whole = all(_class_of(p)[0] or _class_of(p)[1] == "test" for p in pictures)
    return 0.1 if classed and whole and others == notes else 0.0


class ClassifyReader:
    """Every picture with the tag that its folder names."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._media, self._size_of = MediaIndex(source), size_of
        self._seen = Sighted(sorted({_class_of(path)[0] for path in self._media.all()} - {""}))
        if not self._seen.classes():
            raise FormatError("no_folders", "there are no pictures in folders in it")

    def header(self) -> ImportHeader:
        return ImportHeader(format="yolo_classify", classes=self._seen.classes(("tag",)), items=len(self._media.all()))

    def items(self) -> Iterator[ImportItem]:
        for path in self._media.all():
            name, split = _class_of(path)
            width, height = (self._size_of(path) if self._size_of is not None else None) or (0, 0)
            maker = ItemMaker(_NAMESPACE, path)
            if name:
                maker.region(Tag(), self._seen.key(name), "tag")
            yield maker.item(
                AssetMeta(name=path.rpartition("/")[2], width=width, height=height), split=split, media=path
            )
