"""What all readers share: the elements of an item in the making, and the classes and questions that a file shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1, sha256
from math import isfinite
from typing import TYPE_CHECKING, Any
from uuid import UUID, SafeUUID

from msgspec.structs import replace

from domain.elements.structs import Answer, Element, Region, Value, region_type
from domain.geometry import rle
from domain.schema import Attribute, ItemAttribute, SkeletonTemplate
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.mask import INLINE_LIMIT, Mask
from domain.shapes.polygon import Polygon

from .base import AssetMeta, ImportClass, ImportItem, ImportProblem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_OPTIONS = 60  # different texts; a question with more is text
LONGEST_OPTION = 120
MOST_TEXT = 10_000  # characters of a value
MOST_Z = 1_000_000
MAX_PIXELS = 1 << 31  # of one mask
MAX_SIDE = 1 << 20  # pixels of an image
MOST_TRACK = 1 << 53
TRACK = "track_id"  # the attribute that stands for a track where a format has no other place, as Datumaro calls it


_KEPT = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_5 = 0x5000 << 64 | 0x8000 << 48
_UNKNOWN = SafeUUID.unknown
_set = object.__setattr__
BOX_REGION = region_type("box")


def _named(space: bytes, name: str) -> UUID:
    """The `uuid5` of a namespace's bytes with the beginning of the name behind them, and the rest of the name."""
    number = int.from_bytes(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    made = UUID.__new__(UUID)  # the checks of its constructor cost more than all the rest
    _set(made, "int", number & _KEPT | _VERSION_5)
    _set(made, "is_safe", _UNKNOWN)
    return made


def _no_nul(value: Any) -> Any:
    """Texts with the mark of a broken letter for NUL characters, which broken files have and a database does not take."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    return [_no_nul(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> Value:
    """A value as regions hold it: a list of distinct short texts, a text of limited length, a number, or nothing."""
    if isinstance(value, str):
        return _no_nul(value)[:MOST_TEXT]  # type: ignore[no-any-return]
    if isinstance(value, list):
        texts = (_no_nul(str(one))[:LONGEST_OPTION] for one in value if isinstance(one, bool | int | float | str))
        return list(dict.fromkeys(text for text in texts if text))
    if isinstance(value, bool | int | float) and isfinite(value):
        return value if abs(value) < 1 << 53 else float(value)
    return None


def cleaned(given: Mapping[Any, Any]) -> tuple[dict[str, Value], list[str]]:
    """(what can be held of a file's attributes, names of those that were cut or left out); null says nothing."""
    kept: dict[str, Value] = {}
    wrong: list[str] = []
    for name, value in given.items():
        key, plain = _no_nul(str(name))[:LONGEST_OPTION], _plain(value)
        if (key != name and "\0" not in str(name)) or (plain != value and "\0" not in str(value)):
            wrong.append(key)
        if key.strip() and plain is not None:
            kept[key] = plain
        elif value is not None and key not in wrong:
            wrong.append(key)
    return kept, wrong


def outside(mask: Mask, blobs: dict[str, bytes]) -> Mask:
    """The mask as it is stored: long run lengths go into a blob, which is added to `blobs`."""
    if mask.counts is None or len(mask.counts) <= INLINE_LIMIT:
        return mask
    data = mask.counts.encode("ascii")
    digest = sha256(data).hexdigest()
    blobs[digest] = data
    return Mask(mask.x, mask.y, mask.size, None, digest)


class ItemMaker:
    """The elements of one item. A bad record becomes a problem, and the good ones beside it go in.

    Args:
        namespace: of the format; ids are made from it and keys, so that a repeated import meets itself.
        key: of the item in its file.
    """

    def __init__(self, namespace: UUID, key: str) -> None:
        self._space = namespace.bytes + f"{key}/".encode()
        self._ids: set[int] = set()
        self.elements: list[Element] = []
        self.blobs: dict[str, bytes] = {}
        self.problems: list[ImportProblem] = []

    def problem(self, code: str, detail: str) -> None:
        self.problems.append(ImportProblem(code, detail))

    def region(self, geometry: Geometry, class_key: int, key: str, **more: Any) -> Region | None:
        """Add a region; None, and a problem, when its geometry is broken.

        Args:
            key: of the record in its item.
            more: other fields of the region.
        """
        apart = isinstance(geometry, Mask) and geometry.counts is not None  # long run lengths are, and no fault
        if broken := geometry.run_problems() if apart else geometry.problems():  # type: ignore[attr-defined]
            self.problem("bad_region", f"{key}: {broken[0].detail}")
            return None
        if said := more.get("attributes"):
            more["attributes"], wrong = cleaned(said)
            if wrong:
                names = ", ".join(repr(name[:40]) for name in wrong)[:200]
                self.problem(
                    "attribute_cut", f"{key}: what is no text, number or list of them was left out or cut: {names}"
                )
        if group := more.get("group"):
            more["group"] = _no_nul(group)[:LONGEST_OPTION]
        if z := more.get("z"):
            more["z"] = max(-MOST_Z, min(MOST_Z, z))
        stored = outside(geometry, self.blobs) if isinstance(geometry, Mask) else geometry
        made = region_type(geometry.shape)(id=self._id(key), class_id=class_key, geometry=stored, **more)
        self.elements.append(made)
        return made

    def plain_box(self, box: Box, class_key: int, key: str) -> None:
        """Add a box whose sides are positive and of which nothing more is said, as of most: `region` without its detours."""
        self.elements.append(BOX_REGION(id=self._id(key), class_id=class_key, geometry=box, attributes={}))

    def _id(self, key: str) -> UUID:
        """Of a record; a key that the file uses twice gets a number behind it."""
        found, again = _named(self._space, key), 1
        while found.int in self._ids:
            again += 1
            found = _named(self._space, f"{key}#{again}")
        self._ids.add(found.int)
        return found

    def answer(self, name: str, value: Value) -> None:
        """Add the answer to an item attribute; the last of a name counts."""
        self.elements = [e for e in self.elements if not (isinstance(e, Answer) and e.id == name)]
        kept, wrong = cleaned({name: value})
        if wrong:
            self.problem("attribute_cut", f"the answer to {name[:40]!r} was left out or cut")
        self.elements += [Answer(id=question, value=said) for question, said in kept.items()]

    def item(
        self, asset: AssetMeta, *, outcome: str | None = None, split: str | None = None, media: str | None = None
    ) -> ImportItem:
        """The item. Without an `outcome` it is labelled when it has elements, and not judged otherwise."""
        if not (0 <= asset.width <= MAX_SIDE and 0 <= asset.height <= MAX_SIDE):
            self.problem("bad_size", f"the image would be {asset.width:.7g} × {asset.height:.7g}; its own size counts")
            asset = replace(asset, width=0, height=0)
        said = outcome if outcome is not None else ("labelled" if self.elements else "")
        return ImportItem(
            asset=asset,
            elements=self.elements,
            outcome=said,
            split=split,
            media=media,
            blobs=self.blobs,
            problems=self.problems,
        )


def mask_of_runs(runs: Sequence[int], height: int, width: int) -> Mask:
    """The mask of full-frame column-major run lengths.

    Raises:
        ValueError: they do not cover the frame, the frame is absurd, or nothing is in the mask.
    """
    if not 0 < height * width <= MAX_PIXELS:
        raise ValueError(f"the mask is {width} × {height}; 1 to {MAX_PIXELS} pixels are read")
    if any(run < 0 for run in runs) or sum(runs) != height * width:
        raise ValueError(f"run lengths cover {sum(runs)} pixels; size {height} × {width} has {height * width}")
    mask = Mask.from_runs(rle.tidy(runs), height)
    if mask is None:
        raise ValueError("the mask is empty")
    return mask


def mask_of_pixels(pixels: NDArray[np.uint8], x: int = 0, y: int = 0) -> Mask | None:
    """The mask of a crop of 0 and 1 whose corner lies at x, y (pixels); None when it is empty."""
    from domain.geometry.masks import encode_runs

    mask = Mask.from_runs(encode_runs(pixels), pixels.shape[0])
    return None if mask is None else Mask(mask.x + x, mask.y + y, mask.size, mask.counts)


def polygon_of(points: Iterable[float]) -> Polygon:
    """A polygon of one ring; a last point that repeats the first is left out."""
    ring = list(points)
    if len(ring) > 6 and ring[:2] == ring[-2:]:
        ring = ring[:-2]
    return Polygon([[ring]])


def track_of(value: Any) -> int | None:
    """The number of a track as files spell it: 7, 7.0 or "7"; None for what is none, as -1 of a box that nobody followed."""
    try:
        number = float(value) if not isinstance(value, bool | int) else value
    except (TypeError, ValueError):
        return None
    if isinstance(number, bool) or not 0 <= number <= MOST_TRACK or number != int(number):
        return None
    return int(number)


def take_track(attributes: dict[str, Value]) -> int | None:
    """The track that an attribute says, which is then taken out; one that says something else stays."""
    track = track_of(attributes[TRACK]) if TRACK in attributes else None
    if track is not None:
        del attributes[TRACK]
    return track


def numbers(values: Iterable[Any], what: str) -> list[float]:
    """Finite floats.

    Raises:
        ValueError: one is no number, or not finite.
    """
    try:
        found = [float(value) for value in values]
    except (TypeError, ValueError):
        raise ValueError(f"{what} has something that is no number") from None
    if not all(map(isfinite, found)):
        raise ValueError(f"{what} has a number that is not finite")
    return found


_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?")


def scalar(text: str) -> Value:
    """A text of a file without types as the value it spells: true, 3, 0.5, or itself ("007" is a code, not a number)."""
    trimmed = text.strip()
    if trimmed.lower() in ("true", "false"):
        return trimmed.lower() == "true"
    if _NUMBER.fullmatch(trimmed) is None:
        return text
    return float(trimmed) if "." in trimmed else int(trimmed)


class Values:
    """Values seen of named questions, and the questions that would hold them all."""

    def __init__(self) -> None:
        self._seen: dict[str, list[Value]] = {}
        self._kept: dict[str, set[Any]] = {}
        self._texts: set[str] = set()
        self._kinds: dict[str, dict[str, Any]] = {}  # of what was seen so far: each item asks again

    def text(self, name: str) -> None:
        """Note a question whose answers are free text, whatever was seen of them."""
        self._seen.setdefault(name, [])
        self._texts.add(name)

    def see(self, values: Mapping[str, Value]) -> None:
        for name, value in cleaned(values)[0].items():
            if name in self._texts:
                continue
            seen, kept = self._seen.setdefault(name, []), self._kept.setdefault(name, set())
            mark = (type(value).__name__, tuple(value) if isinstance(value, list) else value)
            if value is not None and mark not in kept and len(kept) <= 5_000:
                kept.add(mark)
                seen.append(value)
                self._kinds.pop(name, None)

    def _found(self) -> dict[str, dict[str, Any]]:
        for name, values in self._seen.items():
            if name and name not in self._kinds:
                self._kinds[name] = _kind(values)
        return {name: self._kinds[name] for name in self._seen if name}

    def attributes(self) -> list[Attribute]:
        return [Attribute(name=name, **kind) for name, kind in self._found().items()]

    def item_attributes(self) -> list[ItemAttribute]:
        return [ItemAttribute(name=name, **kind) for name, kind in self._found().items()]

    def fit(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """An item's answers in the form that the questions ask, now that all of the file was seen."""
        asked = {attribute.name: attribute for attribute in self.item_attributes()} if values else {}
        return {name: fitting(asked[name], value) for name, value in values.items() if name in asked}


def _kind(values: list[Value]) -> dict[str, Any]:
    """The narrowest kind of question that holds the values."""
    if values and all(isinstance(v, bool) for v in values):
        return {"kind": "boolean"}
    if values and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return {"kind": "number"}
    if values and all(isinstance(v, list) for v in values):
        return {
            "kind": "multiselect",
            "options": list(dict.fromkeys(o for v in values if isinstance(v, list) for o in v)),
        }
    texts = list(dict.fromkeys(v for v in values if isinstance(v, str)))
    short = all(0 < len(text) <= LONGEST_OPTION for text in texts)
    if values and len(texts) == len(values) <= MOST_OPTIONS and short:
        return {"kind": "select", "options": texts}
    return {"kind": "text"}


def fitting(attribute: Attribute, value: Value) -> Value:
    """A value in the form that its question asks: numbers as text where other items said text."""
    if attribute.kind == "text" and value is not None and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


class Sighted:
    """Classes in the order in which a file shows them, with the shapes and attributes seen."""

    def __init__(self, names: Iterable[str] = (), *, first: int = 1) -> None:
        self._first = first
        self._keys: dict[str, int] = {}
        self._shapes: dict[int, dict[str, None]] = {}
        self._values: dict[int, Values] = {}
        self._declared: dict[int, list[Attribute]] = {}
        self._parents: dict[int, str] = {}
        self._skeletons: dict[int, SkeletonTemplate] = {}
        self._colors: dict[int, str] = {}
        self.answers = Values()
        for name in names:
            self.key(name)

    def key(self, name: str) -> int:
        """The key of a class, made when it is new."""
        return self._keys.setdefault(name, self._first + len(self._keys))

    def knows(self, name: str) -> bool:
        return name in self._keys

    def see(self, name: str, shape: str | None = None, attributes: Mapping[str, Value] | None = None) -> int:
        """Note a region of a class; the class's key."""
        key = self.key(name)
        if shape is not None:
            self._shapes.setdefault(key, {})[shape] = None
        if attributes:
            self._values.setdefault(key, Values()).see(attributes)
        return key

    def declare(
        self,
        name: str,
        *,
        attributes: list[Attribute] | None = None,
        parent: str | None = None,
        skeleton: SkeletonTemplate | None = None,
        color: str = "",
    ) -> int:
        """Say what the file itself declares of a class."""
        key = self.key(name)
        if attributes:
            self._declared[key] = attributes
        if parent:
            self._parents[key] = parent
        if skeleton is not None:
            self._skeletons[key] = skeleton
        if _COLOR.fullmatch(color):
            self._colors[key] = color.lower()
        return key

    def declared(self, name: str) -> list[Attribute]:
        return self._declared.get(self._keys.get(name, -1), [])

    def widen(self, name: str, attribute: str, option: str) -> None:
        """Add an option that a region uses and the declaration lacks."""
        key = self._keys[name]
        self._declared[key] = [
            replace(a, options=[*a.options, option]) if a.name == attribute else a for a in self._declared[key]
        ]

    def skeleton(self, key: int) -> SkeletonTemplate | None:
        return self._skeletons.get(key)

    def attributes(self, key: int) -> list[Attribute]:
        declared = self._declared.get(key, [])
        names = {attribute.name for attribute in declared}
        seen = self._values[key].attributes() if key in self._values else []
        return [*declared, *(attribute for attribute in seen if attribute.name not in names)]

    def fit(self, key: int, attributes: Mapping[str, Value]) -> dict[str, Value]:
        """A region's attributes in the form that the questions ask, now that all of the file was seen."""
        asked = {attribute.name: attribute for attribute in self.attributes(key)} if attributes else {}
        return {name: fitting(asked[name], value) if name in asked else value for name, value in attributes.items()}

    def classes(self, default: Sequence[str] = ("box",)) -> list[ImportClass]:
        return [
            ImportClass(
                key=key,
                name=name,
                parent=self._parents.get(key),
                shapes=list(self._shapes.get(key, default)),
                skeleton=self._skeletons.get(key),
                attributes=self.attributes(key),
                color=self._colors.get(key),
            )
            for name, key in self._keys.items()
        ]
