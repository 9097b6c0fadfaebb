"""Reading CVAT XML 1.1: images, and tracks of videos as regions of each frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from domain.elements.structs import Value
from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf
from domain.formats.making import TRACK, ItemMaker, Sighted, mask_of_pixels, numbers, polygon_of, take_track
from domain.formats.media import MediaIndex
from domain.formats.sources import Source
from domain.formats.xmlstream import Element, elements, root_tag
from domain.geometry.angles import normalised
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

from .labels import Labels
from .tracks import Frames, Tracks

NAMESPACE = UUID("5f4d6c8f-7f0c-5a5e-bd8a-3b1a5c0f8d17")
_WANTED = frozenset({"meta", "image", "track"})
MOST_MASK = 1 << 28  # pixels of one mask's crop


def sniff(source: Source) -> float:
    """An XML file whose root is `annotations`."""
    for path in _files(source)[:3]:
        with source.open(path) as file:
            if root_tag(file) == "annotations":
                return 0.95
    return 0.0


def _files(source: Source) -> list[str]:
    return [path for path in source.paths() if path.lower().endswith(".xml")]


class CvatReader:
    """Reads every XML file of a source; their classes are matched by name."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = _files(source)
        if not self._files:
            raise FormatError("not_cvat", "there is no .xml file in it")
        self._media = MediaIndex(source)
        self._labels: Labels | None = None

    def _elements(self, path: str) -> Iterator[Element]:
        with self._source.open(path) as file:
            yield from elements(file, path, _WANTED)

    def header(self) -> ImportHeader:
        labels = self._seen()
        return ImportHeader(format="cvat_xml", classes=labels.sighted.classes(), items=labels.items or None)

    def _seen(self) -> Labels:
        """Labels that the files declare, with the shapes and values that they use: one pass over all files."""
        if self._labels is None:
            labels = Labels()
            for path in self._files:
                for found in self._elements(path):
                    if found.tag == "meta":
                        labels.declare(found)
                    elif found.tag == "image":
                        labels.items += 1
                        for shape in found:
                            labels.see(shape.get("label", ""), shape_of(shape), shape)
                    else:
                        for shape in found:
                            if shape.tag != "track":
                                labels.see(found.get("label", ""), shape_of(shape), shape)
            self._labels = labels
        return self._labels

    def items(self) -> Iterator[ImportItem]:
        labels = self._seen()
        stems = _by_stem(self._media.all())
        for path in self._files:
            frames, tracks = Frames(), Tracks()
            for found in self._elements(path):
                if found.tag == "meta":
                    frames = Frames.of(found)
                elif found.tag == "track":
                    tracks.add(found)
                else:
                    yield self._image(path, found, labels)
            if tracks:
                pictures = _beside(stems, path)
                for ordinal in frames.ordinals(tracks.last()):
                    item = self._frame(path, frames, tracks, ordinal, labels.sighted, pictures)
                    if item.media is not None or item.elements or item.problems or not pictures:
                        yield item

    def _image(self, path: str, image: Element, labels: Labels) -> ImportItem:
        name = (image.get("name") or "").replace("\\", "/")
        maker = ItemMaker(NAMESPACE, f"{path}/{image.get('id', name)}")
        for number, shape in enumerate(image):
            label = shape.get("label", "")
            try:
                add_shape(maker, shape, label, str(number), labels)
            except ValueError as error:
                maker.problem("bad_region", f"{shape.tag} {number} ({label or 'without a label'}): {error}")
        subset = image.get("subset") or ""
        media = self._media.find(name, subset)
        width, height = _side(image.get("width")), _side(image.get("height"))
        if min(width, height) <= 0 and self._size_of is not None:
            width, height = self._size_of(media or name) or (0, 0)
        return maker.item(
            AssetMeta(name=name, width=width, height=height),
            split=None if subset in ("", "default") else subset,
            media=media,
        )

    def _frame(
        self,
        path: str,
        frames: Frames,
        tracks: Tracks,
        ordinal: int,
        labels: Sighted,
        pictures: dict[str, str],
    ) -> ImportItem:
        """A frame of a video. `pictures` are those of this file, by the names of frames."""
        name, sequence = frames.name(ordinal), frames.task or _title(path)
        media = pictures.get(name)
        maker = ItemMaker(NAMESPACE, f"{path}/frame/{ordinal}")
        for shown in tracks.at(ordinal, geometry_of, maker):
            if not shown.label:
                maker.problem("no_class", f"track {shown.key} has no label")
                continue
            key = labels.key(shown.label)
            maker.region(
                shown.geometry,
                key,
                f"track/{shown.key}",
                group=shown.group,
                track=shown.track,
                occluded=shown.occluded,
                z=shown.z,
                attributes=labels.fit(key, attributes_of(shown.element, labels, key)),
            )
        width, height = frames.size
        if min(width, height) <= 0 and self._size_of is not None:
            width, height = self._size_of(media or f"{name}.png") or (0, 0)
        called = f"{name}.png" if media is None else media.rpartition("/")[2]
        if len(self._files) > 1:  # other videos have frames of the same names
            called = f"{sequence.replace('/', '_')}/{called}"
        return maker.item(AssetMeta(name=called, width=width, height=height, group=sequence), media=media)


def _by_stem(pictures: list[str]) -> dict[str, list[str]]:
    """Pictures by their names without folder and suffix."""
    out: dict[str, list[str]] = {}
    for picture in pictures:
        out.setdefault(picture.rpartition("/")[2].rpartition(".")[0], []).append(picture)
    return out


def _beside(stems: dict[str, list[str]], path: str) -> dict[str, str]:
    """The picture of each name that belongs to a file: in its own folder or below it, else anywhere where none is."""
    root = f"{path.rpartition('/')[0]}/".lstrip("/")
    near = {name: [picture for picture in found if picture.startswith(root)] for name, found in stems.items()}
    if not any(near.values()):
        near = stems
    return {name: found[0] for name, found in near.items() if found}


def _title(path: str) -> str:
    """What a file without a task's name is about: itself, or its folder where all files are called alike."""
    folder, _, name = path.rpartition("/")
    plain = name.rpartition(".")[0]
    return folder.rpartition("/")[2] if folder and plain == "annotations" else plain


def add_shape(maker: ItemMaker, shape: Element, label: str, key: str, labels: Labels) -> None:
    """Add one shape of an image.

    Raises:
        ValueError: it has no label, an unknown tag, or broken numbers.
    """
    if not label:
        raise ValueError("it has no label")
    geometry = geometry_of(shape)
    class_key = labels.sighted.key(label)
    if isinstance(geometry, Cuboid2d) and _is_bent(shape):
        maker.problem(
            "cuboid_squared", f"cuboid {key} ({label}) has a face that is no upright rectangle; its bounds were taken"
        )
    group = shape.get("group_id", "0")
    attributes, track = attributes_of(shape, labels.sighted, class_key), None
    if TRACK in attributes and labels.is_track(label, TRACK):
        track = take_track(attributes)
    maker.region(
        geometry,
        class_key,
        key,
        attributes=labels.sighted.fit(class_key, attributes),
        track=track,
        occluded=shape.get("occluded") == "1",
        z=_depth(shape.get("z_order")),
        group=group if group not in ("", "0") else None,
    )


def _side(text: str | None) -> int:
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError):
        return 0


def _depth(text: str | None) -> int:
    try:
        return max(-1_000_000, min(1_000_000, int(float(text or 0))))
    except (ValueError, OverflowError):
        return 0


def shape_of(shape: Element) -> str | None:
    """The name of our shape for an element; None for an unknown tag."""
    if shape.tag == "box" and _turn(shape):
        return "rotated_box"
    return _SHAPES.get(shape.tag)


def geometry_of(shape: Element) -> Geometry:
    """The geometry of an element. Raises ValueError."""
    reader = _READERS.get(shape.tag)
    if reader is None:
        raise ValueError(f"{shape.tag!r} is no shape that is known")
    return reader(shape)


def attributes_of(shape: Element, labels: Sighted, key: int) -> dict[str, Value]:
    """Attributes in the types that the label declares."""
    kinds = {attribute.name: attribute.kind for attribute in labels.attributes(key)}
    out: dict[str, Value] = {}
    for found in shape.findall("attribute"):
        name, text = found.get("name", ""), (found.text or "").strip()
        if name and text:
            out[name] = typed(text, kinds.get(name))
    return out


def typed(text: str, kind: str | None) -> Value:
    """A value's text as its question's kind has it; as text when it does not fit."""
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "number":
        try:
            number = numbers([text], "an attribute")[0]
        except ValueError:
            return text
        return int(number) if number.is_integer() and "." not in text else number
    return text


def _turn(shape: Element) -> float:
    return normalised(numbers([shape.get("rotation") or 0], "rotation")[0])


def _values(shape: Element, *names: str) -> list[float]:
    missing = [name for name in names if shape.get(name) is None]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    return numbers([shape.get(name) for name in names], shape.tag)


def _flat(shape: Element) -> list[float]:
    text = (shape.get("points") or "").strip().strip(";")
    if not text:
        raise ValueError("it has no points")
    pairs = [pair.split(",") for pair in text.split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("its points are not pairs x,y")
    return numbers([c for pair in pairs for c in pair], "points")


def _box(shape: Element) -> Geometry:
    x0, y0, x1, y1 = _values(shape, "xtl", "ytl", "xbr", "ybr")
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"the box is {x1 - x0:g} × {y1 - y0:g}; both sides must be positive")
    turn = _turn(shape)
    if turn:
        return RotatedBox((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, turn)
    return Box(x0, y0, x1 - x0, y1 - y0)


def _ellipse(shape: Element) -> Geometry:
    cx, cy, rx, ry = _values(shape, "cx", "cy", "rx", "ry")
    return Ellipse(cx, cy, rx, ry, _turn(shape))


def _mask(shape: Element) -> Geometry:
    left, top, width, height = (int(v) for v in _values(shape, "left", "top", "width", "height"))
    runs = [int(v) for v in numbers((shape.get("rle") or "").split(","), "rle")]
    return row_mask(runs, left, top, width, height)


def row_mask(runs: list[int], left: int, top: int, width: int, height: int) -> Mask:
    """A mask of run lengths in rows within a crop, background first. Raises ValueError."""
    import numpy as np

    if not 0 < width * height <= MOST_MASK:
        raise ValueError(f"the mask is {width} × {height}; 1 to {MOST_MASK} pixels are read")
    if any(run < 0 for run in runs) or sum(runs) != width * height:
        raise ValueError(f"run lengths cover {sum(runs)} pixels; {width} × {height} has {width * height}")
    pixels = np.repeat((np.arange(len(runs)) % 2).astype(np.uint8), runs).reshape(height, width)
    mask = mask_of_pixels(pixels, left, top)
    if mask is None:
        raise ValueError("the mask is empty")
    return mask


def _skeleton(shape: Element) -> Geometry:
    joints: dict[str, Any] = {}
    for point in shape.findall("points"):
        x, y = _flat(point)[:2]
        outside, hidden = point.get("outside") == "1", point.get("occluded") == "1"
        joints[point.get("label", "")] = (x, y, 0 if outside else 1 if hidden else 2)
    return Skeleton(joints)


def _face(shape: Element, number: int) -> list[tuple[float, float]]:
    names = [f"{axis}{corner}{number}" for corner in ("tl", "bl", "tr", "br") for axis in "xy"]
    flat = _values(shape, *names)
    return list(zip(flat[0::2], flat[1::2], strict=True))


def _rect(face: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in face], [y for _, y in face]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _is_bent(shape: Element) -> bool:
    def bent(face: list[tuple[float, float]]) -> bool:
        x, y, w, h = _rect(face)
        corners = [(x, y), (x, y + h), (x + w, y), (x + w, y + h)]
        return any(abs(a - c) > 0.01 or abs(b - d) > 0.01 for (a, b), (c, d) in zip(face, corners, strict=True))

    return bent(_face(shape, 1)) or bent(_face(shape, 2))


_READERS: dict[str, Callable[[Element], Geometry]] = {
    "box": _box,
    "ellipse": _ellipse,
    "polygon": lambda shape: polygon_of(_flat(shape)),
    "polyline": lambda shape: Polyline(_flat(shape)),
    "points": lambda shape: Points(_flat(shape)),
    "mask": _mask,
    "skeleton": _skeleton,
    "cuboid": lambda shape: Cuboid2d(_rect(_face(shape, 1)), _rect(_face(shape, 2))),
    "tag": lambda shape: Tag(),
}
_SHAPES = {tag: {"cuboid": "cuboid2d"}.get(tag, tag) for tag in _READERS}
