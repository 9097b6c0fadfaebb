"""Reading COCO: polygons, run lengths (both forms), boxes alone, crowds, key points, labels, captions and panoptic pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from domain.elements.structs import Value
from domain.formats.base import AssetMeta, FormatError, ImportClass, ImportHeader, ImportItem, ImportProblem, SizeOf
from domain.formats.making import Values, fitting
from domain.formats.media import MediaIndex
from domain.formats.sources import Source
from domain.schema import Attribute, ItemAttribute, SkeletonTemplate

from .files import NULL, Annotation, Category, File, Group, Image, groups
from .page import ANNOTATION, CAPTION, FLAGS, Page
from .panoptic import add_segments

_FILE = msgspec.json.Decoder(File)
_OWN = ("occluded", *FLAGS)  # what stands among the attributes and is none
By = dict[int | str, list[tuple[int, msgspec.Raw]]]


def sniff(source: Source) -> float:
    """How much some JSON file begins like COCO: an object with images."""
    for path in [group.main for group in groups(source)]:
        with source.open(path) as file:
            head = file.read(1 << 16)
        if not re.match(rb"\s*\{", head):
            continue
        told = [name for name in (b'"images"', b'"annotations"', b'"categories"', b'"image_id"') if name in head]
        if b'"images"' in told:
            return 0.8 if len(told) > 1 else 0.6
        if b'"image_id"' in told or b'"annotations"' in told or (told and len(source.paths()) == 1):
            return 0.4
    return 0.0


class CocoReader:
    """Reads all splits of a source. Classes of the files are matched by id and must agree on their names."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._groups = groups(source)
        if not self._groups:
            raise FormatError("not_coco", "there is no .json file in it")
        self._media = MediaIndex(source)
        self._joints: dict[int, list[str]] = {}
        self._attributes: dict[int, list[Attribute]] = {}
        self._answers: list[ItemAttribute] = []
        self._header: ImportHeader | None = None

    def _decode(self, path: str) -> File:
        try:
            return _FILE.decode(self._source.read(path))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FormatError("bad_coco", f"{path}: {error}") from None

    def header(self) -> ImportHeader:
        """Categories of all files, in the order of their ids; read once."""
        if self._header is None:
            self._header = self._read_header()
        return self._header

    def _read_header(self) -> ImportHeader:
        known: dict[int, Category] = {}
        shapes: dict[int, set[str]] = {}
        values: dict[int, Values] = {}
        answers = Values()
        items = 0
        for group in self._groups:
            for path in (group.main, *group.adding):
                file = self._decode(path)
                items += len(file.images) if path == group.main else 0
                for category in file.categories:
                    _note_category(known, category, path)
                for raw in file.annotations:
                    self._note(raw, shapes, values, answers)
                for image in file.images:
                    if image.attributes:
                        answers.see(_values(image.attributes))
        self._attributes = {number: found.attributes() for number, found in values.items()}
        self._answers = answers.item_attributes()
        classes = [self._class(category, shapes.get(number, set())) for number, category in sorted(known.items())]
        return ImportHeader(format="coco", classes=classes, items=items, item_attributes=self._answers)

    def _note(self, raw: msgspec.Raw, shapes: dict[int, set[str]], values: dict[int, Values], answers: Values) -> None:
        """What the annotations of a class are, for a new schema; broken ones are told with their item."""
        try:
            found = ANNOTATION.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        if found.caption is not None:
            answers.text(CAPTION)
            return
        for segment in found.segments_info or ():
            shapes.setdefault(segment.category_id, set()).add("mask")
        seen = shapes.setdefault(found.category_id, set())
        seen.update(_shapes(found))
        if "skeleton" in seen and found.keypoints:
            names = self._joints.setdefault(found.category_id, [])
            names += [str(i + 1) for i in range(len(names), len(found.keypoints) // 3)]
        if found.attributes:
            own = {name: value for name, value in _values(found.attributes).items() if name not in _OWN}
            values.setdefault(found.category_id, Values()).see(own)

    def _class(self, category: Category, shapes: set[str]) -> ImportClass:
        joints = list(dict.fromkeys(category.keypoints or [])) or self._joints.get(category.id, [])
        skeleton = None
        if joints:
            self._joints[category.id] = joints
            edges = [
                (a - 1, b - 1)
                for a, b in category.skeleton or []
                if a != b and min(a, b) >= 1 and max(a, b) <= len(joints)
            ]
            skeleton = SkeletonTemplate(joints=joints, edges=edges)
        parent = category.supercategory if category.supercategory not in ("", category.name) else None
        return ImportClass(
            key=category.id,
            name=category.name,
            parent=parent,
            shapes=sorted(shapes) or ["box"],
            skeleton=skeleton,
            attributes=self._attributes.get(category.id, []),
        )

    def items(self) -> Iterator[ImportItem]:
        self.header()
        for group in self._groups:
            yield from self._split(group)

    def _split(self, group: Group) -> Iterator[ImportItem]:
        """The images of a split with all that its files say of them."""
        file = self._decode(group.main)
        known = {category.id for category in file.categories}
        by_image, lost = _by_image(file)
        poses: dict[Any, list[float]] = {}
        for path in group.adding:
            more = self._decode(path)
            known |= {category.id for category in more.categories}
            _add(by_image, more, poses if "person_keypoints" in path else None, lost)
        for path in group.left_out:
            lost.append(ImportProblem("file_left_out", f"{path} says again what {group.main} says; it was not read"))
        licences = {licence.id: licence.name for licence in file.licenses}
        for image in file.images:
            yield self._item(group, image, by_image.pop(image.id, []), licences, known, poses, lost)
            lost = []

    def _item(
        self,
        group: Group,
        image: Image,
        raws: list[tuple[int, msgspec.Raw]],
        licences: dict[int | str, str],
        known: set[int],
        poses: dict[Any, list[float]],
        lost: list[ImportProblem],
    ) -> ImportItem:
        media = self._media.find(image.file_name, group.split or "")
        size = (int(image.width or 0), int(image.height or 0))
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or image.file_name) or (0, 0)
        page = Page(f"{group.split or ''}/{image.id}", size, joints=self._joints, known=known, poses=poses)
        page.problems += lost
        for number, raw in raws:
            if group.panoptic(raw):
                add_segments(page, self._source, group.main, raw)
            else:
                page.add(number, raw)
        page.finished()
        self._fit(page, image)
        licence = licences.get(image.license, "") if image.license is not None else ""
        asset = AssetMeta(
            name=image.file_name, width=size[0], height=size[1], licence=licence, attribution=image.attribution
        )
        return page.item(asset, split=group.split, media=media)

    def _fit(self, page: Page, image: Image) -> None:
        """Answers of the image, and attributes in the form that the questions ask."""
        asked = {question.name: question for question in self._answers}
        for name, value in _values(image.attributes).items():
            if name in asked:
                page.answer(name, fitting(asked[name], value))
        if not any(self._attributes.values()):
            return
        for i, element in enumerate(page.elements):
            said = getattr(element, "attributes", None)
            if said:
                questions = {q.name: q for q in self._attributes.get(element.class_id, [])}  # type: ignore[union-attr]
                fitted = {n: fitting(questions[n], v) if n in questions else v for n, v in said.items()}
                if fitted != said:
                    page.elements[i] = msgspec.structs.replace(element, attributes=fitted)


def _note_category(known: dict[int, Category], category: Category, path: str) -> None:
    """Keep a category; the one that has joints where several files have it."""
    before = known.setdefault(category.id, category)
    if before.name != category.name:
        detail = f"{path}: category {category.id} is {category.name!r} here and {before.name!r} in another file"
        raise FormatError("categories_differ", detail)
    if category.keypoints and not before.keypoints:
        known[category.id] = category


def _shapes(found: Annotation) -> list[str]:
    segmentation = bytes(found.segmentation)
    posed = bool(found.keypoints and any(found.keypoints[2::3]))
    outlined = "mask" if segmentation[:1] == b"{" else "polygon" if b"[" in segmentation[1:] else ""
    drawn = [outlined or "box"] if outlined or found.bbox else []
    tag = not drawn and not posed and found.segmentation == NULL and found.segments_info is None
    return [*drawn, *(["skeleton"] if posed else []), *(["tag"] if tag else [])]


def _values(given: dict[str, Any] | None) -> dict[str, Value]:
    return {
        str(name)[:120]: [str(one) for one in value] if isinstance(value, list) else value
        for name, value in (given or {}).items()
        if name and isinstance(value, bool | int | float | str | list)
    }


def _by_image(file: File) -> tuple[By, list[ImportProblem]]:
    """Annotations by image, with their place in the file; those of no image as problems."""
    out: By = {image.id: [] for image in file.images}
    lost: list[ImportProblem] = []
    for number, raw in enumerate(file.annotations):
        try:
            image_id = msgspec.json.decode(raw, type=_ImageId).image_id
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            lost.append(ImportProblem("bad_annotation", f"annotation {number}: {error}"))
            continue
        if image_id in out:
            out[image_id].append((number, raw))
        else:
            detail = f"annotation {number} belongs to image {image_id}, which is not in the file"
            lost.append(ImportProblem("no_such_image", detail))
    return out, lost


def _add(by_image: By, more: File, poses: dict[Any, list[float]] | None, lost: list[ImportProblem]) -> None:
    """Annotations of another file of the split. Key points join the instance of their id, and stand alone without one."""
    found, problems = _by_image(more)
    lost += problems
    have: dict[Any, None] = {}
    if poses is not None:
        have = {msgspec.json.decode(raw, type=_OwnId).id: None for rows in by_image.values() for _, raw in rows}
    for image_id, rows in found.items():
        if image_id not in by_image:
            lost.append(
                ImportProblem("no_such_image", f"image {image_id} is in one file of its split and not in the other")
            )
            continue
        for number, raw in rows:
            if poses is not None:
                pose = msgspec.json.decode(raw, type=_Pose)
                if pose.id in have:
                    poses[pose.id] = pose.keypoints or []
                    continue
            by_image[image_id].append((number, raw))


class _ImageId(msgspec.Struct, frozen=True):
    image_id: int | str


class _OwnId(msgspec.Struct, frozen=True):
    id: Any = None


class _Pose(msgspec.Struct, frozen=True):
    id: Any = None
    keypoints: list[float] | None = None
