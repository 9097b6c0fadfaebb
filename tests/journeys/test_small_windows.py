"""On a small laptop the image keeps most of the window, and every control can be reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import Bench
from tests.journeys.test_next_task import SIZE, pictures

CLASSES = [
    {"id": n, "name": f"class-{n}", "title": f"Class {n}", "color": "#3da3ff", "shapes": ["box", "polygon", "mask"]}
    for n in range(1, 31)
]
QUESTION = {"name": "light", "kind": "select", "options": ["day", "night"], "required": False}
SCHEMA: dict[str, Any] = {"classes": CLASSES, "item_attributes": [QUESTION]}
# Buttons that are shown but that no scrolling brings into the window: their names.
OUT_OF_REACH = """() => {
    const scrolls = (at) => {
        for (let up = at.parentElement; up; up = up.parentElement) {
            const { overflowY, overflowX } = getComputedStyle(up);
            if (/auto|scroll/.test(overflowY) && up.scrollHeight > up.clientHeight) return up;
            if (/auto|scroll/.test(overflowX) && up.scrollWidth > up.clientWidth) return up;
        }
        return null;
    };
    const inside = (at) => {
        const { left, top, right, bottom, width, height } = at.getBoundingClientRect();
        return width > 0 && height > 0 && left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    };
    const hidden = (at) => !at.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const lost = [];
    for (const at of document.querySelectorAll("button, a[href], input, select, textarea, [role=option]")) {
        const box = at.getBoundingClientRect();
        if (hidden(at) || !box.width || !box.height || at.closest(".visually-hidden")) continue;
        const panel = scrolls(at);
        if (panel) at.scrollIntoView({ block: "nearest", inline: "nearest" });
        const { left, top, right, bottom } = at.getBoundingClientRect();
        const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const covered = middle && !at.contains(middle) && !middle.contains(at) && !at.labels?.[0]?.contains(middle);
        if (!inside(at) || covered) lost.push(at.ariaLabel || at.textContent || at.outerHTML.slice(0, 80));
    }
    return lost;
}"""

LOSE_A_BUTTON = """() => document.body.insertAdjacentHTML(
    "beforeend", "<button id=lost style='position: fixed; left: 10px; top: 110vh'>lost</button>"
)"""


def share_of_image(page: Page) -> float:
    canvas = page.get_by_role("application").bounding_box()
    window = page.viewport_size
    assert canvas is not None
    assert window is not None
    return canvas["width"] * canvas["height"] / (window["width"] * window["height"])


@pytest.mark.parametrize(("width", "height", "least"), [(1366, 768, 0.60), (1440, 900, 0.70)])
def test_the_label_page_keeps_room_for_the_image_and_hides_no_control(
    window: Window, make_project: MakeProject, tmp_path: Path, width: int, height: int, least: float
) -> None:
    project = make_project("Small", SCHEMA, pictures(tmp_path, 1))
    page = window("annotator")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/projects/{project}/label")
    bench = Bench(page, SIZE).ready().pictured()
    print(f"{width} × {height}: {share_of_image(page):.1%} of the window is image")
    assert share_of_image(page) >= least
    assert page.evaluate(OUT_OF_REACH) == []
    page.evaluate(LOSE_A_BUTTON)
    assert page.evaluate(OUT_OF_REACH) == ["lost"]
    page.evaluate("() => document.getElementById('lost').remove()")
    for at in range(12):
        bench.box("1", (20 + 100 * at, 100), (100 + 100 * at, 300))
    bench.regions(12)
    page.keyboard.press("b")
    assert page.evaluate(OUT_OF_REACH) == []
    page.get_by_role("button", name="Other ways to end this task").click()
    expect(page.get_by_role("menuitem", name="Give back to the queue")).to_be_in_viewport()
    assert share_of_image(page) >= least


@pytest.mark.parametrize(("width", "height", "least"), [(1366, 768, 0.45), (1440, 900, 0.50)])
def test_the_review_page_hides_no_control(
    window: Window,
    people: People,
    make_project: MakeProject,
    tmp_path: Path,
    width: int,
    height: int,
    least: float,
) -> None:
    project = make_project("Small review", SCHEMA, pictures(tmp_path, 1))
    annotator = people.client("annotator")
    claim = annotator.claim(project)
    body = {"outcome": "empty", "token": claim["assignment"]["token"], "active_ms": 1}
    annotator.post(f"assignments/{claim['assignment']['id']}/submit", body)
    page = window("reviewer")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/projects/{project}/review")
    expect(page.get_by_role("group", name="Verdict")).to_be_visible()
    Bench(page, SIZE).pictured()
    print(f"{width} × {height}: {share_of_image(page):.1%} of the window is image")
    assert share_of_image(page) >= least
    assert page.evaluate(OUT_OF_REACH) == []
