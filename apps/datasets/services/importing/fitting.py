"""The elements of an item as they may be stored here: classes mapped, cut to the image, checked against the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from apps.annotations.services.freeze import Frozen, freeze_elements
from apps.datasets.services.importing.planning import Keyed, key_of
from apps.datasets.services.importing.tally import Tally
from apps.datasets.services.schema_from import Classes
from domain.elements import element_id, encode, place
from domain.elements.structs import Answer, Element, Region, Track, region_type
from domain.formats import ImportItem
from domain.problems import errors
from domain.schema import check_answer, check_region

BOX_REGION = region_type("box")
DRAWN = (Region, Track)  # a union would be made anew at every question
LEFT_OUT = ("class_left_out", "The class was left out, as asked.")
UNKNOWN_CLASS = ("unknown_class", "The region names a class that the file does not define.")
CLAMPED = ("clamped", "The region reached outside its image and was cut to the edge.")


@dataclass
class Fitted:
    """What may be stored of an item on an image of that size, once an id, and what is wrong with the rest."""

    size: tuple[int, int]
    elements: list[Element]
    problems: list[tuple[str, str, str]] = field(default_factory=list)  # (code, what is wrong, element)

    @cached_property
    def content(self) -> Frozen:
        """As a revision of its own."""
        return freeze_elements(self.elements)

    def keyed(self) -> Keyed:
        """As bytes, to compare with what stands."""
        return [(key_of(element), encode(element)) for element in self.elements]

    def pairs(self) -> list[tuple[str, bytes]]:
        """(kind, canonical bytes)"""
        return [(key[0], raw) for key, raw in self.keyed()]

    def tell(self, tally: Tally, name: str) -> None:
        for code, detail, element in self.problems:
            tally.problem(code, detail, name, element)


@dataclass(frozen=True)
class Fitting:
    """How items become what may be stored. Needs no database."""

    classes: Classes
    source: str  # of regions that name none
    amodal: bool
    _undemanding: dict[int, int] = field(
        default_factory=dict
    )  # class of the file → ours, 0 where its boxes are checked

    def fit(self, item: ImportItem, size: tuple[int, int]) -> Fitted:
        """The item on an image of that size, pixels."""
        width, height = size
        found: dict[Any, Element] = {}
        fitted = Fitted(size, [])
        for given in item.elements:
            if type(given) is BOX_REGION and (plain := self._plain_box(given, width, height)) is not None:
                found[plain.id.int] = plain
                continue
            element = self._known(given, fitted) if isinstance(given, DRAWN) else given
            if element is None:
                continue
            problems = self._problems(element)
            if not problems:
                placed = place(element, width=width, height=height, amodal=self.amodal)
                if placed.problems:
                    problems = errors(placed.problems)
                    fitted.problems += [
                        (*CLAMPED, element_id(element)) for one in placed.problems if one.severity == "clamped"
                    ]
                element = placed.element or element
            if problems:
                fitted.problems.append((problems[0].code, problems[0].detail, element_id(element)))
            elif isinstance(element, Region):
                found[element.id.int] = element  # by far the most
            else:
                found[key_of(element)] = element
        fitted.elements = list(found.values())
        return fitted

    def _plain_box(self, given: Any, width: float, height: float) -> Region | None:
        """A box inside the image, of a class that asks nothing, as most are; None where it must be looked at more closely."""
        box = given.geometry
        if box.x < 0 or box.y < 0 or box.w <= 0 or box.h <= 0 or box.x + box.w > width or box.y + box.h > height:
            return None
        key = given.class_id
        if key not in self._undemanding:
            mine = self.classes.ids.get(key)
            bare = BOX_REGION(id=given.id, class_id=mine, geometry=box) if mine is not None else None
            sound = bare is not None and not check_region(self.classes.schema, bare)
            self._undemanding[key] = mine if mine is not None and sound else 0
        mine = self._undemanding[key]
        if not mine or given.attributes:
            return None
        return replace(given, class_id=mine, source=given.source or self.source)

    def _known(self, element: Region | Track, fitted: Fitted) -> Region | Track | None:
        """With the project's class and the source; None where the class is not wanted or not known."""
        mine = self.classes.ids.get(element.class_id)
        if mine is None:
            reason = LEFT_OUT if element.class_id in self.classes.left_out else UNKNOWN_CLASS
            fitted.problems.append((*reason, element_id(element)))
            return None
        if element.source is None:
            return replace(element, class_id=mine, source=self.source)
        return element if mine == element.class_id else replace(element, class_id=mine)

    def _problems(self, element: Element) -> list[Any]:
        schema = self.classes.schema
        if isinstance(element, DRAWN):
            found = check_region(schema, element)
            return errors(found) if found else found
        return errors(check_answer(schema, element)) if isinstance(element, Answer) else []
