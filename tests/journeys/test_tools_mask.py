"""Brush and eraser on a real photo: the saved pixels are those whose centres the brush passed over."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pycocotools import mask as coco

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand, flat
from tests.journeys.pages import COFFEE, assignment_of
from tests.journeys.test_mending import filled, pixels
from tests.running import until

Point = tuple[float, float]
MASKS = {
    "classes": [
        {"id": 1, "name": "cup", "color": "#ffa31f", "shapes": ["mask", "polygon"]},
        {"id": 2, "name": "spoon", "color": "#3da3ff", "shapes": ["mask", "polygon"]},
        {"id": 3, "name": "indoors", "color": "#33cc66", "shapes": ["tag"]},
    ],
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


def test_superpixels_polygons_and_what_lies_beneath(hand: Hand) -> None:
    hand.take("Shift+S")
    size = hand.page.get_by_role("group", name="Options of the tool").get_by_role("slider")
    before = int(size.input_value())
    hand.page.mouse.move(*hand.screen(300, 200))
    hand.page.keyboard.down("Shift")
    hand.page.mouse.wheel(0, -120)
    hand.page.keyboard.up("Shift")
    expect(size).to_have_value(str(before + 4))
    until(lambda: hand.click((300, 200)) and hand.saved())  # once the pieces are there
    cell = _by_class(hand)[1]
    assert cell[200, 300]
    assert before**2 / 9 < cell.sum() < 9 * before**2

    hand.take("m")
    hand.press("2")
    rows, columns = np.nonzero(cell)
    middle = (float(columns.mean()) - RADIUS, float(rows.mean()))
    stroke = _near(_stroke(hand, (150, middle[1]), middle), RADIUS)  # over the left half of it
    hand.saved_when(lambda all_: len(all_) == 2)
    hand.press("Shift+B")  # takes from the other what it covers
    until(lambda: (_by_class(hand)[1] == cell & ~stroke).all())
    assert (_by_class(hand)[2] == stroke).all()

    hand.press("Shift+A")
    added = filled(flat(hand.click((400, 280), (500, 280), (500, 360), (400, 360)))) > 0
    hand.press("Enter", "Shift+O")
    cut = filled(flat(hand.click((430, 300), (460, 300), (460, 330)))) > 0
    hand.press("Enter")
    until(lambda: (_by_class(hand)[2] == (stroke | added) & ~cut).all())
    hand.press("Shift+H")
    until(lambda: (_by_class(hand)[2] == stroke | added).all())
    hand.press("Escape", "Escape", "Control+z", "Control+z")
    until(lambda: (_by_class(hand)[2] == stroke | added).all())


def test_a_tag_is_given_to_the_whole_photo(hand: Hand) -> None:
    hand.press("3")
    hand.page.get_by_role("toolbar").get_by_role("button", name="Tag the image").click()
    hand.click((300, 200))
    (tag,) = hand.saved_when(lambda all_: len(all_) == 1)
    assert (tag["shape"], tag["class"], tag["geometry"]) == ("tag", 3, {})


def _by_class(hand: Hand) -> dict[int, Any]:
    """Full masks of the saved regions."""
    return {region["class"]: pixels(region["geometry"]) > 0 for region in hand.saved()}


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
