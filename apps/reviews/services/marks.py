"""Marks that a fix writes itself, from the difference to what was judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apps.annotations.models import Revision
from apps.annotations.queries import iter_revision
from apps.reviews.models import Mark
from domain.elements import Answer, Element, Keyframe, Region, Track, bounds_of, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMark:
    """What is wrong, and where: on an element, at a point in image pixels, or on the whole."""

    kind: str
    element_id: str = ""
    point: tuple[float, float] | None = None
    severity: str = "major"
    note: str = ""
    class_id: int | None = None  # found by us, not told by callers


def marks_of_fix(*, judged: Revision, fixed: Revision) -> list[GivenMark]:
    """One mark a difference: added → missed, removed → extra, another class → wrong class, geometry → loose, the rest →
    attribute."""
    before = {(entry.id, entry.kind): entry.body for entry in iter_revision(judged)}
    found: list[GivenMark] = []
    for entry in iter_revision(fixed):
        old = before.pop((entry.id, entry.kind), None)
        if old == entry.body:
            continue
        now = decode(entry.kind, entry.body)
        if old is None:
            found.append(
                GivenMark(kind=Mark.Kind.MISSED, element_id=entry.id, point=_centre(now), class_id=_class(now))
            )
        else:
            found += _changed(entry.id, decode(entry.kind, old), now)
    for (element_id, kind), body in before.items():
        gone = decode(kind, body)
        found.append(GivenMark(kind=Mark.Kind.EXTRA, element_id=element_id, point=_centre(gone), class_id=_class(gone)))
    return found


def _changed(element_id: str, old: Element, now: Element) -> Iterator[GivenMark]:
    point, class_id = _centre(now), _class(old)
    if isinstance(old, Region | Track) and isinstance(now, Region | Track) and old.class_id != now.class_id:
        yield GivenMark(kind=Mark.Kind.WRONG_CLASS, element_id=element_id, point=point, class_id=class_id)
    if isinstance(old, Region | Keyframe) and isinstance(now, Region | Keyframe) and old.geometry != now.geometry:
        yield GivenMark(kind=Mark.Kind.LOOSE, element_id=element_id, point=point, class_id=class_id)
    if _asked(old) != _asked(now):
        yield GivenMark(kind=Mark.Kind.ATTRIBUTE, element_id=element_id, point=point, class_id=class_id)


def with_classes(marks: Sequence[GivenMark], judged: Revision) -> list[GivenMark]:
    """The marks with the class of the region that each is on, as the author drew it."""
    wanted = {mark.element_id for mark in marks if mark.element_id}
    if not wanted:
        return list(marks)
    known = {e.id: _class(decode(e.kind, e.body)) for e in iter_revision(judged) if e.id in wanted}
    return [replace(mark, class_id=known.get(mark.element_id)) for mark in marks]


def _class(element: Element) -> int | None:
    return element.class_id if isinstance(element, Region | Track) else None


def _asked(element: Element) -> object:
    if isinstance(element, Answer):
        return element.value
    return element.attributes, getattr(element, "flags", None), getattr(element, "occluded", None)


def _centre(element: Element) -> tuple[float, float] | None:
    bounds = bounds_of(element)
    return None if bounds is None else ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
