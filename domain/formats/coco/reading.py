"""Reading COCO: polygons, run lengths (both forms), boxes alone, crowds, key points, labels, captions and panoptic pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from domain.elements.structs import Value
from domain.formats.base import AssetMeta, FormatError, ImportClass, ImportHeader, ImportItem, ImportProblem, SizeOf
from domain.formats.making import Values, cleaned, fitting
from domain.formats.media import MediaIndex
from domain.formats.sources import Source
from domain.schema import Attribute, ItemAttribute, SkeletonTemplate

from .files import EMPTY, NULL, Annotation, Category, Image, groups
from .gathering import Split
from .lenient import plain
from .page import CAPTION, FLAGS, Page
from .panoptic import add_segments

_RESULTS = "is a list of results: it names images by number only. Write them as the annotations of the file that has the images."
_OWN = ("occluded", *FLAGS)  # what stands among the attributes and is none


def sniff(source: Source) -> float:
    """How much some JSON file begins like COCO: an object with images."""
    for path in [group.main for group in groups(source)]:
        with source.open(path) as file:
            head = file.read(1 << 16)
        if _are_results(head):
            return 0.2
        if not re.match(rb"(?:\xef\xbb\xbf)?\s*\{", head):
            continue
        told = [name for name in (b'"images"', b'"annotations"', b'"categories"', b'"image_id"') if name in head]
        if b'"images"' in told:
            return 0.8 if len(told) > 1 else 0.6
        if b'"image_id"' in told or b'"annotations"' in told or (told and len(source.paths()) == 1):
            return 0.4
    return 0.0


def _are_results(head: bytes) -> bool:
    """A list of what a model found, which has no images in it."""
    begins = re.match(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{", head)
    return begins is not None and all(name in head for name in (b'"image_id"', b'"category_id"', b'"score"'))


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
        self._splits: list[Split] = []

    def header(self) -> ImportHeader:
        """Categories of all files, in the order of their ids; read once."""
        if self._header is None:
            self._header = self._read_header()
        return self._header

    def _read_header(self) -> ImportHeader:
        """Reads all files from front to back; what `items` needs of them waits in spools."""
        known: dict[int, Category] = {}
        notes = _Notes(self._joints)
        for group in self._groups:
            with self._source.open(group.main) as file:
                if _are_results(file.read(1 << 12)):
                    raise FormatError("coco_results", f"{group.main} {_RESULTS}")
            split = Split(self._source, group, notes.annotations)
            for path, category in split.categories:
                _note_category(known, category, path)
            for image in split.images:
                if image.attributes:
                    notes.answers.see(_values(image.attributes))
            self._splits.append(split)
        if not known:  # the file names none: its numbers are what there is
            known = {number: Category(number, f"category {number}") for number in notes.shapes if number >= 0}
        self._attributes = {number: found.attributes() for number, found in notes.values.items()}
        self._answers = notes.answers.item_attributes()
        classes = [self._class(category, notes.shapes.get(number, set())) for number, category in sorted(known.items())]
        items = sum(len(split.images) for split in self._splits)
        return ImportHeader(format="coco", classes=classes, items=items, item_attributes=self._answers)

    def _class(self, category: Category, shapes: set[str]) -> ImportClass:
        joints = list(dict.fromkeys(category.keypoints or [])) or self._joints.get(category.id, [])
        skeleton = None
        if joints:
            self._joints[category.id] = joints
            pairs = category.skeleton or []
            first = 0 if any(min(pair) == 0 for pair in pairs) else 1  # COCO counts from 1, some tools from 0
            edges = [
                (a - first, b - first)
                for a, b in pairs
                if a != b and min(a, b) >= first and max(a, b) < len(joints) + first
            ]
            skeleton = SkeletonTemplate(joints=joints, edges=edges)
        parent = category.supercategory if category.supercategory not in ("", "none", category.name) else None
        return ImportClass(
            key=category.id,
            name=category.name,
            parent=parent,
            shapes=sorted(shapes) or ["box"],
            skeleton=skeleton,
            attributes=self._attributes.get(category.id, []),
            color=_color(category.color),
        )

    def items(self) -> Iterator[ImportItem]:
        self.header()
        while self._splits:
            yield from self._items(self._splits.pop(0))

    def _items(self, split: Split) -> Iterator[ImportItem]:
        """The images of a split with all that its files say of them."""
        known = {category.id for _, category in split.categories}
        posed = {which for which, path in enumerate(split.group.adding, 1) if "person_keypoints" in path}
        lost, segmented = split.lost, split.group.segmented
        for image, rows in split.pages():
            yield self._item(split, image, rows, known, posed, lost, segmented)
            lost = []
        if lost:  # there is no image to tell them with
            yield ImportItem(
                asset=AssetMeta(name=split.group.main, width=0, height=0), elements=[], outcome="", problems=lost
            )

    def _item(
        self,
        split: Split,
        image: Image,
        rows: list[tuple[int, int, Annotation | msgspec.Raw]],
        known: set[int],
        posed: set[int],
        lost: list[ImportProblem],
        segmented: bool,
    ) -> ImportItem:
        group = split.group
        media = self._media.find(image.told, *group.folders)
        size = (int(image.width or 0), int(image.height or 0))
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or image.name) or (0, 0)
        poses, rows = _poses(rows, posed) if posed else ({}, rows)
        page = Page(f"{group.split or ''}/{image.id}", size, joints=self._joints, known=known, poses=poses)
        page.problems += lost
        for _, number, found in rows:
            if segmented and isinstance(found, Annotation) and found.segments_info is not None:
                add_segments(page, self._source, group.main, found)
            else:
                page.add(number, found)
        page.finished()
        self._fit(page, image)
        licence = split.licences.get(image.license, "") if image.license is not None else ""
        asset = AssetMeta(
            name=image.name,
            width=size[0],
            height=size[1],
            group=_sequence(image, split),
            licence=licence,
            attribution=image.attribution or "",
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


def _sequence(image: Image, split: Split) -> str:
    """The name of the video that an image is a frame of, or its number where it has no name; empty without one."""
    if not isinstance(image.video_id, int | str):
        return ""
    return split.videos.get(plain(image.video_id)) or f"video {image.video_id}"


def _note_category(known: dict[int, Category], category: Category, path: str) -> None:
    """Keep a category; the one that has joints where several files have it."""
    before = known.setdefault(category.id, category)
    if before.name != category.name:
        detail = f"{path}: category {category.id} is {category.name!r} here and {before.name!r} elsewhere"
        raise FormatError("categories_differ", detail)
    if category.keypoints and not before.keypoints:
        known[category.id] = category


class _Notes:
    """What the annotations of each class are, for a new schema."""

    def __init__(self, joints: dict[int, list[str]]) -> None:
        self.shapes: dict[int, set[str]] = {}
        self.values: dict[int, Values] = {}
        self.answers = Values()
        self._joints = joints

    def annotations(self, found: Sequence[Annotation]) -> None:
        boxes: set[int] = set()  # classes with boxes alone, by far the most common
        for one in found:
            if one.bbox and (one.segmentation == NULL or one.segmentation == EMPTY) and _is_plain(one):
                boxes.add(one.category_id)
            else:
                self._one(one)
        for category in boxes:
            self.shapes.setdefault(category, set()).add("box")

    def _one(self, found: Annotation) -> None:
        if found.caption is not None:
            self.answers.text(CAPTION)
            return
        for segment in found.segments_info or ():
            self.shapes.setdefault(segment.category_id, set()).add("mask")
        seen = self.shapes.setdefault(found.category_id, set())
        seen.update(_shapes(found))
        if "skeleton" in seen and found.keypoints:
            names = self._joints.setdefault(found.category_id, [])
            names += [str(i + 1) for i in range(len(names), len(found.keypoints) // 3)]
        if found.attributes:
            own = {name: value for name, value in _values(found.attributes).items() if name not in _OWN}
            self.values.setdefault(found.category_id, Values()).see(own)


def _is_plain(found: Annotation) -> bool:
    return (
        found.keypoints is None and found.caption is None and found.attributes is None and found.segments_info is None
    )


def _shapes(found: Annotation) -> list[str]:
    segmentation = bytes(found.segmentation)
    posed = bool(found.keypoints and any(found.keypoints[2::3]))
    empty = not segmentation[:64].strip(b"[], \t\r\n")
    outlined = "mask" if segmentation[:1] == b"{" else "polygon" if b"[" in segmentation[1:] and not empty else ""
    drawn = [outlined or "box"] if outlined or found.bbox else []
    tag = not drawn and not posed and found.segmentation == NULL and found.segments_info is None
    return [*drawn, *(["skeleton"] if posed else []), *(["tag"] if tag else [])]


def _color(found: list[int] | str | None) -> str | None:
    """As panoptic files have it, three numbers, or as text."""
    if isinstance(found, list):
        known = len(found) == 3 and all(0 <= part <= 255 for part in found)
        return "#{:02x}{:02x}{:02x}".format(*found) if known else None
    return found.lower() if found is not None and re.fullmatch(r"#[0-9a-fA-F]{6}", found) else None


def _values(given: dict[str, Any] | None) -> dict[str, Value]:
    return cleaned(given)[0] if given else {}


Rows = list[tuple[int, int, Annotation | msgspec.Raw]]


def _poses(rows: Rows, posed: set[int]) -> tuple[dict[Any, list[float]], Rows]:
    """Key points of another file join the instance of their id, and stand alone without one."""
    poses: dict[Any, list[float]] = {}
    kept: Rows = []
    have: set[Any] = set()
    for row in rows:
        which, _, found = row
        own = found.id if isinstance(found, Annotation) else None
        if which in posed and isinstance(found, Annotation) and own in have:
            poses[own] = found.keypoints or []
            continue
        if which not in posed:
            have.add(own)
        kept.append(row)
    return poses, kept
