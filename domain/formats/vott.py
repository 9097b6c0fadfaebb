"""Microsoft VoTT: regions by asset, a box and its points; an export of a project, or the file of one asset."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from typing import Any, ClassVar
from urllib.parse import unquote
from uuid import UUID

import msgspec

from domain.elements.structs import Region
from domain.shapes import Geometry
from domain.shapes.box import Box

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from .fitting import box_corners
from .making import ItemMaker, Sighted, numbers, polygon_of
from .media import MediaIndex
from .report import LossReport
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("7f9b2d4c-6e8a-5c1d-b3f5-0a2c4e6d8f13")


class VottWriter(ItemWriter):
    """One export of a project."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": (
            "dropped",
            "VoTT holds boxes and polygons; tags, lines, points and skeletons are not written",
        ),
    }

    def begin(self) -> None:
        self._holder = self.sink.open("vott-json-export/export.json")
        self._file = self._holder.__enter__()
        tags = [{"name": c.name, "color": c.color} for c in self.live_classes(())]
        self._file.write(
            b'{"name":"Labelwright","version":"2.2.0","tags":' + msgspec.json.encode(tags) + b',"assets":{'
        )

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        regions = [made for region in found.regions if (made := self._region(region, item)) is not None]
        if not regions and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        name = self.file_name(item, whole=True)
        key = md5(name.encode(), usedforsecurity=False).hexdigest()  # VoTT's own way to make an asset's id
        size = {"width": item.asset.width, "height": item.asset.height}
        suffix = name.rpartition(".")[2]
        asset = {"format": suffix, "id": key, "name": name, "path": f"file:{name}", "size": size, "state": 2, "type": 1}
        entry = {"asset": asset, "regions": regions, "version": "2.2.0"}
        lead = b"," if self.report.items else b""
        self._file.write(lead + msgspec.json.encode(key) + b":" + msgspec.json.encode(entry))
        self.report.items += 1
        self.report.regions += len(regions)
        return f"vott-json-export/{name}"

    def _region(self, region: Region, item: ExportItem) -> dict[str, Any] | None:
        fitted = self.fit(region, item, ("box", "polygon"), holes=False, parts=False)
        if fitted is None:
            return None
        self.lose_unheld(region, item)
        x0, y0, x1, y1 = fitted.bounds()  # type: ignore[misc]
        is_box = isinstance(fitted, Box)
        flat = box_corners(x0, y0, x1, y1) if is_box else fitted.parts[0][0]  # type: ignore[attr-defined]
        return {
            "id": str(region.id),
            "type": "RECTANGLE" if is_box else "POLYGON",
            "tags": [self.classes[region.class_id].name],
            "boundingBox": {"height": y1 - y0, "width": x1 - x0, "left": x0, "top": y0},
            "points": [{"x": flat[i], "y": flat[i + 1]} for i in range(0, len(flat), 2)],
        }

    def finish(self) -> LossReport:
        self._file.write(b"}}\n")
        self._holder.__exit__(None, None, None)
        return self.report


def _files(source: Source) -> list[str]:
    return [p for p in source.paths() if p.lower().endswith(".json")]


def sniff(source: Source) -> float:
    for path in _files(source)[:5]:
        with source.open(path) as file:
            head = file.read(1 << 16)
        if b'"asset"' in head and b'"regions"' in head and (b'"boundingBox"' in head or b'"assets"' in head):
            return 0.95
    return 0.0


class VottReader:
    """Reads every file of a source that holds assets."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        if not self._files:
            raise FormatError("not_vott", "there is no .json file in it")

    def _entries(self, path: str) -> list[dict[str, Any]]:
        found = json_file(self._source, path)
        if not isinstance(found, dict):
            return []
        assets = found.get("assets")
        rows = list(assets.values()) if isinstance(assets, dict) else [found] if "asset" in found else []
        return [row for row in rows if isinstance(row, dict) and isinstance(row.get("asset"), dict)]

    def header(self) -> ImportHeader:
        return ImportHeader(format="vott", classes=self._sighted().classes())

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                for entry in self._entries(path):
                    for region in _regions(entry):
                        for tag in _tags(region):
                            seen.see(tag, _shape(region))
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            for entry in self._entries(path):
                asset = entry["asset"]
                name = (
                    unquote(str(asset.get("name") or asset.get("path") or "")).replace("\\", "/").removeprefix("file:")
                )
                maker = ItemMaker(_NAMESPACE, str(asset.get("id") or name))
                for number, region in enumerate(_regions(entry)):
                    try:
                        _add(maker, region, number, seen)
                    except ValueError as error:
                        maker.problem("bad_region", f"region {number} of {name}: {error}")
                media = self._media.find(name) or self._media.find(name.rpartition("/")[2])
                size = asset.get("size")
                width, height = _size(size) if isinstance(size, dict) else (0, 0)
                if min(width, height) <= 0 and self._size_of is not None:
                    width, height = self._size_of(media or name) or (0, 0)
                judged = asset.get("state") in (None, 2)
                outcome = "labelled" if maker.elements else "empty" if judged and not maker.problems else ""
                yield maker.item(AssetMeta(name=name, width=width, height=height), outcome=outcome, media=media)


def _size(size: dict[str, Any]) -> tuple[int, int]:
    try:
        return int(size.get("width") or 0), int(size.get("height") or 0)
    except (TypeError, ValueError):
        return 0, 0


def _regions(entry: dict[str, Any]) -> list[dict[str, Any]]:
    found = entry.get("regions")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _tags(region: dict[str, Any]) -> list[str]:
    found = region.get("tags")
    return [str(tag) for tag in found if tag] if isinstance(found, list) else []


def _shape(region: dict[str, Any]) -> str:
    return "polygon" if str(region.get("type")).upper() == "POLYGON" else "box"


def _geometry(region: dict[str, Any]) -> Geometry:
    if _shape(region) == "polygon":
        points = region.get("points")
        if not isinstance(points, list) or not all(isinstance(p, dict) for p in points):
            raise ValueError("it has no points")
        return polygon_of(numbers([p.get(axis) for p in points for axis in "xy"], "points"))
    box = region.get("boundingBox")
    if not isinstance(box, dict):
        raise ValueError("it has no boundingBox")
    x, y, w, h = numbers([box.get(k) for k in ("left", "top", "width", "height")], "boundingBox")
    if w <= 0 or h <= 0:
        raise ValueError(f"the box is {w:g} × {h:g}; both sides must be positive")
    return Box(x, y, w, h)


def _add(maker: ItemMaker, region: dict[str, Any], number: int, seen: Sighted) -> None:
    tags = _tags(region)
    if not tags:
        raise ValueError("it has no tag")
    geometry = _geometry(region)
    if len(tags) > 1:
        maker.problem("several_labels", f"region {number} has {len(tags)} tags; it became a region of each")
    for i, tag in enumerate(tags):
        maker.region(geometry, seen.key(tag), f"{region.get('id', number)}/{i}" if i else str(region.get("id", number)))


FORMAT = Format(name="vott", title="VoTT", shapes=("box", "polygon"), writer=VottWriter, reader=VottReader, sniff=sniff)
