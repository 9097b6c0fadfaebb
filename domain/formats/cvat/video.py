"""Writing CVAT XML 1.1 of videos: a file a sequence, its tracks with a shape on each of their frames."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from domain.elements.structs import Region
from domain.formats.base import ExportItem
from domain.formats.sequences import OnFrame, Sequence, Sequences
from domain.formats.writing import plain
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

if TYPE_CHECKING:
    from domain.formats.writing import Content

    from .writing import CvatWriter

LONGEST = 100  # frames from one keyframe to the next
EXACTLY = 1e-6  # pixels: what interpolation gives back as exactly as this is no keyframe
_CORNERS = re.compile(rb'xtl="([^"]*)" ytl="([^"]*)" xbr="([^"]*)" ybr="([^"]*)"')


class _Key(NamedTuple):
    """What all shapes of one `track` element share. `track` is below zero for a region that has none."""

    track: int
    class_id: int
    tag: str
    group: int
    joint: str = ""


class _Shape(NamedTuple):
    frame: int
    text: bytes  # behind the frame's number
    keyframe: bool = True
    outside: bool = False


def group_number(name: str, groups: dict[str, int]) -> int:
    """CVAT's group of a name: the number itself, or the next that is free on the image or in the sequence."""
    if name.isdigit() and 0 < int(name) < 2**31:
        return int(name)
    return groups.setdefault(name, 1_000_000 + len(groups))


class Video:
    """The tracks of all sequences. The shapes of each wait in a scratch file until their sequence is whole."""

    def __init__(self, writer: CvatWriter) -> None:
        self._writer = writer
        self._sequences = Sequences(writer, writer.sink, first=0)
        self._tracks: dict[str, dict[_Key, array[int]]] = {}  # frame, where its text begins, how long it is
        self._groups: dict[str, dict[str, int]] = {}
        self._single = 0

    def add(self, item: ExportItem, found: Content) -> str | None:
        writer = self._writer
        for region in found.regions:
            if isinstance(region.geometry, Tag):
                writer.lose("tag_of_frame", item, region.id)
        regions = [region for region in found.regions if not isinstance(region.geometry, Tag)]
        if not regions and item.outcome != "empty":
            writer.lose("not_labelled", item)
            return None
        writer.lose_of_item(found, item)
        sequence, frame = self._sequences.frame(item)
        name = self._sequences.called(item, f"frame_{frame:06d}")
        tracks = OnFrame(writer, item)
        for region in regions:
            written = writer.drawn(region, item)
            if written is None:
                continue
            writer.said(region, item)
            self._keep(sequence, frame, region, written, tracks.track(region), item)
            writer.report.regions += 1
        writer.report.items += 1
        return f"{sequence.name}/images/{name}"

    def _keep(
        self, sequence: Sequence, frame: int, region: Region, written: Any, track: int | None, item: ExportItem
    ) -> None:
        tag, place, inner = written
        if track is None:
            self._single += 1
        sequence.highest_track = max(sequence.highest_track, track or 0)
        groups = self._groups.setdefault(sequence.name, {})
        number = group_number(region.group, groups) if region.group else 0
        key = _Key(-self._single if track is None else track, region.class_id, tag, number)
        said = self._writer.attributes(region, item) if region.attributes else ""
        if isinstance(region.geometry, Skeleton):
            for joint, (x, y, seen) in region.geometry.joints.items():
                if seen:
                    self._text(sequence, key._replace(joint=joint), frame, _joint(x, y, hidden=seen == 1))
            points = ";".join(f"{plain(x)},{plain(y)}" for x, y, seen in region.geometry.joints.values() if seen)
            inner, place = "", f' points="{points}"'
        text = f'occluded="{1 if region.occluded else 0}"{place} z_order="{region.z}"'
        body = f"{inner}{said}"
        self._text(sequence, key, frame, f"{text}>\n{body}    </{tag}>\n" if body else f"{text}/>\n")

    def _text(self, sequence: Sequence, key: _Key, frame: int, text: str) -> None:
        data = text.encode()
        places = self._tracks.setdefault(sequence.name, {}).setdefault(key, array("q"))
        places.extend((frame, self._sequences.write(data), len(data)))

    def finish(self, labels: str) -> None:
        for name, sequence in self._sequences.all.items():
            with self._writer.sink.open(f"{name}/annotations.xml") as file:
                frames = sequence.frames()
                step = gcd(*(frame - frames[0] for frame in frames)) or 1
                file.write(_head(sequence, frames, step, labels).encode())
                for block in self._all(sequence, frames[-1], step):
                    file.write(block)
                file.write(b"</annotations>\n")
        self._sequences.close()

    def _all(self, sequence: Sequence, last: int, step: int) -> Iterator[bytes]:
        """The tracks by number; regions without one behind them, each with a number of its own."""
        found = self._tracks.pop(sequence.name, {})
        joints: dict[_Key, list[_Key]] = {}
        for key in found:
            if key.joint:
                joints.setdefault(key._replace(joint=""), []).append(key)
        numbered = sorted(key for key in found if key.track >= 0 and not key.joint)
        single = sorted((key for key in found if key.track < 0 and not key.joint), key=lambda key: -key.track)
        for key in numbered:
            yield from self._one(found, key, key.track, joints.get(key, []), last, step)
        for number, key in enumerate(single, start=sequence.highest_track + 1):
            yield from self._one(found, key, number, joints.get(key, []), last, step)

    def _one(
        self, found: dict[_Key, array[int]], key: _Key, number: int, joints: list[_Key], last: int, step: int
    ) -> Iterator[bytes]:
        label = self._writer.classes[key.class_id].name
        group = f' group_id="{key.group}"' if key.group else ""
        yield f'  <track id="{number}" label={quoteattr(label)} source="manual"{group}>\n'.encode()
        yield from self._shapes(found[key], key.tag, last, step)
        for at, joint in enumerate(joints):
            yield f'  <track id="{at}" label={quoteattr(joint.joint)} source="manual">\n'.encode()
            yield from self._shapes(found[joint], "points", last, step)
            yield b"  </track>\n"
        yield b"  </track>\n"

    def _shapes(self, places: array[int], tag: str, last: int, step: int) -> Iterator[bytes]:
        """A track's shapes by frame; where it is not to be seen on the next frame, its last shape is there, outside."""
        rows = sorted(zip(places[::3], places[1::3], places[2::3], strict=True))
        run: list[_Shape] = []
        for n, (frame, at, size) in enumerate(rows):
            run.append(_Shape(frame, self._sequences.text(at, size)))
            following = rows[n + 1][0] if n + 1 < len(rows) else None
            if following == frame + step:
                continue
            shapes = list(_with_keyframes(run)) if tag == "box" else run
            if frame + step <= last:
                shapes.append(_Shape(frame + step, run[-1].text, outside=True))
            for shape in shapes:
                head = f'frame="{shape.frame}" keyframe="{shape.keyframe:d}" outside="{shape.outside:d}"'
                yield f"    <{tag} {head} ".encode() + shape.text
            run = []


def _with_keyframes(run: list[_Shape]) -> Iterator[_Shape]:
    """Boxes of frames that follow each other. One that lies where interpolation puts it, and says the same, is no keyframe."""
    numbers = [_corners(shape.text) for shape in run]
    said = [_CORNERS.sub(b"", shape.text, count=1) for shape in run]
    start = 0
    while start < len(run):
        end = start + 1
        while end + 1 < min(len(run), start + LONGEST) and _between(run, numbers, said, start, end + 1):
            end += 1
        for n in range(start, min(end, len(run))):
            yield run[n]._replace(keyframe=n == start)
        start = end


def _between(run: list[_Shape], numbers: list[list[float] | None], said: list[bytes], start: int, end: int) -> bool:
    """Whether all that lies between two boxes is what interpolation makes of them."""
    a, b = numbers[start], numbers[end]
    if a is None or b is None:
        return False
    for n in range(start + 1, end):
        here = numbers[n]
        share = (run[n].frame - run[start].frame) / (run[end].frame - run[start].frame)
        if here is None or said[n] != said[start]:
            return False
        if any(abs(x + (y - x) * share - z) > EXACTLY for x, y, z in zip(a, b, here, strict=True)):
            return False
    return True


def _corners(text: bytes) -> list[float] | None:
    """The corners of an upright box."""
    found = _CORNERS.search(text)
    return [float(n) for n in found.groups()] if found and b" rotation=" not in text[: found.end() + 12] else None


def _joint(x: float, y: float, *, hidden: bool) -> str:
    return f'occluded="{hidden:d}" points="{plain(x)},{plain(y)}" z_order="0"/>\n'


def _head(sequence: Sequence, frames: list[int], step: int, labels: str) -> str:
    name = escape(sequence.name.rpartition("/")[2])
    size = f"<width>{sequence.size[0]}</width><height>{sequence.size[1]}</height>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <task>\n'
        f"      <name>{name}</name>\n      <size>{(frames[-1] - frames[0]) // step + 1}</size>\n"
        f"      <mode>interpolation</mode>\n      <start_frame>{frames[0]}</start_frame>\n"
        f"      <stop_frame>{frames[-1]}</stop_frame>\n      <frame_filter>step={step}</frame_filter>\n"
        f"      <z_order>True</z_order>\n      <labels>\n{labels}      </labels>\n"
        f"      <original_size>{size}</original_size>\n    </task>\n  </meta>\n"
    )
