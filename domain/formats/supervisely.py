"""Supervisely: `meta.json`, and for each data set the pictures in `img` and their objects in `ann`. Polygons keep their holes."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.geometry.masks import decode_runs
from domain.schema import Attribute, SkeletonTemplate
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.skeleton import Skeleton

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .making import ItemMaker, Sighted, mask_of_pixels, numbers
from .media import MediaIndex
from .rasters import read_raster, write_raster
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("5e7c9a1b-3d5f-5b7d-9f1a-2c4e6b8d0f37")
_HELD = ("box", "polygon", "polyline", "points", "mask")
MOST_BITMAP = 64 << 20  # bytes of one unpacked picture
_KINDS = {
    "select": "oneof_string",
    "boolean": "any_string",
    "number": "any_number",
    "text": "any_string",
    "multiselect": "any_string",
}


class SuperviselyWriter(ItemWriter):
    """A data set a split."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "tags of the image that are classes are not written"),
        "points_apart": ("approximated", "each point is an object of its own"),
        "parts_apart": ("approximated", "each part of a polygon is an object of its own"),
    }
    keeps = ("attributes",)

    def begin(self) -> None:
        self._used: dict[int, dict[str, None]] = {}

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        objects = [made for region in found.regions for made in self._objects(region, item)]
        if not objects and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        split = self.split(item, "ds0")
        name = self.file_name(item, split, whole=True)
        document = {
            "description": "",
            "tags": _tags(found.answers),
            "size": {"height": item.asset.height, "width": item.asset.width},
            "objects": objects,
        }
        self.sink.write(f"{split}/ann/{name}.json", msgspec.json.encode(document))
        self.report.items += 1
        self.report.regions += len(found.regions)
        return f"{split}/img/{name}"

    def _objects(self, region: Region, item: ExportItem) -> list[dict[str, Any]]:
        fitted = self.fit(region, item, _HELD)
        if fitted is None:
            return []
        self.lose_unheld(region, item)
        kind, places = _WRITERS[type(fitted)](fitted, self)
        if len(places) > 1:
            self.lose("points_apart" if kind == "point" else "parts_apart", item, region.id)
        self._used.setdefault(region.class_id, {})[kind] = None
        title = self.classes[region.class_id].name
        head = {"classTitle": title, "geometryType": kind, "tags": _tags(region.attributes), "description": ""}
        return [head | place for place in places]

    def finish(self) -> LossReport:
        classes = []
        for found in self.live_classes(self._used.keys()):
            kinds = list(self._used.get(found.id, {}))
            classes.append(
                {"title": found.name, "color": found.color.upper(), "shape": kinds[0] if len(kinds) == 1 else "any"}
            )
        asked = {a.name: a for c in self.schema.classes for a in c.attributes} | {
            a.name: a for a in self.schema.item_attributes
        }
        tags = [_tag_meta(a) for a in asked.values()]
        self.sink.write("meta.json", msgspec.json.encode({"classes": classes, "tags": tags, "projectType": "images"}))
        return self.report


def _tag_meta(found: Attribute) -> dict[str, Any]:
    made: dict[str, Any] = {"name": found.name, "value_type": _KINDS[found.kind], "color": "#808080"}
    return made | {"values": found.options} if found.kind == "select" else made


def _tags(values: dict[str, Value]) -> list[dict[str, Any]]:
    """A tag an answer; several answers are several tags of one name."""
    out = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one not in (None, ""):
                out.append({"name": name, "value": str(one).lower() if isinstance(one, bool) else one})
    return out


def _pairs(flat: list[float]) -> list[list[float]]:
    return [flat[i : i + 2] for i in range(0, len(flat), 2)]


def _points(exterior: list[float], interior: list[list[float]] = []) -> dict[str, Any]:  # noqa: B006 - never changed
    return {"points": {"exterior": _pairs(exterior), "interior": [_pairs(ring) for ring in interior]}}


def _bitmap(g: Any, writer: SuperviselyWriter) -> tuple[str, list[dict[str, Any]]]:
    """The crop as a packed picture of one bit a pixel."""
    height, width = g.size
    pixels = decode_runs(writer.runs(g), height=height, width=width) * 255
    data = base64.b64encode(zlib.compress(write_raster(pixels), 6)).decode("ascii")
    return "bitmap", [{"bitmap": {"data": data, "origin": [g.x, g.y]}}]


_WRITERS: dict[type[Geometry], Callable[[Any, SuperviselyWriter], tuple[str, list[dict[str, Any]]]]] = {
    Box: lambda g, _: ("rectangle", [_points([g.x, g.y, g.x + g.w, g.y + g.h])]),
    Polygon: lambda g, _: ("polygon", [_points(part[0], part[1:]) for part in g.parts]),
    Polyline: lambda g, _: ("line", [_points(g.points)]),
    Points: lambda g, _: ("point", [_points(g.points[i : i + 2]) for i in range(0, len(g.points), 2)]),
    Mask: _bitmap,
}


def _annotations(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(".json") and "/ann/" in f"/{p}"]


def sniff(source: Source) -> float:
    meta = any(p.rpartition("/")[2] == "meta.json" for p in source.paths())
    return 0.95 if meta and _annotations(source) else 0.6 if _annotations(source) else 0.0


class SuperviselyReader:
    """Reads every data set of a project."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _annotations(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        if not self._files:
            raise FormatError("not_supervisely", "there is no folder ann with .json files in it")

    def _json(self, path: str) -> dict[str, Any]:
        found = json_file(self._source, path)
        if not isinstance(found, dict):
            raise FormatError("bad_json", f"{path} is no object")
        return found

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="supervisely",
            classes=seen.classes(),
            items=len(self._files),
            item_attributes=seen.answers.item_attributes(),
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            meta = next((p for p in self._source.paths() if p.rpartition("/")[2] == "meta.json"), None)
            for found in _list(self._json(meta), "classes") if meta is not None else []:
                if found.get("title"):
                    seen.declare(str(found["title"]), color=str(found.get("color") or ""), skeleton=_template(found))
            for path in self._files:
                try:
                    document = self._json(path)
                except FormatError:
                    continue  # told with its item
                seen.answers.see(_values(document))
                for found in _list(document, "objects"):
                    title = str(found.get("classTitle") or "")
                    if title:
                        seen.see(title, _SHAPES.get(str(found.get("geometryType"))), _values(found))
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            head, _, tail = f"/{path}".rpartition("/ann/")
            name, folder = tail.removesuffix(".json"), head.rpartition("/")[2]
            maker = ItemMaker(_NAMESPACE, path)
            try:
                document = self._json(path)
            except FormatError as error:
                maker.problem(error.code, error.detail)
                yield maker.item(AssetMeta(name=name, width=0, height=0))
                continue
            for number, found in enumerate(_list(document, "objects")):
                try:
                    _add(maker, found, number, seen)
                except (ValueError, FormatError) as error:
                    maker.problem("bad_region", f"object {number} of {name}: {error}")
            for question, value in seen.answers.fit(_values(document)).items():
                maker.answer(question, value)
            yield self._item(maker, document, name, folder, head.lstrip("/"))

    def _item(self, maker: ItemMaker, document: dict[str, Any], name: str, folder: str, root: str) -> ImportItem:
        media = self._media.find(f"{root}/img/{name}".lstrip("/")) or self._media.find(name, "img")
        if media is None:  # old exports leave the suffix out
            media = next(
                (m for m in self._media.all() if m.rpartition(".")[0] == f"{root}/img/{name}".lstrip("/")), None
            )
        size = document.get("size")
        width, height = (
            (int(size.get("width") or 0), int(size.get("height") or 0)) if isinstance(size, dict) else (0, 0)
        )
        if min(width, height) <= 0 and self._size_of is not None:
            width, height = self._size_of(media or name) or (0, 0)
        split = folder if folder in ("train", "val", "test") else None
        outcome = "labelled" if maker.elements else "empty" if not _list(document, "objects") else ""
        asset = AssetMeta(
            name=name if media is None else media.rpartition("/img/")[2] or name, width=width, height=height
        )
        return maker.item(asset, outcome=outcome, split=split, media=media)


def _list(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = found.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _values(found: dict[str, Any]) -> dict[str, Value]:
    """Tags as answers: a tag without a value says true."""
    out: dict[str, Value] = {}
    for tag in _list(found, "tags"):
        name, value = str(tag.get("name") or ""), tag.get("value")
        made: Value = (
            True if value is None else value in ("true", True) if value in ("true", "false", True, False) else value
        )
        if not name or not isinstance(made, bool | int | float | str):
            continue
        before = out.get(name)
        out[name] = made if before is None else [*(before if isinstance(before, list) else [str(before)]), str(made)]
    return out


def _template(found: dict[str, Any]) -> SkeletonTemplate | None:
    """Nodes and edges of a class of graphs."""
    config = found.get("geometry_config") or found.get("shape_config")
    nodes = config.get("nodes") if isinstance(config, dict) else None
    if not isinstance(nodes, dict) or not nodes:
        return None
    names = [str(node.get("label") or key) if isinstance(node, dict) else str(key) for key, node in nodes.items()]
    index = {key: i for i, key in enumerate(nodes)}
    edges = [
        (index[e["src"]], index[e["dst"]])
        for e in _list(config or {}, "edges")
        if e.get("src") in index and e.get("dst") in index
    ]
    return SkeletonTemplate(joints=list(dict.fromkeys(names)), edges=edges) if len(set(names)) == len(names) else None


def _add(maker: ItemMaker, found: dict[str, Any], number: int, seen: Sighted) -> None:
    title, kind = str(found.get("classTitle") or ""), str(found.get("geometryType"))
    if not title:
        raise ValueError("it has no classTitle")
    read = _READERS.get(kind)
    if read is None:
        raise ValueError(f"objects of the type {kind!r} are not read")
    key = seen.key(title)
    maker.region(read(found, seen.skeleton(key)), key, str(number), attributes=seen.fit(key, _values(found)))


def _ring(points: Any) -> list[float]:
    if not isinstance(points, list) or any(not isinstance(p, list) or len(p) != 2 for p in points):
        raise ValueError("its points are not pairs")
    return numbers([c for point in points for c in point], "points")


def _exterior(found: dict[str, Any]) -> list[float]:
    points = found.get("points")
    return _ring(points.get("exterior") if isinstance(points, dict) else None)


def _read_rectangle(found: dict[str, Any], _: Any) -> Geometry:
    flat = _exterior(found)
    if len(flat) < 4:
        raise ValueError("a rectangle has two corners")
    x0, x1, y0, y1 = min(flat[0::2]), max(flat[0::2]), min(flat[1::2]), max(flat[1::2])
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the rectangle is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    return Box(x0, y0, x1 - x0, y1 - y0)


def _read_polygon(found: dict[str, Any], _: Any) -> Geometry:
    interior = found["points"].get("interior") if isinstance(found.get("points"), dict) else None
    holes = [_ring(ring) for ring in interior] if isinstance(interior, list) else []
    return Polygon([[_exterior(found), *holes]])


def _read_bitmap(found: dict[str, Any], _: Any) -> Geometry:
    bitmap = found.get("bitmap")
    if not isinstance(bitmap, dict):
        raise ValueError("it has no bitmap")
    x, y = numbers(bitmap.get("origin") or [], "origin")[:2] if len(bitmap.get("origin") or []) == 2 else (0.0, 0.0)
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(bitmap.get("data") or "", validate=True), MOST_BITMAP)
    except (zlib.error, binascii.Error, TypeError) as error:
        raise ValueError(f"the bitmap cannot be unpacked: {error}") from None
    pixels, _ = read_raster(data, "the bitmap")
    flat = pixels.max(axis=2) if pixels.ndim == 3 else pixels
    mask = mask_of_pixels((flat > 0).astype("uint8"), int(x), int(y))
    if mask is None:
        raise ValueError("the bitmap is empty")
    return mask


def _read_graph(found: dict[str, Any], template: SkeletonTemplate | None) -> Geometry:
    nodes = found.get("nodes")
    if not isinstance(nodes, dict):
        raise ValueError("it has no nodes")
    joints: dict[str, Any] = {}
    names = template.joints if template is not None and len(template.joints) == len(nodes) else list(nodes)
    for name, node in zip(names, nodes.values(), strict=True):
        x, y = numbers(node.get("loc") or [], "loc")[:2]
        joints[str(name)] = (x, y, 1 if node.get("disabled") else 2)
    return Skeleton(joints)


_READERS: dict[str, Callable[[dict[str, Any], SkeletonTemplate | None], Geometry]] = {
    "rectangle": _read_rectangle,
    "polygon": _read_polygon,
    "line": lambda found, _: Polyline(_exterior(found)),
    "point": lambda found, _: Points(_exterior(found)),
    "bitmap": _read_bitmap,
    "graph": _read_graph,
}
_SHAPES = {
    "rectangle": "box",
    "polygon": "polygon",
    "line": "polyline",
    "point": "points",
    "bitmap": "mask",
    "graph": "skeleton",
}

FORMAT = Format(
    name="supervisely",
    title="Supervisely",
    shapes=_HELD,
    writer=SuperviselyWriter,
    reader=SuperviselyReader,
    sniff=sniff,
)
