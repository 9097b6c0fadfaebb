"""The files of one split, read once from front to back: what stands in them beside the annotations, and those in a spool."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from domain.formats.base import FormatError, ImportProblem
from domain.formats.sources import Source, SourceError

from .blocks import Unreadable, members
from .files import Annotation, Category, File, Group, Image, VideoName
from .lenient import plain, read_annotation, read_categories, read_images, read_licences
from .spool import Spool

Note = Callable[[Sequence[Annotation]], None]
_FILE = msgspec.json.Decoder(File)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_ANNOTATIONS = msgspec.json.Decoder(list[Annotation])
_VIDEOS = msgspec.json.Decoder(list[VideoName])


class _ImageId(msgspec.Struct, frozen=True):
    image_id: int | str


_ID = msgspec.json.Decoder(_ImageId)


class Split:
    """What the files of a group say. `images` are those of its main file."""

    def __init__(self, source: Source, group: Group, note: Note) -> None:
        self.group = group
        self.images: list[Image] = []
        self.categories: list[tuple[str, Category]] = []  # with the file that has them
        self.licences: dict[int | str, str] = {}
        self.videos: dict[int | str, str] = {}
        self.lost: list[ImportProblem] = []
        self.spool = Spool()
        self._source, self._note = source, note
        self._places: dict[int | str, int] = {}
        for which, path in enumerate((group.main, *group.adding)):
            self._read(path, which)
        for path, why in group.left_out:
            self.lost.append(ImportProblem("file_left_out", f"{path} {why}; it was not read"))

    def pages(self) -> Iterator[tuple[Image, list[tuple[int, int, Annotation | msgspec.Raw]]]]:
        """Each image with its (file, number, annotation) rows; those that are broken as they are."""
        images, block = iter(self.images), 0
        while some := list(islice(images, self.spool.images)):
            by_image: dict[Any, list[tuple[int, int, Annotation | msgspec.Raw]]] = {}
            for which, (number, found) in self.spool.of(block):
                key = found.image_id if isinstance(found, Annotation) else _ID.decode(found).image_id
                key = plain(key)
                by_image.setdefault(key, []).append((which, number, found))
            for image in some:
                yield image, by_image.pop(image.id, [])
            block += 1
        self.spool.close()

    def _read(self, path: str, which: int) -> None:
        try:
            seen = self._pass(path, which)
        except (Unreadable, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._fault(path, error) from None
        if seen:
            self._pass(path, which, again=seen)

    def _pass(self, path: str, which: int, again: set[int | str] | None = None) -> set[int | str] | None:
        """Read a file; its image ids where they stand behind its annotations, which a second pass (`again`) then takes."""
        own: set[int | str] = again or set()
        number, known = 0, again is not None
        early = False  # annotations came before the images
        for name, text in self._members(path):
            if text.strip() == b"null":
                continue
            if name == "annotations":
                early = early or not known
                number = self._annotations(text, number, own if known else None, which, note=again is None)
            elif name == "images":
                known = True
                if again is None:
                    images, wrong = read_images(text)
                    self.lost += wrong
                    self._take_images(images, own, which, path)
            elif again is None and name == "categories":
                self.categories += [(path, category) for category in read_categories(text)]
            elif again is None and name == "licenses" and which == 0:
                self.licences = read_licences(text)
            elif again is None and name == "videos" and which == 0:
                self.videos = {plain(video.id): video.name for video in _videos(text)}
        if not known:
            raise Unreadable("images")
        return own if early and again is None else None

    def _members(self, path: str) -> Iterator[tuple[str, bytes]]:
        try:
            with self._source.open(path) as file:
                yield from members(file, ("images", "annotations"))
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise SourceError("broken_archive", f"{path} cannot be unpacked: {error}") from None

    def _take_images(self, images: list[Image], own: set[int | str], which: int, path: str) -> None:
        for given in images:
            image = given if isinstance(given.id, int) else msgspec.structs.replace(given, id=plain(given.id))
            if image.id in own:
                detail = f"image {image.id} is in {path} twice; its annotations belong to the first"
                self.lost.append(ImportProblem("image_twice", detail))
            own.add(image.id)
            if not image.name and which == 0:
                self.lost.append(ImportProblem("bad_image", f"image {image.id}: it has no file_name"))
                continue
            if which == 0:
                self._places.setdefault(image.id, len(self.images))
                self.images.append(image)
            elif image.id not in self._places:
                detail = f"image {image.id} is in one file of its split and not in the other"
                self.lost.append(ImportProblem("no_such_image", detail))

    def _annotations(self, text: bytes, number: int, own: set[int | str] | None, which: int, *, note: bool) -> int:
        """Note and keep a block of annotations; the number of the next one. `own` are the file's images, null: not known yet."""
        raws = _RAWS.decode(text)
        found: Sequence[Annotation | None]
        try:
            found = _ANNOTATIONS.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = [_read_one(raw) for raw in raws]
        if note:
            self._note([one for one in found if one is not None])
        if own is None:
            return number + len(raws)
        rows: list[tuple[int, int, msgspec.Raw]] = []
        places = self._places
        for one, raw in zip(found, raws, strict=True):
            image_id = plain(one.image_id) if one is not None else self._image_of(raw, number)
            if image_id is not None:
                place = places.get(image_id)
                if image_id not in own:
                    detail = f"annotation {number} belongs to image {image_id}, which is not in the file"
                    self.lost.append(ImportProblem("no_such_image", detail))
                elif place is not None:
                    rows.append((place, number, raw))
            number += 1
        self.spool.add(rows, which)
        return number

    def _image_of(self, raw: msgspec.Raw, number: int) -> int | str | None:
        try:
            return plain(_ID.decode(raw).image_id)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.lost.append(ImportProblem("bad_annotation", f"annotation {number}: {error}"))
            return None

    def _fault(self, path: str, error: Exception) -> FormatError:
        """What is wrong with a file, in the words of reading it whole, which know the place."""
        try:
            _FILE.decode(self._source.read(path))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as whole:
            error = whole
        return FormatError("bad_coco", f"{path}: {error}")


def _videos(text: bytes) -> list[VideoName]:
    """The names of sequences; none where what is called so is something else."""
    try:
        return _VIDEOS.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _read_one(raw: msgspec.Raw) -> Annotation | None:
    try:
        return read_annotation(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
