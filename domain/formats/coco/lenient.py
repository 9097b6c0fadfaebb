"""COCO as other tools write it: numbers as texts, ids that are texts, outlines flat or as pairs. Only tried where the plain way fails."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any
from zlib import crc32

import msgspec

from domain.formats.base import ImportProblem

from .files import Annotation, Category, Image, Licence

BEYOND = 1 << 32  # ids that are no numbers come after all that are
_IMAGES = msgspec.json.Decoder(list[Image])
_CATEGORIES = msgspec.json.Decoder(list[Category])
_ONE = msgspec.json.Decoder(Annotation)
_NUMBER = re.compile(r"[+-]?\d+(?:\.0*)?")


def plain(found: int | str) -> int | str:
    """An id as a number where it is one, so that 7 and "7" are the same."""
    if isinstance(found, str) and _NUMBER.fullmatch(found.strip()):
        return int(float(found))
    return found


def number_of(found: int | str) -> int:
    """The number of a category: its own, or one made of its text, the same in all files."""
    own = plain(found)
    return own if isinstance(own, int) else BEYOND + crc32(own.encode())


def read_images(text: bytes) -> tuple[list[Image], list[ImportProblem]]:
    """The images of a block, and what is wrong with those that are left out.

    Raises:
        msgspec.DecodeError: it is no array of objects.
    """
    try:
        return _IMAGES.decode(text), []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        good, problems = [], []
        for found in msgspec.json.decode(text, type=list[dict[str, Any]]):
            try:
                good.append(msgspec.convert(_whole(found, "id"), Image, strict=False))
            except (msgspec.ValidationError, ValueError) as error:
                problems.append(ImportProblem("bad_image", f"image {str(found.get('id'))[:40]}: {error}"))
        return good, problems


def read_categories(text: bytes) -> list[Category]:
    """Raises msgspec.DecodeError where one has no id."""
    try:
        return _CATEGORIES.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_category(found) for found in msgspec.json.decode(text, type=list[dict[str, Any]])]


def _category(found: dict[str, Any]) -> Category:
    given = _whole(found, "id").get("id")
    if not isinstance(given, int | str) or isinstance(given, bool):
        raise msgspec.ValidationError(f"a category's id is a number or a text, got {str(given)[:40]}")
    name = found.get("name")
    fields = {
        "id": number_of(given),
        "name": str(given if name is None else name),
        "supercategory": _text(found.get("supercategory")),
        "keypoints": found.get("keypoints"),
        "skeleton": found.get("skeleton"),
        "color": found.get("color"),
    }
    try:
        return msgspec.convert(fields, Category, strict=False)
    except msgspec.ValidationError:  # joints or colours that are none
        return msgspec.convert(fields | {"keypoints": None, "skeleton": None, "color": None}, Category, strict=False)


def read_licences(text: bytes) -> dict[int | str, str]:
    """Names by id, of those that have an id: many files hold one without."""
    found = msgspec.json.decode(text)
    out: dict[int | str, str] = {}
    for one in found if isinstance(found, list) else []:
        try:
            licence = msgspec.convert(one, Licence)
        except msgspec.ValidationError:
            continue
        out[licence.id] = licence.name
    return out


def _whole(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """With ids that are whole numbers written as 7.0, as data frames do, as 7."""
    return found | {n: int(v) for n in names if isinstance(v := found.get(n), float) and v.is_integer()}


def _text(found: Any) -> str | None:
    return None if found is None else str(found)


def read_annotation(raw: bytes | msgspec.Raw) -> Annotation:
    """One annotation.

    Raises:
        msgspec.DecodeError: it is none, also with its texts taken for numbers; in the words of the plain way.
    """
    try:
        return _ONE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as plainly:
        try:
            found = _whole(msgspec.json.decode(raw, type=dict[str, Any]), "id", "image_id", "category_id")
            category = found.get("category_id")
            if isinstance(category, str):
                found["category_id"] = number_of(category)
            outline = found.pop("segmentation", None)
            fields = msgspec.convert(found, Annotation, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            raise plainly from None
        return msgspec.structs.replace(fields, segmentation=msgspec.Raw(msgspec.json.encode(outline)))


def outline_of(raw: msgspec.Raw) -> list[list[float]] | None:
    """Rings written as one flat list, as pairs, or with texts; None where they are no outline either way."""
    found = msgspec.json.decode(raw)
    if not isinstance(found, list) or not found:
        return None
    rings = found if isinstance(found[0], list) else [found]
    if all(isinstance(ring, list) and len(ring) == 2 and not isinstance(ring[0], list) for ring in rings):
        rings = [list(chain.from_iterable(rings))]  # one ring of points
    try:
        return [[float(value) for value in _flat(ring)] for ring in rings]
    except (TypeError, ValueError):
        return None


def _flat(ring: list[Any]) -> list[Any]:
    return list(chain.from_iterable(ring)) if ring and isinstance(ring[0], list) else ring
