"""Hands and eyes of a person on our pages: what they press and what they look for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

SCHEMA = {
    "classes": [
        {"id": 1, "name": "cup", "title": "Cup", "color": "#ffa31f", "shapes": ["box", "polygon"]},
        {"id": 2, "name": "spoon", "title": "Spoon", "color": "#3da3ff", "shapes": ["box", "polygon"]},
    ],
    "item_attributes": [],
}
AT_ONCE = 20  # drags that the page makes in one go
COFFEE = (600, 400)  # pixels of coffee.jpg


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def assignment_of(page: Page) -> int:
    """The assignment that the label page has opened; its address says which."""
    page.wait_for_url(re.compile(r"/assignments/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


@dataclass
class Bench:
    """The canvas page with an image of `size` on it, fitted into the window."""

    page: Page
    size: tuple[int, int] = COFFEE

    @property
    def canvas(self) -> Locator:
        return self.page.get_by_role("application")

    def ready(self) -> Bench:
        """Until a task lies on the canvas."""
        expect(self.canvas).to_have_accessible_name(_TASK)
        self.page.locator(".lw-host canvas").first.wait_for()
        return self

    def pictured(self) -> Bench:
        """Until the photo itself is painted in the middle of the canvas."""
        self.page.wait_for_function(_PAINTED)
        return self

    def regions(self, count: int) -> None:
        expect(self.canvas).to_have_accessible_name(_counted(count))

    def camera(self) -> tuple[float, float, float]:
        """(zoom, x, y): how the fitted image lies in the window, in CSS pixels."""
        box = self.canvas.bounding_box()
        assert box is not None
        width, height = self.size
        zoom = min(box["width"] / width, box["height"] / height)
        return (
            zoom,
            box["x"] + (box["width"] - width * zoom) / 2,
            box["y"] + (box["height"] - height * zoom) / 2,
        )

    def screen(self, x: float, y: float) -> tuple[int, int]:
        """The whole screen pixel nearest to an image point; a mouse has no others."""
        zoom, left, top = self.camera()
        return round(left + x * zoom), round(top + y * zoom)

    def image(self, at: tuple[int, int]) -> tuple[float, float]:
        zoom, left, top = self.camera()
        return (at[0] - left) / zoom, (at[1] - top) / zoom

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], meanwhile: Callable[[], object] = lambda: None
    ) -> tuple[float, float, float, float]:
        """Drags from one image point to another; gives the box between where the mouse really was. `meanwhile` happens
        half-way, with the button down."""
        a, b = self.screen(*start), self.screen(*end)
        self.page.mouse.move(*a)
        self.page.mouse.down()
        self.page.mouse.move((a[0] + b[0]) // 2, (a[1] + b[1]) // 2)
        meanwhile()
        self.page.mouse.move(*b)
        self.page.mouse.up()
        (x0, y0), (x1, y1) = self.image(a), self.image(b)
        return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)

    def drags(
        self, strokes: list[tuple[tuple[float, float], tuple[float, float]]], by_hand: int | None = None
    ) -> list[tuple[float, float, float, float]]:
        """Many drags on a view that stays as it is, each without a stop on its way. Those beyond `by_hand` are the same
        pointer events made in the page, twenty strokes at a time: a mouse from outside takes a frame for each."""
        zoom, left, top = self.camera()
        mouse = self.page.mouse
        rounded = [[(round(left + x * zoom), round(top + y * zoom)) for x, y in stroke] for stroke in strokes]
        for (ax, ay), (bx, by) in rounded[:by_hand]:
            mouse.move(ax, ay)
            mouse.down()
            mouse.move(bx, by)
            mouse.up()
        rest = rounded[len(strokes) if by_hand is None else by_hand :]
        for first in range(0, len(rest), AT_ONCE):
            self.canvas.evaluate(_DRAGGED, rest[first : first + AT_ONCE])
        return [
            ((ax - left) / zoom, (ay - top) / zoom, (bx - ax) / zoom, (by - ay) / zoom)
            for (ax, ay), (bx, by) in rounded
        ]

    def box(self, key: str, start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float, float, float]:
        """B, the digit of a class, and a drag."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press(key)
        return self.drag(start, end)

    def polygon(self, key: str, corners: list[tuple[float, float]]) -> list[float]:
        """P, the digit of a class, a click a corner, Enter. Gives the ring where the mouse really was."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("p")
        self.page.keyboard.press(key)
        ring: list[float] = []
        for corner in corners:
            at = self.screen(*corner)
            self.page.mouse.click(*at)
            ring.extend(self.image(at))
        self.page.keyboard.press("Enter")
        return ring

    def select_at(self, x: float, y: float) -> None:
        """Clicks the region at this image point with the select tool."""
        self.page.keyboard.press("v")
        self.page.mouse.click(*self.screen(x, y))
        expect(self.page.get_by_label("Regions", exact=True).get_by_role("option", selected=True)).to_be_visible()


def _words(text: str) -> str:
    return rf"Task [\d,]+, {text}"


_PAINTED = """() => {
    const canvas = document.querySelector('.lw-host canvas');
    if (!canvas || !canvas.width || !canvas.height) return false;
    const at = [Math.floor(canvas.width / 2), Math.floor(canvas.height / 2), 1, 1];
    return canvas.getContext('2d').getImageData(...at).data[3] === 255;
}"""
_DRAGGED = """(canvas, strokes) => {
    for (const [[ax, ay], [bx, by]] of strokes)
        for (const [type, x, y, buttons] of [
            ['pointermove', ax, ay, 0], ['pointerdown', ax, ay, 1], ['pointermove', bx, by, 1], ['pointerup', bx, by, 0]]) {
            const there = document.elementFromPoint(x, y);
            const button = type === 'pointermove' ? -1 : 0;
            there.dispatchEvent(new PointerEvent(type, {
                bubbles: true, cancelable: true, composed: true, isPrimary: true, pointerId: 1, pointerType: 'mouse',
                clientX: x, clientY: y, button, buttons }));
        }
}"""
_TASK = re.compile(_words(r"[\d,]+ regions?"))


def _counted(count: int) -> re.Pattern[str]:
    return re.compile(_words(rf"{count} regions?") + "$")
