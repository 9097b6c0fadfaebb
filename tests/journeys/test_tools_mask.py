"""Brush and eraser on a real photo: the saved pixels are those whose centres the brush passed over."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pycocotools import mask as coco

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import COFFEE, assignment_of
from tests.running import until

Point = tuple[float, float]
MASKS = {
    "classes": [{"id": 1, "name": "cup", "color": "#ffa31f", "shapes": ["mask", "polygon"]}],
    "item_attributes": [],
}
RADIUS = 10  # of the brush as it comes


@pytest.fixture
def hand(window: Window, people: People, make_project: MakeProject) -> Hand:
    project = make_project("Masks", MASKS, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, people=people)
    hand.ready().pictured()
    hand.assignment = assignment_of(page)
    return hand


def test_a_stroke_its_erasure_and_their_undoing(hand: Hand) -> None:
    hand.take("m")
    path = _stroke(hand, (120, 100), (300, 180))
    hand.regions(1)
    painted = _near(path, RADIUS)
    _saved(hand, painted)

    hand.press("Shift+M")
    rubbed = _near(_stroke(hand, (210, 60), (210, 260)), RADIUS)
    _saved(hand, painted & ~rubbed)

    hand.press("m")
    again = _near(_stroke(hand, (150, 220), (280, 220)), RADIUS)
    _saved(hand, painted & ~rubbed | again)  # the same region goes on
    hand.regions(1)

    hand.press("Control+z")
    _saved(hand, painted & ~rubbed)
    hand.press("Control+z")
    _saved(hand, painted)
    hand.press("Control+z")
    hand.regions(0)


def test_a_square_brush_of_another_size_by_keyboard_and_bar(hand: Hand) -> None:
    hand.take("m")
    bar = hand.page.get_by_role("group", name="Options of the tool")
    bar.get_by_role("radio", name="Square").click()
    before = bar.get_by_role("slider", name="Size").input_value()
    hand.press("]")
    expect(bar.get_by_role("slider", name="Size")).not_to_have_value(before)
    size = int(bar.get_by_role("slider", name="Size").input_value())
    (at,) = hand.click((200, 150))
    hand.regions(1)
    x, y = _centres()
    _saved(hand, (np.abs(x - at[0]) <= size / 2) & (np.abs(y - at[1]) <= size / 2))


def _stroke(hand: Hand, start: Point, end: Point) -> list[Point]:
    """Straight, by way of the middle; gives the places where the mouse really was."""
    a, b = hand.screen(*start), hand.screen(*end)
    path = [a, ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2), b]
    hand.page.mouse.move(*a)
    hand.page.mouse.down()
    for place in path[1:]:
        hand.page.mouse.move(*place)
    hand.page.mouse.up()
    return [hand.image(place) for place in path]


def _centres() -> Any:
    width, height = COFFEE
    return np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)


def _near(path: list[Point], radius: float) -> Any:
    """Pixels whose centre lies within the radius of the path."""
    x, y = _centres()
    found = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in itertools.pairwise(path):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        found |= np.hypot(x - ax - t * dx, y - ay - t * dy) <= radius
    return found


def _saved(hand: Hand, pixels: Any) -> None:
    until(lambda: bool((_full(hand) == pixels).all()))


def _full(hand: Hand) -> Any:
    assert hand.people is not None
    width, height = COFFEE
    frame = np.zeros((height, width), bool)
    for region in hand.people.elements(hand.assignment):
        geometry = region["geometry"]
        h, w = geometry["size"]
        crop = coco.decode({"size": [h, w], "counts": geometry["counts"]})
        frame[geometry["y"] : geometry["y"] + h, geometry["x"] : geometry["x"] + w] = crop
    return frame
