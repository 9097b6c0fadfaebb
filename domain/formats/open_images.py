"""Open Images V4 to V7: tables of boxes, image labels and masks by split; classes by their machine id, with a name each.

Boxes are shares of the image. A label that people refused (confidence 0) is none. `IsGroupOf` is a crowd.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

import msgspec
import numpy as np

from domain.elements.structs import Flag, Region, Value
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.tag import Tag

from .base import BYTE_ORDER_MARK, AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .columns import guarded, unguarded
from .fitting import mask_runs
from .making import ItemMaker, Sighted, mask_of_pixels, numbers
from .media import MediaIndex
from .rasters import read_raster, write_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("9c1e3a5b-7d0f-5b2c-8e4a-6f8b0d2c4e15")
_SPLITS = {"train": "train", "validation": "val", "test": "test"}
_BOX_HEAD = (
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
)
_MASK_HEAD = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks"
_LABEL_HEAD = "ImageID,Source,LabelName,Confidence"
_QUESTIONS = {"IsDepiction": "is_depiction", "IsInside": "is_inside"}


class OpenImagesWriter(ItemWriter):
    """Tables a split, and a picture a mask. Machine ids are the classes' codes where they have one."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "Open Images holds boxes, masks and image labels; lines, points and skeletons are not written",
        ),
        "flags": ("dropped", "flags but truncated and crowd are not written"),
        "attributes": ("dropped", "attributes but is_depiction and is_inside are not written"),
    }
    keeps = ("attributes", "occluded", "flags", "score")
    keeps_of_item = ("licence",)

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._code = {c.id: c.code if c.code and c.code.startswith("/") else f"/c/{c.id}" for c in self._ordered}
        self._files: dict[str, tuple[Any, BinaryIO]] = {}

    def _row(self, path: str, head: str, cells: list[Any]) -> None:
        if path not in self._files:
            holder = self.sink.open(f"annotations/{path}")
            self._files[path] = (holder, holder.__enter__())
            self._files[path][1].write(f"{head}\n".encode())
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow(cells)
        self._files[path][1].write(out.getvalue().encode())

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        split = {"val": "validation"}.get(item.split or "", self.split(item, "train"))
        name = self.file_name(item, split)
        key = stem(name).replace("/", "_")
        written = sum(self._region(region, item, split, key) for region in found.regions)
        if not written and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        asset = item.asset
        head = "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation"
        cells = [key, split, "", "", asset.licence, "", asset.attribution, asset.name, "", "", "", 0]
        self._row("image_ids_and_rotation.csv", head, [guarded(c) if isinstance(c, str) else c for c in cells])
        self.report.items += 1
        self.report.regions += written
        return f"images/{split}/{key}.{name.rpartition('.')[2]}" if "." in name else f"images/{split}/{key}"

    def _region(self, region: Region, item: ExportItem, split: str, key: str) -> bool:
        code, asset = self._code[region.class_id], item.asset
        score = 1 if region.score is None else region.score
        if isinstance(region.geometry, Tag):
            self.lose_unheld(region, item)
            self._row(f"{split}-annotations-human-imagelabels.csv", _LABEL_HEAD, [key, "verification", code, score])
            return True
        drawn = isinstance(region.geometry, Mask | Polygon)
        bounds = region.geometry.bounds() if drawn else None
        fitted = (
            Box(bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1])
            if bounds
            else self.fit(region, item, ("box",))
        )
        if not isinstance(fitted, Box):
            return False
        self.lose_unheld(region, item)
        if set(region.attributes) - set(_QUESTIONS.values()):
            self.lose("attributes", item, region.id)
        if any(flag not in ("truncated", "crowd") for flag in region.flags):
            self.lose("flags", item, region.id)
        x0, y0, x1, y1 = fitted.bounds()
        shares = [x0 / asset.width, x1 / asset.width, y0 / asset.height, y1 / asset.height]
        if drawn:
            return self._mask(region, item, split, key, shares)
        flags = [region.occluded, "truncated" in region.flags, "crowd" in region.flags]
        said = [region.attributes.get(name) for name in _QUESTIONS.values()]
        marks = [int(flag) for flag in flags] + [-1 if v is None else int(bool(v)) for v in said]
        self._row(f"{split}-annotations-bbox.csv", _BOX_HEAD, [key, "xclick", code, score, *shares, *marks])
        return True

    def _mask(self, region: Region, item: ExportItem, split: str, key: str, shares: list[float]) -> bool:
        from domain.geometry.masks import decode_runs

        width, height = item.asset.width, item.asset.height
        runs = mask_runs(region.geometry, width=width, height=height, load=self.runs)
        if runs is None:
            self.lose("empty_on_image", item, region.id)
            return False
        if region.shape != "mask":
            self.lose("shape_as_mask", item, region.id)
        own = region.id.hex[-8:]
        picture = f"{key}_{self._code[region.class_id].strip('/').replace('/', '_')}_{own}.png"
        self.sink.write(f"masks/{split}/{picture}", write_raster(decode_runs(runs, height=height, width=width) * 255))
        cells = [picture, key, self._code[region.class_id], own, *shares, 1, ""]
        self._row(f"{split}-annotations-object-segmentation.csv", _MASK_HEAD, cells)
        return True

    def finish(self) -> LossReport:
        for holder, _ in self._files.values():
            holder.__exit__(None, None, None)
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["LabelName", "DisplayName"])
        for found in self._ordered:
            rows.writerow([self._code[found.id], guarded(found.name)])
        self.sink.write("annotations/oidv6-class-descriptions.csv", out.getvalue().encode())
        return self.report


def _tables(source: Source, end: str) -> list[str]:
    """Tables of a kind, by their names or by their headings."""
    return [
        p for p in source.paths() if p.endswith(".csv") and (end in p.rpartition("/")[2] or _heads(source, p) == end)
    ]


def _heads(source: Source, path: str) -> str:
    with source.open(path) as file:
        head = file.readline(1 << 12)
    if not head.removeprefix(BYTE_ORDER_MARK).startswith(b"ImageID,") or b"LabelName" not in head:
        return ""
    if b"MaskPath" in head:
        return "object-segmentation"
    return "annotations-bbox" if b"XMin" in head else "imagelabels"


def sniff(source: Source) -> float:
    classes = any("class-descriptions" in p for p in source.paths())
    rows = (
        _tables(source, "annotations-bbox") or _tables(source, "imagelabels") or _tables(source, "object-segmentation")
    )
    return 0.95 if classes or rows else 0.0


class _Image(msgspec.Struct):
    """What the tables say of an image."""

    split: str | None = None
    licence: str = ""
    attribution: str = ""
    boxes: list[dict[str, str]] = []
    labels: list[dict[str, str]] = []
    masks: list[dict[str, str]] = []


class OpenImagesReader:
    """Reads all tables of a source; images are joined by id."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = {stem(p.rpartition("/")[2]): p for p in MediaIndex(source).all() if "/masks/" not in f"/{p}"}
        self._masks = {p.rpartition("/")[2]: p for p in source.paths() if p.endswith(".png")}
        self._images: dict[str, _Image] = {}
        self._names: dict[str, str] = {}
        self._read = False

    def _rows(self, path: str) -> Iterator[dict[str, str]]:
        text = self._source.read(path).decode("utf-8-sig", "replace")
        try:
            for row in csv.DictReader(io.StringIO(text, newline="")):
                yield {str(k): v if isinstance(v, str) else "" for k, v in row.items() if k}
        except csv.Error as error:
            raise FormatError("bad_csv", f"{path}: {error}") from None

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        for path in _tables(self._source, "class-descriptions"):
            text = self._source.read(path, 64 << 20).decode("utf-8-sig", "replace")
            for cells in csv.reader(io.StringIO(text, newline="")):
                if len(cells) >= 2 and cells[0] != "LabelName":
                    self._names.setdefault(cells[0], unguarded(cells[1]))
        for path in [
            p
            for p in self._source.paths()
            if p.endswith(".csv") and ("image_ids" in p or "images-with" in p or "-images" in p)
        ]:
            for row in self._rows(path):
                image = self._image(row)
                image.split = _SPLITS.get(row.get("Subset", "")) or image.split
                image.licence = unguarded(row.get("License", "")) or image.licence
                image.attribution = unguarded(row.get("Author", "")) or image.attribution
        for end, field in (("annotations-bbox", "boxes"), ("imagelabels", "labels"), ("object-segmentation", "masks")):
            for path in _tables(self._source, end):
                split = next((_SPLITS[s] for s in _SPLITS if s in path.rpartition("/")[2]), None)
                for row in self._rows(path):
                    image = self._image(row)
                    image.split = image.split or split
                    getattr(image, field).append(row)
        if not self._images:
            raise FormatError("not_open_images", "no table of Open Images in it names an image")

    def _image(self, row: dict[str, str]) -> _Image:
        return self._images.setdefault(row.get("ImageID", ""), _Image(boxes=[], labels=[], masks=[]))

    def _name(self, row: dict[str, str]) -> str:
        code = row.get("LabelName", "")
        return self._names.get(code, code)

    def header(self) -> ImportHeader:
        self._load()
        return ImportHeader(format="open_images", classes=self._sighted().classes(), items=len(self._images))

    def _sighted(self) -> Sighted:
        seen = Sighted()
        for image in self._images.values():
            for shape, rows in (("box", image.boxes), ("tag", image.labels), ("mask", image.masks)):
                for row in rows:
                    if self._name(row):
                        seen.see(self._name(row), shape, _attributes(row))
        for child, parent in self._parents():
            if seen.knows(child):
                seen.declare(child, parent=parent)
        return seen

    def _parents(self) -> Iterator[tuple[str, str]]:
        """(class, parent) of the hierarchy, by name."""
        path = next((p for p in self._source.paths() if p.endswith("hierarchy.json")), None)
        try:
            root = json.loads(self._source.read(path, 1 << 24)) if path is not None else {}
        except (ValueError, RecursionError) as error:
            raise FormatError("bad_json", f"{path}: {error}") from None
        waiting = [(root, "")] if isinstance(root, dict) else []
        while waiting:
            node, parent = waiting.pop()
            name = self._names.get(str(node.get("LabelName")), str(node.get("LabelName", "")))
            if parent:
                yield name, parent
            children = node.get("Subcategory")
            waiting += (
                [(child, name) for child in children if isinstance(child, dict)] if isinstance(children, list) else []
            )

    def items(self) -> Iterator[ImportItem]:
        self._load()
        seen = self._sighted()
        for key, image in self._images.items():
            maker = ItemMaker(_NAMESPACE, key)
            media = self._media.get(key)
            name = media.rpartition("/")[2] if media else f"{key}.jpg"
            size = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
            drawn = set()
            for number, row in enumerate(image.boxes):
                drawn.add(self._name(row))
                try:
                    self._box(maker, row, size, number, seen)
                except ValueError as error:
                    maker.problem("bad_region", f"box {number} of {key}: {error}")
            for row in image.masks:
                drawn.add(self._name(row))
                self._mask(maker, row, size, seen)
            for row in image.labels:
                if self._name(row) not in drawn and _share(row.get("Confidence", "1")) > 0:
                    maker.region(Tag(), seen.key(self._name(row)), f"label/{row.get('LabelName')}")
            asset = AssetMeta(
                name=name, width=size[0], height=size[1], licence=image.licence, attribution=image.attribution
            )
            yield maker.item(asset, split=image.split, media=media)

    def _box(self, maker: ItemMaker, row: dict[str, str], size: tuple[int, int], number: int, seen: Sighted) -> None:
        if min(size) <= 0:
            raise ValueError("the size of the image is not known, and shares need it")
        x0, x1, y0, y1 = numbers([row.get(k) for k in ("XMin", "XMax", "YMin", "YMax")], "the box")
        if x1 <= x0 or y1 <= y0:
            raise ValueError("both sides of the box must be positive")
        key = seen.key(self._name(row))
        flags: list[Flag] = [f for f, k in (("crowd", "IsGroupOf"), ("truncated", "IsTruncated")) if row.get(k) == "1"]  # type: ignore[misc]
        score = _share(row.get("Confidence", "1"))
        width, height = size
        maker.region(
            Box(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height),
            key,
            f"box/{number}",
            occluded=row.get("IsOccluded") == "1",
            flags=flags,
            score=score if 0 <= score < 1 else None,
            attributes=seen.fit(key, _attributes(row)),
        )

    def _mask(self, maker: ItemMaker, row: dict[str, str], size: tuple[int, int], seen: Sighted) -> None:
        """Masks may be smaller than their image: they are drawn out to its size."""
        name = row.get("MaskPath", "")
        path = self._masks.get(name)
        if path is None:
            maker.problem("no_picture", f"the mask {name!r} is not in the file")
            return
        try:
            pixels, _ = read_raster(self._source.read(path), path)
        except FormatError as error:
            maker.problem(error.code, error.detail)
            return
        flat = pixels.max(axis=2) if pixels.ndim == 3 else pixels
        height, width = flat.shape
        if min(size) > 0 and (width, height) != size:
            rows = np.minimum((np.arange(size[1]) + 0.5) * height / size[1], height - 1).astype(int)
            columns = np.minimum((np.arange(size[0]) + 0.5) * width / size[0], width - 1).astype(int)
            flat = flat[rows][:, columns]
        mask = mask_of_pixels((flat > 0).astype(np.uint8))
        if mask is None:
            maker.problem("bad_region", f"the mask {name} is empty")
        else:
            maker.region(mask, seen.key(self._name(row)), f"mask/{row.get('BoxID') or name}")


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def _attributes(row: dict[str, str]) -> dict[str, Value]:
    return {name: row[column] == "1" for column, name in _QUESTIONS.items() if row.get(column) in ("0", "1")}


FORMAT = Format(
    name="open_images",
    title="Open Images",
    shapes=("box", "mask"),
    writer=OpenImagesWriter,
    reader=OpenImagesReader,
    sniff=sniff,
)
