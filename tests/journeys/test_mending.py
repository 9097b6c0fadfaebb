"""What is wrong with an outline is told at once and mended by one key; regions become other shapes and back."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pycocotools import mask as coco

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import EXACT
from tests.journeys.pages import Bench, assignment_of
from tests.running import until

SCHEMA = {"classes": [{"id": 1, "name": "Cup", "color": "#ffa31f", "shapes": ["polygon", "box", "mask"]}]}


def opened(page: Page, project: int) -> tuple[Bench, int]:
    page.goto(f"/projects/{project}/label")
    return Bench(page).ready(), assignment_of(page)


def only(people: People, assignment: int, shape: str) -> dict:  # type: ignore[type-arg]
    found = until(lambda: [one for one in people.elements(assignment) if one["shape"] == shape])
    assert len(found) == 1
    return dict(found[0]["geometry"])


def test_an_outline_that_crosses_itself_is_told_at_once_and_untangled_by_one_key(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Bow tie", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    bench, assignment = opened(page, project)
    page.context.set_offline(True)  # nothing that follows waits for a server
    bench.polygon("1", [(150, 100), (300, 200), (300, 100), (150, 230)])
    told = page.get_by_label("Finding", exact=True)
    expect(told).to_contain_text("utline crosses itself")
    page.keyboard.press("f")
    expect(told).to_have_count(0)
    page.context.set_offline(False)

    parts = until(
        lambda: (
            (found := people.elements(assignment))
            and len(found[0]["geometry"]["parts"]) == 2
            and found[0]["geometry"]["parts"]
        )
    )
    area = sum(abs(shoelace(part[0])) for part in parts)
    # The two triangles on both sides of where the lines cross: at x = 150 + 150 t with t = 130 / 230.
    t = 130 / 230
    assert area == pytest.approx(
        (130 * 150 * t + 100 * 150 * (1 - t)) / 2, rel=0.01
    )  # the hand clicks on whole screen pixels
    expect(page.get_by_role("complementary").get_by_role("status")).to_have_text("No findings")


def test_a_polygon_becomes_a_mask_a_polygon_and_a_box_by_keys(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Convert", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    bench, assignment = opened(page, project)
    drawn = bench.polygon("1", [(150, 100), (301, 107), (290, 230), (170, 240)])
    parts = only(people, assignment, "polygon")["parts"]

    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+Shift+m")
    mask = only(people, assignment, "mask")
    assert np.array_equal(pixels(mask), filled(parts[0][0])), "the pixels whose centres are inside"

    page.keyboard.press("Alt+Shift+p")
    only(people, assignment, "polygon")
    page.keyboard.press("Alt+Shift+m")
    assert only(people, assignment, "mask") == mask, "mask, polygon, mask: the very same pixels"

    page.keyboard.press("Alt+Shift+b")
    box = only(people, assignment, "box")
    rows, columns = np.nonzero(pixels(mask))
    kept = (columns.min(), rows.min(), columns.max() + 1 - columns.min(), rows.max() + 1 - rows.min())
    assert max(abs(box[side] - value) for side, value in zip("xywh", kept, strict=True)) <= EXACT

    for _ in range(4):
        page.keyboard.press("Control+z")
    assert only(people, assignment, "polygon")["parts"] == parts
    assert drawn is not None


def shoelace(ring: list[float]) -> float:
    x, y = np.array(ring[0::2]), np.array(ring[1::2])
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def pixels(mask: dict) -> np.ndarray:  # type: ignore[type-arg]
    height, width = mask["size"]
    whole = np.zeros((400, 600), np.uint8)
    inside = coco.decode({"size": [height, width], "counts": mask["counts"].encode()})
    whole[mask["y"] : mask["y"] + height, mask["x"] : mask["x"] + width] = inside
    return whole


def filled(ring: list[float]) -> np.ndarray:  # type: ignore[type-arg]
    """A pixel is in when its centre is inside, by crossings to its right."""
    y, x = np.mgrid[0:400, 0:600] + 0.5
    inside = np.zeros(x.shape, bool)
    xs, ys = np.array(ring[0::2]), np.array(ring[1::2])
    for ax, ay, bx, by in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1), strict=True):
        if ay != by:
            inside ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside.astype(np.uint8)
