"""The JSON files of a COCO data set: their structs, and which of them belong to one split."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from domain.formats.sources import Source

NULL, EMPTY = msgspec.Raw(b"null"), msgspec.Raw(b"[]")
# What a split's images are read from, the first that is there; the other files add to it
MAIN = ("instances", "person_keypoints", "stuff", "panoptic", "labels", "captions", "image_info")
ADDING = ("person_keypoints", "stuff", "labels", "captions")


class Image(msgspec.Struct, frozen=True):
    id: int | str
    file_name: str
    width: float | None = None
    height: float | None = None
    license: int | str | None = None
    attribution: str = ""
    attributes: dict[str, Any] | None = None


class Category(msgspec.Struct, frozen=True):
    id: int
    name: str
    supercategory: str | None = None
    keypoints: list[str] | None = None
    skeleton: list[tuple[int, int]] | None = None


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


class Licence(msgspec.Struct, frozen=True):
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
    left_out: list[str]
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
            return task, _plain(split) if split not in ("", "default") else None
    match = re.fullmatch(r"_annotations\.coco", name)  # of Roboflow: a folder a split
    folder = path.rpartition("/")[0].rpartition("/")[2]
    return "", {"valid": "val"}.get(folder, folder) if match and folder in ("train", "valid", "val", "test") else None


def groups(source: Source) -> list[Group]:
    """The splits of a source. Files whose names tell nothing are splits of their own where no others are."""
    paths = [p for p in source.paths() if p.lower().endswith(".json")]
    known: dict[str | None, dict[str, str]] = {}
    for path in paths:
        task, split = kind_of(path)
        if task:
            known.setdefault(split, {}).setdefault(task, path)
    found: list[Group] = []
    for split, tasks in sorted(known.items(), key=lambda pair: pair[0] or ""):
        main = next(task for task in MAIN if task in tasks)
        adding = [tasks[task] for task in ADDING if task in tasks and task != main]
        rest = [path for task, path in tasks.items() if task != main and path not in adding and task != "image_info"]
        found.append(Group(split, tasks[main], adding, rest, _folders(split, tasks[main])))
    alone = ((kind_of(path)[1], path) for path in sorted(paths))
    return found or [Group(split, path, [], [], _folders(split, path)) for split, path in alone]


def _plain(split: str) -> str:
    """The year of COCO's own files is no part of a split's name."""
    match = re.fullmatch(r"(train|val|test)[-_]?\d{4}", split)
    return match[1] if match else split


def _folders(split: str | None, path: str) -> tuple[str, ...]:
    """Where the pictures of a split may be: a folder called as its file says, the file's own, one called like the split."""
    named = path.rpartition("/")[2].rpartition(".")[0].rpartition("_")[2]
    return tuple(dict.fromkeys(part for part in (named, path.rpartition("/")[0], split) if part))
