"""Polygons by hand on a photo: free lines, holes, parts, shared borders, cuts, unions, differences and stretches."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import SHAPES, Hand, Point, flat, near
from tests.journeys.pages import assignment_of

SQUARE: list[Point] = [(150, 120), (300, 120), (300, 270), (150, 270)]


@pytest.fixture
def hand(window: Window, people: People, make_project: MakeProject) -> Hand:
    project = make_project("Polygons", SHAPES, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    made = Hand(page, people=people)
    made.ready()
    made.assignment = assignment_of(page)
    return made


def drawn(hand: Hand, corners: list[Point]) -> list[Point]:
    hand.take("p")
    ring = hand.click(*corners)
    hand.press("Enter")
    return ring


def area_of(region: dict[str, Any]) -> BaseGeometry:
    parts = region["geometry"]["parts"]
    rings = [[list(zip(ring[::2], ring[1::2], strict=True)) for ring in part] for part in parts]
    return unary_union([Polygon(outer, holes) for outer, *holes in rings])


def vertices(region: dict[str, Any]) -> list[Point]:
    return [
        (ring[i], ring[i + 1]) for part in region["geometry"]["parts"] for ring in part for i in range(0, len(ring), 2)
    ]


def same_area(found: BaseGeometry, expected: BaseGeometry) -> bool:
    """The outlines are nowhere further apart than 0.01 px."""
    return bool(found.is_valid and found.boundary.hausdorff_distance(expected.boundary) <= 0.01)


def test_a_free_line_keeps_to_the_hand_with_few_vertices(hand: Hand) -> None:
    hand.take("p")
    (start,) = hand.click((150, 120))
    goal: list[Point] = [(150 + 4 * i, 120 + (i % 7)) for i in range(1, 40)]
    goal += [(310, 126 + 4 * i) for i in range(1, 35)] + [(310 - 4 * i, 262.0) for i in range(1, 40)]
    trace = [start, *hand.trace(goal)]
    hand.press("Enter")
    ring = hand.only("polygon")["parts"][0][0]
    saved = list(zip(ring[::2], ring[1::2], strict=True))
    assert len(saved) < len(trace)
    for vertex in saved:
        assert min(abs(vertex[0] - x) + abs(vertex[1] - y) for x, y in trace) < 0.01
    line = LineString(trace)
    assert LineString(saved).hausdorff_distance(line) <= 0.25 + 0.01


def test_ctrl_z_takes_back_one_vertex_and_leaves_the_rest(hand: Hand) -> None:
    hand.take("p")
    ring = hand.click(*SQUARE)
    hand.click((50, 350))
    hand.press("Control+z", "Enter")
    assert hand.only("polygon")["parts"] == [[near(flat(ring))]]


def test_a_hole_and_a_part_in_the_selected_polygon(hand: Hand) -> None:
    outer = drawn(hand, SQUARE)
    hand.only("polygon")
    hand.press("Shift+O")
    hole = hand.click((190, 160), (250, 160), (250, 220), (190, 220))
    hand.press("Enter")
    (region,) = hand.saved_when(lambda all_: len(all_[0]["geometry"]["parts"][0]) == 2)
    assert same_area(area_of(region), Polygon(outer, [hole]))

    hand.press("Shift+A")
    part = hand.click((380, 150), (440, 150), (410, 220))
    hand.press("Enter")
    (region,) = hand.saved_when(lambda all_: len(all_[0]["geometry"]["parts"]) == 2)
    assert same_area(area_of(region), unary_union([Polygon(outer, [hole]), Polygon(part)]))
    hand.regions(1)


def test_a_neighbour_takes_the_shared_border_vertex_for_vertex(hand: Hand) -> None:
    first = drawn(hand, [(150, 120), (300, 120), (320, 190), (300, 270), (150, 270)])
    hand.only("polygon")
    # From near one corner of the first to near another, along its border, and back round the outside.
    second = drawn(hand, [(302, 118), (302, 272), (450, 272), (450, 118)])
    a, b = hand.saved_when(lambda all_: len(all_) == 2)
    neighbour = b if any(vertex == near(first[0]) for vertex in vertices(a)) else a
    other = a if neighbour is b else b
    shared = set(vertices(neighbour)) & set(vertices(other))
    assert flat(sorted(shared)) == near(flat(sorted([first[1], first[2], first[3]])))
    assert flat(sorted(set(vertices(neighbour)) - shared)) == near(flat(sorted(second[2:])))
    one, two = area_of(other), area_of(neighbour)
    assert one.intersection(two).area == 0
    assert not list(getattr(unary_union([one, two]), "interiors", []))


def test_a_line_cuts_a_polygon_in_two_regions_that_share_the_cut(hand: Hand) -> None:
    outer = drawn(hand, SQUARE)
    hand.only("polygon")
    hand.press("Shift+X")
    line = hand.click((100, 180), (350, 230))
    hand.press("Enter")
    pieces = hand.saved_when(lambda all_: len(all_) == 2)
    hand.regions(2)
    areas = [area_of(piece) for piece in pieces]
    assert same_area(unary_union(areas), Polygon(outer))
    assert areas[0].intersection(areas[1]).area == 0
    cut = LineString(line).intersection(Polygon(outer))
    shared = [vertex for vertex in vertices(pieces[0]) if vertex in vertices(pieces[1])]
    assert flat(sorted(shared)) == near(flat(sorted((x, y) for x, y in cut.coords)))
    hand.press("Control+z")
    (whole,) = hand.saved_when(lambda all_: len(all_) == 1)
    assert same_area(area_of(whole), Polygon(outer))


@pytest.mark.parametrize("key", ["Shift+U", "Shift+D"])
def test_polygons_are_united_and_taken_from_each_other(hand: Hand, key: str) -> None:
    first = drawn(hand, SQUARE)
    second = drawn(hand, [(240, 200), (420, 200), (420, 330), (240, 330)])
    before = hand.saved_when(lambda all_: len(all_) == 2)
    a, b = Polygon(first), Polygon(second)
    hand.press("Escape", "Escape")
    hand.press("v")
    hand.click((170, 150))
    hand.click((400, 300), modifiers=("Shift",))
    hand.press(key)
    if key == "Shift+U":
        (region,) = hand.saved_when(lambda all_: len(all_) == 1)
        assert same_area(area_of(region), a.union(b))
        hand.regions(1)
    else:
        regions = hand.saved_when(lambda all_: all_ != before)
        cut, kept = sorted((area_of(one) for one in regions), key=lambda area: float(area.bounds[0]))
        assert same_area(cut, a.difference(b))
        assert same_area(kept, b)


def test_a_stretch_of_the_contour_is_drawn_anew(hand: Hand) -> None:
    outer = drawn(hand, SQUARE)
    hand.only("polygon")
    hand.press("Shift+C")
    _, top, _ = hand.click((180, 120), (220, 60), (260, 120))
    (region,) = hand.saved_when(lambda all_: len(vertices(all_[0])) == 7)
    y = outer[0][1]
    found = vertices(region)
    assert all(any(vertex == near(corner) for vertex in found) for corner in [*outer, top])
    on_line = sorted(vertex for vertex in found if vertex[1] == near(y) and 160 < vertex[0] < 290)
    assert [x for x, _ in on_line] == pytest.approx([180, 260], abs=1)
    expected = Polygon([outer[0], on_line[0], top, on_line[1], *outer[1:]])
    assert same_area(area_of(region), expected)
