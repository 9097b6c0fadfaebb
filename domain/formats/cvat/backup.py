"""Reading CVAT's backup of a task: `task.json`, `annotations.json`, the manifest and the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf, json_file
from domain.formats.making import ItemMaker
from domain.formats.media import MediaIndex
from domain.formats.sources import Source

from .labels import Labels, declared_attribute, skeleton_of
from .reading import NAMESPACE, add_shape, attributes_of, geometry_of, shape_of
from .tracks import Tracks


class _Picture(msgspec.Struct):
    name: str
    extension: str = ""
    width: int = 0
    height: int = 0


def sniff_backup(source: Source) -> float:
    names = {path.rpartition("/")[2] for path in source.paths()}
    return 0.95 if {"task.json", "annotations.json"} <= names else 0.0


def _roots(source: Source) -> list[str]:
    """Folders of tasks: a project's backup has several."""
    paths = set(source.paths())
    return sorted(
        root
        for p in paths
        if p.endswith("task.json") and f"{(root := p.removesuffix('task.json'))}annotations.json" in paths
    )


class BackupReader:
    """Reads the tasks of one backup."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._roots = _roots(source)
        if not self._roots:
            raise FormatError("not_cvat_backup", "there is no task.json with an annotations.json beside it")
        self._media = MediaIndex(source)
        self._paths = set(source.paths())
        self._tasks: dict[str, Any] = {}
        self._labels: Labels | None = None

    def _task(self, root: str) -> Any:
        if root not in self._tasks:
            self._tasks[root] = self._json(f"{root}task.json")
        return self._tasks[root]

    def _json(self, path: str) -> Any:
        return json_file(self._source, path)

    def header(self) -> ImportHeader:
        labels = self._seen()
        return ImportHeader(format="cvat_backup", classes=labels.sighted.classes(), items=labels.items)

    def _seen(self) -> Labels:
        if self._labels is None:
            labels = Labels()
            projects = [p for p in self._source.paths() if p.rpartition("/")[2] == "project.json"]
            for path in [*projects, *(f"{root}task.json" for root in self._roots)]:
                for label in _list(self._json(path), "labels"):
                    _declare(labels, label)
            for root in self._roots:
                labels.items += len(self._pictures(root))
                for _, shape in self._shapes(root):
                    labels.see(shape.get("label", ""), shape_of(shape), shape)
            self._labels = labels
        return self._labels

    def _pictures(self, root: str) -> list[_Picture]:
        path = f"{root}data/manifest.jsonl"
        if path not in self._source.paths():
            return [
                _Picture(name=p.removeprefix(f"{root}data/")) for p in self._media.all() if p.startswith(f"{root}data/")
            ]
        out = []
        for line in self._source.read(path).splitlines():
            try:
                out.append(msgspec.json.decode(line, type=_Picture))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue  # the manifest's own head
        return out

    def _jobs(self, root: str) -> list[dict[str, Any]]:
        found = self._json(f"{root}annotations.json")
        return [job for job in (found if isinstance(found, list) else [found]) if isinstance(job, dict)]

    def _shapes(self, root: str) -> Iterator[tuple[int, Element]]:
        """(frame, shape as the XML would have it): one reader serves both."""
        for job in self._jobs(root):
            for kind in ("shapes", "tags"):
                for shape in _list(job, kind):
                    yield _frame(shape), _as_xml(shape, "tag" if kind == "tags" else None)

    def items(self) -> Iterator[ImportItem]:
        labels = self._seen()
        for root in self._roots:
            by_frame: dict[int, list[Element]] = {}
            for frame, shape in self._shapes(root):
                by_frame.setdefault(frame, []).append(shape)
            tracks = Tracks()
            for job in self._jobs(root):
                for track in _list(job, "tracks"):
                    tracks.add(_track(track, tracks.count))
            sequence = self._sequence(root) if tracks else ""
            for ordinal, picture in enumerate(self._pictures(root)):
                yield self._item(root, ordinal, picture, by_frame.pop(ordinal, []), tracks, labels, sequence)
            if by_frame:
                maker = ItemMaker(NAMESPACE, f"{root}frames")
                count = sum(map(len, by_frame.values()))
                maker.problem(
                    "no_such_image", f"{root}annotations.json: {count} shapes are of frames without a picture"
                )
                yield maker.item(AssetMeta(name=f"{root}annotations.json", width=0, height=0), outcome="")

    def _sequence(self, root: str) -> str:
        """What the frames of a task with tracks are called together: the task's name, else its folder's."""
        found = self._json(f"{root}task.json")
        name = found.get("name") if isinstance(found, dict) else None
        return str(name or root.rstrip("/").rpartition("/")[2] or "task")

    def _item(
        self,
        root: str,
        ordinal: int,
        picture: _Picture,
        shapes: list[Element],
        tracks: Tracks,
        labels: Labels,
        sequence: str,
    ) -> ImportItem:
        name = (
            picture.name
            if not picture.extension or picture.name.endswith(picture.extension)
            else picture.name + picture.extension
        )
        maker = ItemMaker(NAMESPACE, f"{root}/{ordinal}")
        for number, shape in enumerate(shapes):
            try:
                add_shape(maker, shape, shape.get("label", ""), str(number), labels)
            except ValueError as error:
                maker.problem("bad_region", f"{shape.tag} {number} of {name}: {error}")
        for shown in tracks.at(ordinal, geometry_of, maker):
            key = labels.sighted.key(shown.label)
            attributes = labels.sighted.fit(key, attributes_of(shown.element, labels.sighted, key))
            maker.region(
                shown.geometry,
                key,
                f"track/{shown.key}",
                group=shown.group,
                track=shown.track,
                occluded=shown.occluded,
                attributes=attributes,
            )
        own = f"{root}data/{name}"  # tasks of a project may have pictures of one name
        media = own if own in self._paths else self._media.find(name, "data")
        width, height = picture.width, picture.height
        if min(width, height) <= 0 and self._size_of is not None:
            width, height = self._size_of(media or name) or (0, 0)
        asset = AssetMeta(name=name, width=width, height=height, group=sequence)
        return maker.item(asset, split=self._subset(root), media=media)

    def _subset(self, root: str) -> str | None:
        found = self._task(root)
        name = found.get("subset") if isinstance(found, dict) else None
        return name if isinstance(name, str) and name not in ("", "default") else None


def _list(found: Any, name: str) -> list[dict[str, Any]]:
    value = found.get(name) if isinstance(found, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _frame(shape: dict[str, Any]) -> int:
    frame = shape.get("frame")
    return frame if isinstance(frame, int) else -1


def _declare(labels: Labels, label: dict[str, Any]) -> None:
    attributes = []
    for found in _list(label, "attributes"):
        values = found.get("values")
        texts = [str(v) for v in values] if isinstance(values, list) else str(values or "").splitlines()
        made = declared_attribute(
            str(found.get("name") or ""), str(found.get("input_type")), texts, mutable=found.get("mutable") is True
        )
        if made is not None:
            attributes.append(made)
    joints = [str(sub.get("name")) for sub in _list(label, "sublabels")]
    name = str(label.get("name") or "")
    if name:
        svg = str(label.get("svg") or "")
        labels.sighted.declare(
            name, attributes=attributes, skeleton=skeleton_of(svg, joints), color=str(label.get("color") or "")
        )


def _track(track: dict[str, Any], number: int = 0) -> Element:
    """A track as its XML element. Backups do not number their tracks."""
    said = {"label": str(track.get("label", "")), "group_id": str(track.get("group") or 0)}
    made = Element("track", {"id": str(track.get("id", number)), **said})
    for shape in _list(track, "shapes"):
        made.append(_as_xml(shape, None))
    for inner in _list(track, "elements"):
        made.append(_track(inner))
    return made


def _as_xml(shape: dict[str, Any], tag: str | None) -> Element:
    """A shape of a backup as its XML element."""
    kind = tag or {"rectangle": "box"}.get(str(shape.get("type")), str(shape.get("type")))
    points = shape.get("points")
    flat = points if isinstance(points, list) and all(isinstance(p, int | float) for p in points) else []
    made = Element(kind, {"label": str(shape.get("label", "")), "frame": str(shape.get("frame", ""))})
    for name in ("occluded", "outside"):
        made.set(name, "1" if shape.get(name) else "0")
    made.set("z_order", str(shape.get("z_order", 0)))
    made.set("group_id", str(shape.get("group") or 0))
    made.set("rotation", str(shape.get("rotation") or 0))
    _place(made, kind, flat)
    for found in _list(shape, "attributes"):
        attribute = Element("attribute", {"name": str(found.get("name", ""))})
        attribute.text = str(found.get("value", ""))
        made.append(attribute)
    for inner in _list(shape, "elements"):
        made.append(_as_xml(inner, "points"))
    return made


def _place(made: Element, kind: str, flat: list[float]) -> None:
    """Where a shape lies; numbers that do not suffice are left out, and reading tells what is missing."""
    if kind == "box" and len(flat) == 4:
        names = ("xtl", "ytl", "xbr", "ybr")
        made.attrib.update(zip(names, map(str, flat), strict=True))
    elif kind == "ellipse" and len(flat) == 4:
        cx, cy, right, top = flat
        made.attrib.update(cx=str(cx), cy=str(cy), rx=str(right - cx), ry=str(cy - top))
    elif kind == "mask" and len(flat) > 4:
        left, top, right, bottom = flat[-4:]
        made.attrib.update(left=str(left), top=str(top), width=str(right - left + 1), height=str(bottom - top + 1))
        made.set("rle", ",".join(str(int(v)) for v in flat[:-4]))
    elif kind == "cuboid" and len(flat) == 16:
        # pairs of corners from the left front edge round: front left, front right, back right, back left, top before bottom
        corners = [
            f"{c}{n}"
            for c, n in (("tl", 1), ("bl", 1), ("tr", 1), ("br", 1), ("tr", 2), ("br", 2), ("tl", 2), ("bl", 2))
        ]
        for i, corner in enumerate(corners):
            made.set(f"x{corner}", str(flat[2 * i]))
            made.set(f"y{corner}", str(flat[2 * i + 1]))
    elif flat:
        made.set("points", ";".join(f"{flat[i]},{flat[i + 1]}" for i in range(0, len(flat) - 1, 2)))
