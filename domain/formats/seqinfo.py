"""`seqinfo.ini` of MOT and MOTS: the size of a sequence's frames, how many there are and what they are called."""

from __future__ import annotations

import configparser
from itertools import pairwise
from typing import Any, NamedTuple

from .sequences import MOST_FRAMES, Sequence
from .sources import Source

FRAMES = "frames"  # of ours: which frames are there, where some are not


class SeqInfo(NamedTuple):
    """`frames`: those that the file says to be there."""

    size: tuple[int, int] = (0, 0)
    suffix: str = ".jpg"
    frames: frozenset[int] = frozenset()


def seqinfo(sequence: Sequence) -> bytes:
    """The file of a sequence whose frames count from 1."""
    head = f"[Sequence]\nname={sequence.name.rpartition('/')[2]}\nimDir=img1\nframeRate=25\nseqLength={sequence.last}\n"
    size = f"imWidth={sequence.size[0]}\nimHeight={sequence.size[1]}\nimExt={sequence.suffix}\n"
    frames = sequence.frames()
    gaps = f"{FRAMES}={_ranges(frames)}\n" if len(frames) < sequence.last else ""
    return (head + size + gaps).encode()


def read_seqinfo(source: Source, root: str) -> SeqInfo:
    """What the file in a folder says, as far as it does."""
    path = f"{root}/seqinfo.ini".lstrip("/")
    if path not in source.paths():
        return SeqInfo()
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(source.read(path, 1 << 16).decode("utf-8-sig", "replace"))
        section: Any = parser["Sequence"]
        size = int(section.get("imWidth", "0")), int(section.get("imHeight", "0"))
        frames = _numbers(section.get(FRAMES) or f"1-{int(section.get('seqLength', '0'))}")
        return SeqInfo(size, section.get("imExt", ".jpg"), frozenset(frames))
    except (configparser.Error, KeyError, ValueError):
        return SeqInfo()


def _ranges(frames: list[int]) -> str:
    """Rising numbers as 1-5,8."""
    breaks = [0, *(i for i in range(1, len(frames)) if frames[i] != frames[i - 1] + 1), len(frames)]
    runs = [(frames[a], frames[b - 1]) for a, b in pairwise(breaks)]
    return ",".join(f"{a}-{b}" if b > a else f"{a}" for a, b in runs)


def _numbers(ranges: str) -> set[int]:
    """The numbers of 1-5,8; those that are none are left out."""
    out: set[int] = set()
    for text in ranges.split(","):
        first, _, last = text.strip().partition("-")
        if first.isdigit() and (last or first).isdigit():
            out |= set(range(int(first), min(int(last or first), MOST_FRAMES) + 1))
    return out
