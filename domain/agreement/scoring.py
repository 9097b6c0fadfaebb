"""Scores of one task: how alike the answers of each two people are, as sums that add up over tasks.

Regions pair within their class by `matching`; what is left over pairs across classes, which tells a wrong class from a
missed region. Ignore and crowd regions are left out as COCO leaves them out. Two answers under different versions of the
schema are compared over the classes that both knew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec
import numpy as np

from domain.elements import Region
from domain.elements.structs import set_aside
from domain.geometry.boxes import areas as box_areas
from domain.shapes import Geometry

from .iou import box_intersections
from .likeness import DEFAULT_DIAGONAL, NEAR, likeness
from .matching import ROUNDING, match, match_with_ignored
from .overlaps import Matrix, Overlaps

MICRO = 1_000_000  # overlaps are summed as whole millionths, so that sums are the same in any order
ALL, OUTCOME = "all", "outcome"
DENSE = 250_000  # cells of a table of likeness; more regions than that are first parted by where they lie
FAR = 4  # times the nearness of points and lines: further apart, they are as good as unlike
NONE = ""  # in a confusion: the other side has nothing there


class AnswerOf(msgspec.Struct, frozen=True, kw_only=True):
    """One person's answer to a task. `classes`: those its schema version knows, null when the versions are the same."""

    who: int
    regions: Sequence[Region]
    outcome: str = "labelled"
    answers: Mapping[str, Any] = {}
    classes: frozenset[int] | None = None


class Sums(msgspec.Struct, array_like=True):
    """Of one subject between two people on one task. `alike` of `size` counts agree: for regions twice the pairs of nA + nB,
    for questions the equal ones of those both answered. `overlap` is twice the likeness of the pairs, in millionths."""

    size: int = 0
    alike: int = 0
    overlap: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where two answers differ.

    `kind`: missed (one has nothing there), class, attribute, answer, outcome. `left` and `right` are what the first and
    the second say, as text; a region that is missing is null.
    """

    kind: str
    question: str
    left: str
    right: str
    a: Region | None = None
    b: Region | None = None
    likeness: float | None = None


class PairScore(msgspec.Struct, frozen=True, kw_only=True):
    """Of two people: sums by subject (`all`, `class:3`, `region:occlusion`, `item:weather`, `outcome`), what was said
    against what by question, and where they differ. `empty`: neither has any region."""

    a: int
    b: int
    sums: dict[str, Sums]
    said: Counter[tuple[str, str, str]]
    differences: list[Difference]
    empty: bool
    left_out: int = 0

    @property
    def value(self) -> float | None:
        """Share of everything compared that agrees; of two empty answers without questions 1; null of nothing compared."""
        whole = self.sums[ALL]
        return whole.alike / whole.size if whole.size else (1.0 if self.empty else None)


def score_task(
    answers: Sequence[AnswerOf], *, threshold: float = 0.5, diagonal: float = DEFAULT_DIAGONAL
) -> list[PairScore]:
    """Every two answers, each person's first, in the order of the people's ids.

    Args:
        threshold: likeness from which two regions are the same thing.
        diagonal: of the image in pixels; the unit in which points and lines are near.

    Raises:
        ValueError: two answers of one person.
    """
    ordered = sorted(answers, key=lambda answer: answer.who)
    if len({answer.who for answer in ordered}) != len(ordered):
        raise ValueError("a person's answer to a task is compared once")
    sides = {answer.who: _Side(answer) for answer in ordered}
    return [_pair(sides[a.who], sides[b.who], threshold, diagonal) for a, b in combinations(ordered, 2)]


def task_value(pairs: Sequence[PairScore]) -> float | None:
    """The mean over the pairs that could be compared."""
    known = [value for pair in pairs if (value := pair.value) is not None]
    return sum(known) / len(known) if known else None


class _Side:
    """One answer, ready to be compared with several others."""

    def __init__(self, answer: AnswerOf) -> None:
        self.answer = answer
        self.regions = list(answer.regions)
        self.aside = np.array([set_aside(r) for r in self.regions], dtype=bool)
        self.classes = np.array([r.class_id for r in self.regions], dtype=np.int64)
        self.shapes: list[Geometry] = [r.geometry for r in self.regions]
        self.boxes = _corners(self.shapes)
        self.areas = None if self.boxes is None else box_areas(self.boxes)

    def some(self, places: Sequence[int]) -> _Side:
        return _Side(msgspec.structs.replace(self.answer, regions=[self.regions[place] for place in places]))

    def only(self, known: frozenset[int]) -> _Side:
        kept = [region for region in self.regions if region.class_id in known]
        if len(kept) == len(self.regions):
            return self
        return _Side(msgspec.structs.replace(self.answer, regions=kept))


def _corners(shapes: Sequence[Geometry]) -> Matrix | None:
    """(N, 4) when all are boxes."""
    if any(shape.shape != "box" for shape in shapes):
        return None
    rows = [(s.x, s.y, s.x + s.w, s.y + s.h) for s in shapes]  # type: ignore[attr-defined]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _pair(a: _Side, b: _Side, threshold: float, diagonal: float) -> PairScore:
    left_out = 0
    if a.answer.classes is not None and b.answer.classes is not None and a.answer.classes != b.answer.classes:
        both = a.answer.classes & b.answer.classes
        mine, theirs = a.only(both), b.only(both)
        left_out = len(a.regions) + len(b.regions) - len(mine.regions) - len(theirs.regions)
        a, b = mine, theirs
    found = _Found()
    empty = bool(a.aside.all() and b.aside.all())  # also of no regions at all
    if not empty or a.regions or b.regions:
        _regions(found, a, b, threshold, diagonal)
    _questions(found, a.answer, b.answer)
    found.outcome(a.answer.outcome, b.answer.outcome)
    return PairScore(
        a=a.answer.who,
        b=b.answer.who,
        sums=found.sums,
        said=found.said,
        differences=found.differences,
        empty=empty,
        left_out=left_out,
    )


class _Found:
    """What is being added up."""

    def __init__(self) -> None:
        self.sums: dict[str, Sums] = {ALL: Sums()}
        self.said: Counter[tuple[str, str, str]] = Counter()
        self.differences: list[Difference] = []

    def add(self, subject: str, size: int, alike: int, overlap: int = 0) -> None:
        sums = self.sums.get(subject)
        if sums is None:
            sums = self.sums[subject] = Sums()
        sums.size += size
        sums.alike += alike
        sums.overlap += overlap

    def asked(self, question: str, left: Any, right: Any) -> bool:
        """Two answers to one question; whether they are the same."""
        same = _same(left, right)
        first, second = text_of(left), text_of(right)
        self.add(question, 1, int(same))
        self.said[question, first, first if same else second] += 1
        return same

    def outcome(self, left: str, right: str) -> None:
        self.said[OUTCOME, left, right] += 1
        self.add(OUTCOME, 1, int(left == right))
        if left != right:
            self.differences.append(Difference(kind="outcome", question=OUTCOME, left=left, right=right))


def _regions(found: _Found, a: _Side, b: _Side, threshold: float, diagonal: float) -> None:
    if len(a.regions) * len(b.regions) <= DENSE:
        _block(found, a, b, threshold, diagonal)
        return
    for left, right in neighbourhoods(a.shapes, b.shapes, margin=FAR * NEAR * diagonal):
        _block(found, a.some(left), b.some(right), threshold, diagonal)


def neighbourhoods(
    a: Sequence[Geometry], b: Sequence[Geometry], *, margin: float
) -> Iterator[tuple[list[int], list[int]]]:
    """Places in `a` and `b` of regions whose bounds, widened by the margin, hang together; regions alone come together
    last. Nothing in one can be alike to anything in another, so a slide of 100,000 regions needs no table of 10^10."""
    import shapely
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    frames = [
        shapely.box(*(np.array([s.bounds() or (0.0, 0.0, 0.0, 0.0) for s in side], dtype=np.float64).T + shift))
        for side, shift in ((a, np.array([[-margin], [-margin], [margin], [margin]])), (b, np.zeros((4, 1))))
    ]
    i, j = shapely.STRtree(frames[1]).query(frames[0], predicate="intersects")
    size = len(a) + len(b)
    graph = coo_array((np.ones(len(i), dtype=np.int8), (i, j + len(a))), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    alone: tuple[list[int], list[int]] = ([], [])
    for group in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        left, right = group[group < len(a)].tolist(), (group[group >= len(a)] - len(a)).tolist()
        if left and right:
            yield left, right
        else:
            alone[0].extend(left)
            alone[1].extend(right)
    yield alone[0], []
    yield [], alone[1]


def _block(found: _Found, a: _Side, b: _Side, threshold: float, diagonal: float) -> None:
    if not (a.regions or b.regions):
        return
    table = _table(a, b, diagonal)
    aside = a.aside.any() or b.aside.any()
    if aside:
        pairing = match_with_ignored(
            table,
            a_ignored=a.aside,
            b_ignored=b.aside,
            threshold=threshold,
            a_classes=a.classes,
            b_classes=b.classes,
            a_in_b=_inside(a, b, table),
            b_in_a=_inside(b, a, table.T).T,
        )
    else:
        pairing = match(table, threshold=threshold, a_classes=a.classes, b_classes=b.classes)
    matched: dict[int, list[int]] = {}
    for pair in pairing.pairs:
        sums = matched.setdefault(int(a.classes[pair.a]), [0, 0])
        sums[0] += 1
        sums[1] += round(pair.iou * MICRO)
        _attributes(found, a.regions[pair.a], b.regions[pair.b], pair.iou)
    for class_id, (count, overlap) in matched.items():
        found.add(f"class:{class_id}", 2 * count, 2 * count, 2 * overlap)
        found.add(ALL, 2 * count, 2 * count, 2 * overlap)
        found.said["class", str(class_id), str(class_id)] += count
    _left_over(found, a, b, table, pairing.only_a, pairing.only_b, threshold)


def _table(a: _Side, b: _Side, diagonal: float) -> Matrix:
    if a.boxes is not None and b.boxes is not None and a.areas is not None and b.areas is not None:
        return Overlaps(box_intersections(a.boxes, b.boxes), a.areas, b.areas).iou()
    return likeness(a.shapes, b.shapes, diagonal=diagonal)


def _inside(a: _Side, b: _Side, table: Matrix) -> Matrix:
    """(N, M) how much of each region of `a` lies on a crowd of `b`; the plain likeness for the others, as COCO has it."""
    out = table.copy()
    for j, region in enumerate(b.regions):
        if "crowd" not in region.flags:
            continue
        bounds = region.geometry.bounds()
        if bounds is None:
            continue
        frames = [shape.bounds() for shape in a.shapes]
        for i, own in enumerate(frames):
            if own is not None:
                out[i, j] = max(out[i, j], _share(own, bounds))
    return out


def _share(own: tuple[float, float, float, float], crowd: tuple[float, float, float, float]) -> float:
    area = (own[2] - own[0]) * (own[3] - own[1])
    wide, high = min(own[2], crowd[2]) - max(own[0], crowd[0]), min(own[3], crowd[3]) - max(own[1], crowd[1])
    return max(0.0, wide) * max(0.0, high) / area if area > 0 else 0.0


def _left_over(
    found: _Found, a: _Side, b: _Side, table: Matrix, only_a: list[int], only_b: list[int], threshold: float
) -> None:
    """What has no partner of its class: of another class, or missed."""
    for side, places in ((a, only_a), (b, only_b)):
        for place in places:
            found.add(f"class:{side.regions[place].class_id}", 1, 0)
        found.add(ALL, len(places), 0)
    across = table[np.ix_(only_a, only_b)] if only_a and only_b else None
    near = across is not None and across.max() >= threshold - ROUNDING  # mostly there is nothing to match
    wrong = match(across, threshold=threshold).pairs if across is not None and near else []
    for pair in wrong:
        one, other = a.regions[only_a[pair.a]], b.regions[only_b[pair.b]]
        _differs(found, "class", one, other, pair.iou)
    gone_a, gone_b = {only_a[pair.a] for pair in wrong}, {only_b[pair.b] for pair in wrong}
    for i in only_a:
        if i not in gone_a:
            _differs(found, "missed", a.regions[i], None, None)
    for j in only_b:
        if j not in gone_b:
            _differs(found, "missed", None, b.regions[j], None)


def _differs(found: _Found, kind: str, one: Region | None, other: Region | None, iou: float | None) -> None:
    left, right = (NONE if r is None else str(r.class_id) for r in (one, other))
    found.said["class", left, right] += 1
    found.differences.append(
        Difference(kind=kind, question="class", left=left, right=right, a=one, b=other, likeness=iou)
    )


def _attributes(found: _Found, one: Region, other: Region, iou: float) -> None:
    """Answers to the attributes that both regions of a pair have."""
    if not (one.attributes and other.attributes):
        return
    for name, left in one.attributes.items():
        right = other.attributes.get(name)
        if left is None or right is None:
            continue
        question = f"region:{name}"
        if not found.asked(question, left, right):
            found.differences.append(
                Difference(
                    kind="attribute",
                    question=question,
                    left=text_of(left),
                    right=text_of(right),
                    a=one,
                    b=other,
                    likeness=iou,
                )
            )


def _questions(found: _Found, a: AnswerOf, b: AnswerOf) -> None:
    """Item attributes that both answered; they count twice in the whole, like a pair of regions."""
    for name, left in a.answers.items():
        right = b.answers.get(name)
        if left is None or right is None:
            continue
        question = f"item:{name}"
        same = found.asked(question, left, right)
        found.add(ALL, 2, 2 * same, 2 * MICRO * same)
        if not same:
            found.differences.append(
                Difference(kind="answer", question=question, left=text_of(left), right=text_of(right))
            )


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return set(left) == set(right)  # a set of labels, in whatever order they were ticked
    return bool(left == right and isinstance(left, bool) == isinstance(right, bool))


def text_of(value: Any) -> str:
    """A value of an attribute as the text that confusions are kept under: JSON, sets in one order."""
    return (
        value
        if isinstance(value, str)
        else msgspec.json.encode(sorted(value) if isinstance(value, list) else value).decode()
    )
