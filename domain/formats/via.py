"""VGG Image Annotator (VIA 2): regions by image, classes as an attribute; a project file, or an export of its regions alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from math import degrees, radians
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.geometry.angles import normalised
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.ellipse import Ellipse
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .columns import ONE_CLASS
from .making import ItemMaker, Sighted, numbers, polygon_of, scalar
from .media import MediaIndex, folder_split, plain_name
from .report import LossReport
from .sources import Source
from .via3 import images_of, is_project
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("b6e1d9f3-4c2a-5e8b-9d7f-1a3c5e7b9d02")
CLASS = "class"
_CLASS_NAMES = (CLASS, "label", "type", "name", "category", "object")
_HELD = ("box", "ellipse", "polygon", "polyline", "points")


class ViaWriter(ItemWriter):
    """One project file."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "VIA has no form for tags"),
        "points_apart": ("approximated", "each point is a region of its own"),
        "attributes_as_text": ("approximated", "VIA's values are texts: lists are joined by commas"),
    }
    keeps = ("attributes",)

    def begin(self) -> None:
        self._holder = self.sink.open("via_project.json")
        self._file = self._holder.__enter__()
        self._ids: list[str] = []
        self._file.write(b'{"_via_settings":{"core":{"default_filepath":"images/"}},"_via_img_metadata":{')

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        regions = [made for region in found.regions for made in self._region(region, item)]
        if not regions and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        name = self.file_name(item, whole=True)
        answers = {key: self._text(value, item) for key, value in found.answers.items() if value not in (None, "", [])}
        entry = {"filename": name, "size": -1, "regions": regions, "file_attributes": answers}
        key = f"{name}-1"
        lead = b"," if self._ids else b""
        self._file.write(lead + msgspec.json.encode(key) + b":" + msgspec.json.encode(entry))
        self._ids.append(key)
        self.report.items += 1
        self.report.regions += len(found.regions)
        return f"images/{name}"

    def _region(self, region: Region, item: ExportItem) -> list[dict[str, Any]]:
        fitted = self.fit(region, item, _HELD, holes=False, parts=False)
        if fitted is None:
            return []
        self.lose_unheld(region, item)
        places = _WRITERS[type(fitted)](fitted)
        if len(places) > 1:
            self.lose("points_apart", item, region.id)
        said = {CLASS: self.classes[region.class_id].name}
        said |= {k: self._text(v, item, region) for k, v in region.attributes.items() if v not in (None, "", [])}
        return [{"shape_attributes": place, "region_attributes": said} for place in places]

    def _text(self, value: Value, item: ExportItem, region: Region | None = None) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            self.lose("attributes_as_text", item, region.id if region is not None else None)
            return ",".join(value)
        return str(value)

    def finish(self) -> LossReport:
        names = {c.name: c.name for c in self.live_classes(())}
        asked: dict[str, Any] = {
            CLASS: {"type": "dropdown", "description": "", "options": names, "default_options": {}}
        }
        for found in self.live_classes(()):
            for a in found.attributes:
                kind = (
                    {"type": "dropdown", "options": {o: o for o in a.options}}
                    if a.kind == "select"
                    else {"type": "text"}
                )
                asked.setdefault(a.name, kind | {"description": ""})
        whole = {a.name: {"type": "text", "description": ""} for a in self.schema.item_attributes}
        tail = {
            "_via_attributes": {"region": asked, "file": whole},
            "_via_data_format_version": "2.0.10",
            "_via_image_id_list": self._ids,
        }
        self._file.write(b"}," + msgspec.json.encode(tail)[1:] + b"\n")
        self._holder.__exit__(None, None, None)
        return self.report


def _pairs(flat: list[float]) -> dict[str, list[float]]:
    return {"all_points_x": flat[0::2], "all_points_y": flat[1::2]}


def _write_ellipse(g: Any) -> list[dict[str, Any]]:
    if g.rx == g.ry:
        return [{"name": "circle", "cx": g.cx, "cy": g.cy, "r": g.rx}]
    return [{"name": "ellipse", "cx": g.cx, "cy": g.cy, "rx": g.rx, "ry": g.ry, "theta": radians(g.angle)}]


_WRITERS: dict[type[Geometry], Callable[[Any], list[dict[str, Any]]]] = {
    Box: lambda g: [{"name": "rect", "x": g.x, "y": g.y, "width": g.w, "height": g.h}],
    Ellipse: _write_ellipse,
    Polygon: lambda g: [{"name": "polygon", **_pairs(g.parts[0][0])}],
    Polyline: lambda g: [{"name": "polyline", **_pairs(g.points)}],
    Points: lambda g: [{"name": "point", "cx": g.points[i], "cy": g.points[i + 1]} for i in range(0, len(g.points), 2)],
}


def _files(source: Source) -> list[str]:
    tables = [p for p in source.paths() if p.lower().endswith(".csv") and _is_table(source, p)]
    return [p for p in source.paths() if p.lower().endswith(".json")] + tables


def _is_table(source: Source, path: str) -> bool:
    with source.open(path) as file:
        return b"region_shape_attributes" in file.readline(1 << 16)


def _table(text: str, path: str) -> dict[str, dict[str, Any]]:
    """VIA's export as CSV, as the images that its JSON has."""
    images: dict[str, dict[str, Any]] = {}
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            name = row.get("#filename") or row.get("filename") or ""
            key = f"{name}{row.get('file_size') or ''}"
            image = images.setdefault(
                key, {"filename": name, "regions": [], "file_attributes": _cell(row, "file_attributes")}
            )
            shape, said = _cell(row, "region_shape_attributes"), _cell(row, "region_attributes")
            if shape:
                image["regions"].append({"shape_attributes": shape, "region_attributes": said})
    except (csv.Error, msgspec.DecodeError, RecursionError) as error:
        raise FormatError("bad_csv", f"{path}: {error}") from None
    return images


def _cell(row: dict[str, Any], name: str) -> dict[str, Any]:
    return msgspec.json.decode(row.get(name) or "{}", type=dict[str, Any])


def sniff(source: Source) -> float:
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 18)
        if path.lower().endswith(".csv"):
            return 0.95
        if b'"_via_img_metadata"' in head or (b'"shape_attributes"' in head and b'"region_attributes"' in head):
            return 0.95
        if b'"file_attributes"' in head and b'"regions"' in head:
            return 0.9
        if b'"vid_list"' in head and b'"__VIA__"' in head:
            return 0.95
    return 0.0


class ViaReader:
    """Reads every file; the attribute that names the class is found by its name, else the first that all regions have."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        self._by: dict[str, str] = {}
        if not self._files:
            raise FormatError("not_via", "there is no .json file in it")

    def _images(self, path: str) -> list[tuple[str, dict[str, Any]]]:
        if path.lower().endswith(".csv"):
            return list(_table(self._source.read(path).decode("utf-8-sig", "replace"), path).items())
        found = json_file(self._source, path)
        if is_project(found):
            return list(images_of(found))
        images = found.get("_via_img_metadata", found) if isinstance(found, dict) else None
        if not isinstance(images, dict):
            raise FormatError("not_via", f"{path} holds no images")
        return [(str(key), one) for key, one in images.items() if isinstance(one, dict) and "filename" in one]

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(format="via", classes=seen.classes(), item_attributes=seen.answers.item_attributes())

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                images = self._images(path)
                regions = [region for _, image in images for region in _regions(image)]
                self._by[path] = by = _class_attribute(regions)
                if not any(_class(region, by) for region in regions):
                    self._by[path] = by = ""  # nobody said what they are
                for region in regions:
                    name = _class(region, by)
                    if name:
                        seen.see(name, _SHAPES.get(_kind(region)), _attributes(region, by))
                for _, image in images:
                    seen.answers.see(_texts(image.get("file_attributes")))
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            by = self._by[path]
            for key, image in self._images(path):
                name = str(image.get("filename"))
                maker = ItemMaker(_NAMESPACE, key)
                for number, region in enumerate(_regions(image)):
                    try:
                        _add(maker, region, by, number, seen)
                    except ValueError as error:
                        maker.problem("bad_region", f"region {number} of {name}: {error}")
                for question, value in seen.answers.fit(_texts(image.get("file_attributes"))).items():
                    maker.answer(question, value)
                media = self._media.find(name, path.rpartition("/")[0]) or self._media.find(name.rpartition("/")[2])
                width, height = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
                outcome = "labelled" if maker.elements else "empty" if not maker.problems else ""
                asset = AssetMeta(name=plain_name(name), width=width, height=height)
                yield maker.item(asset, outcome=outcome, split=folder_split(media or path), media=media)


def _regions(image: dict[str, Any]) -> list[dict[str, Any]]:
    """A list, or in old files a mapping from numbers."""
    found = image.get("regions")
    rows = found.values() if isinstance(found, dict) else found if isinstance(found, list) else []
    return [one for one in rows if isinstance(one, dict)]


def _texts(given: Any) -> dict[str, Value]:
    """Values of an object; a checkbox is a mapping from options to true."""
    out: dict[str, Value] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, dict):
            out[str(name)[:120]] = [str(option) for option, on in value.items() if on]
        elif isinstance(value, str) and value and name:
            out[str(name)[:120]] = scalar(value)
        elif isinstance(value, bool | int | float):
            out[str(name)[:120]] = value
    return out


def _class_attribute(regions: list[dict[str, Any]]) -> str:
    names: dict[str, int] = {}
    for region in regions:
        given = region.get("region_attributes")
        for name in given if isinstance(given, dict) else ():
            names[name] = names.get(name, 0) + 1
    known = [name for name in names if name.lower() in _CLASS_NAMES]
    return known[0] if known else max(names, key=lambda name: names[name], default=CLASS)


def _class(region: dict[str, Any], by: str) -> str:
    """The value of the attribute that names the class; without an attribute all are of one."""
    if not by:
        return ONE_CLASS
    given = region.get("region_attributes")
    value = given.get(by) if isinstance(given, dict) else None
    if isinstance(value, dict):
        value = next((option for option, on in value.items() if on), "")
    return str(value).strip() if value not in (None, "") else ""


def _attributes(region: dict[str, Any], by: str) -> dict[str, Value]:
    found = _texts(region.get("region_attributes"))
    found.pop(by, None)
    return found


def _kind(region: dict[str, Any]) -> str:
    place = region.get("shape_attributes")
    return str(place.get("name")) if isinstance(place, dict) else ""


def _add(maker: ItemMaker, region: dict[str, Any], by: str, number: int, seen: Sighted) -> None:
    name = _class(region, by)
    if not name:
        raise ValueError(f"it has no {by}")
    read = _READERS.get(_kind(region))
    if read is None:
        raise ValueError(f"{_kind(region)!r} is no shape of VIA")
    key = seen.key(name)
    maker.region(read(region["shape_attributes"]), key, str(number), attributes=seen.fit(key, _attributes(region, by)))


def _values(place: dict[str, Any], *names: str) -> list[float]:
    return numbers([place.get(name) for name in names], "its shape")


def _flat(place: dict[str, Any]) -> list[float]:
    xs, ys = place.get("all_points_x"), place.get("all_points_y")
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys):
        raise ValueError("its points are not as many x as y")
    return numbers([c for pair in zip(xs, ys, strict=True) for c in pair], "points")


def _read_rect(place: dict[str, Any]) -> Geometry:
    x, y, w, h = _values(place, "x", "y", "width", "height")
    if w <= 0 or h <= 0:
        raise ValueError(f"the rect is {w:g} × {h:g}; both sides must be positive")
    return Box(x, y, w, h)


def _read_circle(place: dict[str, Any]) -> Geometry:
    cx, cy, r = _values(place, "cx", "cy", "r")
    return Ellipse(cx, cy, r, r, 0.0)


def _read_ellipse(place: dict[str, Any]) -> Geometry:
    cx, cy, rx, ry = _values(place, "cx", "cy", "rx", "ry")
    return Ellipse(cx, cy, rx, ry, normalised(degrees(numbers([place.get("theta") or 0], "theta")[0])))


_READERS: dict[str, Callable[[dict[str, Any]], Geometry]] = {
    "rect": _read_rect,
    "circle": _read_circle,
    "ellipse": _read_ellipse,
    "polygon": lambda place: polygon_of(_flat(place)),
    "polyline": lambda place: Polyline(_flat(place)),
    "point": lambda place: Points(_values(place, "cx", "cy")),
}
_SHAPES = {
    "rect": "box",
    "circle": "ellipse",
    "ellipse": "ellipse",
    "polygon": "polygon",
    "polyline": "polyline",
    "point": "points",
}

FORMAT = Format(name="via", title="VIA", shapes=_HELD, writer=ViaWriter, reader=ViaReader, sniff=sniff)
