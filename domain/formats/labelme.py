"""LabelMe: a JSON file an image, beside it. Yes-no attributes are its flags; other ones stand in `attributes`, as its forks write them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from math import cos, degrees, dist, radians, sin
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.geometry.angles import normalised
from domain.geometry.masks import decode_runs
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .corners import turned
from .embedded import Kept
from .making import ItemMaker, Sighted, mask_of_pixels, numbers, polygon_of, take_track
from .media import MediaIndex
from .rasters import read_raster, write_raster
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("d7f5a3c0-0d0b-5c4e-9d7f-3f8f5d1b6a20")
_HELD = ("box", "rotated_box", "polygon", "polyline", "points", "mask")
VERSION = "5.5.0"


class _Shape(msgspec.Struct):
    label: str
    points: list[list[float]] = []
    group_id: int | str | None = None
    shape_type: str = "polygon"
    flags: dict[str, Any] | None = None
    description: str | None = None
    mask: str | None = None
    attributes: dict[str, Any] | None = None
    difficult: bool = False
    score: float | None = None
    direction: float | None = None


class _File(msgspec.Struct, rename="camel"):
    shapes: list[msgspec.Raw]
    image_path: str = ""
    image_height: int | None = None
    image_width: int | None = None
    image_data: str | None = None
    flags: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None


class LabelMeWriter(ItemWriter):
    """Writes one file an item."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "LabelMe has no form for tags"),
        "flags": ("dropped", "truncated, crowd, ignore and uncertain are not written"),
        "item_answers": (
            "noted",
            "answers that are not yes or no stand in `attributes` of the file, which is not standard",
        ),
    }
    keeps = ("attributes", "score", "track")

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        groups: dict[str, int] = {}
        shapes = [made for region in found.regions if (made := self._shape(region, item, groups)) is not None]
        if not shapes and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        plain = {name: value for name, value in found.answers.items() if not isinstance(value, bool)}
        if plain:
            self.lose("item_answers", item)
        name = self.file_name(item)
        document: dict[str, Any] = {
            "version": VERSION,
            "flags": {name: value for name, value in found.answers.items() if isinstance(value, bool)},
            "shapes": shapes,
            "imagePath": name.rpartition("/")[2],
            "imageData": None,
            "imageHeight": item.asset.height,
            "imageWidth": item.asset.width,
        }
        if plain:
            document["attributes"] = plain
        folder = f"{self.split(item, '')}/" if item.split else ""
        self.sink.write(
            f"{folder}{stem(name)}.json", msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
        )
        self.report.items += 1
        self.report.regions += len(shapes)
        return f"{folder}{name}"

    def _shape(self, region: Region, item: ExportItem, groups: dict[str, int]) -> dict[str, Any] | None:
        fitted = self.fit(region, item, _HELD, holes=False, parts=False)
        if fitted is None:
            return None
        self.lose_unheld(region, item)
        kind, points, more = _WRITERS[type(fitted)](fitted, self)
        made: dict[str, Any] = {
            "label": self.classes[region.class_id].name,
            "points": [points[i : i + 2] for i in range(0, len(points), 2)],
            "group_id": groups.setdefault(region.group, len(groups) + 1) if region.group else None,
            "description": "",
            "shape_type": kind,
            "flags": {name: value for name, value in region.attributes.items() if isinstance(value, bool)},
        }
        plain: dict[str, Value] = {n: value for n, value in region.attributes.items() if not isinstance(value, bool)}
        plain |= self.track_attribute(region, item)
        if plain:
            made["attributes"] = plain
        if "difficult" in region.flags:
            made["difficult"] = True
        if region.score is not None:
            made["score"] = region.score
        return made | more

    def finish(self) -> LossReport:
        return self.report


Written = tuple[str, list[float], dict[str, Any]]


def _write_mask(g: Any, writer: LabelMeWriter) -> Written:
    """The crop as a picture in the text; its last pixel is inclusive."""
    height, width = g.size
    pixels = decode_runs(writer.runs(g), height=height, width=width) * 255
    text = base64.b64encode(write_raster(pixels)).decode("ascii")
    return "mask", [g.x, g.y, g.x + width - 1, g.y + height - 1], {"mask": text}


def _write_rotated(g: Any, _: LabelMeWriter) -> Written:
    return "rotation", g.corners(), {"direction": radians(g.angle % 360.0)}


_WRITERS: dict[type[Geometry], Callable[[Any, LabelMeWriter], Written]] = {
    Box: lambda g, _: ("rectangle", [g.x, g.y, g.x + g.w, g.y + g.h], {}),
    RotatedBox: _write_rotated,
    Polygon: lambda g, _: ("polygon", list(g.parts[0][0]), {}),
    Polyline: lambda g, _: ("linestrip", list(g.points), {}),
    Points: lambda g, _: ("point" if len(g.points) == 2 else "points", list(g.points), {}),
    Mask: _write_mask,
}


def sniff(source: Source) -> float:
    """A JSON file with `shapes` and an image's path."""
    for path in [p for p in source.paths() if p.lower().endswith(".json")][:3]:
        with source.open(path) as file:
            head = file.read(1 << 20)
        if b'"shapes"' in head and (b'"imagePath"' in head or b'"shape_type"' in head):
            return 0.9
        if b'"shapes"' in head and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            return 0.3
    return 0.0


class LabelMeReader:
    """Reads every JSON file of a source that looks like LabelMe's."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        self.pictures = Kept(source)
        self._files = [p for p in source.paths() if p.lower().endswith(".json")]
        if not self._files:
            raise FormatError("not_labelme", "there is no .json file in it")
        self._seen: Sighted | None = None

    def _read(self, path: str) -> _File:
        """Raises FormatError."""
        return json_file(self._source, path, type=_File)

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="labelme",
            classes=seen.classes(),
            items=len(self._files),
            item_attributes=seen.answers.item_attributes(),
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                try:
                    file = self._read(path)
                except FormatError:
                    continue  # told with its item
                seen.answers.see(_values(file.flags, file.attributes))
                for raw in file.shapes:
                    try:
                        shape = msgspec.json.decode(raw, type=_Shape, strict=False)
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        continue
                    if shape.label:
                        attributes = _attributes(shape)
                        take_track(attributes)
                        seen.see(shape.label, _SHAPES.get(_kind(shape)), attributes)
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            maker = ItemMaker(_NAMESPACE, path)
            try:
                file = self._read(path)
            except FormatError as error:
                maker.problem(error.code, error.detail)
                yield maker.item(AssetMeta(name=stem(path), width=0, height=0))
                continue
            yield self._item(maker, path, file, seen)

    def _item(self, maker: ItemMaker, path: str, file: _File, seen: Sighted) -> ImportItem:
        for number, raw in enumerate(file.shapes):
            try:
                shape = msgspec.json.decode(raw, type=_Shape, strict=False)
                if not shape.label:
                    raise ValueError("it has no label")
                geometry = _READERS[_kind(shape)](shape)
            except KeyError:
                maker.problem("unknown_shape", f"shape {number}: LabelMe's type {_type_of(raw)!r} is not known")
                continue
            except (msgspec.DecodeError, ValueError, FormatError) as error:
                maker.problem("bad_region", f"shape {number}: {error}")
                continue
            key, attributes = seen.key(shape.label), _attributes(shape)
            maker.region(
                geometry,
                key,
                str(number),
                track=take_track(attributes),
                attributes=seen.fit(key, attributes),
                group=str(shape.group_id) if shape.group_id not in (None, "") else None,
                flags=["difficult"] if shape.difficult else [],
                score=shape.score if shape.score is not None and 0 <= shape.score <= 1 else None,
            )
        for name, value in _values(file.flags, file.attributes).items():
            maker.answer(name, value)
        return self._finished(maker, path, file)

    def _embedded(self, maker: ItemMaker, path: str, named: str, text: str | None) -> str | None:
        """The picture that stands in the file itself, where there is none beside it."""
        if not text:
            return None
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        suffix = _suffix(data)
        if suffix is None:
            maker.problem("bad_picture", f"{path}: its imageData is no picture")
            return None
        folder, plain = path.rpartition("/")[0], stem(named) if named else stem(path).rpartition("/")[2]
        return self.pictures.keep(f"{folder}/{plain}{suffix}".lstrip("/"), data)

    def _finished(self, maker: ItemMaker, path: str, file: _File) -> ImportItem:
        folder = path.rpartition("/")[0]
        named = file.image_path.replace("\\", "/").rpartition("/")[2]
        media = self._media.find(f"{folder}/{named}" if folder else named) if named else None
        media = media or (self._media.find(named, folder) if named else None)
        media = media or self._media.called(stem(path)) or self._embedded(maker, path, named, file.image_data)
        size = (file.image_width or 0, file.image_height or 0)
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or named) or (0, 0)
        parts = (media or f"{folder}/{named or stem(path)}").lstrip("/").split("/")
        split = next((part for part in parts[:-1] if part in ("train", "val", "test")), None)
        name = "/".join(part for part in parts if part != split)
        outcome = "labelled" if maker.elements else "empty" if not file.shapes else ""
        return maker.item(
            AssetMeta(name=name, width=size[0], height=size[1]), outcome=outcome, split=split, media=media
        )


def _suffix(data: bytes) -> str | None:
    return next((suffix for mark, suffix in _MAGIC.items() if data.startswith(mark)), None)


_MAGIC = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG": ".png",
    b"BM": ".bmp",
    b"II*\0": ".tif",
    b"MM\0*": ".tif",
    b"GIF8": ".gif",
}


def _type_of(raw: msgspec.Raw) -> str:
    found = msgspec.json.decode(raw)
    return str(found.get("shape_type")) if isinstance(found, dict) else ""


def _values(*given: dict[str, Any] | None) -> dict[str, Value]:
    """What can be an attribute's value; null and empty say nothing."""
    out: dict[str, Value] = {}
    for values in given:
        for name, value in (values or {}).items():
            if isinstance(value, list):
                value = [str(one) for one in value]
            if name and isinstance(value, bool | int | float | str | list) and value not in ("", []):
                out[name[:120]] = value
    return out


def _attributes(shape: _Shape) -> dict[str, Value]:
    described = {"description": shape.description} if shape.description else {}
    return _values(described, shape.flags, shape.attributes)


def _kind(shape: _Shape) -> str:
    return shape.shape_type or "polygon"


def _flat(shape: _Shape) -> list[float]:
    if not shape.points or any(len(point) != 2 for point in shape.points):
        raise ValueError("its points are not pairs")
    return numbers([c for point in shape.points for c in point], "points")


def _read_box(shape: _Shape) -> Geometry:
    """Two corners in any order, or four."""
    flat = _flat(shape)
    if len(flat) not in (4, 8):
        raise ValueError(f"a rectangle has 2 or 4 points, got {len(flat) // 2}")
    x0, x1, y0, y1 = min(flat[0::2]), max(flat[0::2]), min(flat[1::2]), max(flat[1::2])
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the rectangle is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    return Box(x0, y0, x1 - x0, y1 - y0)


def _read_rotated(shape: _Shape) -> Geometry:
    """Four corners and a direction: width and height are what that direction makes of them."""
    flat = _flat(shape)
    if len(flat) != 8:
        raise ValueError(f"a turned rectangle has 4 points, got {len(flat) // 2}")
    if shape.direction is None:
        return turned(flat)
    x, y = sum(flat[0::2]) / 4, sum(flat[1::2]) / 4
    c, s = cos(shape.direction), sin(shape.direction)
    along = [(px - x) * c + (py - y) * s for px, py in zip(flat[0::2], flat[1::2], strict=True)]
    across = [(py - y) * c - (px - x) * s for px, py in zip(flat[0::2], flat[1::2], strict=True)]
    return RotatedBox(x, y, max(along) - min(along), max(across) - min(across), normalised(degrees(shape.direction)))


def _read_circle(shape: _Shape) -> Geometry:
    """The centre and a point on the circle."""
    flat = _flat(shape)
    if len(flat) != 4:
        raise ValueError(f"a circle has 2 points, got {len(flat) // 2}")
    radius = dist(flat[:2], flat[2:])
    return Ellipse(flat[0], flat[1], radius, radius, 0.0)


def _read_mask(shape: _Shape) -> Geometry:
    flat = _flat(shape)
    try:
        pixels, _ = read_raster(base64.b64decode(shape.mask or "", validate=True), "the mask")
    except binascii.Error:
        raise ValueError("the mask is no base64") from None
    if pixels.ndim != 2:
        raise ValueError("the mask has colours")
    mask = mask_of_pixels((pixels > 0).astype("uint8"), round(min(flat[0::2])), round(min(flat[1::2])))
    if mask is None:
        raise ValueError("the mask is empty")
    return mask


_READERS: dict[str, Callable[[_Shape], Geometry]] = {
    "polygon": lambda shape: polygon_of(_flat(shape)),
    "rectangle": _read_box,
    "rotation": _read_rotated,
    "oriented_rectangle": _read_rotated,
    "circle": _read_circle,
    "line": lambda shape: Polyline(_flat(shape)),
    "linestrip": lambda shape: Polyline(_flat(shape)),
    "point": lambda shape: Points(_flat(shape)),
    "points": lambda shape: Points(_flat(shape)),
    "mask": _read_mask,
}
_SHAPES = {
    "polygon": "polygon",
    "rectangle": "box",
    "rotation": "rotated_box",
    "oriented_rectangle": "rotated_box",
    "circle": "ellipse",
    "line": "polyline",
    "linestrip": "polyline",
    "point": "points",
    "points": "points",
    "mask": "mask",
}
assert set(_READERS) == set(_SHAPES)

FORMAT = Format(
    name="labelme",
    title="LabelMe",
    shapes=_HELD,
    tracks=True,
    writer=LabelMeWriter,
    reader=LabelMeReader,
    sniff=sniff,
)
