"""Putting one fault into a copy of trusted work, such as an annotator could have made.

All that is drawn comes from the seed that is passed in: the same seed and work give the same fault. What the label schema or
the edge of the image would refuse is not planted, for no annotator could have handed it in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot
from random import Random
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from domain.agreement.likeness import NEAR, likeness
from domain.elements import Answer, Element, Keyframe, Region
from domain.elements.structs import Value
from domain.geometry.affine import scaling
from domain.geometry.rings import Bounds
from domain.schema import LabelSchema, check_answer, check_region
from domain.schema.checking import asked
from domain.schema.structs import Attribute
from domain.shapes import Geometry

FaultKind = Literal["missed", "extra", "wrong_class", "loose", "attribute"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
NOT_SURE = frozenset({"ignore", "crowd", "uncertain", "difficult"})  # regions that right and wrong are not clear of
SMALLEST = 0.01  # of the image's diagonal, and 4 pixels: what is smaller nobody could be blamed for
WORST, BEST = 0.25, 0.75  # likeness of a badly drawn outline to the right one
TRIES = 40  # places to try for a region that is too much
_STEPS = tuple(n / 20 for n in range(3, 21))  # how far an outline is off, in sides of its box


class Planted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fault: what is wrong, and where a mark finds it.

    `class_id` is the class as it should be counted: what is missed or should have been chosen, or what is too much; 0 of a
    question about the item. `element` is its id in the copy, empty of what is not there; `bounds` are in image pixels.
    """

    kind: FaultKind
    class_id: int = 0
    element: str = ""
    bounds: Bounds | None = None
    name: str = ""  # of the attribute or the question


class Picture(msgspec.Struct, frozen=True):
    """The work to plant in, under fresh ids, and what it must fit."""

    elements: list[Element]
    schema: LabelSchema
    width: float
    height: float

    def regions(self) -> list[Region]:
        return [e for e in self.elements if isinstance(e, Region)]

    @property
    def diagonal(self) -> float:
        return hypot(self.width, self.height)

    def fits(self, region: Region) -> bool:
        problems = [
            *check_region(self.schema, region),
            *region.geometry.check(width=self.width, height=self.height),
        ]
        return not problems


Found = tuple[list[Element], Planted]


def plant(
    elements: Sequence[Element],
    *,
    schema: LabelSchema,
    width: float,
    height: float,
    seed: str,
    kinds: Sequence[FaultKind] = KINDS,
) -> Found | None:
    """A copy of the work with exactly one fault, under ids of its own; None where no fault can be planted.

    Kinds are tried in an order that the seed draws, so that all that are possible come alike often.

    Args:
        elements: the right answer; not changed.
        width, height: of the image, in pixels.
        kinds: which faults may be planted.
    """
    rng = Random(seed)  # noqa: S311  (not for secrets: the seed is one)
    picture = Picture(_renamed(elements, rng), schema, width, height)
    for kind in rng.sample(list(kinds), len(kinds)):
        if (found := _PLANTERS[kind](picture, rng)) is not None:
            return found
    return None


def _renamed(elements: Sequence[Element], rng: Random) -> list[Element]:
    """The same elements under new ids, as a browser draws them, so that nothing tells whose copy they are."""
    names = {
        element.id: UUID(int=rng.getrandbits(128), version=4) for element in elements if not isinstance(element, Answer)
    }
    found: list[Element] = []
    for element in elements:
        if isinstance(element, Answer):
            found.append(element)
            continue
        fields: dict[str, Any] = {"id": names[element.id]}
        if isinstance(element, Region) and element.parent is not None:
            fields["parent"] = names.get(element.parent)
        if isinstance(element, Keyframe):
            fields["track"] = names.get(element.track, element.track)
        found.append(msgspec.structs.replace(element, **fields))
    return found


def _clear(picture: Picture, *, whole: bool = False) -> list[Region]:
    """Regions that a fault may be planted in: sure, to be seen, and whole ones only where their parts would be left over."""
    least = max(4.0, SMALLEST * picture.diagonal)
    parents = {region.parent for region in picture.regions() if region.parent is not None}
    found = []
    for region in picture.regions():
        box = region.geometry.bounds()
        small = box is not None and region.geometry.is_area and min(box[2] - box[0], box[3] - box[1]) < least
        if small or not NOT_SURE.isdisjoint(region.flags) or (whole and region.id in parents):
            continue
        found.append(region)
    return found


def _shuffled(rows: Sequence[Any], rng: Random) -> list[Any]:
    return rng.sample(list(rows), len(rows))


def _with(picture: Picture, region: Region) -> list[Element]:
    return [region if isinstance(e, Region) and e.id == region.id else e for e in picture.elements]


def _at(kind: FaultKind, region: Region, class_id: int, name: str = "", other: Region | None = None) -> Planted:
    box = region.geometry.bounds()
    if other is not None and box is not None and (more := other.geometry.bounds()) is not None:
        box = (min(box[0], more[0]), min(box[1], more[1]), max(box[2], more[2]), max(box[3], more[3]))
    return Planted(kind=kind, class_id=class_id, element=str(region.id), bounds=box, name=name)


def _missed(picture: Picture, rng: Random) -> Found | None:
    """One region is not there. The last one stays: an answer that says `labelled` has something in it."""
    if len(picture.elements) < 2:
        return None
    for region in _shuffled(_clear(picture, whole=True), rng):
        left = [e for e in picture.elements if e is not region]
        return left, Planted(kind="missed", class_id=region.class_id, bounds=region.geometry.bounds())
    return None


def _extra(picture: Picture, rng: Random) -> Found | None:
    """A region where there is none: another one's outline at an empty place, or a tag that does not hold."""
    taken = [box for region in picture.regions() if (box := region.geometry.bounds()) is not None]
    for region in _shuffled(_clear(picture), rng):
        box = region.geometry.bounds()
        fresh = {
            "id": UUID(int=rng.getrandbits(128), version=4),
            "parent": None,
            "role": None,
            "group": None,
            "track": None,
        }
        if box is None:
            for class_id in _other_classes(picture, region, rng):
                more = _of_class(picture, msgspec.structs.replace(region, **fresh), class_id)
                if more is not None:
                    return [*picture.elements, more], _at("extra", more, more.class_id)
            continue
        for _ in range(TRIES):
            dx, dy = (rng.uniform(-box[0], picture.width - box[2]), rng.uniform(-box[1], picture.height - box[3]))
            moved = region.geometry.moved(float(round(dx)), float(round(dy)))
            more = msgspec.structs.replace(region, geometry=moved, **fresh)
            place = moved.bounds()
            if place is not None and not any(_touch(place, other) for other in taken) and picture.fits(more):
                return [*picture.elements, more], _at("extra", more, more.class_id)
    return None


def _touch(a: Bounds, b: Bounds) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _other_classes(picture: Picture, region: Region, rng: Random) -> list[int]:
    """Classes that the region could have been given; of tags those that the picture does not have already."""
    there = {r.class_id for r in picture.regions()} if region.geometry.bounds() is None else {region.class_id}
    return _shuffled([c.id for c in picture.schema.in_order() if c.id not in there and region.shape in c.shapes], rng)


def _of_class(picture: Picture, region: Region, class_id: int) -> Region | None:
    """The region as one of another class: with those of its attributes that the class asks for. None where it does not fit."""
    known = picture.schema.class_by_id(class_id)
    kept = {a.name for a in known.attributes} if known is not None else set()
    attributes = {name: value for name, value in region.attributes.items() if name in kept}
    changed = msgspec.structs.replace(region, class_id=class_id, attributes=attributes)
    return changed if picture.fits(changed) else None


def _wrong_class(picture: Picture, rng: Random) -> Found | None:
    for region in _shuffled(_clear(picture, whole=True), rng):
        for class_id in _other_classes(picture, region, rng):
            if (changed := _of_class(picture, region, class_id)) is not None:
                return _with(picture, changed), _at("wrong_class", changed, region.class_id)
    return None


def _loose(picture: Picture, rng: Random) -> Found | None:
    """An outline that is beside its object, too wide or cut off, by so much that it can be seen."""
    for region in _shuffled([r for r in _clear(picture) if r.geometry.bounds() is not None], rng):
        try:
            changed = next(_loosely(picture, region, rng), None)
        except ValueError:
            continue  # a mask so large that its pixels are kept elsewhere
        if changed is not None:
            return _with(picture, changed), _at("loose", changed, region.class_id, other=region)
    return None


def _loosely(picture: Picture, region: Region, rng: Random) -> Iterator[Region]:
    for way in _shuffled(_WAYS, rng):
        for drawn in _drawn_badly(picture, region.geometry, way):
            alike = float(likeness([drawn], [region.geometry], diagonal=picture.diagonal)[0, 0])
            if alike < WORST:
                break  # farther off it is another place, not a loose outline
            changed = msgspec.structs.replace(region, geometry=drawn)
            if alike <= BEST and picture.fits(changed):
                yield changed


_WAYS = ("wider", "narrower", "left", "right", "up", "down")
_TOWARDS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def _drawn_badly(picture: Picture, right: Geometry, way: str) -> Iterator[Geometry]:
    """The outline off by more and more, cut to the image."""
    x0, y0, x1, y1 = right.bounds() or (0.0, 0.0, 0.0, 0.0)
    least = 0.0 if right.is_area else 2 * NEAR * picture.diagonal  # points and lines are alike as far as they are near
    across, along = max(x1 - x0, least), max(y1 - y0, least)
    for step in _STEPS:
        if way in _TOWARDS:
            dx, dy = _TOWARDS[way]
            drawn: Geometry | None = right.moved(
                float(round(dx * step * across) or dx), float(round(dy * step * along) or dy)
            )
        else:
            by = 1 + step if way == "wider" else 1 - step / 1.25
            drawn = right.transformed(scaling(by, by, (x0 + x1) / 2, (y0 + y1) / 2))
        cut = drawn and drawn.clamp(width=picture.width, height=picture.height)
        if cut is not None:
            yield cut


def _attribute(picture: Picture, rng: Random) -> Found | None:
    """An attribute that is not answered, or a required one that is answered wrongly; also of the item."""
    for element in _shuffled([*_clear(picture), *(e for e in picture.elements if isinstance(e, Answer))], rng):
        if isinstance(element, Answer):
            question = picture.schema.item_attribute(element.id)
            for value in _other_values(question, element.value, rng) if question else []:
                said = Answer(id=element.id, value=value)
                if not check_answer(picture.schema, said):
                    elements = [said if e is element else e for e in picture.elements]
                    return elements, Planted(kind="attribute", element=element.id, name=element.id)
            continue
        for changed, name in _answered_wrongly(picture, element, rng):
            return _with(picture, changed), _at("attribute", changed, element.class_id, name)
    return None


def _answered_wrongly(picture: Picture, region: Region, rng: Random) -> Iterator[tuple[Region, str]]:
    known = picture.schema.class_by_id(region.class_id)
    questions = known.attributes if known is not None else []
    for question in _shuffled(questions, rng):
        value = region.attributes.get(question.name)
        if value is None or not asked(question, region.attributes, questions):
            continue
        others: list[Value] = _other_values(question, value, rng)
        for other in others if question.required else [None, *others]:
            attributes = {k: v for k, v in region.attributes.items() if k != question.name}
            if other is not None:
                attributes[question.name] = other
            changed = msgspec.structs.replace(region, attributes=attributes)
            if picture.fits(changed):
                yield changed, question.name


def _other_values(question: Attribute, value: Value, rng: Random) -> list[Value]:
    """Wrong answers to a question that offers some."""
    if question.kind == "boolean" and isinstance(value, bool):
        return [not value]
    if question.kind == "select":
        gone = {value, *question.archived_options}
        return _shuffled([option for option in question.options if option not in gone], rng)
    return []


_PLANTERS = {
    "missed": _missed,
    "extra": _extra,
    "wrong_class": _wrong_class,
    "loose": _loose,
    "attribute": _attribute,
}

__all__ = ["KINDS", "FaultKind", "Planted", "plant"]
