"""Reading COCO: polygons, run lengths (both forms), boxes alone, crowds, and keypoints as skeletons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec

from domain.elements.structs import Element, Flag, Region, Value, region_type
from domain.formats.base import AssetMeta, FormatError, ImportClass, ImportHeader, ImportItem, ImportProblem, SizeOf
from domain.formats.media import MediaIndex
from domain.formats.sources import Source
from domain.geometry import rle
from domain.geometry.rings import Bounds
from domain.schema import SkeletonTemplate
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import INLINE_LIMIT, Mask
from domain.shapes.polygon import Polygon
from domain.shapes.skeleton import Skeleton

_NAMESPACE = UUID(
    "6f1c3f7e-3d1b-5a39-9f0d-6d0f7f1c0c0c"
)  # of ids made from a file's own ids: a repeated import meets itself
_OTHER_TASKS = ("captions", "labels", "panoptic", "image_info", "stuff", "person_keypoints")
MAX_PIXELS = 1 << 31  # of a full-frame mask
_FLAGS: tuple[Flag, ...] = ("truncated", "difficult", "ignore", "uncertain")


_NULL = msgspec.Raw(b"null")


class _Image(msgspec.Struct, frozen=True):
    id: int | str
    file_name: str
    width: float | None = None
    height: float | None = None
    license: int | str | None = None
    attribution: str = ""


class _Category(msgspec.Struct, frozen=True):
    id: int
    name: str
    supercategory: str | None = None
    keypoints: list[str] | None = None
    skeleton: list[tuple[int, int]] | None = None


class _Annotation(msgspec.Struct, frozen=True, gc=False):
    image_id: int | str
    category_id: int
    id: int | str | None = None
    bbox: list[float] | None = None
    segmentation: msgspec.Raw = _NULL
    iscrowd: int | bool | None = 0
    keypoints: list[float] | None = None
    score: float | None = None
    attributes: dict[str, Any] | None = None


class _Licence(msgspec.Struct, frozen=True):
    id: int | str
    name: str = ""


class _File(msgspec.Struct):
    images: list[_Image]
    annotations: list[msgspec.Raw] = []
    categories: list[_Category] = []
    licenses: list[_Licence] = []


class _Rle(msgspec.Struct, frozen=True):
    size: tuple[int, int]
    counts: str | list[int]


_FILE = msgspec.json.Decoder(_File)
_ANNOTATION = msgspec.json.Decoder(_Annotation)
_SEGMENTATION: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[list[float]] | _Rle | None)


def annotation_files(source: Source) -> list[str]:
    """The JSON files to read: instances, or keypoints where a split has no instances; else what there is."""
    found = [p for p in source.paths() if p.lower().endswith(".json")]
    instances = [p for p in found if p.rpartition("/")[2].startswith("instances")]
    splits = {split_of(p) for p in instances}
    keypoints = [p for p in found if p.rpartition("/")[2].startswith("person_keypoints") and split_of(p) not in splits]
    others = [p for p in found if not p.rpartition("/")[2].startswith(_OTHER_TASKS)]
    return sorted([*instances, *keypoints]) or others or found


def split_of(path: str) -> str | None:
    """The split that a file's name tells: `instances_train.json` → train; none for `default`."""
    match = re.fullmatch(r"(?:instances|person_keypoints)_(.+)\.json", path.rpartition("/")[2])
    return match[1] if match and match[1] != "default" else None


def sniff(source: Source) -> float:
    """Whether some JSON file begins like COCO: an object with images."""
    for path in annotation_files(source):
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
        self._files = annotation_files(source)
        if not self._files:
            raise FormatError("not_coco", "there is no .json file in it")
        self._media = MediaIndex(source)
        self._joints: dict[int, list[str]] = {}
        self._header: ImportHeader | None = None

    def _decode(self, path: str) -> _File:
        try:
            return _FILE.decode(self._source.read(path))
        except msgspec.DecodeError as error:
            raise FormatError("bad_coco", f"{path}: {error}") from None

    def header(self) -> ImportHeader:
        """Categories of all files, in the order of their ids; read once."""
        if self._header is None:
            self._header = self._read_header()
        return self._header

    def _read_header(self) -> ImportHeader:
        known: dict[int, _Category] = {}
        shapes: dict[int, set[str]] = {}
        items = 0
        for path in self._files:
            file = self._decode(path)
            items += len(file.images)
            for category in file.categories:
                before = known.setdefault(category.id, category)
                if before.name != category.name:
                    detail = (
                        f"{path}: category {category.id} is {category.name!r} here and {before.name!r} in another file"
                    )
                    raise FormatError("categories_differ", detail)
            for raw in file.annotations:
                self._note_shapes(raw, shapes)
        classes = [self._class(category, shapes.get(number, set())) for number, category in sorted(known.items())]
        return ImportHeader(format="coco", classes=classes, items=items)

    def _note_shapes(self, raw: msgspec.Raw, shapes: dict[int, set[str]]) -> None:
        """What the annotations of a class are, for a new schema; broken ones are told with their item."""
        try:
            found = _ANNOTATION.decode(raw)
        except msgspec.DecodeError:
            return
        seen = shapes.setdefault(found.category_id, set())
        segmentation = bytes(found.segmentation)
        posed = bool(found.keypoints and any(found.keypoints[2::3]))
        outlined = "mask" if segmentation[:1] == b"{" else "polygon" if b"[" in segmentation[1:] else ""
        if outlined or found.bbox:
            seen.add(outlined or "box")
        if posed and found.keypoints:
            seen.add("skeleton")
            names = self._joints.setdefault(found.category_id, [])
            names += [str(i + 1) for i in range(len(names), len(found.keypoints) // 3)]

    def _class(self, category: _Category, shapes: set[str]) -> ImportClass:
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
            key=category.id, name=category.name, parent=parent, shapes=sorted(shapes) or ["box"], skeleton=skeleton
        )

    def items(self) -> Iterator[ImportItem]:
        self.header()
        for path in self._files:
            file = self._decode(path)
            by_image, lost = _by_image(file)
            licences = {licence.id: licence.name for licence in file.licenses}
            known = {category.id for category in file.categories}
            for i, image in enumerate(file.images):
                problems = lost if i == 0 else []
                yield self._item(path, image, by_image.pop(image.id, []), licences, known, problems)

    def _item(
        self,
        path: str,
        image: _Image,
        raws: list[tuple[int, msgspec.Raw]],
        licences: dict[int | str, str],
        known: set[int],
        problems: list[ImportProblem],
    ) -> ImportItem:
        media = self._media.find(image.file_name)
        size = (int(image.width or 0), int(image.height or 0))
        if min(size) <= 0 and self._size_of is not None:
            size = self._size_of(media or image.file_name) or (0, 0)
        page = _Page(f"{split_of(path) or ''}/{image.id}", size, self._joints, list(problems))
        for number, raw in raws:
            page.add(number, raw, known)
        licence = licences.get(image.license, "") if image.license is not None else ""
        asset = AssetMeta(
            name=image.file_name, width=size[0], height=size[1], licence=licence, attribution=image.attribution
        )
        return ImportItem(
            asset=asset,
            elements=page.elements,
            outcome="labelled" if page.elements else "",
            split=split_of(path),
            media=media,
            blobs=page.blobs,
            problems=page.problems,
        )


def _by_image(file: _File) -> tuple[dict[int | str, list[tuple[int, msgspec.Raw]]], list[ImportProblem]]:
    """Annotations by image, with their place in the file; those of no image as problems."""
    out: dict[int | str, list[tuple[int, msgspec.Raw]]] = {image.id: [] for image in file.images}
    lost: list[ImportProblem] = []
    for number, raw in enumerate(file.annotations):
        try:
            image_id = msgspec.json.decode(raw, type=_ImageId).image_id
        except msgspec.DecodeError as error:
            lost.append(ImportProblem("bad_annotation", f"annotation {number}: {error}"))
            continue
        if image_id in out:
            out[image_id].append((number, raw))
        else:
            lost.append(
                ImportProblem(
                    "no_such_image", f"annotation {number} belongs to image {image_id}, which is not in the file"
                )
            )
    return out, lost


class _ImageId(msgspec.Struct, frozen=True):
    image_id: int | str


class _Page:
    """The elements of one image in the making."""

    def __init__(
        self, key: str, size: tuple[int, int], joints: dict[int, list[str]], problems: list[ImportProblem]
    ) -> None:
        self.key, self.size, self.joints, self.problems = key, size, joints, problems
        self.elements: list[Element] = []
        self.blobs: dict[str, bytes] = {}

    def add(self, number: int, raw: msgspec.Raw, known: set[int]) -> None:
        try:
            found = _ANNOTATION.decode(raw)
            if known and found.category_id not in known:
                raise ValueError(f"category {found.category_id} is not in the file")
            geometries = self._geometries(found)
        except (msgspec.DecodeError, ValueError) as error:
            self.problems.append(ImportProblem("bad_annotation", f"annotation {number}: {error}"))
            return
        parent: UUID | None = None
        for part, geometry in enumerate(geometries):
            identity = uuid5(_NAMESPACE, f"{self.key}/{found.id if found.id is not None else f'#{number}'}/{part}")
            self.elements.append(_region(found, geometry, identity, parent))
            parent = parent or identity

    def _geometries(self, found: _Annotation) -> list[Geometry]:
        """A skeleton beside the outline of the same thing, or beside a box that is not its own bounds, becomes its child."""
        out: list[Geometry] = []
        outline = _SEGMENTATION.decode(found.segmentation) or []
        if isinstance(outline, _Rle):
            out.append(self._mask(outline))
        elif outline:
            out.append(_polygon(outline))
        if found.keypoints and any(found.keypoints[2::3]):
            out.append(_skeleton(found.keypoints, self.joints.get(found.category_id, [])))
            if len(out) == 1 and found.bbox is not None and not _alike(found.bbox, out[0].bounds()):
                out.insert(0, _box(found.bbox))
        return out or [_box(found.bbox)]

    def _mask(self, outline: _Rle) -> Geometry:
        height, width = outline.size
        if not 0 < height * width <= MAX_PIXELS:
            raise ValueError(f"the mask is {width} × {height}; 1 to {MAX_PIXELS} pixels are read")
        runs = rle.decompress(outline.counts) if isinstance(outline.counts, str) else outline.counts
        if any(run < 0 for run in runs) or sum(runs) != height * width:
            raise ValueError(f"run lengths cover {sum(runs)} pixels; size {height} × {width} has {height * width}")
        if self.size[0] > 0 and (width, height) != self.size:
            raise ValueError(f"the mask is {width} × {height}, its image {self.size[0]} × {self.size[1]}")
        mask = Mask.from_runs(rle.tidy(runs), height)
        if mask is None or mask.counts is None:
            raise ValueError("the mask is empty")
        if len(mask.counts) <= INLINE_LIMIT:
            return mask
        data = mask.counts.encode("ascii")
        digest = sha256(data).hexdigest()
        self.blobs[digest] = data
        return Mask(mask.x, mask.y, mask.size, None, digest)


def _polygon(outline: list[list[float]]) -> Polygon:
    polygon = Polygon([[ring] for ring in outline])
    if broken := polygon.problems():
        raise ValueError(broken[0].detail)
    return polygon


def _box(bbox: list[float] | None) -> Box:
    if bbox is None or len(bbox) != 4:
        raise ValueError(f"has neither an outline nor a bbox of four numbers, got {bbox}")
    if bbox[2] <= 0 or bbox[3] <= 0:
        raise ValueError(f"the bbox is {bbox[2]:g} × {bbox[3]:g}; both sides must be positive")
    return Box(bbox[0], bbox[1], bbox[2], bbox[3])


def _alike(bbox: list[float], bounds: Bounds | None) -> bool:
    """Whether a bbox says no more than the joints do, to a pixel."""
    if bounds is None or len(bbox) != 4 or min(bbox[2:]) <= 0:
        return True
    own = (bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1])
    return all(abs(a - b) <= 1.0 for a, b in zip(bbox, own, strict=True))


def _skeleton(keypoints: list[float], names: list[str]) -> Skeleton:
    if len(keypoints) % 3 or len(keypoints) // 3 > len(names):
        raise ValueError(f"{len(keypoints)} keypoint numbers do not fit {len(names)} joints of 3 each")
    joints: dict[str, Any] = {}
    for i, (x, y, v) in enumerate(zip(keypoints[0::3], keypoints[1::3], keypoints[2::3], strict=True)):
        if v not in (0, 1, 2):
            raise ValueError(f"a keypoint's visibility must be 0, 1 or 2, got {v:g}")
        joints[names[i]] = (x, y, int(v))
    return Skeleton(joints)


def _region(found: _Annotation, geometry: Geometry, identity: UUID, parent: UUID | None) -> Region:
    attributes: dict[str, Value] = dict(found.attributes or {})
    occluded = attributes.pop("occluded", False) is True
    flags: list[Flag] = [flag for flag in _FLAGS if attributes.pop(flag, False) is True]
    if found.iscrowd:
        flags.append("crowd")
    return region_type(geometry.shape)(
        id=identity,
        class_id=found.category_id,
        geometry=geometry,
        attributes=attributes,
        parent=parent,
        occluded=occluded,
        flags=sorted(flags),
        score=found.score,
    )
