"""A day without a mouse: tasks taken, drawn, classified, answered, commented, handed in and judged by keys alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand, near
from tests.journeys.pages import assignment_of
from tests.running import until

SOAK = bool(os.environ.get("LABELWRIGHT_SOAK"))
TASKS = 50 if SOAK else 6
STATE = {"name": "state", "kind": "select", "options": ["good", "bad"], "required": True}
SHAPES = ["box", "rotated_box", "ellipse", "polygon", "polyline", "points"]
SCHEMA = {
    "classes": [
        {"id": 1, "name": "cup", "color": "#ffa31f", "shapes": SHAPES, "attributes": [STATE]},
        {"id": 2, "name": "spoon", "color": "#3da3ff", "shapes": SHAPES, "attributes": [STATE]},
        {
            "id": 3,
            "name": "person",
            "color": "#7bd88f",
            "shapes": ["skeleton"],
            "skeleton": {"joints": ["head", "hand", "foot"], "edges": [[0, 1], [0, 2]]},
        },
        {"id": 4, "name": "table", "color": "#c26629", "shapes": ["mask"]},
    ],
    "item_attributes": [],
}
# Anything that a pointer does. A click made by Enter on a button has no detail and no pointer.
LISTEN = """
for (const type of ["pointerdown", "pointerup", "pointermove", "mousedown", "mousemove", "wheel", "touchstart", "dblclick"])
    addEventListener(type, (event) => pointed(type), true);
addEventListener("click", (event) => { if (event.detail > 0) pointed("click"); }, true);
"""
FOCUSED = "() => document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
# The focused control looks other than without the focus, it or what it stands in.
SEEN = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return 'nothing has the focus';
    const around = [focused, focused.parentElement, focused.parentElement.parentElement];
    const look = () => around.map((one) => {
        const style = getComputedStyle(one);
        return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
    }).join();
    const box = focused.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return `no size: ${focused.outerHTML.slice(0, 120)}`;
    const on = look();
    focused.blur();
    const off = look();
    focused.focus();
    return on !== off ? '' : `not seen: ${focused.outerHTML.slice(0, 160)}`;
}"""


@dataclass
class Keys(Hand):
    """Hands that never leave the keyboard. `listen` before the first page."""

    pointed: list[str] = field(default_factory=list)

    def listen(self) -> Keys:
        self.page.expose_function("pointed", lambda kind: self.pointed.append(kind))
        self.page.add_init_script(LISTEN)
        return self

    @property
    def at(self) -> tuple[int, int]:
        """Where the cursor stands, as the glass below the image says."""
        glass = self.page.locator(".cv .glass").filter(has_text=re.compile(r"x\s*\d+\s*y\s*\d+")).first
        found = re.search(r"x\s*(\d+)\s*y\s*(\d+)", glass.inner_text())
        assert found is not None
        return int(found[1]), int(found[2])

    def go(self, x: int, y: int) -> None:
        """By steps of 10 and of 1."""
        for way, less, more in ((x - self.at[0], "Left", "Right"), (y - self.at[1], "Up", "Down")):
            arrow = f"Arrow{less if way < 0 else more}"
            self.press(*[f"Shift+{arrow}"] * (abs(way) // 10), *[arrow] * (abs(way) % 10))
        assert self.at == (x, y)

    def put(self, *places: tuple[int, int], by: str = "Space") -> None:
        for place in places:
            self.go(*place)
            self.press(by)

    def seen(self) -> None:
        assert self.page.evaluate(SEEN) == ""

    def walk_to_canvas(self) -> None:
        """F6 from one part of the page to the next."""
        for _ in range(12):
            if self.page.evaluate("document.activeElement.getAttribute('role') === 'application'"):
                return
            self.press("F6")
        raise AssertionError("F6 does not come to the canvas")


Made = tuple[str, Any]


def a_box(keys: Keys) -> Made:
    keys.press("b", "2")
    keys.put((120, 80), (233, 151))
    return "box", {"x": 120, "y": 80, "w": 113, "h": 71}


def a_polygon(keys: Keys) -> Made:
    keys.press("p")
    keys.put((100, 90), (180, 95), (300, 300))
    keys.press("Backspace")
    keys.put((171, 160))
    keys.press("Enter")
    return "polygon", {"parts": [[[100, 90, 180, 95, 171, 160]]]}


def a_mask(keys: Keys) -> Made:
    keys.press("m")
    keys.go(200, 120)
    keys.press("Space", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Space")
    return "mask", None


def a_rotated_box(keys: Keys) -> Made:
    keys.press("r")
    keys.put((150, 100), (210, 100), (210, 130), by="Enter")
    return "rotated_box", {"cx": 180, "cy": 115, "w": 60, "h": 30, "angle": 0}


def a_skeleton(keys: Keys) -> Made:
    keys.press("j")
    keys.put((100, 100), (160, 190))
    return "skeleton", None


def a_line(keys: Keys) -> Made:
    keys.press("l")
    keys.put((100, 100), (140, 100), (140, 160))
    keys.press("Enter")
    return "polyline", {"points": [100, 100, 140, 100, 140, 160]}


def an_ellipse(keys: Keys) -> Made:
    keys.press("e")
    keys.put((100, 100), (160, 140))
    return "ellipse", {"cx": 130, "cy": 120, "rx": 30, "ry": 20, "angle": 0}


def points(keys: Keys) -> Made:
    keys.press("k")
    keys.put((100, 100), (130, 111))
    keys.press("Enter")
    return "points", {"points": [100, 100, 130, 111]}


WAYS: list[Callable[[Keys], Made]] = [
    a_box,
    a_polygon,
    a_mask,
    a_rotated_box,
    a_skeleton,
    a_line,
    an_ellipse,
    points,
]
ASKED = {"box", "rotated_box", "ellipse", "polygon", "polyline", "points"}  # classes that ask for a state


def photos(folder: Path, count: int) -> list[Path]:
    source = Image.open(PHOTOS / "coffee.jpg").convert("RGB")
    files = []
    for number in range(count):
        photo = source.copy()
        ImageDraw.Draw(photo).rectangle((0, 0, 20, 20), fill=(number * 47 % 256, number * 91 % 256, number))
        files.append(folder / f"photo-{number:02}.jpg")
        photo.save(files[-1])
    return files


@pytest.fixture
def project(make_project: MakeProject, tmp_path: Path) -> int:
    return make_project("By keys", SCHEMA, photos(tmp_path, TASKS))


def opened(window: Window, people: People, role: str) -> Keys:
    return Keys(window(role), people=people).listen()


def test_a_day_without_a_mouse(window: Window, people: People, project: int, passwords: dict[str, str]) -> None:
    name = people.client("manager").get(f"projects/{project}")["name"]
    author = opened(window, people, "")
    author.page.goto("/")
    sign_in_by_keys(author.page, "annotator@labelwright.local", passwords["annotator"])
    find_project(author.page, name, project)
    author.press("n")
    for number in range(TASKS):
        label(author, number)
    expect(author.page.get_by_text("Nothing left to label")).to_be_visible()

    reviewer = opened(window, people, "reviewer")
    reviewer.page.goto(f"/projects/{project}")
    find_page(reviewer.page, "Review")
    judged: set[int] = set()
    sent_back = [judge(reviewer, number, judged) for number in range(TASKS)].count(False)
    expect(reviewer.page.get_by_text("Nothing left to review")).to_be_visible()

    author.page.goto(f"/projects/{project}")
    expect(author.page.get_by_role("link", name=re.compile("^Label next"))).to_be_visible()
    author.press("n")
    for _ in range(sent_back):
        mend(author)
    expect(author.page.get_by_text("Nothing left to label")).to_be_visible()
    tasks = people.client("manager").get(f"projects/{project}/tasks?limit=100")["results"]
    assert sorted(task["state"] for task in tasks) == sorted(["in_review"] * sent_back + ["done"] * (TASKS - sent_back))
    assert author.pointed == []
    assert reviewer.pointed == []


def sign_in_by_keys(page: Page, email: str, password: str) -> None:
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def go_to(page: Page, name: str) -> None:
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_placeholder("Go to a project or page")).to_be_focused()
    page.keyboard.type(name)
    expect(dialog.get_by_text(name, exact=True).first).to_be_visible()
    page.keyboard.press("Enter")


def find_project(page: Page, name: str, project: int) -> None:
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    go_to(page, name)
    page.wait_for_url(re.compile(rf"/projects/{project}$"))
    expect(page.get_by_role("link", name=re.compile("^Label next"))).to_be_visible()


def find_page(page: Page, name: str) -> None:
    expect(page.get_by_role("heading").first).to_be_visible()
    go_to(page, name)


def label(keys: Keys, number: int) -> None:
    expect(keys.canvas).to_have_accessible_name(re.compile(rf"^Task {number + 1}, 0 regions"))
    follow(keys)
    if number == 0:  # from then on it is there in every task
        keys.press("Shift+K")
    shape, geometry = WAYS[number % len(WAYS)](keys)
    keys.regions(1)
    if shape in ASKED:
        expect(keys.page.locator("[data-asked]")).to_be_visible()
        keys.press("2")
    if number % 2 == 1:
        comment(keys, f"Look at {number}")
    (region,) = keys.saved_when(lambda all_: len(all_) == 1 and (shape not in ASKED or all_[0]["attributes"] != {}))
    assert region["shape"] == shape
    assert geometry is None or numbers(region["geometry"]) == near(numbers(geometry))
    assert shape not in ASKED or region["attributes"] == {"state": "bad"}
    keys.press("Control+Enter")


def follow(keys: Keys) -> None:
    """From now on what is saved of the task on the canvas counts; the address comes a moment after the picture."""
    wanted = int((re.search(r"\d+", keys.canvas.get_attribute("aria-label") or "") or ["0"])[0])

    def found() -> bool:
        keys.assignment = assignment_of(keys.page)
        assert keys.people is not None
        client = keys.people.client("annotator")
        return client.get(f"assignments/{keys.assignment}")["task"]["number"] == wanted

    until(found)


def numbers(geometry: Any) -> list[float]:
    """All that is in there, in one order."""
    if isinstance(geometry, dict):
        return [found for name in sorted(geometry) for found in numbers(geometry[name])]
    return [found for one in geometry for found in numbers(one)] if isinstance(geometry, list) else [geometry]


def comment(keys: Keys, words: str) -> None:
    """On the region that was just drawn."""
    keys.press("w")
    expect(keys.page.get_by_role("combobox", name="What is to be settled here?")).to_be_focused()
    keys.seen()
    keys.page.keyboard.type(words)
    keys.press("Control+Enter")
    expect(keys.canvas).to_be_focused()


def judge(keys: Keys, number: int, judged: set[int]) -> bool:
    """The next in the queue; every third is sent back, with a mark on its region and a reason."""
    fresh = "|".join(str(task) for task in range(1, TASKS + 1) if task not in judged)
    expect(keys.canvas).to_have_accessible_name(re.compile(rf"^Review of task ({fresh}), 1 region$"))
    found = re.search(r"\d+", keys.canvas.get_attribute("aria-label") or "")
    assert found is not None
    judged.add(int(found[0]))
    if number % 3 != 2:
        keys.press("y")
        expect(keys.page.get_by_text(f"Task {found[0]} accepted")).to_be_visible()
        return True
    keys.walk_to_canvas()
    keys.seen()
    keys.press("Tab", "m")
    expect(keys.page.get_by_role("menu")).to_be_visible()
    keys.press("1")
    expect(keys.page.get_by_role("heading", name="Marks")).to_be_visible()
    keys.press("1", "x")
    expect(keys.page.get_by_text(f"Task {found[0]} sent back")).to_be_visible()
    return False


def mend(keys: Keys) -> None:
    """A handle, or all of it, is moved by 10 and by 1 pixels."""
    expect(keys.page.get_by_label("Sent back")).to_be_visible()
    follow(keys)
    before = keys.saved()
    keys.walk_to_canvas()
    keys.press("Tab", "Shift+V", "Shift+ArrowRight", "ArrowDown")
    keys.saved_when(lambda all_: all_ != before)
    task = keys.canvas.get_attribute("aria-label") or ""
    keys.press("Control+Enter")
    expect(keys.canvas).not_to_have_attribute("aria-label", task)


def test_the_focus_is_seen_at_every_stop_and_f6_walks_the_parts_of_the_page(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Stops", SCHEMA, [PHOTOS / "coffee.jpg"])
    keys = opened(window, people, "annotator")
    page = keys.page
    page.goto(f"/projects/{project}/label")
    keys.ready().pictured()
    keys.press("b", "Shift+K")
    keys.put((100, 80), (200, 160))
    keys.regions(1)
    keys.press("1")

    walk(keys, {"HEADER", "ASIDE"})


def test_the_focus_is_seen_at_every_stop_of_the_review_page(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Judged by keys", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    author = people.client("annotator")
    for _ in range(2):
        work = author.claim(project)
        author.save(work["annotation"]["id"], [put(box(1, 100, 80, 60, 80, attributes={"state": "good"}))])
        author.post(f"assignments/{work['assignment']['id']}/submit", {"outcome": "labelled"})
    keys = opened(window, people, "reviewer")
    keys.page.goto(f"/projects/{project}/review")
    expect(keys.canvas).to_have_accessible_name(re.compile("1 region$"))
    walk(keys, {"HEADER", "ASIDE"})


def walk(keys: Keys, wanted: set[str]) -> None:
    """F6 through the parts of the page, and Tab through every stop outside the canvas: each is seen to have the focus."""
    page = keys.page
    parts: list[str] = []
    for _ in range(8):
        keys.press("F6")
        keys.seen()
        parts.append(page.evaluate("document.activeElement.closest('header,[role=toolbar],.cv,aside,.vd')?.tagName"))
    assert wanted <= set(parts), parts

    page.get_by_role("link").first.focus()
    stops: list[str] = []
    for _ in range(60):
        keys.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role') === 'application'"):
            keys.press("F6")  # there Tab walks the regions
        if page.evaluate("document.activeElement === document.body"):
            break
        keys.seen()
        stops.append(page.evaluate(FOCUSED))
    assert len(set(stops)) > 12, stops
    assert keys.pointed == []


def test_the_list_of_regions_is_walked_answered_and_emptied_by_keys_and_all_of_it_is_said(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("List", SCHEMA, [PHOTOS / "coffee.jpg"])
    keys = opened(window, people, "annotator")
    page = keys.page
    said = page.locator("output[aria-live=polite]")
    page.goto(f"/projects/{project}/label")
    keys.ready().pictured()
    keys.assignment = assignment_of(page)
    keys.press("b", "Shift+K")
    keys.put((20, 20), (140, 100))
    expect(said).to_contain_text("cup 1 drawn, box, 120 by 80 pixels, top left")
    keys.press("1")
    keys.put((420, 300), (560, 380))
    expect(said).to_contain_text("cup 2 drawn, box, 140 by 80 pixels, bottom right")
    keys.press("2", "Escape", "Escape")
    keys.go(500, 350)
    expect(said).to_have_text("x 500, y 350: cup 2")

    regions = page.get_by_role("listbox", name="Regions")
    while not page.evaluate("document.activeElement.matches('[role=listbox].lw-regions')"):
        keys.press("F6" if page.evaluate("!document.activeElement.closest('aside')") else "Tab")
    keys.press("Home")
    expect(regions.get_by_role("option", selected=True)).to_have_accessible_name(
        re.compile(r"^cup 1 box, 120 by 80 pixels, top left, good")
    )
    expect(regions.get_by_role("option", selected=True)).to_have_attribute("aria-setsize", "2")
    expect(said).to_contain_text("cup 1 selected, box, 120 by 80 pixels, top left, good")
    keys.press("Enter")  # its questions
    expect(page.locator("[data-field] :focus")).to_be_visible()
    keys.press("2", "Escape")
    keys.saved_when(lambda all_: [one["attributes"] for one in all_] == [{"state": "bad"}] * 2)
    while not page.evaluate("document.activeElement.matches('[role=listbox].lw-regions')"):
        keys.press("F6" if page.evaluate("!document.activeElement.closest('aside')") else "Tab")
    keys.press("Home", "Control+ArrowDown")
    expect(regions.get_by_role("option", selected=True)).to_have_count(2)
    expect(said).to_have_text("2 regions selected")
    keys.press("Home", "ArrowDown", "Shift+ArrowRight")
    expect(said).to_have_text("cup 2: x 430, y 300")
    keys.press("Delete")
    expect(said).to_contain_text("cup 2 deleted")
    keys.saved_when(lambda all_: len(all_) == 1)
    assert keys.pointed == []
