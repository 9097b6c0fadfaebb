"""Reading Datumaro JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec

from domain.elements.structs import Flag, Value
from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from domain.formats.making import TRACK, ItemMaker, Sighted, mask_of_runs, numbers, polygon_of, take_track
from domain.formats.media import MediaIndex
from domain.formats.sinks import stem
from domain.formats.sources import Source
from domain.geometry import rle
from domain.geometry.angles import normalised
from domain.schema import SkeletonTemplate
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.ellipse import Ellipse
from domain.shapes.points import Points
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

from .writing import CAPTION, FLAGS

_NAMESPACE = UUID("0b8c9e5a-6a32-5d8e-8e5d-1f4be7b6d3c1")
_SILENT = ("hash_key", "feature_vector")  # what machines keep beside; no labels


class _Label(msgspec.Struct):
    name: str
    parent: str | None = None
    attributes: list[str] = []


class _Labels(msgspec.Struct):
    labels: list[_Label] = []


class _Template(msgspec.Struct):
    label_id: int
    labels: list[str] = []
    joints: list[list[int]] = []


class _Templates(msgspec.Struct):
    items: list[_Template] = []


class _Color(msgspec.Struct):
    label_id: int
    r: int = 0
    g: int = 0
    b: int = 0


class _Colors(msgspec.Struct):
    colormap: list[_Color] = []


class _Categories(msgspec.Struct):
    label: _Labels = msgspec.field(default_factory=_Labels)
    points: _Templates = msgspec.field(default_factory=_Templates)
    mask: _Colors = msgspec.field(default_factory=_Colors)


class _Image(msgspec.Struct):
    path: str = ""
    size: list[int] | None = None


class _Item(msgspec.Struct):
    id: str | int
    annotations: list[msgspec.Raw] = []
    attr: dict[str, Any] = {}
    image: _Image | None = None
    media: _Image | None = None


class _File(msgspec.Struct):
    items: list[msgspec.Raw]
    categories: _Categories = msgspec.field(default_factory=_Categories)


def sniff(source: Source) -> float:
    """A JSON object with `categories` as an object, and `items`."""
    for path in _files(source)[:3]:
        with source.open(path) as file:
            head = file.read(1 << 20)
        if b'"categories"' in head and b'"items"' in head and (b'"label"' in head or b'"annotations"' in head):
            return 0.95
    return 0.0


def _files(source: Source) -> list[str]:
    paths = [p for p in source.paths() if p.lower().endswith(".json")]
    return [p for p in paths if "/annotations/" in f"/{p}"] or paths


class DatumaroReader:
    """Reads every subset. Classes are matched by name."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_datumaro", "there is no .json file in it")
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None
        self._count = 0

    def _read(self, path: str) -> _File:
        return json_file(self._source, path, type=_File)

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="datumaro", classes=seen.classes(), items=self._count, item_attributes=seen.answers.item_attributes()
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                file = self._read(path)
                self._declare(seen, file.categories)
                for raw in file.items:
                    self._count += 1
                    try:
                        self._see(seen, file.categories, msgspec.json.decode(raw, type=_Item))
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        continue  # told with its item
            self._seen = seen
        return self._seen

    def _declare(self, seen: Sighted, categories: _Categories) -> None:
        """Labels whose parent is a skeleton are its joints and no classes."""
        labels = categories.label.labels
        posed = {t.label_id: t for t in categories.points.items}
        joints = {name for t in posed.values() for name in t.labels}
        skeletons = {labels[i].name for i in posed if 0 <= i < len(labels)}
        colors = {c.label_id: f"#{c.r & 255:02x}{c.g & 255:02x}{c.b & 255:02x}" for c in categories.mask.colormap}
        for number, label in enumerate(labels):
            if label.name in joints and label.parent in skeletons:
                continue
            template = posed.get(number)
            color = colors.get(number, "")
            seen.declare(
                label.name,
                parent=label.parent or None,
                skeleton=_template(template) if template is not None and template.labels else None,
                color="" if color == "#000000" else color,
            )

    def _see(self, seen: Sighted, categories: _Categories, item: _Item) -> None:
        seen.answers.see(_values(item.attr))
        for raw in item.annotations:
            found = msgspec.json.decode(raw)
            name = _class(categories, found)
            if isinstance(found, dict) and found.get("type") == "caption":
                seen.answers.text(CAPTION)
            elif name is not None:
                seen.see(name, _shape(found, seen, name), _split_attributes(found, categories)[0])

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            file = self._read(path)
            subset = stem(path.rpartition("/")[2])
            for number, raw in enumerate(file.items):
                try:
                    item = msgspec.json.decode(raw, type=_Item)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    maker = ItemMaker(_NAMESPACE, f"{path}#{number}")
                    maker.problem("bad_item", f"{path} item {number}: {error}")
                    yield maker.item(AssetMeta(name=f"item {number}", width=0, height=0))
                    continue
                yield self._item(item, file.categories, subset, seen)

    def _item(self, item: _Item, categories: _Categories, subset: str, seen: Sighted) -> ImportItem:
        maker = ItemMaker(_NAMESPACE, f"{subset}/{item.id}")
        captions: list[str] = []
        for number, raw in enumerate(item.annotations):
            try:
                self._annotation(maker, msgspec.json.decode(raw), categories, number, seen, captions)
            except ValueError as error:  # of numbers, and of JSON
                maker.problem("bad_region", f"annotation {number}: {error}")
        if captions:
            maker.answer(CAPTION, "\n".join(captions)[:10_000])
        asked = {a.name for a in seen.answers.item_attributes()}
        for name, value in _values(item.attr).items():
            if name in asked:
                maker.answer(name, value)
        image = item.image or item.media or _Image()
        name = image.path or str(item.id)
        media = self._media.find(name, subset) or self._media.find(name)
        size = (image.size[1], image.size[0]) if image.size and len(image.size) >= 2 else (0, 0)
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or name) or (0, 0)
        asset = AssetMeta(name=name, width=size[0], height=size[1])
        return maker.item(asset, split=subset if subset != "default" else None, media=media)

    def _annotation(
        self, maker: ItemMaker, found: Any, categories: _Categories, number: int, seen: Sighted, captions: list[str]
    ) -> None:
        if not isinstance(found, dict):
            raise ValueError("it is no object")
        kind = found.get("type")
        if kind in _SILENT:
            return
        if kind == "caption":
            captions.append(str(found.get("caption", "")))
            return
        name = _class(categories, found)
        if name is None:
            raise ValueError(f"{kind} has no label that is in the file, got {found.get('label_id')!r}")
        key = seen.key(name)
        read = _READERS.get(str(kind))
        if read is None:
            raise ValueError(f"annotations of type {kind!r} are not read")
        attributes, more = _split_attributes(found, categories)
        geometry = read(found, seen.skeleton(key))
        group, z = found.get("group"), found.get("z_order")
        maker.region(
            geometry,
            key,
            f"{number}",
            attributes=seen.fit(key, attributes),
            group=str(group) if isinstance(group, int) and group else None,
            z=max(-1_000_000, min(1_000_000, z)) if isinstance(z, int) else 0,
            **more,
        )


def _template(found: _Template) -> SkeletonTemplate:
    joints = list(dict.fromkeys(found.labels))
    edges = [(a - 1, b - 1) for a, b, *_ in found.joints if a != b and min(a, b) >= 1 and max(a, b) <= len(joints)]
    return SkeletonTemplate(joints=joints, edges=edges)


def _class(categories: _Categories, found: Any) -> str | None:
    number = found.get("label_id") if isinstance(found, dict) else None
    labels = categories.label.labels
    return labels[number].name if isinstance(number, int) and 0 <= number < len(labels) else None


def _values(given: Any) -> dict[str, Value]:
    out: dict[str, Value] = {}
    for name, value in (given or {}).items() if isinstance(given, dict) else ():
        if isinstance(value, list):
            value = [str(one) for one in value]
        if name and isinstance(value, bool | int | float | str | list):
            out[name[:120]] = value
    return out


_FLAG_NAMES: dict[str, Flag] = {
    "difficult": "difficult",
    "truncated": "truncated",
    "ignore": "ignore",
    "uncertain": "uncertain",
}
_FLAG_NAMES["is_crowd"] = "crowd"
assert set(FLAGS) <= set(_FLAG_NAMES)


def _split_attributes(found: dict[str, Any], categories: _Categories) -> tuple[dict[str, Value], dict[str, Any]]:
    """(attributes of the class, other fields of the region). What a label itself asks is its attribute, also `track_id`."""
    attributes = _values(found.get("attributes"))
    more: dict[str, Any] = {"occluded": attributes.pop("occluded", False) is True}
    more["flags"] = sorted(flag for name, flag in _FLAG_NAMES.items() if attributes.pop(name, False) is True)
    score = attributes.get("score")
    if isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1:
        more["score"] = float(attributes.pop("score"))  # type: ignore[arg-type]
    if TRACK in attributes and not _asks(categories, found):
        more["track"] = take_track(attributes)
    attributes.pop("rotation", None)
    attributes.pop("keyframe", None)
    return attributes, more


def _asks(categories: _Categories, found: dict[str, Any]) -> bool:
    """Whether an annotation's label itself asks for a track."""
    number, labels = found.get("label_id"), categories.label.labels
    return isinstance(number, int) and 0 <= number < len(labels) and TRACK in labels[number].attributes


def _turn(found: dict[str, Any]) -> float:
    given = found.get("attributes")
    rotation = given.get("rotation") if isinstance(given, dict) else None
    return normalised(numbers([rotation or 0], "rotation")[0])


def _list(found: dict[str, Any], name: str, count: int | None = None) -> list[float]:
    given = found.get(name)
    if not isinstance(given, list) or (count is not None and len(given) != count):
        raise ValueError(f"`{name}` is no list{'' if count is None else f' of {count}'}")
    return numbers(given, name)


def _bbox(found: dict[str, Any], _: Any) -> Geometry:
    x, y, w, h = _list(found, "bbox", 4)
    if w <= 0 or h <= 0:
        raise ValueError(f"the bbox is {w:g} × {h:g}; both sides must be positive")
    angle = _turn(found)
    return RotatedBox(x + w / 2, y + h / 2, w, h, angle) if angle else Box(x, y, w, h)


def _rotated(found: dict[str, Any], _: Any) -> Geometry:
    cx, cy, w, h, angle = _list(found, "rbbox" if "rbbox" in found else "points", 5)
    return RotatedBox(cx, cy, w, h, normalised(angle))


def _ellipse(found: dict[str, Any], _: Any) -> Geometry:
    x0, y0, x1, y1 = _list(found, "points", 4)
    return Ellipse((x0 + x1) / 2, (y0 + y1) / 2, abs(x1 - x0) / 2, abs(y1 - y0) / 2, _turn(found))


def _points(found: dict[str, Any], template: SkeletonTemplate | None) -> Geometry:
    """A class with a template and as many points is a skeleton, as in COCO."""
    flat = _list(found, "points")
    seen = found.get("visibility") or [2] * (len(flat) // 2)
    if template is not None and len(template.joints) == len(flat) // 2 == len(seen):
        rows = zip(template.joints, flat[0::2], flat[1::2], seen, strict=True)
        return Skeleton({name: (x, y, _visibility(v)) for name, x, y, v in rows})
    return Points(flat)


def _visibility(value: Any) -> Any:
    if value not in (0, 1, 2):
        raise ValueError(f"a visibility is 0, 1 or 2, got {value!r}")
    return int(value)


def _skeleton(found: dict[str, Any], template: SkeletonTemplate | None) -> Geometry:
    flat = _list(found, "points")
    if len(flat) % 3:
        raise ValueError("points of a skeleton are x, y and visibility")
    names = template.joints if template is not None else [str(i + 1) for i in range(len(flat) // 3)]
    if len(names) < len(flat) // 3:
        raise ValueError(f"{len(flat) // 3} points do not fit {len(names)} joints")
    return Skeleton(
        {names[i]: (flat[3 * i], flat[3 * i + 1], _visibility(flat[3 * i + 2])) for i in range(len(flat) // 3)}
    )


def _mask(found: dict[str, Any], _: Any) -> Geometry:
    given = found.get("rle")
    size = given.get("size") if isinstance(given, dict) else None
    counts = given.get("counts") if isinstance(given, dict) else None
    if not isinstance(size, list) or len(size) != 2 or not all(isinstance(s, int) for s in size):
        raise ValueError("the mask has no size")
    runs = rle.decompress(counts) if isinstance(counts, str) else [int(c) for c in numbers(counts or [], "counts")]
    return mask_of_runs(runs, size[0], size[1])


_READERS: dict[str, Callable[[dict[str, Any], SkeletonTemplate | None], Geometry]] = {
    "bbox": _bbox,
    "rotated_bbox": _rotated,
    "ellipse": _ellipse,
    "polygon": lambda found, _: polygon_of(_list(found, "points")),
    "polyline": lambda found, _: Polyline(_list(found, "points")),
    "points": _points,
    "skeleton": _skeleton,
    "mask": _mask,
    "label": lambda found, _: Tag(),
}
_SHAPES = {"bbox": "box", "rotated_bbox": "rotated_box", "label": "tag"}


def _shape(found: dict[str, Any], seen: Sighted, name: str) -> str | None:
    kind = str(found.get("type"))
    if kind not in _READERS:
        return None
    try:
        return _READERS[kind](found, seen.skeleton(seen.key(name))).shape
    except ValueError:
        return None  # told with its item
