"""The elements of an item as they may be stored here: classes mapped, cut to the image, checked against the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from apps.datasets.services.importing.matching import Wanted
from apps.datasets.services.importing.tally import Tally
from apps.datasets.services.schema_from import Classes
from domain.elements import element_id, encode, place
from domain.elements.structs import Answer, Element, Region, Track
from domain.problems import errors
from domain.schema import check_answer, check_region

from .planning import Key

DRAWN = (Region, Track)  # a union would be made anew at every question


def fitted(
    classes: Classes, w: Wanted, size: tuple[int, int], tally: Tally, *, source: str, amodal: bool
) -> Iterator[tuple[Key, bytes]]:
    """((kind, id), canonical bytes) of what may be stored; what may not is told by code."""
    width, height = size
    name = w.item.asset.name
    for found in w.item.elements:
        element: Element = found
        if isinstance(element, DRAWN):
            mine = classes.ids.get(element.class_id)
            if mine is None and element.class_id in classes.left_out:
                tally.problem("class_left_out", "The class was left out, as asked.", name, element_id(element))
                continue
            if mine is None:
                tally.problem(
                    "unknown_class",
                    "The region names a class that the file does not define.",
                    name,
                    element_id(element),
                )
                continue
            changed: dict[str, Any] = {} if mine == element.class_id else {"class_id": mine}
            if element.source is None:
                changed["source"] = source
            element = replace(element, **changed) if changed else element
        problems = _schema_problems(classes, element)
        if not problems:
            placed = place(element, width=width, height=height, amodal=amodal)
            problems = errors(placed.problems)
            for one in placed.problems:
                if one.severity == "clamped":
                    tally.problem(
                        "clamped",
                        "The region reached outside its image and was cut to the edge.",
                        name,
                        element_id(element),
                    )
            element = placed.element if placed.element is not None else element
        if problems:
            tally.problem(problems[0].code, problems[0].detail, name, element_id(element))
            continue
        yield (_kind(element), str(element_id(element))), encode(element)


def _schema_problems(classes: Classes, element: Element) -> list[Any]:
    if isinstance(element, DRAWN):
        return errors(check_region(classes.schema, element))
    return errors(check_answer(classes.schema, element)) if isinstance(element, Answer) else []


def _kind(element: Element) -> str:
    if isinstance(element, Region):
        return "region"
    return "track" if isinstance(element, Track) else "answer" if isinstance(element, Answer) else "keyframe"
