"""Frames of sequences: which images belong to one, the number of each, and the numbers of what has no track."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from domain.elements.structs import Region

from .base import AssetMeta, ExportItem
from .sinks import Sink, safe_name, stem
from .writing import ItemWriter

MOST_FRAMES = 1_000_000
_NAMED = re.compile(r"frame[-_ ]?0*(\d{1,6})(?!\d)", re.IGNORECASE)  # a number that says that it is one
_NUMBER = re.compile(r"(?<!\d)0*(\d{1,6})\D*$")  # the last number of a name; dates are longer


def sequence_of(asset: AssetMeta) -> str:
    """The name of the sequence that an image is a frame of: its group, else its folder; empty where it has neither."""
    return asset.group or asset.name.rpartition("/")[0].rpartition("/")[2]


def frame_of(asset: AssetMeta) -> int | None:
    """The number of an image as a frame: its metadata's `frame`, else the number behind that word or the last one of its name; None without."""
    said = asset.metadata.get("frame")
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < MOST_FRAMES:
        return said
    name = stem(asset.name).rpartition("/")[2]
    found = _NAMED.search(name) or _NUMBER.search(name)
    return int(found[1]) if found else None


class Sequence:
    """One sequence in the making: each frame gets one number, in whatever order they come."""

    def __init__(self, name: str, first: int) -> None:
        self.name = name
        self.size = (0, 0)
        self.suffix = ".jpg"
        self.last = first - 1
        self.highest_track = 0
        self._first = first
        self._shift: int | None = None
        self._taken: set[int] = set()
        self._rows = array("q")  # frame, where its text begins in the scratch file, and how long it is

    def take(self, asset: AssetMeta) -> tuple[int, bool]:
        """(number of a frame, whether it is the image's own). Names that count from 0 are shifted where frames begin at 1."""
        number = frame_of(asset)
        if number is not None:
            if self._shift is None:
                self._shift = max(0, self._first - number)
            number += self._shift
        own = number is not None and number >= self._first and number not in self._taken
        if number is None or not own:
            number = self.last + 1
        self._taken.add(number)
        self.last = max(self.last, number)
        self.size = (asset.width, asset.height)
        self.suffix = suffix_of(asset)
        return number, own

    def frames(self) -> list[int]:
        return sorted(self._taken)

    def keep(self, frame: int, at: int, size: int) -> None:
        """Note where the text of a frame stands."""
        self._rows.extend((frame, at, size))

    def places(self) -> Iterator[tuple[int, int, int]]:
        """(frame, where, bytes) of all texts, by frame, and in the order in which they came."""
        rows = zip(self._rows[::3], self._rows[1::3], self._rows[2::3], strict=True)
        return iter(sorted(rows))


class Sequences:
    """All sequences of an export. Texts of frames wait in one scratch file: memory does not grow with them."""

    def __init__(self, writer: ItemWriter, sink: Sink, *, first: int) -> None:
        self._writer, self._first = writer, first
        self._scratch = sink.scratch()
        self._at = 0
        self.all: dict[str, Sequence] = {}

    def frame(self, item: ExportItem) -> tuple[Sequence, int]:
        """The sequence of an item and its number as a frame there. What is no sequence is told."""
        asset = item.asset
        if not asset.group:
            self._writer.lose("no_sequence", item)
        folder = f"{self._writer.split(item, '')}/" if item.split else ""
        name = f"{folder}{safe_name(sequence_of(asset) or 'sequence').replace('/', '_')}"
        sequence = self.all.get(name)
        if sequence is None:
            sequence = self.all[name] = Sequence(name, self._first)
        number, own = sequence.take(asset)
        if not own:
            self._writer.lose("no_frame_number", item)
        return sequence, number

    def called(self, item: ExportItem, stem: str) -> str:
        """What the picture of a frame is called where formats say how. Another name than its own is told."""
        name = f"{stem}{suffix_of(item.asset)}"
        if item.asset.name.rpartition("/")[2] != name:
            self._writer.lose("frame_renamed", item)
        return name

    def keep(self, sequence: Sequence, frame: int, text: bytes) -> None:
        sequence.keep(frame, self.write(text), len(text))

    def write(self, text: bytes) -> int:
        """Add to the scratch file; where the text begins there."""
        at = self._at
        self._scratch.write(text)
        self._at += len(text)
        return at

    def texts(self, sequence: Sequence) -> Iterator[tuple[int, bytes]]:
        """(frame, text) of a sequence by frame."""
        for frame, at, size in sequence.places():
            yield frame, self.text(at, size)

    def text(self, at: int, size: int) -> bytes:
        self._scratch.seek(at)
        return self._scratch.read(size)

    def close(self) -> None:
        self._scratch.close()


class OnFrame:
    """The tracks of one frame: each shows one region there, as trackers and their measures expect."""

    def __init__(self, writer: ItemWriter, item: ExportItem) -> None:
        self._writer, self._item = writer, item
        self._seen: set[int] = set()

    def track(self, region: Region) -> int | None:
        """The track of a region; None, and told, where it has none or another region of the frame has it."""
        if region.track is None:
            self._writer.lose("no_track", self._item, region.id)
            return None
        if region.track in self._seen:
            self._writer.lose("track_renumbered", self._item, region.id)
            return None
        self._seen.add(region.track)
        return region.track


def suffix_of(asset: AssetMeta) -> str:
    """The suffix of an image's name with its dot; that of a JPEG where it has none that is short and plain."""
    suffix = asset.name.rpartition(".")[2].lower()
    return f".{suffix}" if suffix.isalnum() and len(suffix) <= 4 else ".jpg"
