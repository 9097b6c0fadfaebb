"""One class a pixel on a real photo: neighbours take from each other, gaps are filled, and no pixel is left or double."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import expect
from pycocotools import mask as coco

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import COFFEE, assignment_of
from tests.running import until

AREAS = {
    "classes": [
        {"id": 1, "name": "cup", "color": "#ffa31f", "shapes": ["mask", "polygon"]},
        {"id": 2, "name": "table", "color": "#3da3ff", "shapes": ["mask", "polygon"]},
    ],
    "item_attributes": [],
}


def test_neighbours_share_their_border_and_every_pixel_gets_one_class(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Semantic", AREAS, [PHOTOS / "coffee.jpg"], semantic=True)
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, people=people)
    hand.ready().pictured()
    assignment = assignment_of(page)

    hand.polygon("1", [(100, 80), (320, 80), (320, 300), (100, 300)])
    hand.regions(1)
    hand.polygon("2", [(250, 60), (500, 60), (500, 320), (250, 320)])  # takes a part of the first
    hand.regions(2)
    until(lambda: len(people.elements(assignment)) == 2)
    first, second = _pixels(people, assignment)
    assert not (first & second).any()
    row = (first | second)[200]
    assert row[101:499].all(), "the border that both share leaves no pixel"
    assert second[200, 251:320].all(), "what was drawn last has the pixels"

    page.keyboard.press("Control+Enter")
    asked = page.get_by_role("dialog", name="Some pixels have no class")
    asked.get_by_role("button", name="Show the next gap").click()
    expect(asked).to_be_hidden()
    page.keyboard.press("Shift+G")  # with the class in hand
    expect(page.get_by_text("unlabelled")).to_be_hidden()
    until(lambda: sum(one.sum() for one in _pixels(people, assignment)) == COFFEE[0] * COFFEE[1])
    first, second = _pixels(people, assignment)
    assert (first ^ second).all()

    page.keyboard.press("Control+z")  # one fill, one step back
    until(lambda: sum(one.sum() for one in _pixels(people, assignment)) < COFFEE[0] * COFFEE[1])
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_text("unlabelled")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()


def _pixels(people: People, assignment: int) -> list[Any]:
    """Each mask in full, as pycocotools reads it, by class."""
    regions = sorted(people.elements(assignment), key=lambda region: region["class"])
    return [_full(region["geometry"]) for region in regions]


def _full(geometry: dict[str, Any]) -> Any:
    width, height = COFFEE
    frame = np.zeros((height, width), bool)
    h, w = geometry["size"]
    crop = coco.decode({"size": [h, w], "counts": geometry["counts"]})
    frame[geometry["y"] : geometry["y"] + h, geometry["x"] : geometry["x"] + w] = crop
    return frame
