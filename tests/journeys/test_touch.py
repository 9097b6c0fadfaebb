"""Fingers and pens on the glass: real touch points and pen events, as the browser gets them from the device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import SHAPES, Hand, Point, flat, near
from tests.journeys.pages import assignment_of
from tests.journeys.test_accessible import AXE, serious_in_both
from tests.running import until

LONG = 700  # ms: longer than a press is long


@dataclass
class Glass(Hand):
    """Up to ten fingers and a pen over the canvas."""

    down: dict[int, tuple[int, int]] = field(default_factory=dict)
    _session: CDPSession | None = None

    @property
    def session(self) -> CDPSession:
        if self._session is None:
            self._session = self.page.context.new_cdp_session(self.page)
        return self._session

    def _touch(self, kind: str) -> None:
        points = [{"id": finger, "x": x, "y": y} for finger, (x, y) in self.down.items()]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def finger(self, number: int, at: tuple[int, int]) -> None:
        """Comes down, or moves on."""
        kind = "touchMove" if number in self.down else "touchStart"
        self.down[number] = at
        self._touch(kind)

    def lift(self, number: int) -> None:
        del self.down[number]
        self._touch("touchEnd")

    def tap(self, *places: Point) -> list[Point]:
        found = []
        for place in places:
            at = self.screen(*place)
            self.finger(1, at)
            self.lift(1)
            found.append(self.image(at))
        return found

    def slide(self, start: Point, end: Point) -> tuple[Point, Point]:
        a, b = self.screen(*start), self.screen(*end)
        self.finger(1, a)
        for step in (0.25, 0.5, 0.75, 1.0):
            self.finger(1, (round(a[0] + (b[0] - a[0]) * step), round(a[1] + (b[1] - a[1]) * step)))
        self.lift(1)
        return self.image(a), self.image(b)

    def pinch(self, middle: Point, before: int, after: int, shift: int = 0) -> None:
        """Two fingers left and right of a place go from one distance to another, and both to the right by `shift`."""
        x, y = self.screen(*middle)
        self.finger(1, (x - before // 2, y))
        self.finger(2, (x + before // 2, y))
        for step in range(1, 6):
            spread = before + (after - before) * step // 5
            moved = shift * step // 5
            self.finger(1, (x - spread // 2 + moved, y))
            self.finger(2, (x + spread // 2 + moved, y))
        self.lift(1)
        self.lift(2)

    def pen(self, kind: str, at: tuple[int, int]) -> None:
        event: dict[str, Any] = {"type": kind, "x": at[0], "y": at[1], "pointerType": "pen", "force": 0.5}
        if kind != "mouseMoved":
            event |= {"button": "left", "clickCount": 1}
        if kind != "mouseReleased":
            event |= {"buttons": 1}
        self.session.send("Input.dispatchMouseEvent", event)

    def stroke(self, start: Point, end: Point) -> tuple[Point, Point]:
        a, b = self.screen(*start), self.screen(*end)
        self.pen("mousePressed", a)
        self.pen("mouseMoved", ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2))
        self.pen("mouseMoved", b)
        self.pen("mouseReleased", b)
        return self.image(a), self.image(b)


def framed(ends: tuple[Point, Point]) -> dict[str, float]:
    (ax, ay), (bx, by) = ends
    return {"x": min(ax, bx), "y": min(ay, by), "w": abs(bx - ax), "h": abs(by - ay)}


@pytest.fixture
def glass(window: Window, people: People, make_project: MakeProject) -> Glass:
    page = window("annotator", has_touch=True)
    page.goto(f"/projects/{make_project('Touch', SHAPES, [PHOTOS / 'coffee.jpg'])}/label")
    made = Glass(page, people=people)
    made.ready().pictured()
    made.assignment = assignment_of(page)
    return made


def tool(page: Page, name: str) -> None:
    """A tap right after raw touches may be lost to the browser: a person would tap again."""
    button = page.get_by_role("toolbar").get_by_role("button", name=name)

    def taken() -> bool:
        button.tap()
        return button.get_attribute("aria-pressed") == "true"

    until(taken)


def zoom(page: Page) -> str:
    return page.get_by_text("%", exact=False).first.inner_text()


def test_a_finger_draws_a_box_and_sets_the_corners_of_a_polygon(glass: Glass) -> None:
    tool(glass.page, "Box (B)")
    ends = glass.slide((100, 80), (220, 170))
    assert glass.only("box") == near(framed(ends))
    tool(glass.page, "Polygon (P)")
    corners = glass.tap((300, 100), (400, 110), (380, 220))
    glass.tap((300, 100))  # the first again closes it
    (ring,) = glass.only("polygon")["parts"]
    assert ring[0] == near(flat(corners))


def test_two_fingers_zoom_and_move_the_view_and_leave_a_half_drawn_polygon_as_it_was(glass: Glass) -> None:
    page = glass.page
    tool(page, "Polygon (P)")
    corners = glass.tap((300, 100), (400, 110))
    before = zoom(page)
    glass.pinch((200, 300), 100, 200, shift=30)
    expect(page.get_by_text(before, exact=True)).to_have_count(0)
    assert not glass.saved()
    page.keyboard.press("z")
    expect(page.get_by_text(before, exact=True).first).to_be_visible()
    corners += glass.tap((380, 220))
    glass.tap((300, 100))
    (ring,) = glass.only("polygon")["parts"]
    assert ring[0] == near(flat(corners))


def test_a_long_press_opens_the_menu_of_the_region_and_draws_nothing(glass: Glass) -> None:
    page = glass.page
    tool(page, "Box (B)")
    glass.slide((100, 80), (220, 170))
    glass.only("box")
    glass.finger(1, glass.screen(160, 120))
    page.wait_for_timeout(LONG)
    glass.lift(1)
    menu = page.get_by_role("menu")
    expect(menu.get_by_text("thing 1")).to_be_visible()
    assert len(glass.saved()) == 1
    menu.get_by_role("menuitem", name="Delete").tap()
    glass.saved_when(lambda all_: all_ == [])


def test_the_right_button_and_the_menu_key_open_the_same_menu(glass: Glass) -> None:
    page = glass.page
    glass.take("b")
    glass.pull((100, 80), (220, 170))
    glass.only("box")
    glass.press("v")
    page.mouse.click(*glass.screen(160, 120), button="right")
    expect(page.get_by_role("menuitem", name="Duplicate")).to_be_visible()
    glass.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(glass.canvas).to_be_focused()
    page.mouse.click(*glass.screen(500, 350), button="right")
    expect(page.get_by_role("menuitem", name="Fit")).to_be_visible()
    page.get_by_role("menuitem", name="Comment").click()
    expect(page.get_by_role("combobox", name="What is to be settled here?")).to_be_focused()


def test_a_pen_draws_the_palm_is_ignored_and_then_a_finger_moves_the_view(glass: Glass) -> None:
    page = glass.page
    tool(page, "Box (B)")
    a, b = glass.screen(100, 80), glass.screen(220, 170)
    glass.pen("mousePressed", a)
    glass.finger(5, glass.screen(400, 300))  # the hand comes to rest
    glass.finger(6, glass.screen(430, 310))
    glass.pen("mouseMoved", ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2))
    glass.pen("mouseMoved", b)
    glass.pen("mouseReleased", b)
    glass.lift(6)
    glass.lift(5)
    assert glass.only("box") == near(framed((glass.image(a), glass.image(b))))

    page.wait_for_timeout(600)  # the pen is away
    before = page.screenshot()
    glass.slide((300, 200), (360, 200))
    until(lambda: page.screenshot() != before)
    assert len(glass.saved()) == 1
    page.keyboard.press("z")
    second = glass.stroke((300, 200), (400, 300))
    saved = glass.saved_when(lambda all_: len(all_) == 2)
    assert saved[1]["geometry"] == near(framed(second))


def test_what_a_finger_does_is_set_in_the_view_and_kept_on_the_device(glass: Glass) -> None:
    page = glass.page
    page.get_by_role("button", name="View", exact=True).tap()
    page.get_by_role("radiogroup", name="One finger").get_by_role("radio", name="Moves").tap()
    page.keyboard.press("Escape")
    tool(page, "Box (B)")
    glass.slide((100, 80), (220, 170))
    assert glass.saved() == []
    page.reload()
    glass.ready().pictured()
    page.get_by_role("button", name="View", exact=True).tap()
    chosen = page.get_by_role("radiogroup", name="One finger").get_by_role("radio", name="Moves")
    expect(chosen).to_have_attribute("aria-checked", "true")
    page.get_by_role("radiogroup", name="One finger").get_by_role("radio", name="Draws").tap()
    page.keyboard.press("Escape")
    tool(page, "Box (B)")
    ends = glass.slide((100, 80), (220, 170))
    assert glass.only("box") == near(framed(ends))


def test_the_menu_of_a_place_and_the_keyboard_cursor_have_no_serious_fault(
    window: Window, people: People, make_project: MakeProject
) -> None:
    page = window("annotator", bypass_csp=True, has_touch=True)
    page.goto(f"/projects/{make_project('Touch', SHAPES, [PHOTOS / 'coffee.jpg'])}/label")
    hand = Hand(page, people=people)
    hand.ready().pictured()
    page.add_script_tag(path=AXE)
    hand.take("b")
    hand.pull((100, 80), (220, 170))
    hand.press("Shift+K", "Shift+ArrowRight")
    assert serious_in_both(page) == []
    page.mouse.click(*hand.screen(160, 120), button="right")
    page.get_by_role("menu").wait_for()
    assert serious_in_both(page) == []
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menu").locator("button:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("radiogroup", name="One finger").wait_for()
    assert serious_in_both(page) == []
