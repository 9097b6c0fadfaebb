"""How the picture is looked at: turned, mirrored, brighter, in one channel, through a loupe. No saved number knows of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import SHAPES, Hand, near
from tests.journeys.pages import assignment_of
from tests.journeys.test_accessible import AXE, serious_in_both
from tests.running import until

PLAIN = ""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class TurnedHand(Hand):
    """After a quarter turn to the right and a mirror: the image's x runs down the screen and its y to the right."""

    def camera(self) -> tuple[float, float, float]:
        box = self.canvas.bounding_box()
        assert box is not None
        width, height = self.size
        zoom = min(box["width"] / height, box["height"] / width)
        return (
            zoom,
            box["x"] + (box["width"] - height * zoom) / 2,
            box["y"] + (box["height"] - width * zoom) / 2,
        )

    def screen(self, x: float, y: float) -> tuple[int, int]:
        zoom, left, top = self.camera()
        return round(left + y * zoom), round(top + x * zoom)

    def image(self, at: tuple[int, int]) -> tuple[float, float]:
        zoom, left, top = self.camera()
        return (at[1] - top) / zoom, (at[0] - left) / zoom


@pytest.fixture
def hand(window: Window, people: People, make_project: MakeProject) -> Hand:
    project = make_project("View", SHAPES, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    made = Hand(page, people=people)
    made.ready().pictured()
    made.assignment = assignment_of(page)
    return made


def picture(hand: Hand) -> Locator:
    return hand.page.locator(".lw-host canvas").first


def shown(hand: Hand) -> str:
    """The filter through which the picture is seen; empty as it was made."""
    return str(picture(hand).evaluate("(canvas) => canvas.style.filter"))


def test_a_box_drawn_and_resized_in_a_turned_and_mirrored_view_lies_where_the_hand_was(hand: Hand) -> None:
    hand.press("Alt+r", "Alt+x")
    turned = TurnedHand(hand.page, people=hand.people, assignment=hand.assignment)
    turned.take("b")
    (ax, ay), (bx, by) = turned.pull((120, 90), (260, 170))
    x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
    assert turned.only("box") == near({"x": x0, "y": y0, "w": x1 - x0, "h": y1 - y0})

    # The right side of the image is the lower one on the screen: its handle drags down.
    turned.press("v")
    side = turned.screen(x1, (y0 + y1) / 2)
    hand.page.mouse.move(*side)
    expect(hand.page.locator(".lw-host")).to_have_css("cursor", "ns-resize")
    _, (ex, _) = turned.pull((x1, (y0 + y1) / 2), (x1 + 60, (y0 + y1) / 2))
    saved = turned.saved_when(lambda all_: all_[0]["geometry"]["w"] > x1 - x0 + 30)
    assert saved[0]["geometry"] == near({"x": x0, "y": y0, "w": ex - x0, "h": y1 - y0})


def test_what_the_picture_looks_like_is_kept_for_the_person_and_saved_nowhere(hand: Hand) -> None:
    hand.take("b")
    (ax, ay), (bx, by) = hand.pull((100, 80), (220, 160))
    before = hand.only("box")
    page = hand.page
    assert shown(hand) == PLAIN
    clip = picture(hand).bounding_box()
    assert clip is not None
    plain = page.screenshot(clip=clip)

    looks = {plain}
    for key in ("Alt+e", "Alt+c"):
        hand.press(key)
        looks.add(until(lambda: (look := page.screenshot(clip=clip)) not in looks and look))
    assert len(looks) == 3, "equalised values and the red channel are both to be seen"
    page.get_by_role("button", name="View: the picture is shown changed").click()
    slider = page.get_by_role("slider", name="Gamma")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("1.05", exact=True)).to_be_visible()
    page.get_by_role("slider", name="Brightness").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert "url(" in shown(hand)
    assert "brightness(1.05)" in shown(hand)

    hand.take("b")
    (cx, cy), (dx, dy) = hand.pull((300, 200), (380, 300))
    saved = hand.saved_when(lambda all_: len(all_) == 2)
    assert saved[0]["geometry"] == before == near({"x": ax, "y": ay, "w": bx - ax, "h": by - ay})
    assert saved[1]["geometry"] == near({"x": cx, "y": cy, "w": dx - cx, "h": dy - cy})
    assert not {"gamma", "channel", "brightness"} & {name for one in saved for name in one}

    page.reload()
    hand.ready().pictured()
    assert "brightness(1.05)" in shown(hand)
    page.get_by_role("button", name="View: the picture is shown changed").click()
    page.get_by_role("button", name="Reset view").click()
    page.keyboard.press("Escape")
    assert shown(hand) == PLAIN
    expect(page.get_by_role("button", name="View", exact=True)).to_be_visible()


def test_the_loupe_shows_the_pixels_under_the_hand_while_it_draws(hand: Hand) -> None:
    page = hand.page
    loupe = page.locator(".lw-loupe")
    hand.press("Alt+l")
    page.mouse.move(*hand.screen(200, 150))
    expect(loupe).to_be_hidden()  # nothing is aimed at with the select tool over bare image
    hand.take("b")
    page.mouse.move(*hand.screen(201, 151))
    expect(loupe).to_be_visible()
    differs = page.evaluate(_SAME_PIXEL, list(hand.screen(201, 151)))
    assert max(differs) <= 40, "the middle of the loupe is the pixel under the pointer"

    canvas = hand.canvas.bounding_box()
    assert canvas is not None
    for corner in ((599, 1), (1, 399), (599, 399), (1, 1)):
        page.mouse.move(*hand.screen(*corner))
        page.evaluate(DRAWN)
        box = loupe.bounding_box()
        assert box is not None
        assert canvas["x"] <= box["x"]
        assert box["x"] + box["width"] <= canvas["x"] + canvas["width"]
        assert canvas["y"] <= box["y"]
        assert box["y"] + box["height"] <= canvas["y"] + canvas["height"]
    hand.press("Alt+l")
    expect(loupe).to_be_hidden()


def test_the_menus_of_view_and_arranging_have_no_serious_fault(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Menus", SHAPES, [PHOTOS / "coffee.jpg"])
    page = window("annotator", bypass_csp=True)
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, people=people)
    hand.ready().pictured()
    hand.take("b")
    hand.pull((100, 80), (220, 160))
    hand.take("b")
    hand.pull((300, 80), (420, 160))
    hand.press("Escape", "Control+a", "Alt+e")
    page.add_script_tag(path=AXE)
    for button in ("View: the picture is shown changed", "Arrange", "Flags"):
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("dialog").or_(page.get_by_role("menu")).wait_for()
        assert serious_in_both(page) == []
        if button != "View: the picture is shown changed":
            page.keyboard.press("ArrowDown")
            expect(page.get_by_role("menu").locator("button:focus")).to_have_count(1)
        page.keyboard.press("Escape")


_SAME_PIXEL = """([x, y]) => {
    const main = document.querySelector('.lw-host canvas');
    const box = main.getBoundingClientRect();
    const ratio = main.width / box.width;
    const a = main.getContext('2d').getImageData((x - box.left) * ratio, (y - box.top) * ratio, 1, 1).data;
    const lens = document.querySelector('.lw-loupe canvas');
    const b = lens.getContext('2d').getImageData(lens.width / 2, lens.height / 2, 1, 1).data;
    return [0, 1, 2, 3].map((i) => Math.abs(a[i] - b[i]));
}"""
