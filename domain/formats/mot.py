"""MOT: a line a box of a track on a frame. A sequence is the group of its assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from domain.elements.structs import Region, Value
from domain.shapes.box import Box

from .base import AssetMeta, ExportItem, Format, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted, numbers, track_of
from .media import MediaIndex
from .mots_text import has_texts
from .report import LossReport
from .seqinfo import read_seqinfo, seqinfo
from .sequences import MOST_FRAMES, OnFrame, Sequence, Sequences
from .sources import Source
from .writing import ItemWriter, Losses

_NAMESPACE = UUID("4b2c8d6e-1a9f-5e3d-8c7b-0f1e2d3c4b5a")
_CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person", "distractor",
    "occluder", "occluder on the ground", "occluder full", "reflection",
)  # fmt: skip


class MotWriter(ItemWriter):
    """Frames are the items of a sequence, by the numbers of their names."""

    losses: ClassVar[Losses] = {
        "shape_not_expressible": ("dropped", "MOT holds boxes; tags, lines, points and skeletons are not written"),
        "attributes": ("dropped", "attributes but visibility are not written"),
        "flags": ("dropped", "flags but ignore are not written"),
    }
    keeps = ("attributes", "flags", "occluded", "track")
    keeps_of_item = ("group",)

    def begin(self) -> None:
        self._sequences = Sequences(self, self.sink, first=1)
        self._ordered = self.live_classes({c.id for c in self.schema.classes})
        self._number = {c.id: i for i, c in enumerate(self._ordered, start=1)}

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        if not found.regions and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        sequence, frame = self._sequences.frame(item)
        name = self._sequences.called(item, f"{frame:06d}")
        tracks = OnFrame(self, item)
        lines = [line for region in found.regions if (line := self._line(region, item, sequence, tracks)) is not None]
        self._sequences.keep(sequence, frame, "".join(lines).encode())
        self.report.items += 1
        self.report.regions += len(lines)
        return f"{sequence.name}/img1/{name}"

    def _line(self, region: Region, item: ExportItem, sequence: Sequence, tracks: OnFrame) -> str | None:
        """The track and what follows it in the line; an empty track gets its number at the end."""
        fitted = self.fit(region, item, ("box",))
        if not isinstance(fitted, Box):
            return None
        self.lose_unheld(region, item)
        if set(region.attributes) - {"visibility"}:
            self.lose("attributes", item, region.id)
        if any(flag != "ignore" for flag in region.flags):
            self.lose("flags", item, region.id)
        track = tracks.track(region)
        sequence.highest_track = max(sequence.highest_track, track or 0)
        seen = region.attributes.get("visibility", 0.5 if region.occluded else 1)
        box = ",".join(f"{v:.10g}" for v in (fitted.x, fitted.y, fitted.w, fitted.h))
        counted = 0 if "ignore" in region.flags else 1
        return f"{'' if track is None else track},{box},{counted},{self._number[region.class_id]},{seen}\n"

    def finish(self) -> LossReport:
        labels = "".join(f"{c.name}\n" for c in self._ordered).encode()
        for name, sequence in self._sequences.all.items():
            self._truth(f"{name}/gt/gt.txt", sequence)
            self.sink.write(f"{name}/gt/labels.txt", labels)
            self.sink.write(f"{name}/seqinfo.ini", seqinfo(sequence))
        self._sequences.close()
        return self.report

    def _truth(self, path: str, sequence: Sequence) -> None:
        """Write the lines by frame. What has no track gets one of its own above all others."""
        following = sequence.highest_track + 1
        with self.sink.open(path) as file:
            for frame, text in self._sequences.texts(sequence):
                for line in text.splitlines(keepends=True):
                    track, _, rest = line.partition(b",")
                    if not track:
                        track, following = b"%d" % following, following + 1
                    file.write(b"%d,%b,%b" % (frame, track, rest))


def _truths(source: Source) -> list[str]:
    return [
        p
        for p in source.paths()
        if p == "gt/gt.txt" or p.endswith(("/gt/gt.txt", "/det/det.txt")) or p == "det/det.txt"
    ]


def sniff(source: Source) -> float:
    found = _truths(source)
    return 0.95 if found and not has_texts(source) else 0.0


class MotReader:
    """Reads every sequence; its frames are items of a group."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = [p for p in _truths(source) if p.endswith("gt.txt")] or _truths(source)
        if not self._files:
            raise FormatError("not_mot", "there is no gt/gt.txt in it")
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None

    def _rows(self, path: str) -> Iterator[tuple[int, list[str]]]:
        text = self._source.read(path).decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield number, line.replace(" ", ",").split(",") if "," not in line else line.split(",")

    def _names(self, path: str) -> list[str]:
        labels = f"{path.rpartition('/')[0]}/labels.txt"
        if labels not in self._source.paths():
            return list(_CLASSES)
        return [
            line.strip()
            for line in self._source.read(labels, 1 << 20).decode("utf-8-sig", "replace").splitlines()
            if line.strip()
        ]

    def header(self) -> ImportHeader:
        return ImportHeader(format="mot", classes=self._sighted().classes())

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                names = self._names(path)
                for known in names if names != list(_CLASSES) else ():
                    seen.see(known, "box")
                for _, fields in self._rows(path):
                    name = _class(fields, names)
                    if name is not None:
                        seen.see(name, "box", _attributes(fields))
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            root = path.rpartition("/")[0].rpartition("/")[0]
            names, (size, suffix, counted) = self._names(path), read_seqinfo(self._source, root)
            frames: dict[int, list[tuple[int, list[str]]]] = {}
            lost: list[str] = []
            for number, fields in self._rows(path):
                if fields[0].strip().isdigit() and int(fields[0]) <= MOST_FRAMES:
                    frames.setdefault(int(fields[0]), []).append((number, fields))
                else:
                    lost.append(f"{path} line {number} begins with no frame number")
            media = {
                int(n): m for m in self._media.all() if m.startswith(f"{root}/img1/".lstrip("/")) and (n := _number(m))
            }
            for frame in sorted(frames.keys() | media.keys() | (set() if media else counted)):
                maker = ItemMaker(_NAMESPACE, f"{path}/{frame}")
                for detail in lost:
                    maker.problem("bad_line", detail)
                lost = []
                for number, fields in frames.get(frame, []):
                    try:
                        _add(maker, fields, names, seen, number)
                    except ValueError as error:
                        maker.problem("bad_line", f"{path} line {number}: {error}")
                name = media[frame].rpartition("/")[2] if frame in media else f"{frame:06d}{suffix}"
                shown = (
                    size
                    if min(size) > 0
                    else (self._size_of(media.get(frame, name)) if self._size_of else None) or (0, 0)
                )
                asset = AssetMeta(
                    name=f"{root.rpartition('/')[2]}/{name}".lstrip("/"),
                    width=shown[0],
                    height=shown[1],
                    group=root.rpartition("/")[2],
                )
                yield maker.item(
                    asset,
                    outcome="labelled" if maker.elements else "empty" if not maker.problems else "",
                    media=media.get(frame),
                )


def _number(path: str) -> str:
    name = path.rpartition("/")[2].rpartition(".")[0]
    return name if name.isdigit() else ""


def _class(fields: list[str], names: list[str]) -> str | None:
    """The class of a line; detections and old ground truth have none and are the first class."""
    text = fields[7].strip() if len(fields) > 8 else "1"
    try:
        number = int(float(text))
    except (ValueError, OverflowError):
        return None
    number = 1 if number == -1 else number
    return names[number - 1] if 1 <= number <= len(names) else None


def _attributes(fields: list[str]) -> dict[str, Value]:
    try:
        seen = float(fields[8]) if len(fields) == 9 else 1.0
    except ValueError:
        return {}
    return {"visibility": seen} if 0 <= seen < 1 else {}


def _add(maker: ItemMaker, fields: list[str], names: list[str], seen: Sighted, number: int) -> None:
    if len(fields) < 6:
        raise ValueError(f"a line has at least 6 fields, got {len(fields)}")
    name = _class(fields, names)
    if name is None:
        said = fields[7].strip() if len(fields) > 8 else "1, which is not said,"
        raise ValueError(f"class {said}; there are 1 to {len(names)}")
    x, y, w, h = numbers(fields[2:6], "the box")
    if w <= 0 or h <= 0:
        raise ValueError(f"the box is {w:g} × {h:g}; both sides must be positive")
    attributes = _attributes(fields)
    key = seen.key(name)
    maker.region(
        Box(x, y, w, h),
        key,
        str(number),
        attributes=seen.fit(key, attributes),
        occluded=bool(attributes),
        track=track_of(fields[1]),
        flags=["ignore"] if len(fields) > 6 and fields[6].strip() == "0" else [],
    )


FORMAT = Format(name="mot", title="MOT", shapes=("box",), tracks=True, writer=MotWriter, reader=MotReader, sniff=sniff)
