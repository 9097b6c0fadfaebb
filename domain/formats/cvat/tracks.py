"""Reading tracks of a video: keyframes, and what they show on each frame between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from domain.formats.making import ItemMaker, track_of
from domain.formats.xmlstream import Element, text_of
from domain.shapes import Geometry
from domain.shapes.points import Points
from domain.shapes.skeleton import Skeleton

MOST_FRAMES = 1_000_000
ReadGeometry = Callable[[Element], Geometry]


class Shown(NamedTuple):
    """A track on one frame; `element` is the keyframe that its attributes come from."""

    key: str
    track: int | None  # its number
    group: str | None
    label: str
    geometry: Geometry
    occluded: bool
    z: int
    element: Element


class Frames:
    """Which frames a task has, and how CVAT calls their pictures."""

    def __init__(
        self, start: int = 0, stop: int | None = None, step: int = 1, size: tuple[int, int] = (0, 0), task: str = ""
    ) -> None:
        self.start, self.stop, self.step, self.size, self.task = start, stop, max(1, step), size, task

    @classmethod
    def of(cls, meta: Element) -> Frames:
        def number(path: str, default: int) -> int:
            text = next((text_of(found) for found in meta.iter(path)), "")
            return int(text) if text.isdigit() else default

        step = next((text_of(found) for found in meta.iter("frame_filter")), "").removeprefix("step=")
        size = next(iter(meta.iter("original_size")), None)
        width = text_of(size.find("width")) if size is not None else ""
        height = text_of(size.find("height")) if size is not None else ""
        stop = number("stop_frame", -1)
        return cls(
            number("start_frame", 0),
            stop if stop >= 0 else None,
            int(step) if step.isdigit() else 1,
            (int(width) if width.isdigit() else 0, int(height) if height.isdigit() else 0),
            text_of(meta.find("*/name")),
        )

    def ordinals(self, last: int) -> range:
        """Every frame up to the task's last, or to the last keyframe where the task does not say."""
        stop = last if self.stop is None else self.stop
        return range(self.start, min(stop, self.start + MOST_FRAMES) + 1, self.step)

    def name(self, ordinal: int) -> str:
        return f"frame_{ordinal:06d}"


class _Keyframes(NamedTuple):
    """The keyframes of a track or joint, and their frames in order."""

    frames: list[int]
    shapes: dict[int, Element]


class _Track(NamedTuple):
    key: str
    track: int | None
    label: str
    group: str | None
    keyframes: _Keyframes
    joints: list[tuple[str, _Keyframes]]


class Tracks:
    """All tracks of a file."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []

    def __bool__(self) -> bool:
        return bool(self._tracks)

    @property
    def count(self) -> int:
        return len(self._tracks)

    def add(self, track: Element) -> None:
        nested = [(inner.get("label", ""), _keyframes(inner)) for inner in track.findall("track")]
        key, group = track.get("id", str(len(self._tracks))), track.get("group_id", "0")
        label, found = track.get("label", ""), _keyframes(track)
        group_id = group if group not in ("", "0") else None
        self._tracks.append(_Track(key, track_of(key), label, group_id, found, nested))

    def last(self) -> int:
        return max((track.keyframes.frames[-1] for track in self._tracks if track.keyframes.frames), default=0)

    def at(self, ordinal: int, read: ReadGeometry, maker: ItemMaker) -> Iterator[Shown]:
        """What every track shows on a frame; broken keyframes are told, and the track is left out of the frame."""
        for key, number, label, group, keyframes, nested in self._tracks:
            try:
                found = _between(keyframes, ordinal, read if not nested else None)
                if found is None:
                    continue
                geometry, element = found
                if nested:
                    geometry = _pose(nested, ordinal, read)
            except ValueError as error:
                maker.problem("bad_region", f"track {key} ({label}): {error}")
                continue
            if geometry is None or (isinstance(geometry, Skeleton) and geometry.problems()):
                continue
            z = element.get("z_order", "0")
            depth = int(z) if z.lstrip("-").isdigit() else 0
            yield Shown(key, number, group, label, geometry, element.get("occluded") == "1", depth, element)


def _keyframes(track: Element) -> _Keyframes:
    """The keyframes of a track by frame. Frames that CVAT wrote in between are its own interpolation."""
    out: dict[int, Element] = {}
    for shape in track:
        frame = shape.get("frame", "")
        if (
            shape.tag != "track"
            and frame.isdigit()
            and (shape.get("keyframe", "1") == "1" or shape.get("outside") == "1")
        ):
            out[int(frame)] = shape
    return _Keyframes(sorted(out), out)


def _between(found: _Keyframes, ordinal: int, read: ReadGeometry | None) -> tuple[Any, Element] | None:
    """(geometry, keyframe) at a frame: of the last keyframe, blended towards the next; None outside of the track."""
    frames, keyframes = found
    at = bisect_right(frames, ordinal)
    before = frames[at - 1] if at else None
    if before is None or keyframes[before].get("outside") == "1":
        return None
    here = keyframes[before]
    if read is None:
        return None, here
    after = frames[at] if at < len(frames) else None
    geometry = read(here)
    if after is None or before == ordinal or keyframes[after].get("outside") == "1":
        return geometry, here
    following = read(keyframes[after])
    if type(following) is type(geometry):
        geometry = geometry.interpolate(following, (ordinal - before) / (after - before))  # type: ignore[arg-type]
    return geometry, here


def _pose(nested: list[tuple[str, _Keyframes]], ordinal: int, read: ReadGeometry) -> Skeleton:
    """A skeleton whose joints are tracks of their own."""
    joints: dict[str, Any] = {}
    for name, keyframes in nested:
        found = _between(keyframes, ordinal, read)
        if found is None or not isinstance(found[0], Points):
            joints[name] = (0.0, 0.0, 0)
            continue
        x, y = found[0].points[:2]
        joints[name] = (x, y, 1 if found[1].get("occluded") == "1" else 2)
    return Skeleton(joints)
