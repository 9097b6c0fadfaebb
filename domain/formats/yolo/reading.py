"""Reading YOLO: normalised boxes and outlines, by the names of `data.yaml` or `obj.names`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from uuid import UUID, uuid5

from domain.elements.structs import Element, region_type
from domain.formats.base import AssetMeta, FormatError, ImportClass, ImportHeader, ImportItem, ImportProblem, SizeOf
from domain.formats.media import MediaIndex
from domain.formats.sinks import stem
from domain.formats.sources import Source
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.polygon import Polygon

_NAMESPACE = UUID("a0f7c0f6-5b1f-5f0e-8c9e-1f7a0b6f2d11")
MAX_LABEL_BYTES = 64 << 20
_NOT_LABELS = ("train.txt", "valid.txt", "val.txt", "test.txt", "classes.txt", "readme.txt")


def _names_file(source: Source) -> str | None:
    """The shortest path of a file that names classes."""
    for name in ("data.yaml", "data.yml", "dataset.yaml", "obj.names", "classes.txt"):
        found = [p for p in source.paths() if p == name or p.endswith(f"/{name}")]
        if found:
            return min(found, key=len)
    return None


def sniff(source: Source) -> bool:
    return _names_file(source) is not None


def parse_names(path: str, text: str) -> list[str]:
    """Class names in order: one a line, or the key `names` of a YAML file as list or mapping, in block or flow form."""
    if not path.endswith((".yaml", ".yml")):
        return [line.strip() for line in text.splitlines() if line.strip()]
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        raise FormatError("no_names", f"{path} has no key `names`")
    flow = lines[start].partition(":")[2].split(" #")[0].strip()
    if flow:
        return _flow_names(path, flow, lines[start + 1 :])
    found: dict[int, str] = {}
    for line in lines[start + 1 :]:
        entry = re.match(r"\s*(?:-\s+(?P<item>.*)|(?P<key>\d+)\s*:\s*(?P<value>.*))$", line)
        if entry is None:
            if line.strip() and not line.lstrip().startswith("#"):
                break
            continue
        number = int(entry["key"]) if entry["key"] else len(found)
        found[number] = _scalar(entry["value"] if entry["key"] else entry["item"])
    if sorted(found) != list(range(len(found))):
        raise FormatError(
            "bad_names", f"{path}: the class numbers must run from 0 without a gap, got {sorted(found)[:20]}"
        )
    return [found[i] for i in range(len(found))]


def _flow_names(path: str, flow: str, following: list[str]) -> list[str]:
    """`[a, b]` or `{0: a, 1: b}`, perhaps over several lines."""
    for line in following:
        if flow.endswith(("]", "}")):
            break
        flow += " " + line.strip()
    if flow[0] + flow[-1] not in ("[]", "{}"):
        raise FormatError("bad_names", f"{path}: `names` is neither a list nor a mapping")
    parts = re.findall(r"""(?:[^,'"]|'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")+""", flow[1:-1])
    if flow[0] == "{":
        parts = [part.partition(":")[2] for part in parts]
    return [_scalar(part) for part in parts if part.strip()]


def _scalar(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        try:
            return str(json.loads(text[: text.rindex('"') + 1]))
        except ValueError:
            return text.strip('"')
    if text.startswith("'"):
        return text[1 : text.rindex("'")].replace("''", "'") if text.count("'") > 1 else text
    return text.split(" #")[0].strip()


class YoloReader:
    """Reads one dataset. Image sizes come from `size_of`, for the text files do not hold them."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._media = MediaIndex(source)
        names = _names_file(source)
        if names is None:
            raise FormatError("not_yolo", "there is no data.yaml, obj.names or classes.txt in it")
        self._names_path = names
        self._root = names.rpartition("/")[0]
        self._labels = {stem(path): path for path in source.paths() if self._is_label(path)}

    def _is_label(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return path.endswith(".txt") and path.startswith(self._root) and name.lower() not in _NOT_LABELS

    def header(self) -> ImportHeader:
        text = self._source.read(self._names_path, MAX_LABEL_BYTES).decode("utf-8-sig", "replace")
        names = parse_names(self._names_path, text)
        if not names:
            raise FormatError("no_names", f"{self._names_path} names no class")
        classes = [ImportClass(key=i, name=name, shapes=["box", "polygon"]) for i, name in enumerate(names)]
        return ImportHeader(format="yolo", classes=classes, items=len(self._labels) or None)

    def items(self) -> Iterator[ImportItem]:
        """Images with their label files, by path; then label files whose image is not in the source."""
        count = len(self.header().classes)
        taken: set[str] = set()
        for media in self._media.all():
            label = next((key for key in _label_keys(media) if key in self._labels), None)
            if label is not None:
                taken.add(label)
            yield self._item(media, label, media, count)
        for label in sorted(self._labels.keys() - taken):
            yield self._item(self._media_name(label), label, None, count)

    def _media_name(self, label: str) -> str:
        """The name of a picture that is not here: the label's, below its split, without a suffix."""
        return re.sub(r"^(?:.*/)?labels/", "", label)

    def _item(self, name: str, label: str | None, media: str | None, count: int) -> ImportItem:
        size = (self._size_of(media or name) if self._size_of is not None else None) or (0, 0)
        split, short = _split_and_name(media or f"images/{name}")
        elements: list[Element] = []
        problems: list[ImportProblem] = []
        outcome = ""
        if label is not None and min(size) <= 0:
            problems.append(
                ImportProblem("no_image_size", f"the size of {short} is not known, and YOLO's numbers need it")
            )
        elif label is not None:
            text = self._source.read(self._labels[label], MAX_LABEL_BYTES).decode("utf-8", "replace")
            outcome = "labelled" if text.strip() else "empty"
            for number, line in enumerate(text.splitlines(), start=1):
                try:
                    if line.strip():
                        elements.append(_element(line, size, count, f"{label}/{number}"))
                except ValueError as error:
                    problems.append(ImportProblem("bad_line", f"{self._labels[label]} line {number}: {error}"))
        asset = AssetMeta(name=short, width=size[0], height=size[1])
        return ImportItem(asset=asset, elements=elements, outcome=outcome, split=split, media=media, problems=problems)


def _label_keys(media: str) -> Iterator[str]:
    """Where the label file of a picture may be, without its suffix: `images` → `labels`, or beside it."""
    key = stem(media)
    head, found, tail = f"/{key}".rpartition("/images/")
    if found:
        yield f"{head}/labels/{tail}".lstrip("/")
    yield key


def _split_and_name(path: str) -> tuple[str | None, str]:
    """`…/images/train/a/b.jpg` → ("train", "a/b.jpg")."""
    tail = f"/{path}".rpartition("/images/")[2].lstrip("/")
    head, slash, rest = tail.partition("/")
    if slash and head in ("train", "val", "valid", "test"):
        return ("val" if head == "valid" else head), rest
    match = re.search(r"obj_(train|valid|test)_data/(.+)$", path)
    if match:
        return ("val" if match[1] == "valid" else match[1]), match[2]
    return None, tail


def _element(line: str, size: tuple[int, int], count: int, key: str) -> Element:
    fields = line.split()
    number = int(fields[0])
    if not 0 <= number < count:
        raise ValueError(f"class {number}; there are 0 to {count - 1}")
    values = [float(field) for field in fields[1:]]
    if not all(isfinite(v) and -1.0 <= v <= 2.0 for v in values):
        raise ValueError("numbers must lie in 0 to 1")
    geometry = _geometry(values, *size)
    if broken := geometry.problems():
        raise ValueError(broken[0].detail)
    return region_type(geometry.shape)(id=uuid5(_NAMESPACE, key), class_id=number, geometry=geometry)


def _geometry(values: list[float], width: int, height: int) -> Geometry:
    """Four numbers (five with a score) are a box; more are an outline."""
    if len(values) in (4, 5):
        cx, cy, w, h = values[:4]
        return Box((cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height)
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"{len(values)} numbers are neither a box nor an outline")
    return Polygon([[[v * (height if i % 2 else width) for i, v in enumerate(values)]]])
