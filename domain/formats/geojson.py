"""GeoJSON in pixels: a FeatureCollection an image, y down, class and attributes as properties.

Read as QuPath writes it too (`classification`). Coordinates that can only be degrees of an image somewhere are refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.elements.structs import Region, Value
from domain.shapes import Geometry
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.tag import Tag

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .making import TRACK, ItemMaker, Sighted, numbers, track_of
from .media import MediaIndex
from .report import LossReport
from .sinks import stem
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("8d0f2a4c-6e1b-5c3d-9a7f-4b6d8e0c2f95")
_HELD = ("polygon", "polyline", "points", "tag")
CLASS = "class"
_CLASS_NAMES = (CLASS, "label", "category", "name", "type")
_OWN = ("id", "z", "occluded", "group", "image", "width", "height", TRACK)


class GeoJsonWriter(ItemWriter):
    """One file an item."""

    losses: ClassVar[Losses] = {
        "flags": ("dropped", "flags of regions are not written"),
        "item_answers": (
            "noted",
            "answers about the image stand in `properties` of the collection, which is not standard",
        ),
    }
    keeps = ("attributes", "score", "occluded", "track", "z")

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        features = [made for region in found.regions if (made := self._feature(region, item)) is not None]
        if not features and not found.answers and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        split = f"{self.split(item, '')}/" if item.split else ""
        name = self.file_name(item)
        properties: dict[str, Any] = {
            "image": name.rpartition("/")[2],
            "width": item.asset.width,
            "height": item.asset.height,
        }
        if found.answers:
            self.lose("item_answers", item)
            properties |= found.answers
        document = {"type": "FeatureCollection", "properties": properties, "features": features}
        self.sink.write(f"{split}{stem(name)}.geojson", msgspec.json.encode(document) + b"\n")
        self.report.items += 1
        self.report.regions += len(features)
        return f"{split}{name}"

    def _feature(self, region: Region, item: ExportItem) -> dict[str, Any] | None:
        fitted = self.fit(region, item, _HELD)
        if fitted is None:
            return None
        self.lose_unheld(region, item)
        found = self.classes[region.class_id]
        properties: dict[str, Any] = {CLASS: found.name, "color": found.color} | region.attributes
        if region.score is not None:
            properties["score"] = region.score
        if region.occluded:
            properties["occluded"] = True
        if region.z:
            properties["z"] = region.z
        if region.track is not None:
            properties[TRACK] = region.track
        return {
            "type": "Feature",
            "id": str(region.id),
            "geometry": _WRITERS[type(fitted)](fitted),
            "properties": properties,
        }

    def finish(self) -> LossReport:
        return self.report


def _pairs(flat: list[float], *, closed: bool = False) -> list[list[float]]:
    out = [flat[i : i + 2] for i in range(0, len(flat), 2)]
    return [*out, out[0]] if closed else out


def _write_polygon(g: Any) -> dict[str, Any]:
    parts = [[_pairs(ring, closed=True) for ring in part] for part in g.parts]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _write_points(g: Any) -> dict[str, Any]:
    pairs = _pairs(g.points)
    return (
        {"type": "Point", "coordinates": pairs[0]} if len(pairs) == 1 else {"type": "MultiPoint", "coordinates": pairs}
    )


_WRITERS: dict[type[Geometry], Callable[[Any], dict[str, Any] | None]] = {
    Polygon: _write_polygon,
    Polyline: lambda g: {"type": "LineString", "coordinates": _pairs(g.points)},
    Points: _write_points,
    Tag: lambda g: None,
}


def _files(source: Source) -> list[str]:
    found = [p for p in source.paths() if p.lower().endswith(".geojson")]
    return found or [p for p in source.paths() if p.lower().endswith(".json")]


def sniff(source: Source) -> float:
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 16)
        if b'"FeatureCollection"' in head or (b'"Feature"' in head and b'"coordinates"' in head):
            return 0.9
    return 0.0


class GeoJsonReader:
    """Reads every collection; its image is named by `properties.image`, or called like the file."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        if not self._files:
            raise FormatError("not_geojson", "there is no .geojson file in it")

    def _features(self, path: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        found = json_file(self._source, path)
        rows = found if isinstance(found, list) else found.get("features", [found]) if isinstance(found, dict) else []
        properties = found.get("properties") if isinstance(found, dict) and "features" in found else {}
        return [r for r in rows if isinstance(r, dict)], properties if isinstance(properties, dict) else {}

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="geojson",
            classes=seen.classes(),
            items=len(self._files),
            item_attributes=seen.answers.item_attributes(),
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                try:
                    features, properties = self._features(path)
                except FormatError:
                    continue  # told with its item
                seen.answers.see(_values(properties))
                for feature in features:
                    name, color = _class(feature)
                    kind = feature.get("geometry")
                    shape = _SHAPES.get(str(kind.get("type"))) if isinstance(kind, dict) else "tag"
                    if name:
                        seen.see(name, shape, _attributes(feature))
                        seen.declare(name, color=color)
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            maker = ItemMaker(_NAMESPACE, path)
            try:
                features, properties = self._features(path)
            except FormatError as error:
                maker.problem(error.code, error.detail)
                yield maker.item(AssetMeta(name=stem(path), width=0, height=0))
                continue
            for number, feature in enumerate(features):
                try:
                    _add(maker, feature, number, seen)
                except ValueError as error:
                    maker.problem("bad_region", f"feature {number}: {error}")
            for name, value in _values(properties).items():
                maker.answer(name, value)
            named = str(properties.get("image") or "")
            folder = path.rpartition("/")[0]
            media = self._media.find(f"{folder}/{named}".lstrip("/")) if named else None
            media = media or self._media.exactly(stem(path))
            width, height = properties.get("width"), properties.get("height")
            size = (width, height) if isinstance(width, int) and isinstance(height, int) else (0, 0)
            if min(size) <= 0 and self._size_of is not None:
                size = self._size_of(media or named) or (0, 0)
            parts = (media or f"{folder}/{named or stem(path)}").lstrip("/").split("/")
            split = next((part for part in parts[:-1] if part in ("train", "val", "test")), None)
            asset = AssetMeta(name="/".join(p for p in parts if p != split), width=size[0], height=size[1])
            outcome = "labelled" if maker.elements else "empty" if not features else ""
            yield maker.item(asset, outcome=outcome, split=split, media=media)


def _class(feature: dict[str, Any]) -> tuple[str, str]:
    """(class, colour) by `classification` of QuPath, else by a property that is called so."""
    given = feature.get("properties")
    properties: dict[str, Any] = given if isinstance(given, dict) else {}
    classified = properties.get("classification")
    if isinstance(classified, dict) and classified.get("name"):
        rgb = classified.get("color")
        color = (
            "#{:02x}{:02x}{:02x}".format(*(int(c) & 255 for c in rgb))
            if isinstance(rgb, list) and len(rgb) == 3
            else ""
        )
        return str(classified["name"]), color
    name = next((properties[n] for n in _CLASS_NAMES if isinstance(properties.get(n), str) and properties[n]), "")
    return name, str(properties.get("color") or "")


def _values(given: dict[str, Any]) -> dict[str, Value]:
    return {
        name[:120]: value
        for name, value in given.items()
        if name and name not in _OWN and isinstance(value, bool | int | float | str) and value != ""
    }


def _attributes(feature: dict[str, Any]) -> dict[str, Value]:
    given = feature.get("properties")
    found = _values(given if isinstance(given, dict) else {})
    by = next((n for n in _CLASS_NAMES if isinstance(found.get(n), str)), None)
    left_out = {by, "color", "score", "objectType", "object_type", "isLocked"}
    return {name: value for name, value in found.items() if name not in left_out}


def _add(maker: ItemMaker, feature: dict[str, Any], number: int, seen: Sighted) -> None:
    name, _ = _class(feature)
    if not name:
        raise ValueError(f"it has no class: a property {', '.join(_CLASS_NAMES)}, or a classification")
    given = feature.get("geometry")
    geometry: Geometry = Tag() if given is None else _geometry(given)
    key, properties = seen.key(name), feature.get("properties") or {}
    score, z = properties.get("score"), properties.get("z")
    maker.region(
        geometry,
        key,
        str(feature.get("id", number)),
        attributes=seen.fit(key, _attributes(feature)),
        score=float(score) if isinstance(score, int | float) and 0 <= score <= 1 else None,
        occluded=properties.get("occluded") is True,
        z=z if isinstance(z, int) and abs(z) <= 1_000_000 else 0,
        track=track_of(properties.get(TRACK)),
    )


def _geometry(given: Any) -> Geometry:
    kind = str(given.get("type")) if isinstance(given, dict) else ""
    read = _READERS.get(kind)
    if read is None:
        raise ValueError(f"a geometry of the type {kind!r} is not read")
    try:
        return read(given.get("coordinates"))
    except (TypeError, IndexError):
        raise ValueError("its coordinates are not nested as its type asks") from None


def _flat(pairs: Any) -> list[float]:
    return numbers([c for pair in pairs for c in (pair[0], pair[1])], "coordinates")


def _ring(pairs: Any) -> list[float]:
    flat = _flat(pairs)
    return flat[:-2] if len(flat) > 6 and flat[:2] == flat[-2:] else flat


_READERS: dict[str, Callable[[Any], Geometry]] = {
    "Polygon": lambda c: Polygon([[_ring(ring) for ring in c]]),
    "MultiPolygon": lambda c: Polygon([[_ring(ring) for ring in part] for part in c]),
    "LineString": lambda c: Polyline(_flat(c)),
    "Point": lambda c: Points(_flat([c])),
    "MultiPoint": lambda c: Points(_flat(c)),
}
_SHAPES = {
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
    "LineString": "polyline",
    "Point": "points",
    "MultiPoint": "points",
}

FORMAT = Format(
    name="geojson",
    title="GeoJSON (pixels)",
    shapes=_HELD,
    tracks=True,
    writer=GeoJsonWriter,
    reader=GeoJsonReader,
    sniff=sniff,
)
