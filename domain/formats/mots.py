"""MOTS: pictures of instances (class · 1000 + n) on frames, or lines of run lengths; 10000 is what nobody counts. The whole
number is the track.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import numpy as np

from domain.geometry import rle
from domain.geometry.masks import encode_runs

from .base import ExportItem, Format, Reader, SizeOf
from .making import Sighted
from .mots_text import IGNORED, INSTANCES, MotsTextReader, has_texts, labels
from .raster_sets import Part, RasterReader, RasterWriter, Scene, beside, split_part, stem, tail
from .seqinfo import seqinfo
from .sequences import OnFrame, Sequences, sequence_of
from .sources import Source

IGNORE = 10_000


def _pictures(source: Source) -> list[str]:
    return [p for p in source.paths() if p.endswith(".png") and "/instances/" in f"/{p}"]


def sniff(source: Source) -> float:
    return 0.9 if _pictures(source) or has_texts(source) else 0.0


class MotsReader(RasterReader):
    name = "mots"

    def scenes(self) -> list[Scene]:
        paths = set(self.source.paths())
        out = []
        for mask in sorted(_pictures(self.source)):
            root, name = (
                mask[: len(mask) - len(tail(mask, "instances") or "") - len("instances/")],
                tail(mask, "instances") or "",
            )
            media = beside(paths, f"{root}images/{stem(name)}")
            called = media.removeprefix(f"{root}images/") if media else f"{stem(name)}.png"
            out.append(Scene(called, mask, media, split_part(mask), called.rpartition("/")[0]))
        return out

    def _names(self, scene: Scene) -> list[str]:
        return labels(self.source, scene.mask[: scene.mask.rindex("instances/") + len("instances/")])

    def part(self, number: int, scene: Scene) -> Part | None:
        names = self._names(scene)
        if number == IGNORE:
            return Part(names[0], flags=("ignore",))
        kind, instance = divmod(number, INSTANCES)
        return Part(names[kind - 1], track=number if instance else None) if 1 <= kind <= len(names) else None

    def declare(self, seen: Sighted) -> None:
        for scene in self._scenes:
            for name in self._names(scene):
                seen.see(name, "mask")


def open_mots(source: Source, *, size_of: SizeOf | None = None) -> Reader:
    """The reader of pictures, or of lines where there are none."""
    maker = MotsReader if _pictures(source) else MotsTextReader
    return maker(source, size_of=size_of)


class Options(msgspec.Struct, forbid_unknown_fields=True):
    form: Literal["png", "text"] = "png"


class _Tracks:
    """The instances of a class in a sequence: a track keeps its number where that is free, and its instance on all frames."""

    def __init__(self) -> None:
        self._instances: dict[int, int] = {}
        self._taken: set[int] = set()
        self._free = INSTANCES - 1  # downwards, out of the way of tracks that are still to come

    def instance(self, track: int, kind: int) -> int | None:
        """The number of a track's instance; None when all are taken."""
        if track not in self._instances:
            wanted = track % INSTANCES if track // INSTANCES in (0, kind) else 0
            found = wanted if wanted and wanted not in self._taken else self.single()
            if found is None:
                return None
            self._instances[track] = found
            self._taken.add(found)
        return self._instances[track]

    def single(self) -> int | None:
        """The number of a region without a track."""
        while self._free in self._taken:
            self._free -= 1
        if self._free < 1:
            return None
        self._taken.add(self._free)
        return self._free


class MotsWriter(RasterWriter):
    """A folder a split, or a sequence where masks are text. A track keeps its instance over the frames of its sequence."""

    options_type = Options
    dtype = np.uint16
    keeps = ("flags", "track")
    keeps_of_item = ("group",)

    def begin(self) -> None:
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}
        self._tracks: dict[tuple[str, int], _Tracks] = {}
        self._splits: set[str] = set()
        self._frame: tuple[ExportItem, OnFrame] | None = None
        self._text = Sequences(self, self.sink, first=1) if self.options.form == "text" else None

    def number(self, region: Any, counts: dict[int, int], item: ExportItem) -> int | None:
        if "ignore" in region.flags:
            return IGNORE
        if self._frame is None or self._frame[0] is not item:
            self._frame = item, OnFrame(self, item)
        kind = self._number[region.class_id]
        tracks = self._tracks.setdefault((sequence_of(item.asset), kind), _Tracks())
        track = self._frame[1].track(region)
        instance = tracks.single() if track is None else tracks.instance(track, kind)
        if kind >= 65 or kind == IGNORE // INSTANCES or instance is None:
            self.lose("too_many", item, region.id)
            return None
        number = kind * INSTANCES + instance
        if track is not None and track != number:
            self.lose("track_renumbered", item, region.id)
        return number

    def files(self, item: ExportItem, pixels: Any) -> str:
        if self._text is not None:
            return self._lines(self._text, item, pixels)
        if not item.asset.group:
            self.lose("no_sequence", item)
        split = self.split(item, "train")
        self._splits.add(split)
        name = self._called(item, split)
        self.picture(f"{split}/instances/{stem(name)}.png", pixels)
        return f"{split}/images/{name}"

    def _lines(self, sequences: Sequences, item: ExportItem, pixels: Any) -> str:
        """Keep the lines of a frame: its number comes from the image's name, as MOT has it."""
        sequence, frame = sequences.frame(item)
        name = sequences.called(item, f"{frame:06d}")
        height, width = pixels.shape
        lines = []
        for number in (int(value) for value in np.unique(pixels) if value):
            kind = IGNORED if number == IGNORE else number // INSTANCES
            runs = rle.compress(encode_runs((pixels == number).astype(np.uint8)))
            lines.append(f"{frame} {number} {kind} {height} {width} {runs}\n")
        sequences.keep(sequence, frame, "".join(lines).encode())
        return f"{sequence.name}/img1/{name}"

    def _called(self, item: ExportItem, split: str) -> str:
        """The image's name, in the folder of its sequence."""
        group, name = item.asset.group, item.asset.name
        if group and name.rpartition("/")[0] != group:
            asset = msgspec.structs.replace(item.asset, name=f"{group.replace('/', '_')}/{name.rpartition('/')[2]}")
            item = msgspec.structs.replace(item, asset=asset)
        return self.file_name(item, split)

    def finish(self) -> Any:
        names = "".join(f"{c.name}\n" for c in self._ordered).encode()
        for split in sorted(self._splits):
            self.sink.write(f"{split}/instances/labels.txt", names)
        if self._text is not None:
            self._texts(self._text, names)
        return self.report

    def _texts(self, sequences: Sequences, names: bytes) -> None:
        for name, sequence in sequences.all.items():
            with self.sink.open(f"{name}/gt/gt.txt") as file:
                for _, text in sequences.texts(sequence):
                    file.write(text)
            self.sink.write(f"{name}/gt/labels.txt", names)
            self.sink.write(f"{name}/seqinfo.ini", seqinfo(sequence))
        sequences.close()


FORMAT = Format(
    name="mots",
    title="MOTS",
    shapes=("mask",),
    tracks=True,
    writer=MotsWriter,
    reader=open_mots,
    sniff=sniff,
    options={
        "form": "“png” (default): a picture of numbers a frame; “text”: a line an instance, as the challenge has it"
    },
)
