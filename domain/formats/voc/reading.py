"""Reading Pascal VOC: boxes, turned boxes and outlines of XML files, pictures of instances, and lists of classes."""

from __future__ import annotations

from collections.abc import Iterator
from math import degrees
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from domain.elements.structs import Flag, Region, Value
from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf, parse_options
from domain.formats.making import ItemMaker, Sighted, numbers, polygon_of, scalar, take_track
from domain.formats.media import MediaIndex, folder_split
from domain.formats.rasters import Palette, colour_numbers, masks_of, read_raster, voc_palette
from domain.formats.sinks import stem
from domain.formats.sources import Source
from domain.formats.xmlstream import Element, elements, root_tag, text_of
from domain.geometry.angles import normalised
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.tag import Tag

from .writing import BORDER

_NAMESPACE = UUID("2f0b3df1-3a4f-5b0a-9a7b-5f1c9d7e8a31")
_WANTED = frozenset({"annotation"})
_LISTS = ("Main", "Segmentation", "Layout", "Action")
_VOC_CLASSES = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
]
_STANDARD = (
    "name",
    "bndbox",
    "robndbox",
    "polygon",
    "truncated",
    "difficult",
    "occluded",
    "pose",
    "part",
    "actions",
    "attributes",
)
_FLAGS: tuple[Flag, ...] = ("truncated", "difficult")


_BORDER_COLOUR = 0xE0E0C0


class ReadOptions(msgspec.Struct, forbid_unknown_fields=True):
    origin: Literal["1", "0", 1, 0] | None = None


def sniff(source: Source) -> float:
    """An XML file whose root is `annotation`; or the folders of VOC."""
    for path in [p for p in source.paths() if p.lower().endswith(".xml")][:3]:
        with source.open(path) as file:
            if root_tag(file) == "annotation":
                return 0.9
    lists = any("/ImageSets/" in f"/{p}" and p.endswith(".txt") for p in source.paths())
    painted = any("/SegmentationClass/" in f"/{p}" for p in source.paths())
    return (0.8 if lists else 0.5) if painted else 0.0


class VocReader:
    """Reads one data set: every XML file, then pictures of instances and lists of images without one."""

    options_type: ClassVar[type[ReadOptions]] = ReadOptions

    def __init__(self, source: Source, *, size_of: SizeOf | None = None, options: dict[str, Any] | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._asked = parse_options(options, ReadOptions).origin
        self._media = MediaIndex(source)
        paths = source.paths()
        self._xml = {_key(p): p for p in paths if p.lower().endswith(".xml")}
        self._instances = _pictures(paths, "SegmentationObject")
        self._pictures = _pictures(paths, "SegmentationClass")
        self._splits: dict[str, str] = {}
        self._tags: dict[str, dict[str, str]] = {}  # image → class → 1, 0 or -1
        self._read_lists(paths)
        if not self._xml and not self._splits and not self._tags and not self._pictures:
            raise FormatError("not_voc", "there are no annotation files, no ImageSets and no SegmentationClass in it")
        self._shift: float = 1.0
        self._sighted: Sighted | None = None
        self._listed: tuple[list[str], Palette] | None = None

    def _read_lists(self, paths: list[str]) -> None:
        for path in paths:
            folder, _, name = path.rpartition("/")
            if not name.endswith(".txt") or folder.rpartition("/")[2] not in _LISTS or "ImageSets" not in path:
                continue
            class_name, found, split = name[:-4].rpartition("_")
            for line in self._source.read(path, 64 << 20).decode("utf-8-sig", "replace").splitlines():
                key, said = _listed(line) if not line.startswith("#") else ("", "")
                if not key:
                    continue
                if found and said in ("1", "0", "-1") and folder.endswith("/Main"):
                    self._tags.setdefault(key, {})[class_name] = said
                self._splits.setdefault(key, split if found else name[:-4])

    def _documents(self, path: str) -> Iterator[Element]:
        with self._source.open(path) as file:
            yield from elements(file, path, _WANTED)

    def header(self) -> ImportHeader:
        seen = self._seen()
        return ImportHeader(format="voc", classes=seen.classes(), items=len(self._keys()))

    def _keys(self) -> list[str]:
        painted = self._instances.keys() | self._pictures.keys()
        return sorted(self._xml.keys() | self._splits.keys() | painted | self._tags.keys())

    def _seen(self) -> Sighted:
        """Classes, their shapes and attributes, and where the coordinates begin: one pass over all files."""
        if self._sighted is not None:
            return self._sighted
        seen, least, said = Sighted(self._labelmap()[0]), 1.0, None
        for path in self._xml.values():
            try:
                for document in self._documents(path):
                    said = said or _origin_of(document)
                    for found in document.findall("object"):
                        least = min(least, _see(seen, found))
            except FormatError:
                continue  # told with its item
        for classes in self._tags.values():
            for name, value in classes.items():
                if value != "-1":
                    seen.see(name, "tag")
        if self._pictures:
            for name in self._labelmap()[0]:
                seen.see(name, "mask")
        origin = str(self._asked) if self._asked is not None else said
        self._shift = float(origin) if origin in ("0", "1") else (0.0 if least < 1 else 1.0)
        self._sighted = seen
        return seen

    def _labelmap(self) -> tuple[list[str], Palette]:
        """(class names, their colours) of `labelmap.txt`, else of VOC itself where there are pictures of classes."""
        if self._listed is None:  # every item asks
            self._listed = self._read_labelmap()
        return self._listed

    def _read_labelmap(self) -> tuple[list[str], Palette]:
        path = next((p for p in self._source.paths() if p.rpartition("/")[2] == "labelmap.txt"), None)
        if path is None:
            return (list(_VOC_CLASSES), voc_palette(21)[1:]) if self._pictures else ([], [])
        names: list[str] = []
        colours: Palette = []
        for line in self._source.read(path, 1 << 20).decode("utf-8-sig", "replace").splitlines():
            name, rest = _label(line)
            if line.startswith("#") or not name.strip() or name.strip() == "background":
                continue
            try:
                red, green, blue = (int(part) for part in rest.split(":")[0].split(","))
            except ValueError:
                red, green, blue = voc_palette(256)[(len(names) + 1) % 256]
            names.append(name.strip())
            colours.append((red, green, blue))
        return names, colours

    def items(self) -> Iterator[ImportItem]:
        seen = self._seen()
        for key in self._keys():
            yield self._item(key, seen)

    def _item(self, key: str, seen: Sighted) -> ImportItem:
        maker = ItemMaker(_NAMESPACE, key)
        name, size, judged = "", (0, 0), False
        if key in self._xml:
            try:
                for document in self._documents(self._xml[key]):
                    name = text_of(document.find("filename"))
                    size = _size(document)
                    judged = True
                    for number, found in enumerate(document.findall("object")):
                        self._object(maker, found, number, seen)
            except FormatError as error:
                maker.problem(error.code, error.detail)
                judged = False
        media = self._media.find(name, "JPEGImages") if name else None
        media = media or self._picture(key, name)
        painted = self._masks(maker, key, seen)
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or name or key) or painted or (0, 0)
        drawn = {e.class_id for e in maker.elements if isinstance(e, Region)}
        for class_name, said in self._tags.get(key, {}).items():
            if said != "-1" and seen.key(class_name) not in drawn:  # VOC lists the classes of its objects too
                flags = ["difficult"] if said == "0" else []
                maker.region(Tag(), seen.key(class_name), f"tag/{class_name}", flags=flags)
        asset = AssetMeta(name=name or (media or key).rpartition("JPEGImages/")[2], width=size[0], height=size[1])
        outcome = "labelled" if maker.elements else "empty" if judged and not maker.problems else ""
        split = _split(self._splits.get(key)) or folder_split(media or self._xml.get(key, ""))
        return maker.item(asset, outcome=outcome, split=split, media=media)

    def _picture(self, key: str, name: str) -> str | None:
        """The picture that is called as the XML file, or as the name that it gives with another suffix."""
        given = stem(name.replace("\\", "/").rpartition("/")[2])
        for plain in (f"JPEGImages/{key}", key, given, key.rpartition("/")[2]):
            if plain and (found := self._media.called(plain)):
                return found
        return None

    def _object(self, maker: ItemMaker, found: Element, number: int, seen: Sighted) -> None:
        name = text_of(found.find("name"))
        if not name:
            maker.problem("no_class", f"object {number} has no name")
            return
        try:
            geometry = _geometry(found, self._shift)
        except ValueError as error:
            maker.problem("bad_region", f"object {number} ({name}): {error}")
            return
        key = seen.key(name)
        flags = [flag for flag in _FLAGS if text_of(found.find(flag)) == "1"]
        attributes = _attributes(found)
        more: dict[str, Any] = {
            "track": take_track(attributes),
            "attributes": seen.fit(key, attributes),
            "occluded": text_of(found.find("occluded")) == "1",
            "flags": sorted(flags),
        }
        made = maker.region(geometry, key, str(number), **more)
        for i, part in enumerate(found.findall("part")):
            part_name = text_of(part.find("name"))
            try:
                inner = _geometry(part, self._shift)
            except ValueError as error:
                maker.problem("bad_region", f"part {i} of object {number} ({name}): {error}")
                continue
            if part_name:
                maker.region(
                    inner, seen.key(part_name), f"{number}/part/{i}", parent=made.id if made is not None else None
                )

    def _masks(self, maker: ItemMaker, key: str, seen: Sighted) -> tuple[int, int] | None:
        """A region for each instance; where only classes are painted, one for each class. (width, height) of the picture."""
        try:
            classes = self._numbered(self._pictures.get(key), maker)
            instances = self._numbered(self._instances.get(key))
        except FormatError as error:
            maker.problem(error.code, error.detail)
            return None
        names, _ = self._labelmap()
        if classes is None:
            if instances is not None:
                maker.problem("no_classes", f"there is no picture of classes beside that of the instances of {key}")
            return None
        for number, mask in masks_of(classes if instances is None else instances, (0, BORDER)):
            value = number if instances is None else _most(classes, mask)
            if not 0 < value <= len(names):
                maker.problem("unknown_class", f"{key}: number {value} is no class of the label map")
                continue
            maker.region(mask, seen.key(names[value - 1]), f"mask/{number}")
        return classes.shape[1], classes.shape[0]

    def _numbered(self, path: str | None, maker: ItemMaker | None = None) -> Any:
        """A picture's numbers; colours are looked up in the label map (without a maker each colour is its own number)."""
        if path is None:
            return None
        import numpy as np

        pixels, palette = read_raster(self._source.read(path), path)
        _, colours = self._labelmap()
        numbers_of = {r << 16 | g << 8 | b: i for i, (r, g, b) in enumerate(colours, start=1)}
        if pixels.ndim == 3:
            codes = colour_numbers(pixels)
        elif palette is not None and maker is not None:
            table = np.array([r << 16 | g << 8 | b for r, g, b in palette] + [0] * 256, dtype=np.int32)
            codes = np.where(pixels == BORDER, _BORDER_COLOUR, table[pixels])
        else:
            return pixels
        if maker is None:
            return codes
        out = np.full(codes.shape, BORDER, dtype=np.int32)
        for code in np.unique(codes).tolist():
            if code not in (0, _BORDER_COLOUR) and code not in numbers_of:
                maker.problem("unknown_class", f"{path}: the colour #{code:06x} is no class of the label map")
            out[codes == code] = 0 if code == 0 else numbers_of.get(code, BORDER)
        return out


def _label(line: str) -> tuple[str, str]:
    """(name, the rest) of `name:colour:parts:actions`; a name may hold colons."""
    name, *rest = line.rsplit(":", 3)
    return (name, ":".join(rest)) if len(rest) == 3 else (line.partition(":")[0], line.partition(":")[2])


def _key(path: str) -> str:
    """The image of an annotation file: its path below `Annotations`, without a suffix."""
    return stem(f"/{path}".rpartition("/Annotations/")[2].lstrip("/"))


def _pictures(paths: list[str], folder: str) -> dict[str, str]:
    return {stem(tail): p for p in paths if (tail := f"/{p}".rpartition(f"/{folder}/")[2]) and f"/{folder}/" in f"/{p}"}


def _listed(line: str) -> tuple[str, str]:
    """(image, the number behind it) of a line of a list; names may hold blanks and stand in quotes."""
    line = line.strip()
    if line.startswith('"') and line.count('"') >= 2:
        return line[1 : line.rindex('"')], line[line.rindex('"') + 1 :].strip()
    head, _, tail = line.rpartition(" ")
    return (head.strip(), tail) if head and tail.lstrip("-").isdigit() else (line, "")


def _split(name: str | None) -> str | None:
    return name if name not in (None, "trainval", "default") else None


def _origin_of(document: Element) -> str | None:
    said = text_of(document.find("source/annotation"))
    return said.removeprefix("origin=") if said.startswith("origin=") else None


def _see(seen: Sighted, found: Element) -> float:
    """Note an object; its least coordinate."""
    name = text_of(found.find("name"))
    shape = (
        "polygon"
        if found.find("polygon") is not None
        else "rotated_box"
        if found.find("robndbox") is not None
        else "box"
    )
    if name:
        attributes = _attributes(found)
        take_track(attributes)
        seen.see(name, shape, attributes)
    for part in found.findall("part"):
        if part_name := text_of(part.find("name")):
            seen.see(part_name, "box")
    least = 1.0
    for tag in ("xmin", "ymin"):
        try:
            least = min(least, float(text_of(found.find(f"bndbox/{tag}"), "1")))
        except ValueError:
            pass
    return least


def _size(document: Element) -> tuple[int, int]:
    try:
        return int(float(text_of(document.find("size/width")))), int(float(text_of(document.find("size/height"))))
    except (ValueError, OverflowError):
        return 0, 0


def _geometry(found: Element, shift: float) -> Geometry:
    polygon = found.find("polygon")
    points = polygon.findall("pt") if polygon is not None else []
    if points:  # of the LabelMe on the web, whose XML is VOC's but for this, and counts from 0
        return polygon_of(numbers([text_of(p.find(axis)) for p in points for axis in ("x", "y")], "the polygon"))
    if polygon is not None:
        return polygon_of([v - shift for v in numbers([text_of(child) for child in polygon], "the polygon")])
    turned = found.find("robndbox")
    if turned is not None:
        cx, cy, w, h, angle = numbers(
            [text_of(turned.find(t)) for t in ("cx", "cy", "w", "h", "angle")], "the turned box"
        )
        return RotatedBox(cx, cy, w, h, normalised(degrees(angle)))
    box = found.find("bndbox")
    if box is None:
        raise ValueError("there is no bndbox")
    x0, y0, x1, y1 = numbers([text_of(box.find(t)) for t in ("xmin", "ymin", "xmax", "ymax")], "the bndbox")
    x0, y0 = x0 - shift, y0 - shift
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the bndbox is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    return Box(x0, y0, x1 - x0, y1 - y0)


def _attributes(found: Element) -> dict[str, Value]:
    """The tools' `attributes`, VOC's actions, a pose, and what else is said of an object in one word."""
    out: dict[str, Value] = {}
    values: dict[str, list[str]] = {}
    for attribute in found.findall("attributes/attribute"):
        name = text_of(attribute.find("name"))
        if name:
            values.setdefault(name, []).append(text_of(attribute.find("value")))
    for name, texts in values.items():  # a name that stands several times has several answers
        out[name] = scalar(texts[0]) if len(texts) == 1 else list(dict.fromkeys(texts))
    for action in found.findall("actions/*"):
        out[action.tag] = text_of(action) == "1"
    pose = text_of(found.find("pose"))
    if pose and pose.lower() != "unspecified":
        out["pose"] = pose
    for child in found:
        if child.tag not in _STANDARD and not len(child) and text_of(child):
            out.setdefault(child.tag, scalar(text_of(child)))
    return out


def _most(classes: Any, mask: Mask) -> int:
    """The class number that most of a mask's pixels have, background and border aside."""
    import numpy as np

    height, width = mask.size
    crop = classes[mask.y : mask.y + height, mask.x : mask.x + width]
    inside = crop[
        mask.to_mask(width=classes.shape[1], height=classes.shape[0])[mask.y : mask.y + height, mask.x : mask.x + width]
        == 1
    ]
    values, counts = np.unique(inside[(inside != 0) & (inside != BORDER)], return_counts=True)
    return int(values[counts.argmax()]) if len(values) else 0
