"""Items of copies: the same elements, where the copy's pixels are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID, uuid5

from msgspec.structs import replace

from domain.elements import encode, pack
from domain.elements.chunks import AnswerEntry, RegionEntry, decode_chunk
from domain.elements.structs import Answer, Region, reshaped
from domain.formats.base import AssetMeta, ExportItem, FormatError, LoadBlob, compressed_runs
from domain.formats.report import Effect, LossReport
from domain.formats.sinks import stem
from domain.schema import LabelSchema
from domain.shapes import Geometry
from domain.shapes.mask import Mask
from domain.shapes.skeleton import Skeleton

from .planning import Plan, plans
from .recipe import Recipe
from .shapes import carried, mirrored, seen

MOST_PIXELS = 50_000_000  # a larger picture is not copied: its pixels would not fit into the memory of a job
COPY_ID = 10**12  # copies are numbered above all assets: id + number · 10^12
SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png")
WHOLE = 1 - 1e-6
_OF_FRAMES = (b'{"kind":"track"', b'{"kind":"keyframe"')
CODES: dict[str, tuple[Effect, str]] = {
    "copy_added": ("noted", "an augmented copy stands beside the item, as asked"),
    "copy_left_out": ("noted", "a copy fewer: nothing that may be changed would make it another picture"),
    "copy_too_large": ("noted", f"not copied: the picture has more than {MOST_PIXELS} pixels"),
    "copy_of_frames": ("noted", "not copied: tracks over frames are not augmented"),
    "copy_untracked": ("dropped", "a copy is no frame of the sequence: its regions belong to no track"),
    "copy_unseen": ("dropped", "too little of the region is left in the frame of a copy"),
    "copy_cut": ("approximated", "cut at the edge of a copy's frame"),
    "box_turned": ("approximated", "an upright box was turned in a copy: there it is a rotated box"),
    "cuboid_turned": ("approximated", "a cuboid was turned in a copy: there it is the outline of its silhouette"),
}


class Copy(NamedTuple):
    item: ExportItem
    plan: Plan


class Copier:
    """Makes the copies of items. Their chunks must be readable more than once. `report` says what they cost.

    Raises:
        FormatError: the recipe changes nothing.
    """

    def __init__(self, recipe: Recipe, schema: LabelSchema, load_blob: LoadBlob | None = None) -> None:
        if not recipe.changes():
            raise FormatError(
                "bad_options", "`augment` makes copies and changes nothing: ask for a flip, a turn or more"
            )
        self._recipe, self._load = recipe, load_blob
        self._pairs = {
            found.id: [(found.skeleton.joints[a], found.skeleton.joints[b]) for a, b in found.skeleton.mirror]
            for found in schema.classes
            if found.skeleton is not None
        }
        self.report = LossReport()

    def original(self, item: ExportItem) -> ExportItem:
        """The item itself, in the group that it shares with its copies."""
        if not self._wanted(item):
            return item
        return replace(item, asset=replace(item.asset, group=_group(item.asset)))

    def copies(self, item: ExportItem) -> Iterator[Copy]:
        """Each copy with the plan that its pixels follow."""
        asset = item.asset
        if not self._wanted(item):
            return
        if asset.width * asset.height > MOST_PIXELS:
            self._tell("copy_too_large", item)
            return
        if any(mark in body for body in item.chunks for mark in _OF_FRAMES):
            self._tell("copy_of_frames", item)
            return
        found = plans(self._recipe, sha256=asset.sha256, width=asset.width, height=asset.height)
        for _ in range(self._recipe.copies - len(found)):
            self._tell("copy_left_out", item)
        for plan in found:
            self._tell("copy_added", item)
            yield Copy(self._copy(item, plan), plan)

    def _wanted(self, item: ExportItem) -> bool:
        return (item.split or "train") in self._recipe.splits

    def _copy(self, item: ExportItem, plan: Plan) -> ExportItem:
        asset = item.asset
        meta = AssetMeta(
            id=asset.id + plan.number * COPY_ID,
            name=copy_name(asset.name, plan.number),
            width=plan.width,
            height=plan.height,
            external_id=f"{asset.external_id}__copy{plan.number}" if asset.external_id else "",
            group=_group(asset),
            origin="augmented",
            licence=asset.licence,
            attribution=asset.attribution,
            metadata=asset.metadata | {"copy_of": asset.name, "transform": list(plan.by)},
        )
        return replace(item, asset=meta, chunks=self._chunks(item, plan))

    def _chunks(self, item: ExportItem, plan: Plan) -> list[bytes]:
        regions, answers = self._elements(item, plan)
        kept = {region.id for region in regions}
        whole = [r if r.parent is None or r.parent in kept else replace(r, parent=None, role=None) for r in regions]
        elements = [("region", encode(region)) for region in sorted(whole, key=lambda region: str(region.id))]
        return [chunk.body for chunk in pack([*elements, *(("answer", encode(answer)) for answer in answers)])]

    def _elements(self, item: ExportItem, plan: Plan) -> tuple[list[Region], list[Answer]]:
        regions: list[Region] = []
        answers: list[Answer] = []
        for body in item.chunks:
            for entry in decode_chunk(body):
                if isinstance(entry, RegionEntry):
                    regions += self._placed(entry.element, item, plan)
                elif isinstance(entry, AnswerEntry):
                    answers.append(entry.element)
        return regions, answers

    def _placed(self, region: Region, item: ExportItem, plan: Plan) -> Iterator[Region]:
        """The region in the copy: none when too little is seen, several when a line comes back into the frame."""
        geometry, code = carried(self._whole(region, plan), plan.by)
        found = seen(geometry, width=plan.width, height=plan.height) if geometry is not None else None
        if found is None or not found.pieces or found.share < self._recipe.min_visible:
            self._tell("copy_unseen", item, region)
            return
        if code is not None:
            self._tell(code, item, region)
        if found.share < WHOLE:
            self._tell("copy_cut", item, region)
        if region.track is not None:
            self._tell("copy_untracked", item, region)
        for number, piece in enumerate(found.pieces):
            yield _as(region, piece, plan.number, number)

    def _whole(self, region: Region, plan: Plan) -> Geometry:
        """The region's geometry with its run lengths, and with its sides named as the copy shows them."""
        geometry = region.geometry
        if isinstance(geometry, Mask) and geometry.blob is not None:
            return replace(geometry, counts=compressed_runs(geometry, self._load), blob=None)
        if isinstance(geometry, Skeleton) and plan.mirrored:
            return mirrored(geometry, self._pairs.get(region.class_id, []))
        return geometry

    def _tell(self, code: str, item: ExportItem, region: Region | None = None) -> None:
        effect, detail = CODES[code]
        self.report.add(code, effect, detail, item.asset.name, region.id if region is not None else None)


def copy_name(name: str, number: int) -> str:
    """What a copy is called: behind the picture's own name, a JPEG or PNG as that was, else a PNG."""
    plain = stem(name)
    suffix = name.removeprefix(plain)
    return f"{plain}__copy{number}{suffix if suffix.lower() in SUFFIXES else '.png'}"


def _group(asset: AssetMeta) -> str:
    """What a picture and its copies share: its own group, or its hash."""
    return asset.group or asset.sha256[:16] or asset.name


def _named(found: UUID, copy: int, piece: int = 0) -> UUID:
    return uuid5(found, f"copy {copy}" + (f" piece {piece}" if piece else ""))


def _as(region: Region, geometry: Geometry, copy: int, piece: int) -> Region:
    parent = _named(region.parent, copy) if region.parent is not None else None
    return replace(reshaped(region, geometry), id=_named(region.id, copy, piece), parent=parent, track=None)
