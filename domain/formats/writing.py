"""What all writers share: an item's content out of its chunks, losses by code, names of files, masks out of blobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from domain.elements import decode_chunk
from domain.elements.chunks import AnswerEntry, KeyframeEntry, RegionEntry
from domain.elements.structs import Keyframe, Region, Track, Value
from domain.schema import Class, LabelSchema
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.tag import Tag

from .base import ExportItem, LoadBlob, parse_options, runs_of
from .fitting import LOSSES as FITTING_LOSSES
from .fitting import fitted
from .making import TRACK
from .report import MAX_EXAMPLES, Effect, Loss, LossReport
from .sinks import Sink, safe_name, stem

Losses = Mapping[str, tuple[Effect, str]]
_NUMBERS = msgspec.json.Encoder()

COMMON_LOSSES: Losses = FITTING_LOSSES | {
    "shape_not_expressible": ("dropped", "the format has no form for the region's shape"),
    "not_labelled": (
        "dropped",
        "items without a result that the format can hold, and not confirmed empty, are left out",
    ),
    "empty_on_image": ("dropped", "nothing of the region lies on a pixel of the image"),
    "covered": ("dropped", "other regions lie on all pixels of the region"),
    "wholly_cut": ("dropped", "nothing of the region lies in the image"),
    "outside_image": ("approximated", "cut to the image, as the format asks"),
    "unknown_class": ("dropped", "the class is not in the schema"),
    "video_track": ("dropped", "tracks with keyframes, which videos have, are written by the native format only"),
    "track": ("dropped", "which track a region belongs to is not written"),
    "track_renumbered": ("approximated", "the track's number is taken here or too high, and it got another one"),
    "no_track": ("noted", "the region belongs to no track and got one of its own"),
    "no_sequence": (
        "noted",
        "the image is in no group: images without one are a sequence by their folder, or all of them one",
    ),
    "no_frame_number": ("noted", "the image's name has no number of its own as a frame; it comes behind the others"),
    "frame_renamed": ("noted", "frames are called by their number; the names of the assets are not written"),
    "attributes": ("dropped", "attributes of regions are not written"),
    "occluded": ("dropped", "that a region is occluded is not written"),
    "flags": ("dropped", "flags of regions are not written; ignore and crowd become plain objects"),
    "score": ("dropped", "scores of regions are not written"),
    "source": ("dropped", "where a region came from is not written"),
    "relations": ("dropped", "parent, role and group of regions are not written"),
    "z": ("dropped", "the order of regions in depth is not written"),
    "item_answers": ("dropped", "answers about the whole item are not written"),
    "metadata": ("dropped", "external id, group, origin and metadata of assets are not written"),
    "licence": ("dropped", "licence and attribution of assets are not written"),
}


def plain(number: float) -> str:
    """The shortest text of a number; whole ones without a point."""
    text = repr(number)
    return text[:-2] if text[-2:] == ".0" else text


def plain_texts(numbers: Iterable[float]) -> list[str]:
    """As `plain`, for all numbers of an item at a fifth of its cost."""
    found = _NUMBERS.encode(list(numbers))[1:-1].decode()
    return (found + ",").replace(".0,", ",")[:-1].split(",") if found else []


class NoOptions(msgspec.Struct, forbid_unknown_fields=True):
    """A format without options of its own."""


class Content(msgspec.Struct):
    """What an item holds, in the order of its chunks."""

    regions: list[Region]
    answers: dict[str, Value]
    tracks: list[Track]
    keyframes: list[Keyframe]


class ItemWriter:
    """Base of writers. A format sets `losses` beside the common ones, `options_type`, and what of a region it `keeps`."""

    losses: ClassVar[Losses] = {}
    options_type: ClassVar[type[Any]] = NoOptions
    keeps: ClassVar[Collection[str]] = ()  # of attributes, occluded, flags, score, source, relations, track, z
    keeps_of_item: Collection[str] = ()  # of metadata, group, licence
    fates: list[tuple[str, Effect]] | None = None  # what is told of regions as such, where somebody listens

    def __init__(
        self,
        sink: Sink,
        *,
        schema: LabelSchema,
        options: dict[str, Any] | None = None,
        load_blob: LoadBlob | None = None,
    ) -> None:
        self.options: Any = parse_options(options, self.options_type)
        self.sink, self.schema, self.load_blob = sink, schema, load_blob
        self.classes: dict[int, Class] = {c.id: c for c in schema.classes}
        self.report = LossReport()
        self.seen: list[Region] = []  # of the item that `content` read last, those of unknown classes too
        self._told: dict[str, Loss] = {}
        self._names: set[str] = set()
        self._fields = [name for name in _FIELDS if name not in self.keeps]
        self.begin()

    def begin(self) -> None:
        """Set up what the format needs before the first item."""

    def content(self, item: ExportItem) -> Content:
        """The item's elements. Regions of unknown classes are left out and told."""
        found = Content([], {}, [], [])
        self.seen = seen = []
        for body in item.chunks:
            for entry in decode_chunk(body):
                if isinstance(entry, RegionEntry):
                    seen.append(entry.element)
                elif isinstance(entry, AnswerEntry):
                    found.answers[entry.element.id] = entry.element.value
                elif isinstance(entry, KeyframeEntry):
                    found.keyframes.append(entry.element)
                else:
                    found.tracks.append(entry.element)
        classes = self.classes
        found.regions = [region for region in seen if region.class_id in classes]
        if len(found.regions) < len(seen):
            for region in seen:
                if region.class_id not in classes:
                    self.lose("unknown_class", item, region.id)
        return found

    def lose(self, code: str, item: ExportItem, element: object = None) -> None:
        """Count a loss by its code."""
        told = self._told.get(code)
        if told is not None and told.count >= MAX_EXAMPLES:  # nearly always, and often once a region
            told.count += 1
        else:
            effect, detail = self.losses.get(code) or COMMON_LOSSES[code]
            told = self._told[code] = self.report.add(code, effect, detail, item.asset.name, element)
        if self.fates is not None and element is not None and code not in _FIELDS:
            self.fates.append((str(element), told.effect))

    def lose_each(self, code: str, item: ExportItem, elements: Sequence[object]) -> None:
        """As `lose`, for what many elements of an item have in common."""
        told = self._told.get(code)
        if told is not None and told.count >= MAX_EXAMPLES and (self.fates is None or code in _FIELDS):
            told.count += len(elements)
            return
        for element in elements:
            self.lose(code, item, element)

    def lose_unheld(self, region: Region, item: ExportItem) -> None:
        """Count what a region says beside class and shape and the format has no place for."""
        said = region.attributes or region.occluded or region.flags or region.score is not None
        related = region.parent or region.role or region.group or region.track is not None
        if not (said or related or region.z):  # most say at most their source
            if region.source is not None and "source" not in self.keeps:
                self.lose("source", item, region.id)
            return
        for name in self._fields:
            if _FIELDS[name](region):
                self.lose(name, item, region.id)

    def lose_of_item(self, found: Content, item: ExportItem, *, answers: bool = True) -> None:
        """Count what an item says beside its regions and the format has no place for."""
        asset = item.asset
        for track in found.tracks:
            self.lose("video_track", item, track.id)
        if answers and found.answers:
            self.lose("item_answers", item)
        grouped = asset.group and "group" not in self.keeps_of_item
        extra = asset.metadata or asset.external_id or grouped or asset.origin not in ("", "real")
        if "metadata" not in self.keeps_of_item and extra:
            self.lose("metadata", item)
        if "licence" not in self.keeps_of_item and (asset.licence or asset.attribution):
            self.lose("licence", item)

    def track_attribute(self, region: Region, item: ExportItem) -> dict[str, int]:
        """The attribute that stands for a region's track; none, and told, where its class asks for one of that name itself."""
        if region.track is None:
            return {}
        if TRACK in region.attributes or any(a.name == TRACK for a in self.classes[region.class_id].attributes):
            self.lose("track", item, region.id)
            return {}
        return {TRACK: region.track}

    def boxes_and_tags(
        self, regions: Iterable[Region], item: ExportItem
    ) -> tuple[list[tuple[Region, Box]], list[Region]]:
        """What a format of boxes and labels holds of an item, in order; what it does not is told."""
        boxes: list[tuple[Region, Box]] = []
        tags: list[Region] = []
        for region in regions:
            if isinstance(region.geometry, Tag):
                tags.append(region)
            else:
                fitted = self.fit(region, item, ("box",))
                if not isinstance(fitted, Box):
                    continue
                boxes.append((region, fitted))
            self.lose_unheld(region, item)
        return boxes, tags

    def fit(self, region: Region, item: ExportItem, into: Collection[str], **limits: bool) -> Geometry | None:
        """The region's geometry in one of the shapes `into`; None, and told, when it has no form there.

        Args:
            limits: `holes=False` where polygons have none, `parts=False` where they have one part.
        """
        asset = item.asset
        found = fitted(region.geometry, into, width=asset.width, height=asset.height, load=self.runs, **limits)
        if found is None:
            drawn = region.geometry.is_area and region.geometry.bounds() is not None
            self.lose(
                "empty_on_image" if drawn and {"mask", "polygon"} & set(into) else "shape_not_expressible",
                item,
                region.id,
            )
            return None
        if found.loss is not None:
            self.lose(found.loss, item, region.id)
        return found.geometry

    def runs(self, mask: Mask) -> list[int]:
        """The run lengths of a mask's crop, also from a blob.

        Raises:
            FormatError: it is in a blob, and nobody gave a way to load it.
        """
        return runs_of(mask, self.load_blob)

    def file_name(self, item: ExportItem, folder: str = "", *, whole: bool = False) -> str:
        """The asset's name as a safe path; where its label file (`whole`: its own path) is taken, in a folder of its id."""
        name = safe_name(item.asset.name)
        taken = f"{folder}/{name if whole else stem(name)}"
        if taken in self._names:
            name = f"{item.asset.id}/{name}"
            taken = f"{folder}/{name if whole else stem(name)}"
        self._names.add(taken)
        return name

    def split(self, item: ExportItem, default: str) -> str:
        """The item's split as one safe part of a path."""
        return safe_name(item.split or default).replace("/", "_")

    def live_classes(self, used: Collection[int]) -> list[Class]:
        """Classes to write, by id: those that are not archived, and archived ones that are used."""
        return [c for c in sorted(self.schema.classes, key=lambda c: c.id) if not c.archived or c.id in used]

    def add(self, item: ExportItem) -> str | None:
        raise NotImplementedError

    def finish(self) -> LossReport:
        raise NotImplementedError


_FIELDS: dict[str, Any] = {
    "attributes": lambda r: bool(r.attributes),
    "occluded": lambda r: r.occluded,
    "flags": lambda r: bool(r.flags),
    "score": lambda r: r.score is not None,
    "source": lambda r: r.source is not None,
    "relations": lambda r: bool(r.parent or r.role or r.group),
    "track": lambda r: r.track is not None,
    "z": lambda r: bool(r.z),
}
