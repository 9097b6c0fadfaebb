"""An answer against a reference: what is right, and what kind of fault the rest is.

Regions are paired with the reference's in three passes, each by count first and then by likeness: same class at the
threshold; any class at the threshold (wrong class); same class at `LOOSE` (drawn too loosely). What is left is missed or
extra. Item questions of the reference count as one thing each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import msgspec

from domain.elements import Answer, Element, Region
from domain.elements.structs import Value, set_aside
from domain.shapes import Geometry

from .likeness import DEFAULT_DIAGONAL, likeness
from .matching import match

LOOSE = 0.2  # likeness from which a region of the right class is the reference's, only badly drawn
FaultKind = Literal["missed", "extra", "wrong_class", "loose", "attribute", "answer", "outcome"]
UNDECIDED = ("unusable", "cannot_tell")


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong. `element` is the answer's, `reference` the reference's region; empty where there is none."""

    kind: FaultKind
    class_id: int = 0  # of the reference; of the answer where it is extra; 0 for questions about the item
    element: str = ""
    reference: str = ""
    name: str = ""  # of the attribute or the question
    likeness: float = 0.0


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer stands to its reference.

    `things` are regions of the reference, extra ones and questions; `correct` of them are right in place, class and
    attributes. `classes`: {class id: (correct, things)}, 0 for questions. `left_out`: regions of classes nobody can choose.
    """

    correct: int
    things: int
    classes: dict[int, tuple[int, int]]
    faults: list[Fault]
    left_out: int = 0

    @property
    def score(self) -> float:
        """The share that is right; an empty picture found empty is right."""
        return self.correct / self.things if self.things else 1.0


def compare(
    answer: Iterable[Element],
    reference: Iterable[Element],
    *,
    outcome: str = "labelled",
    reference_outcome: str = "labelled",
    threshold: float = 0.5,
    diagonal: float = DEFAULT_DIAGONAL,
    gone: Collection[int] = (),
) -> Compared:
    """Compare an answer with its reference.

    Args:
        outcome, reference_outcome: who says "unusable" or "cannot tell" where the reference does not, or the other way
            round, has nothing right.
        gone: classes that the present schema lacks: their regions count on neither side.
    """
    theirs, said, out_a = _parts(answer, gone)
    right, asked, out_b = _parts(reference, gone)
    if outcome != reference_outcome and (outcome in UNDECIDED or reference_outcome in UNDECIDED):
        things = Counter(region.class_id for region in right) + Counter({0: len(asked)} if asked else {})
        whole = sum(things.values()) or 1
        return Compared(
            correct=0, things=whole, classes={k: (0, n) for k, n in things.items()}, faults=[Fault(kind="outcome")],
            left_out=out_b,
        )  # fmt: skip
    tally = _Tally()
    _regions(tally, theirs, right, threshold, diagonal)
    for name, value in asked.items():
        tally.count(0, said.get(name) == value)
        if said.get(name) != value:
            tally.faults.append(Fault(kind="answer", name=name))
    return Compared(
        correct=sum(tally.correct.values()),
        things=sum(tally.things.values()),
        classes={key: (tally.correct[key], n) for key, n in sorted(tally.things.items())},
        faults=tally.faults,
        left_out=out_a + out_b,
    )


class _Tally:
    def __init__(self) -> None:
        self.things: Counter[int] = Counter()
        self.correct: Counter[int] = Counter()
        self.faults: list[Fault] = []

    def count(self, class_id: int, right: bool) -> None:
        self.things[class_id] += 1
        self.correct[class_id] += right


def _parts(elements: Iterable[Element], gone: Collection[int]) -> tuple[list[Region], dict[str, Value], int]:
    regions: list[Region] = []
    answers: dict[str, Value] = {}
    left_out = 0
    for element in elements:
        if isinstance(element, Answer):
            answers[element.id] = element.value
        elif isinstance(element, Region):
            if element.class_id in gone:
                left_out += 1
            else:
                regions.append(element)
    return regions, answers, left_out


def _regions(tally: _Tally, theirs: list[Region], right: list[Region], threshold: float, diagonal: float) -> None:
    table = likeness([r.geometry for r in theirs], [r.geometry for r in right], diagonal=diagonal)
    free, wanted = list(range(len(theirs))), list(range(len(right)))
    for least, same_class in ((threshold, True), (threshold, False), (min(LOOSE, threshold), True)):
        found = match(
            table[free][:, wanted],
            threshold=least,
            a_classes=[theirs[i].class_id for i in free] if same_class else None,
            b_classes=[right[j].class_id for j in wanted] if same_class else None,
        )
        for pair in found.pairs:
            mine, other = theirs[free[pair.a]], right[wanted[pair.b]]
            _judge(tally, mine, other, pair.iou, in_place=least == threshold)
        free, wanted = [free[i] for i in found.only_a], [wanted[j] for j in found.only_b]
    for j in wanted:
        if not set_aside(right[j]):
            tally.count(right[j].class_id, False)
            tally.faults.append(Fault(kind="missed", class_id=right[j].class_id, reference=str(right[j].id)))
    for i in free:
        if not set_aside(theirs[i]) and not _excused(theirs[i], right, threshold, diagonal):
            tally.count(theirs[i].class_id, False)
            tally.faults.append(Fault(kind="extra", class_id=theirs[i].class_id, element=str(theirs[i].id)))


def _excused(region: Region, right: Sequence[Region], threshold: float, diagonal: float) -> bool:
    """What lies on a region that the reference sets aside is no fault."""
    aside: list[Geometry] = [r.geometry for r in right if set_aside(r)]
    return bool(aside) and float(likeness([region.geometry], aside, diagonal=diagonal).max()) >= threshold


def _judge(tally: _Tally, mine: Region, other: Region, likeness: float, *, in_place: bool) -> None:
    if set_aside(other):
        return
    ids: dict[str, Any] = {
        "class_id": other.class_id,
        "element": str(mine.id),
        "reference": str(other.id),
        "likeness": likeness,
    }
    wrong = [name for name, value in other.attributes.items() if mine.attributes.get(name) != value]
    faults = [Fault(kind="wrong_class", **ids)] if mine.class_id != other.class_id else []
    faults += [] if in_place else [Fault(kind="loose", **ids)]
    faults += [Fault(kind="attribute", name=name, **ids) for name in sorted(wrong)]
    tally.count(other.class_id, not faults)
    tally.faults += faults
