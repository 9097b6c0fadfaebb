"""MOTS as text, of KITTI and of the challenge: a line an instance of a frame, its mask as compressed run lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from domain.geometry import rle

from .base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf
from .making import ItemMaker, Sighted, mask_of_runs
from .media import MediaIndex
from .seqinfo import read_seqinfo
from .sequences import MOST_FRAMES
from .sources import Source

_NAMESPACE = UUID("0c5b9a7e-6f1d-5b2c-9e8a-7d4f3b2a1c60")
_LINE = re.compile(r"(\d{1,7}) (\d{1,12}) (\d{1,3}) (\d{1,6}) (\d{1,6}) (\S+)")
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+ \d+ \d+ \d+ \d+ [0-o]+\s*(?:\n|$)")
_OTHERS = ("labels.txt", "det.txt")
LOOKED_AT = 100  # files that tell whether it is this format
INSTANCES = 1000
IGNORED = 10  # a class: what nobody counts, and 10000 its instance
CLASSES = ("car", "pedestrian")  # of KITTI MOTS and the challenge, where there is no list


def texts(source: Source, most: int | None = None) -> list[str]:
    """The files whose first line is one of MOTS, among the first `most` that may be."""
    named = (path for path in sorted(source.paths()) if path.endswith(".txt") and not path.endswith(_OTHERS))
    out = []
    for path in islice(named, most):
        with source.open(path) as file:
            head = file.read(1 << 16)
        if _HEAD.match(head) or (b"\n" not in head and _HEAD.match(head + b"\n")):
            out.append(path)
    return out


def has_texts(source: Source) -> bool:
    """Whether it looks like MOTS as text. Other formats have a text file an image, which are not all opened for this."""
    return bool(texts(source, LOOKED_AT))


def labels(source: Source, folder: str) -> list[str]:
    """The names of classes from 1, of the list in a folder."""
    path = f"{folder}labels.txt"
    if path not in source.paths():
        return list(CLASSES)
    text = source.read(path, 1 << 20).decode("utf-8-sig", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


class MotsTextReader:
    """Reads every sequence: `<sequence>/gt/gt.txt`, or `<sequence>.txt` as KITTI calls them."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._files = texts(source) or [p for p in sorted(source.paths()) if f"/{p}".endswith("/gt/gt.txt")]
        if not self._files:
            raise FormatError("not_mots", "there are no pictures of masks and no lines of run lengths in it")
        self._media = MediaIndex(source)
        self._seen: Sighted | None = None

    def header(self) -> ImportHeader:
        return ImportHeader(format="mots", classes=self._sighted().classes(("mask",)))

    def _sighted(self) -> Sighted:
        if self._seen is None:
            self._seen = Sighted()
            for path in self._files:
                for name in labels(self._source, f"{path.rpartition('/')[0]}/".lstrip("/")):
                    self._seen.see(name, "mask")
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        for path in self._files:
            yield from self._sequence(path)

    def _sequence(self, path: str) -> Iterator[ImportItem]:
        folder, _, name = path.rpartition("/")
        framed = f"/{path}".endswith("/gt/gt.txt")
        root = folder.rpartition("/")[0] if framed else ""
        sequence = (root.rpartition("/")[2] if framed else name.rpartition(".")[0]) or "sequence"
        names = labels(self._source, f"{folder}/".lstrip("/"))
        info, frames, lost = read_seqinfo(self._source, root), dict[int, list[tuple[int, re.Match[str]]]](), []
        text = self._source.read(path).decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), start=1):
            found = _LINE.fullmatch(line.strip())
            if found is not None and int(found[1]) <= MOST_FRAMES:
                frames.setdefault(int(found[1]), []).append((number, found))
            elif line.strip():
                lost.append(f"{path} line {number} is not: frame, instance, class, height, width and run lengths")
        media = self._pictures(sequence)
        for frame in sorted(frames.keys() | (media.keys() or info.frames)):
            maker = ItemMaker(_NAMESPACE, f"{path}/{frame}")
            for detail in lost:
                maker.problem("bad_line", detail)
            lost = []
            rows = frames.get(frame, [])
            for number, row in rows:
                try:
                    self._add(maker, row, names)
                except ValueError as error:
                    maker.problem("bad_line", f"{path} line {number}: {error}")
            called = media[frame].rpartition("/")[2] if frame in media else f"{frame:06d}{info.suffix}"
            size = (int(rows[0][1][5]), int(rows[0][1][4])) if rows else info.size
            if min(size) <= 0 and self._size_of is not None:
                size = self._size_of(media.get(frame, called)) or (0, 0)
            yield maker.item(
                AssetMeta(name=f"{sequence}/{called}", width=size[0], height=size[1], group=sequence),
                outcome="labelled" if maker.elements else "empty" if not maker.problems else "",
                media=media.get(frame),
            )

    def _pictures(self, sequence: str) -> dict[int, str]:
        """The pictures in a folder of the sequence's name, or in its `img1`, by the number that they are called."""
        out: dict[int, str] = {}
        for picture in self._media.all():
            folder, _, name = picture.rpartition("/")
            number = name.rpartition(".")[0]
            folders = folder.removesuffix("/img1").removesuffix("img1").rpartition("/")[2] or "sequence"
            if number.isdigit() and folders == sequence:
                out.setdefault(int(number), picture)
        return out

    def _add(self, maker: ItemMaker, row: re.Match[str], names: list[str]) -> None:
        track, kind, height, width = (int(row[n]) for n in (2, 3, 4, 5))
        ignored = kind == IGNORED and len(names) < IGNORED
        if not ignored and not 1 <= kind <= len(names):
            raise ValueError(f"class {kind}; there are 1 to {len(names)}")
        mask = mask_of_runs(rle.decompress(row[6]), height, width)
        seen = self._sighted()
        key = seen.key(names[0] if ignored else names[kind - 1])
        own = None if ignored or not track % INSTANCES else track
        maker.region(mask, key, str(track), track=own, flags=["ignore"] if ignored else [])
