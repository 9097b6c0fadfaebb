"""Reading YOLO: normalised boxes, outlines, poses and oriented boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from uuid import UUID

from domain.formats.base import AssetMeta, ImportHeader, ImportItem, SizeOf
from domain.formats.corners import is_rectangle, turned
from domain.formats.making import ItemMaker, Sighted
from domain.formats.media import MediaIndex
from domain.formats.sinks import stem
from domain.formats.sources import Source
from domain.geometry.rings import Bounds
from domain.schema import SkeletonTemplate
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.polygon import Polygon
from domain.shapes.skeleton import Skeleton

from .layout import MAX_TEXT, Layout, names_file, parse_names, read_layout
from .unnamed import begins_like_labels, class_number, looks_like_labels

__all__ = ["YoloReader", "parse_names", "sniff"]

_NAMESPACE = UUID("a0f7c0f6-5b1f-5f0e-8c9e-1f7a0b6f2d11")
_NOT_LABELS = ("train.txt", "valid.txt", "val.txt", "test.txt", "classes.txt", "labels.txt", "readme.txt")


_CERTAIN = (".yaml", ".yml", ".names", ".labels")
_LABELS = re.compile(r"(?:^|/)(?:labels|obj_\w+_data)/")
_SURE = {
    "data.yaml": 0.9,
    "data.yml": 0.9,
    "dataset.yaml": 0.8,
    "obj.names": 0.9,
    "classes.txt": 0.6,
    "_darknet.labels": 0.9,
    "labels.txt": 0.2,
}


def sniff(source: Source) -> float:
    """A file of class names; how sure that is depends on what it is called. Without one, lines as YOLO's beside pictures."""
    path = names_file(source)
    if path is None:
        return 0.3 if looks_like_labels(source) else 0.0
    sure = _SURE.get(path.rpartition("/")[2], 0.4)
    if not path.endswith(_CERTAIN) and not any(p.endswith(".txt") and p != path for p in source.paths()):
        return 0.1  # names of classes of something else
    return sure


def _is_deep(names: str) -> bool:
    """Whether a file of names stands in each split's own folder."""
    return names.endswith("_darknet.labels")


class YoloReader:
    """Reads one data set. Image sizes come from `size_of`, for the text files do not hold them."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._layout: Layout = read_layout(source)
        self._media = MediaIndex(source)
        self._root = "" if _is_deep(self._layout.names_path) else self._layout.names_path.rpartition("/")[0]
        pictures = {key for media in self._media.all() for key in _label_keys(media)}
        self._labels = {stem(path): path for path in source.paths() if self._is_label(path, pictures)}
        named = Sighted(self._layout.names, first=0)
        self._keys = [named.key(name) for name in self._layout.names]  # a name that stands twice is one class
        self._oriented = self._layout.joints is None and self._all_oriented()
        self._header: ImportHeader | None = None

    def _is_label(self, path: str, pictures: set[str]) -> bool:
        """A text of a picture, or in a folder of labels, or that reads like one: others are notes and lists."""
        name = path.rpartition("/")[2]
        if not path.endswith(".txt") or not path.startswith(self._root) or name.lower() in _NOT_LABELS:
            return False
        key = stem(path)
        placed = key in pictures or _LABELS.search(path) is not None or key in self._layout.listed
        return placed or _as_image(key) in self._layout.listed or begins_like_labels(self._source, path)

    def _all_oriented(self) -> bool:
        """Whether every line is four corners of a rectangle: an outline of four points in every line would be a marvel.

        Sizes matter, for a turned rectangle is none in normalised numbers; where they are not known, corners count alone.
        """
        seen = 0
        for key, path in self._labels.items():
            size = self._size(self._image(key)) or (1, 1)
            for line in self._read(path).splitlines():
                fields = line.split()
                if not fields:
                    continue
                if len(fields) not in (9, 10):
                    return False
                try:
                    ring = [float(v) * size[i % 2] for i, v in enumerate(fields[1:9])]
                except ValueError:
                    continue
                if size != (1, 1) and not is_rectangle(ring):
                    return False
                seen += 1
        return seen > 0

    def _read(self, path: str) -> str:
        return self._source.read(path, MAX_TEXT).decode("utf-8-sig", "replace")

    def _image(self, label: str) -> str:
        """The image of a label file, as a name: listed, or without its suffix."""
        listed = self._layout.listed.get(label) or self._layout.listed.get(_as_image(label))
        return listed[0] if listed else re.sub(r"^(?:.*/)?labels/", "", label)

    def _size(self, name: str) -> tuple[int, int] | None:
        media = self._media.find(name)
        if media is None and "." not in name.rpartition("/")[2]:
            media = self._media.called(name)
        size = self._size_of(media or name) if self._size_of is not None else None
        return size if size is not None and min(size) > 0 else None

    def header(self) -> ImportHeader:
        """Classes with the shapes that their lines have; read once."""
        if self._header is None:
            seen = Sighted(self._layout.names, first=0)
            for path in self._labels.values():
                for line in self._read(path).splitlines():
                    fields = line.split()
                    name = self._class_name(fields)
                    if name is not None:
                        shape = self._shape(len(fields) - 1)
                        seen.see(name, shape)
                        if shape == "skeleton":
                            seen.see(name, "box")
            joints = self._layout.joints
            if joints is not None:
                template = SkeletonTemplate(joints=self._joint_names(joints), mirror=_mirror(self._layout.flip, joints))
                for name in self._layout.names:
                    seen.declare(name, skeleton=template)
            default = ("skeleton",) if joints is not None else ("box", "polygon")
            self._header = ImportHeader(format="yolo", classes=seen.classes(default), items=len(self._labels) or None)
        return self._header

    def _class_name(self, fields: list[str]) -> str | None:
        try:
            number = class_number(fields[0]) if fields else -1
        except ValueError:
            return None  # told with its item
        return self._layout.names[number] if 0 <= number < len(self._layout.names) else None

    def _shape(self, count: int) -> str:
        if self._layout.joints is not None and count > 5:
            return "skeleton"
        return "rotated_box" if self._oriented and count in (8, 9) else "box" if count in (4, 5) else "polygon"

    def items(self) -> Iterator[ImportItem]:
        """Images with their label files, by path; then label files whose image is not in the source, and listed images."""
        taken: set[str] = set()
        given: set[str] = set()
        for media in self._media.all():
            label = next((key for key in _label_keys(media) if key in self._labels), None)
            if label is not None:
                taken.add(label)
            given.add(stem(media))
            yield self._item(media, label, media)
        for label in sorted(self._labels.keys() - taken):
            image = self._image(label)
            given.add(stem(image))
            yield self._item(image, label, None)
        for key, (path, _) in sorted(self._layout.listed.items()):
            if key not in given:
                yield self._item(path, None, None)

    def _item(self, name: str, label: str | None, media: str | None) -> ImportItem:
        short = _name_of(media or name)
        size = self._size(media or name) or self._size(short) or (0, 0)
        maker = ItemMaker(_NAMESPACE, label or short)
        outcome = ""
        if label is not None and min(size) <= 0:
            maker.problem("no_image_size", f"the size of {short} is not known, and YOLO's numbers need it")
        elif label is not None:
            text = self._read(self._labels[label])
            outcome = "labelled" if text.strip() else "empty"
            for number, line in enumerate(text.splitlines(), start=1):
                try:
                    if line.strip():
                        self._add(maker, line, size, str(number))
                except ValueError as error:
                    maker.problem("bad_line", f"{self._labels[label]} line {number}: {error}")
        asset = AssetMeta(name=short, width=size[0], height=size[1])
        split = self._layout.split_of(media or name)
        return maker.item(asset, outcome=outcome, split=split, media=media)

    def _add(self, maker: ItemMaker, line: str, size: tuple[int, int], key: str) -> None:
        fields = line.split()
        number, count = class_number(fields[0]), len(self._layout.names)
        if not 0 <= number < count:
            raise ValueError(f"class {number}; there are 0 to {count - 1}")
        values = [float(field) for field in fields[1:]]
        if not all(isfinite(v) and (-1.0 <= v <= 2.0) for v in values):
            raise ValueError("numbers must lie in 0 to 1")
        number = self._keys[number]
        if self._layout.joints is None or len(values) <= 5:
            geometry, score = self._geometry(values, *size)
            _checked(geometry)
            maker.region(geometry, number, key, score=score)
            return
        sure = values[-1] if len(values) == 5 + (self._layout.joints * self._layout.joint_numbers) else None
        score = sure if sure is not None and 0 <= sure <= 1 else None
        pose, (box, _) = self._pose(values[4:], *size), self._geometry(values[:4], *size)
        _checked(box)
        owner = None
        if pose.problems() or not _alike(box.bounds(), pose.bounds()):
            owner = maker.region(box, number, f"{key}/box", score=score)
        if not pose.problems():  # a pose without any joint is its box alone
            maker.region(pose, number, key, parent=owner.id if owner is not None else None, score=score)

    def _joint_names(self, count: int) -> list[str]:
        named = self._layout.joint_names
        return named if len(named) == count else [str(i + 1) for i in range(count)]

    def _pose(self, values: list[float], width: int, height: int) -> Skeleton:
        joints, per = self._layout.joints or 0, self._layout.joint_numbers
        if len(values) < joints * per:
            raise ValueError(f"{len(values)} numbers do not hold {joints} joints of {per} each")
        found = {}
        for i, name in enumerate(self._joint_names(joints)):
            x, y, *more = values[i * per : i * per + per]
            v = round(more[0]) if more else 2 if x or y else 0
            found[name] = (x * width, y * height, min(max(v, 0), 2)) if v else (0.0, 0.0, 0)
        return Skeleton(found)  # type: ignore[arg-type]

    def _geometry(self, values: list[float], width: int, height: int) -> tuple[Geometry, float | None]:
        """Four numbers are a box; more are an outline, or four corners; one more is a score, as predictions have it."""
        if len(values) in (4, 5):
            cx, cy, w, h = values[:4]
            score = values[4] if len(values) == 5 and 0 <= values[4] <= 1 else None
            return Box((cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height), score
        score = None
        if len(values) > 6 and len(values) % 2 and 0 <= values[-1] <= 1:
            *values, score = values
        if len(values) < 6 or len(values) % 2:
            raise ValueError(f"{len(values)} numbers are neither a box nor an outline")
        ring = [v * (height if i % 2 else width) for i, v in enumerate(values)]
        return (turned(ring) if self._oriented else Polygon([[ring]])), score


def _checked(geometry: Geometry) -> None:
    if broken := geometry.problems():
        raise ValueError(broken[0].detail)


def _alike(box: Bounds | None, pose: Bounds | None) -> bool:
    """Whether a pose's box says no more than its joints do, to a pixel."""
    return box is not None and pose is not None and all(abs(a - b) <= 1.0 for a, b in zip(box, pose, strict=True))


def _mirror(flip: list[int], joints: int) -> list[tuple[int, int]]:
    return [(i, j) for i, j in enumerate(flip) if i < j < min(joints, len(flip)) and flip[j] == i]


def _as_image(label: str) -> str:
    """`labels/train/a` → `images/train/a`."""
    head, found, tail = f"/{label}".rpartition("/labels/")
    return f"{head}/images/{tail}".lstrip("/") if found else label


def _label_keys(media: str) -> Iterator[str]:
    """Where the label file of a picture may be, without its suffix: `images` → `labels`, or beside it."""
    key = stem(media)
    head, found, tail = f"/{key}".rpartition("/images/")
    if found:
        yield f"{head}/labels/{tail}".lstrip("/")
    yield key


def _name_of(path: str) -> str:
    """`…/images/train/a/b.jpg` → `a/b.jpg`: the name below the folders of the layout."""
    tail = f"/{path}".rpartition("/images/")[2].lstrip("/")
    head, slash, rest = tail.partition("/")
    if slash and head in ("train", "val", "valid", "test"):
        return rest
    match = re.search(r"obj_(?:train|valid|val|test)_data/(.+)$", path)
    return match[1] if match else tail
