"""Planted faults: one a copy, of every kind and shape, and what says that a reviewer found it."""

from __future__ import annotations

from math import hypot
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agreement.likeness import likeness
from domain.agreement.reference import compare
from domain.elements import Answer, Region, bounds_of, region_type
from domain.planting import KINDS, Planted, Spot, plant, was_found
from domain.schema import LabelSchema, check_answer, check_region
from domain.shapes import SHAPES
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

W, H = 640, 480
DIAGONAL = hypot(W, H)
NAMES = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
COLOUR = {"name": "colour", "kind": "select", "options": ["red", "blue"], "required": True}
NOTE = {"name": "damaged", "kind": "boolean"}
JOINTS = {"joints": ["head", "foot"]}


def _schema(shape: str) -> LabelSchema:
    classes = [
        {"id": n, "name": f"c{n}", "color": "#336699", "shapes": [shape], "attributes": [COLOUR, NOTE]}
        | ({"skeleton": JOINTS} if shape == "skeleton" else {})
        for n in (1, 2, 3)
    ]
    items = [{"name": "weather", "kind": "select", "options": ["sun", "rain"], "scope": "item"}]
    return msgspec.convert({"classes": classes, "item_attributes": items}, LabelSchema)


def _geometry(shape: str, x: float, y: float, side: float):
    half = side / 2
    made = {
        "box": lambda: Box(x, y, side, side),
        "rotated_box": lambda: RotatedBox(x + half, y + half, side * 0.8, side * 0.6, 20.0),
        "polygon": lambda: Polygon([[[x, y, x + side, y, x + half, y + side]]]),
        "ellipse": lambda: Ellipse(x + half, y + half, half, half * 0.7),
        "cuboid2d": lambda: Cuboid2d((x, y, half, half), (x + half / 2, y + half / 2, half, half)),
        "mask": lambda: Mask.from_runs([int(x) * H + int(y), *[int(side), H - int(side)] * int(side)], H),
        "points": lambda: Points([x, y, x + side, y + side]),
        "polyline": lambda: Polyline([x, y, x + half, y + side, x + side, y]),
        "skeleton": lambda: Skeleton({"head": (x, y, 2), "foot": (x + half, y + side, 2)}),
        "tag": Tag,
    }
    return made[shape]()


def _work(shape: str, places: list[tuple[int, int]]) -> list[Region | Answer]:
    kind = region_type(shape)
    regions = [
        kind(
            id=uuid5(NAMES, str(n)), class_id=1, geometry=_geometry(shape, 20 + 150 * column, 20 + 110 * row, 60.0),
            attributes={"colour": "red", "damaged": True},
        )
        for n, (column, row) in enumerate(places[:1] if shape == "tag" else places)
    ]  # fmt: skip
    return [*regions, Answer(id="weather", value="sun")]


PLACES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9, unique=True)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@settings(max_examples=15, deadline=None)
@given(places=PLACES, seed=st.text(max_size=8), kind=st.sampled_from(KINDS))
def test_a_copy_gets_exactly_one_fault_that_the_schema_lets_pass(shape, places, seed, kind):
    work, schema = _work(shape, places), _schema(shape)
    made = plant(work, schema=schema, width=W, height=H, seed=seed, kinds=[kind])
    if made is None:
        assert (shape, kind) == ("tag", "loose")
        return
    copy, fault = made
    assert fault.kind == kind
    assert plant(work, schema=schema, width=W, height=H, seed=seed, kinds=[kind]) == made
    old = {e.id for e in work if isinstance(e, Region)}
    for element in copy:
        problems = check_answer(schema, element) if isinstance(element, Answer) else check_region(schema, element)
        assert problems == []
        assert isinstance(element, Answer) or element.id not in old
        box = bounds_of(element)
        assert box is None or (box[0] >= 0 and box[1] >= 0 and box[2] <= W + 0.01 and box[3] <= H + 0.01)
    found = compare(copy, work, threshold=0.8, diagonal=DIAGONAL).faults
    assert len(found) == 1
    told = {"answer": "attribute"}.get(found[0].kind, found[0].kind)
    assert told == kind or (shape == "tag" and kind == "attribute")
    assert was_found(fault, verdict="fix", spots=[_spot(fault, work, copy)], diagonal=DIAGONAL)


def _spot(fault: Planted, work, copy) -> Spot:
    """Where a reviewer's mark would be."""
    if fault.element:
        return Spot(kind=fault.kind, element=fault.element)
    if fault.bounds is None:
        return Spot(kind="missed", element="new")
    x0, y0, x1, y1 = fault.bounds
    return Spot(kind="missed", element="new", x=(x0 + x1) / 2, y=(y0 + y1) / 2)


def test_kinds_that_are_possible_come_alike_often():
    work, schema = _work("box", [(0, 0), (1, 1), (2, 2)]), _schema("box")
    drawn = [plant(work, schema=schema, width=W, height=H, seed=str(n))[1].kind for n in range(400)]
    assert all(50 <= drawn.count(kind) <= 110 for kind in KINDS)  # 80 each; 3.7 standard deviations


def test_a_loose_outline_can_be_seen_and_is_still_the_same_things():
    work, schema = _work("polygon", [(0, 0), (1, 1)]), _schema("polygon")
    for n in range(60):
        copy, fault = plant(work, schema=schema, width=W, height=H, seed=str(n), kinds=["loose"])
        changed = next(e for e in copy if str(e.id) == fault.element)
        alike = likeness([changed.geometry], [r.geometry for r in work[:-1]], diagonal=DIAGONAL).max()
        assert 0.25 <= alike <= 0.75


def test_what_nobody_can_be_sure_of_or_see_gets_no_fault():
    sure = _work("box", [(0, 0)])[:1]
    doubtful = [msgspec.structs.replace(sure[0], flags=["difficult"])]
    tiny = [msgspec.structs.replace(sure[0], geometry=Box(5.0, 5.0, 3.0, 3.0))]
    for work in (doubtful, tiny, []):
        assert plant(work, schema=_schema("box"), width=W, height=H, seed="s") is None


GONE = Planted(kind="missed", class_id=1, bounds=(100.0, 100.0, 140.0, 140.0))
WRONG = Planted(kind="wrong_class", class_id=1, element="r1", bounds=(100.0, 100.0, 140.0, 140.0))


@pytest.mark.parametrize(
    ("fault", "verdict", "spots", "found"),
    [
        (GONE, "accept", [], False),
        (GONE, "reject", [], True),  # sent back as a whole
        (GONE, "reject", [Spot(kind="loose", element="r7", x=120, y=120)], False),  # something else, near by
        (GONE, "reject", [Spot(kind="missed", x=150, y=90)], True),
        (GONE, "fix", [Spot(kind="missed", element="new", x=400, y=400)], False),
        (GONE, "fix", [Spot(kind="missed", element="new", x=121, y=118)], True),
        (WRONG, "fix", [Spot(kind="loose", element="r1")], True),
        (WRONG, "fix", [Spot(kind="loose", element="r2", x=120, y=120)], False),
        (WRONG, "reject", [Spot(kind="wrong_class", x=120, y=120)], True),
        (WRONG, "reject", [Spot(kind="other")], True),
    ],
)
def test_a_fault_is_found_by_sending_back_or_by_a_mark_at_its_place(fault, verdict, spots, found):
    assert was_found(fault, verdict=verdict, spots=spots, diagonal=DIAGONAL) is found
