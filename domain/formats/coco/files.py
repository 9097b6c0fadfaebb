"""The JSON files of a COCO data set: their structs, and which of them belong to one split."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from domain.formats.media import plain_name
from domain.formats.sources import Source

_SPLITS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
_SPLIT = re.compile(rf"({'|'.join(_SPLITS)})(?:\d{{4}})?")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")  # of makesense: a project and a time, no split
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_NAMES = (b'"images"', b'"annotations"', b'"categories"', b'"image_id"', b'"licenses"')
NULL, EMPTY = msgspec.Raw(b"null"), msgspec.Raw(b"[]")
# What a split's images are read from, the first that is there; the other files add to it
MAIN = ("instances", "person_keypoints", "stuff", "panoptic", "labels", "captions", "image_info")
ADDING = ("person_keypoints", "stuff", "labels", "captions")


class Image(msgspec.Struct, frozen=True):
    id: int | str
    file_name: str | None = None
    width: float | None = None
    height: float | None = None
    license: int | str | None = None
    attribution: str | None = ""
    attributes: dict[str, Any] | None = None
    coco_url: Any = None  # LVIS has no `file_name`
    video_id: Any = None

    @property
    def told(self) -> str:
        """Its path or address; empty when the file does not say."""
        return self.file_name or (self.coco_url if isinstance(self.coco_url, str) else "")

    @property
    def name(self) -> str:
        return plain_name(self.told.replace("\\", "/"))


class Category(msgspec.Struct, frozen=True):
    id: int
    name: str
    supercategory: str | None = None
    keypoints: list[str] | None = None
    skeleton: list[tuple[int, int]] | None = None
    color: list[int] | str | None = None


class Segment(msgspec.Struct, frozen=True):
    id: int
    category_id: int
    iscrowd: int | bool | None = 0


class Annotation(msgspec.Struct, frozen=True, gc=False):
    """An instance, a pose, a label or a caption: what is missing says which."""

    image_id: int | str
    category_id: int = -1
    id: int | str | None = None
    bbox: list[float] | None = None
    segmentation: msgspec.Raw = NULL
    iscrowd: int | bool | None = 0
    keypoints: list[float] | None = None
    score: float | None = None
    attributes: dict[str, Any] | None = None
    caption: str | None = None
    file_name: str | None = None
    segments_info: list[Segment] | None = None
    track_id: Any = None  # what is no number is no track


class Licence(msgspec.Struct, frozen=True):
    id: int | str
    name: str = ""


class VideoName(msgspec.Struct, frozen=True):
    """A sequence that images name; annotations whose `track_id` is the same there are one thing."""

    id: int | str
    name: str = ""


class File(msgspec.Struct):
    images: list[Image]
    annotations: list[msgspec.Raw] = []
    categories: list[Category] = []
    licenses: list[Licence] = []


class Rle(msgspec.Struct, frozen=True):
    size: tuple[int, int]
    counts: str | list[int]


class Group(msgspec.Struct, frozen=True):
    """The files of one split: `main` has its images, the others add annotations by image id."""

    split: str | None
    main: str
    adding: list[str]
    left_out: list[tuple[str, str]]  # (path, why it is not read)
    folders: tuple[str, ...] = ()  # where its pictures may be, the likeliest first

    @property
    def segmented(self) -> bool:
        """Whether annotations may be lists of segments: only where the file's name does not say that they are instances."""
        return kind_of(self.main)[0] in ("panoptic", "")


def kind_of(path: str) -> tuple[str, str | None]:
    """(task, split) that a file's name tells: `instances_train.json` → instances, train; no split for `default`."""
    name = re.sub(r"\.json$", "", path.rpartition("/")[2], flags=re.IGNORECASE)
    for task in MAIN:
        if name == task or name.startswith(f"{task}_"):
            split = name.removeprefix(task).removeprefix("_")
            named = split not in ("", "default") and not _DATED.search(split)
            return task, _plain(split) if named else _split_in(path)
    return "", _split_in(path)


def _split_in(path: str) -> str | None:
    """The split that a word of the file's name tells (`val_annotations.json`), else its folder."""
    folder, _, name = path.rpartition("/")
    for text in (name.rpartition(".")[0], folder.rpartition("/")[2]):
        told = {_SPLITS[m[1]] for word in re.split(r"[-_. ]", text.lower()) if (m := _SPLIT.fullmatch(word))}
        if len(told) == 1:
            return told.pop()
    return None


def groups(source: Source) -> list[Group]:
    """The splits of a source. Files whose names tell nothing are splits of their own where no others are."""
    paths = [p for p in source.paths() if p.lower().endswith(".json")]
    known: dict[str | None, dict[str, str]] = {}
    again: list[tuple[str | None, str]] = []  # files of a split that has one of their task
    for path in paths:
        task, split = kind_of(path)
        if task and known.setdefault(split, {}).setdefault(task, path) != path:
            again.append((split, path))
    found: list[Group] = []
    for split, tasks in sorted(known.items(), key=lambda pair: pair[0] or ""):
        main = next(task for task in MAIN if task in tasks)
        adding = [tasks[task] for task in ADDING if task in tasks and task != main]
        rest = [path for task, path in tasks.items() if task != main and path not in adding and task != "image_info"]
        said = [(path, f"says again what {tasks[main]} says") for path in rest]
        found.append(Group(split, tasks[main], adding, said, _folders(split, tasks[main])))
    unnamed = [path for path in sorted(paths) if not kind_of(path)[0]]
    if found:
        found += [Group(split, path, [], [], _folders(split, path)) for split, path in again]
        other = [(path, "is not called as the others are") for path in unnamed if _begins_like_coco(source, path)]
    else:
        alike = [path for path in unnamed if len(unnamed) == 1 or _begins_like_coco(source, path)] or unnamed
        found = [Group(kind_of(path)[1], path, [], [], _folders(kind_of(path)[1], path)) for path in alike]
        other = [(path, "is no file of COCO") for path in unnamed if path not in alike]
    if found:
        found[0].left_out.extend(other)
    return found


def _begins_like_coco(source: Source, path: str) -> bool:
    with source.open(path) as file:
        head = file.read(1 << 12)
    return _OBJECT.match(head) is not None and any(name in head for name in _NAMES)


def _plain(split: str) -> str:
    """The year of COCO's own files is no part of a split's name."""
    match = re.fullmatch(r"(train|val|test)[-_]?\d{4}", split)
    return match[1] if match else split


def _folders(split: str | None, path: str) -> tuple[str, ...]:
    """Where the pictures of a split may be: a folder called as its file says, the file's own, one called like the split, the one
    that has the file's own in it: a source may hold several sets of the same pictures."""
    named = path.rpartition("/")[2].rpartition(".")[0].rpartition("_")[2]
    own = path.rpartition("/")[0]
    return tuple(dict.fromkeys(part for part in (named, own, split, own.rpartition("/")[0]) if part))
