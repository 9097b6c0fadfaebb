"""Where a YOLO data set keeps its images and labels, and what its classes are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from domain.formats.base import FormatError
from domain.formats.media import MEDIA_SUFFIXES
from domain.formats.sinks import stem
from domain.formats.sources import Source

from .unnamed import MAX_TEXT, MOST_CLASSES, looks_like_labels, numbered_names

_NAME_FILES = ("data.yaml", "data.yml", "dataset.yaml", "obj.names", "classes.txt", "_darknet.labels", "labels.txt")
_NAMES = re.compile(rb"^names\s*:", re.MULTILINE)
_SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


class Layout(msgspec.Struct):
    """What `data.yaml`, or Darknet's files, say. `splits` maps listed images (without suffix) and folders to a split."""

    names: list[str]
    names_path: str
    joints: int | None = None  # a line of a pose holds this many
    joint_numbers: int = 3  # 2: without visibility
    joint_names: list[str] = []
    flip: list[int] = []
    folders: dict[str, str] = {}
    listed: dict[str, tuple[str, str]] = {}  # image without suffix → (its path as listed, split)

    def split_of(self, path: str) -> str | None:
        """The split of an image by list, by folder of `data.yaml`, or by a folder called like one."""
        if found := self.listed.get(stem(path)):
            return found[1]
        inside = [folder for folder in self.folders if path.startswith(f"{folder}/")]
        if inside:
            return self.folders[max(inside, key=len)]
        return _named_split(path)


def _named_split(path: str) -> str | None:
    match = re.search(r"(?:^|/)obj_(train|valid|val|test)_data/", path)
    if match:
        return _SPLITS[match[1]]
    parts = path.split("/")[:-1]
    return next((_SPLITS[part] for part in reversed(parts) if part in _SPLITS), None)


def names_file(source: Source) -> str | None:
    """The shortest path of a file that names classes; a YAML file of another name counts when it is the only one."""
    paths = source.paths()
    for name in _NAME_FILES:
        found = [p for p in paths if p == name or p.endswith(f"/{name}")]
        if found:
            return min(found, key=len)
    others = [p for p in paths if p.endswith((".yaml", ".yml"))]
    if len(others) > 1:  # settings of a training lie beside it
        others = [p for p in others if _NAMES.search(source.read(p, MAX_TEXT))]
    return others[0] if len(others) == 1 else None


def read_layout(source: Source) -> Layout:
    """Raises FormatError when there are no class names, or they cannot be read."""
    path = names_file(source)
    if path is None:
        if not looks_like_labels(source):
            raise FormatError("not_yolo", f"there is none of {', '.join(_NAME_FILES)} in it")
        return Layout(numbered_names(source), "", listed=dict(_lists(source)))
    text = readable(source.read(path, MAX_TEXT))
    if not path.endswith((".yaml", ".yml")):
        names = [line.strip() for line in text.splitlines() if line.strip()]
        return Layout(_some(names, path), path, listed=dict(_lists(source)))
    document = _yaml(path, text)
    if isinstance(document.get("names"), str) and (named := _named_file(source, path, document["names"])):
        text = readable(source.read(named, MAX_TEXT))
        names = parse_names(named, text)
    else:
        names = parse_names(path, text)
    joints, per_joint = _joints(path, document)
    root = path.rpartition("/")[0]
    folders, lists = _places(source, document, root)
    return Layout(
        _some(names, path),
        path,
        joints=joints,
        joint_numbers=per_joint,
        joint_names=_joint_names(document),
        flip=_flip(document),
        folders=folders,
        listed=dict(_lists(source, lists or None)),
    )


def _named_file(source: Source, path: str, name: str) -> str | None:
    """The file of names that `names` may name, below the YAML file or by the end of its path."""
    paths = source.paths()
    return next((p for p in _candidates(name, "", path.rpartition("/")[0]) if p in paths), None)


def _some(names: list[str], path: str) -> list[str]:
    if not names:
        raise FormatError("no_names", f"{path} names no class")
    return names


class _Loader(yaml.BaseLoader):
    """Without lists and mappings that stand in several places: some are bombs."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        alias = self.check_event(yaml.AliasEvent)
        node = super().compose_node(parent, index)
        if alias and not isinstance(node, yaml.ScalarNode):
            raise yaml.YAMLError("an alias of a list or mapping is not read")
        return node


def readable(data: bytes) -> str:
    """A text in UTF-8, in UTF-16 with its mark, or else as Windows writes it."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _yaml(path: str, text: str) -> dict[str, Any]:
    """The document with every scalar as text: a class called `no` is not false."""
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - makes texts, lists and mappings only
    except (yaml.YAMLError, RecursionError) as error:
        raise FormatError("bad_yaml", f"{path}: {str(error)[:300]}") from None
    return document if isinstance(document, dict) else {}


def parse_names(path: str, text: str) -> list[str]:
    """Class names in order, out of the key `names`: a list, or a mapping from class numbers."""
    if not path.endswith((".yaml", ".yml")):
        return [line.strip() for line in text.splitlines() if line.strip()]
    document = _yaml(path, text)
    names = document.get("names")
    count = document.get("nc")
    if names is None and isinstance(count, str) and count.isdecimal() and 0 < int(count) <= MOST_CLASSES:
        return [f"class {number}" for number in range(int(count))]
    if names is None:
        raise FormatError("no_names", f"{path} has no key `names`")
    if isinstance(names, list):
        if not all(isinstance(name, str) for name in names):
            raise FormatError("bad_names", f"{path}: a name of a class is a text")
        return [str(name) for name in names]
    if isinstance(names, str) and "," in names:
        return [name.strip().strip("'\"") for name in names.strip("[]").split(",")]
    if isinstance(names, str) and "\n" in names.strip():
        return [line.strip() for line in names.splitlines() if line.strip()]
    if not isinstance(names, dict):
        raise FormatError("bad_names", f"{path}: `names` is neither a list nor a mapping")
    try:
        found = {int(number): name for number, name in names.items() if isinstance(name, str)}
    except ValueError:
        raise FormatError("bad_names", f"{path}: the keys of `names` must be class numbers") from None
    if sorted(found) != list(range(len(found))):
        raise FormatError(
            "bad_names", f"{path}: the class numbers must run from 0 without a gap, got {sorted(found)[:20]}"
        )
    return [found[i] for i in range(len(found))]


def _joints(path: str, document: dict[str, Any]) -> tuple[int | None, int]:
    shape = document.get("kpt_shape")
    if shape is None:
        return None, 3
    try:
        count, per_joint = int(shape[0]), int(shape[1])
        if not 0 < count <= 10_000 or per_joint not in (2, 3):
            raise ValueError
    except (TypeError, ValueError, IndexError, KeyError):
        raise FormatError("bad_yaml", f"{path}: kpt_shape is [joints, 2 or 3], got {str(shape)[:80]!r}") from None
    return count, per_joint


def _flip(document: dict[str, Any]) -> list[int]:
    flip = document.get("flip_idx")
    return [int(i) for i in flip if str(i).isdigit()] if isinstance(flip, list) else []


def _joint_names(document: dict[str, Any]) -> list[str]:
    """Names of the joints of the first class, as newer files give them."""
    named = document.get("kpt_names")
    first = next(iter(named.values()), None) if isinstance(named, dict) else named
    found = [name for name in first if isinstance(name, str)] if isinstance(first, list) else []
    return found if len(set(found)) == len(found) else []


def _places(source: Source, document: dict[str, Any], root: str) -> tuple[dict[str, str], dict[str, str]]:
    """(folders, list files) of each split; a path that fits nothing in the source is left to the folder's name."""
    paths = source.paths()
    folders: dict[str, str] = {}
    lists: dict[str, str] = {}
    for key, split in _SPLITS.items():
        given = document.get(key)
        for text in given if isinstance(given, list) else [given]:
            if not isinstance(text, str) or not text.strip():
                continue
            for place in _candidates(text.strip(), str(document.get("path") or ""), root):
                if place in paths and place.endswith(".txt"):
                    lists.setdefault(place, split)
                    break
                if any(path.startswith(f"{place}/") for path in paths):
                    folders.setdefault(place, split)
                    break
    return folders, lists


def _candidates(text: str, base: str, root: str) -> Iterator[str]:
    """Where a path of `data.yaml` may lie in the source: below its `path`, below the file, and without leading folders."""
    inside = re.sub(r"^(?:\.\.?[/\\])+", "", text)  # Ultralytics too looks beside the file for `../train/images`
    for start in (f"{root}/{base}/{text}", f"{root}/{text}", f"{root}/{inside}", text):
        parts: list[str] = []
        for part in start.replace("\\", "/").split("/"):
            if part == "..":
                parts[-1:] = []
            elif part not in ("", "."):
                parts.append(part)
        for i in range(len(parts)):
            yield "/".join(parts[i:])


def _lists(source: Source, known: dict[str, str] | None = None) -> Iterator[tuple[str, tuple[str, str]]]:
    """Images that lists of paths name: (path without suffix, (path, split)), as far as their ends fit the source."""
    if known is None:
        known = {
            p: split
            for p in source.paths()
            if (split := _SPLITS.get(stem(p).rpartition("/")[2].removeprefix("autosplit_"))) and p.endswith(".txt")
        }
    paths = set(source.paths())
    for path, split in known.items():
        for line in readable(source.read(path, MAX_TEXT)).splitlines():
            image = line.strip().replace("\\", "/")
            if not image.lower().endswith(MEDIA_SUFFIXES):
                continue
            parts = [part for part in image.split("/") if part not in ("", ".", "..")]
            ends = ["/".join(parts[i:]) for i in range(len(parts))]
            found = next((end for end in ends if end in paths or f"{stem(end)}.txt" in paths), None) or "/".join(parts)
            yield stem(found), (found, split)
