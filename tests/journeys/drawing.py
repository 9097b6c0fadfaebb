"""A hand that draws: clicks, drags and free lines, each telling where on the image the mouse really was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import People
from tests.journeys.pages import Bench
from tests.running import until

Point = tuple[float, float]
EXACT = 0.01  # image pixels

SHAPES = {
    "classes": [
        {
            "id": 1,
            "name": "thing",
            "color": "#ffa31f",
            "shapes": ["box", "rotated_box", "ellipse", "polygon", "polyline", "points", "cuboid2d"],
        },
        {
            "id": 2,
            "name": "person",
            "color": "#3da3ff",
            "shapes": ["skeleton"],
            "skeleton": {
                "joints": ["head", "left hand", "right hand"],
                "edges": [[0, 1], [0, 2]],
                "mirror": [[1, 2]],
            },
        },
    ],
    "item_attributes": [],
}


@dataclass
class Hand(Bench):
    """Pointer and keys on the canvas, and the eye on what the server holds."""

    people: People | None = None
    assignment: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def take(self, key: str) -> None:
        """A tool by its key, with nothing selected and nothing begun."""
        self.press("Escape", "Escape", "Escape", key)

    def choose(self, option: str) -> None:
        """One of the options of the tool in hand, in its bar."""
        bar = self.page.get_by_role("group", name="Options of the tool")
        bar.get_by_role("radio", name=option).click()
        expect(bar.get_by_role("radio", name=option)).to_have_attribute("aria-checked", "true")

    def click(self, *places: Point, modifiers: tuple[str, ...] = ()) -> list[Point]:
        found: list[Point] = []
        for place in places:
            at = self.screen(*place)
            self.page.mouse.move(*at)
            for modifier in modifiers:
                self.page.keyboard.down(modifier)
            self.page.mouse.click(*at)
            for modifier in modifiers:
                self.page.keyboard.up(modifier)
            found.append(self.image(at))
        return found

    def pull(self, start: Point, end: Point, modifiers: tuple[str, ...] = ()) -> tuple[Point, Point]:
        """A drag; modifiers are held once the button is down."""
        a, b = self.screen(*start), self.screen(*end)
        self.page.mouse.move(*a)
        self.page.mouse.down()
        for modifier in modifiers:
            self.page.keyboard.down(modifier)
        self.page.mouse.move((a[0] + b[0]) // 2, (a[1] + b[1]) // 2)
        self.page.mouse.move(*b)
        self.page.mouse.up()
        for modifier in modifiers:
            self.page.keyboard.up(modifier)
        return self.image(a), self.image(b)

    def trace(self, places: list[Point]) -> list[Point]:
        """A free line: the mouse moves on with Shift held."""
        found: list[Point] = []
        self.page.keyboard.down("Shift")
        for place in places:
            at = self.screen(*place)
            self.page.mouse.move(*at)
            found.append(self.image(at))
        self.page.keyboard.up("Shift")
        return found

    def saved(self) -> list[dict[str, Any]]:
        """Regions that the server holds, oldest first."""
        assert self.people is not None
        return sorted(self.people.elements(self.assignment), key=lambda element: str(element["id"]))

    def saved_when(self, right: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The saved regions once they are as awaited."""

        def found() -> tuple[list[dict[str, Any]]] | None:
            regions = self.saved()
            return (regions,) if right(regions) else None  # no regions at all may be what is awaited

        (regions,) = until(found)
        return list(regions)

    def only(self, shape: str) -> dict[str, Any]:
        """The geometry of the one region of a shape, as saved."""
        regions = self.saved_when(lambda all_: sum(one["shape"] == shape for one in all_) == 1)
        geometry: dict[str, Any] = next(one["geometry"] for one in regions if one["shape"] == shape)
        return geometry


def near(expected: Any) -> Any:
    return pytest.approx(expected, abs=EXACT)


def flat(points: list[Point]) -> list[float]:
    return [coordinate for point in points for coordinate in point]
