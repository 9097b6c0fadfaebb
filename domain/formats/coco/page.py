"""The elements of one image of a COCO file in the making."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from domain.elements.structs import Flag, Region, Value
from domain.formats.making import ItemMaker, mask_of_runs, track_of
from domain.geometry import rle
from domain.geometry.rings import Bounds
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

from .files import EMPTY, NULL, Annotation, Rle
from .lenient import outline_of, read_annotation

# of ids made from a file's own ids: a repeated import meets itself
NAMESPACE = UUID("6f1c3f7e-3d1b-5a39-9f0d-6d0f7f1c0c0c")
CAPTION = "caption"
LEAST_NUMBERS = 6  # of a ring
_NOTHING = (NULL, EMPTY)
FLAGS: tuple[Flag, ...] = ("truncated", "difficult", "ignore", "uncertain")
_SEGMENTATION: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[list[float]] | Rle | None)


class Page(ItemMaker):
    """What the annotations of one image are.

    Args:
        joints: names of each class's joints.
        known: category ids of the files; none: any goes.
        poses: key points of annotations that stand in another file, by annotation id.
    """

    def __init__(
        self,
        key: str,
        size: tuple[int, int],
        *,
        joints: dict[int, list[str]],
        known: set[int],
        poses: dict[Any, list[float]],
    ) -> None:
        super().__init__(NAMESPACE, key)
        self._size, self._joints, self._known, self._poses = size, joints, known, poses
        self._tags: list[tuple[int, str]] = []
        self._captions: list[str] = []

    def add(self, number: int, given: Annotation | msgspec.Raw) -> None:
        """Add an annotation; one that could not be read is given as it is, and told."""
        try:
            found = given if isinstance(given, Annotation) else read_annotation(given)
            if found.caption is not None:
                self._captions.append(found.caption)
                return
            if self._known and found.category_id not in self._known:
                raise ValueError(f"category {found.category_id} is not in the file")
            own = str(found.id) if found.id is not None else f"#{number}"
            bare = found.segmentation in _NOTHING and not found.keypoints and not self._poses
            if found.bbox is not None and bare:  # by far the most common: no detour
                box = _box(found.bbox)
                if said := _fields(found):
                    self.region(box, found.category_id, f"{own}/0", **said)
                else:
                    self.plain_box(box, found.category_id, f"{own}/0")
                return
            if found.bbox is None and found.segmentation == NULL and not found.keypoints:
                self._tags.append((found.category_id, own))  # of a file of labels
                return
            geometries = self._geometries(found)
        except (msgspec.DecodeError, ValueError) as error:
            self.problem("bad_annotation", f"annotation {number}: {error}")
            return
        parent: UUID | None = None
        fields = _fields(found)
        for part, geometry in enumerate(geometries):
            made = self.region(geometry, found.category_id, f"{own}/{part}", parent=parent, **fields)
            parent = parent or (made.id if made is not None else None)

    def add_mask(self, mask: Mask, category: int, key: str, *, crowd: bool) -> None:
        """A segment of a panoptic picture."""
        if self._known and category not in self._known:
            self.problem("bad_annotation", f"segment {key}: category {category} is not in the file")
            return
        self.region(mask, category, f"segment/{key}", flags=["crowd"] if crowd else [])

    def finished(self) -> None:
        """Labels of classes that nothing on the image has become tags; captions one answer."""
        drawn = {e.class_id for e in self.elements if isinstance(e, Region)}
        for category, own in self._tags:
            if category not in drawn:
                self.region(Tag(), category, f"{own}/tag")
        if self._captions:
            self.answer(CAPTION, "\n".join(self._captions)[:10_000])

    def _geometries(self, found: Annotation) -> list[Geometry]:
        """A skeleton beside the outline of the same thing, or beside a box that is not its own bounds, becomes its child."""
        out: list[Geometry] = []
        outline = [] if found.segmentation in _NOTHING else _outline(found.segmentation)
        if isinstance(outline, Rle):
            out.append(self._mask(outline))
        elif outline and (rings := self._whole(outline, found)):
            out.append(_polygon(rings))
        keypoints = found.keypoints or (self._poses.get(found.id) if self._poses else None)
        if keypoints and any(keypoints[2::3]):
            out.append(_skeleton(keypoints, self._joints.get(found.category_id, [])))
            if odd := [v for v in keypoints[2::3] if v > 0 and v not in (1, 2)]:
                self.problem(
                    "visibility", f"annotation {found.id}: visibility {odd[0]:g} is not 0, 1 or 2; taken for 2"
                )
            if len(out) == 1 and found.bbox is not None and not _alike(found.bbox, out[0].bounds()):
                out.insert(0, _box(found.bbox))
        return out or [_box(found.bbox)]

    def _whole(self, outline: list[list[float]], found: Annotation) -> list[list[float]]:
        """Rings that enclose something; others are named, and left out where something else of the object remains."""
        rings = [ring for ring in outline if len(ring) >= LEAST_NUMBERS]
        bad = sum(0 < len(ring) < LEAST_NUMBERS for ring in outline)
        if bad and (rings or (found.bbox is not None and len(found.bbox) == 4)):
            said = f"{bad} of {len(outline)} parts have fewer than 3 points; they were left out"
            self.problem("part_left_out", f"annotation {found.id}: {said}")
            return rings
        return [ring for ring in outline if ring]

    def _mask(self, outline: Rle) -> Mask:
        height, width = outline.size
        if self._size[0] > 0 and (width, height) != self._size:
            raise ValueError(f"the mask is {width} × {height}, its image {self._size[0]} × {self._size[1]}")
        runs = rle.decompress(outline.counts) if isinstance(outline.counts, str) else outline.counts
        return mask_of_runs(runs, height, width)


def _outline(raw: msgspec.Raw) -> Any:
    """Rings, run lengths, or nothing."""
    try:
        return _SEGMENTATION.decode(raw) or []
    except msgspec.DecodeError:
        rings = outline_of(raw)
        if rings is not None:
            return rings
        found = msgspec.json.decode(raw)
        one = found[0] if isinstance(found, list) and len(found) == 1 else found  # run lengths in a list of their own
        return msgspec.convert(one, Rle, strict=False)


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
        if v < 0:
            raise ValueError(f"a keypoint's visibility must be 0, 1 or 2, got {v:g}")
        joints[names[i]] = (x, y, int(v) if v in (0, 1, 2) else 2)
    return Skeleton(joints)


def _fields(found: Annotation) -> dict[str, Any]:
    """What an annotation says beside its class and place."""
    if found.attributes is None and not found.iscrowd and found.score is None and found.track_id is None:
        return {}
    attributes: dict[str, Value] = dict(found.attributes or {})
    occluded = attributes.pop("occluded", False) is True
    flags: list[Flag] = [flag for flag in FLAGS if attributes.pop(flag, False) is True]
    if found.iscrowd:
        flags.append("crowd")
    score = found.score if found.score is not None and 0 <= found.score <= 1 else None
    track = track_of(found.track_id)
    return {"attributes": attributes, "occluded": occluded, "flags": sorted(flags), "score": score, "track": track}
