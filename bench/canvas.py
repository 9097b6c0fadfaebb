"""The label page in headless Chromium without a GPU: opening a task, turning the wheel, panning, dragging one region.

All is measured on the page that people use, with the browser's own input events, against a running server. The same
hand over an empty page says what the machine itself can do.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from playwright.sync_api import Page

from bench.browser import Chromium, Hand, chromium, heap_of, moved
from bench.documents import NOUNS, make
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from tests.client import Client

RUNS = 5
SIZES = (
    *(("box", count) for count in (100, 1_000, 5_000, 10_000, 50_000)),
    *(("polygon", count) for count in (100, 1_000, 5_000, 10_000)),
    ("mask", 100),
)
REST = 1_000  # ms in which what still goes on after the first picture counts to the opening
STEPS = 100
FRAME = 16.8  # ms, the least that p95 may be held to
SLACK = 1.25  # times the empty page's p95
STEP = 8.0  # ms a wheel step or drag move
LONG = 50.0  # ms that the main thread may be held
OPEN_CPU = {("box", 1_000): 1.5, ("polygon", 1_000): 2.0, ("box", 5_000): 2.5}  # seconds
OPEN_HEAP = {("box", 1_000): 40.0, ("polygon", 1_000): 60.0, ("box", 5_000): 60.0}  # MB
OPEN_WALL = {("box", 10_000): 3.0}  # seconds
MANY = 10_000  # regions up to which frames and steps are promised
EMPTY = "<!doctype html><title>Empty</title><div tabindex=0 style='position:fixed;inset:0;background:#121212'></div>"
# The photo is painted, and regions over it: the canvases of both have a pixel that is not bare.
PAINTED = """(count) => {
    const host = document.querySelector(".lw-host");
    if (!host?.ariaLabel?.replaceAll(",", "").includes(` ${count} region`)) return false;
    const painted = (canvas, x, y, w, h) =>
        canvas.getContext("2d").getImageData(x, y, w, h).data.some((value, at) => at % 4 === 3 && value > 0);
    const [photo, ...layers] = [...host.querySelectorAll("canvas")].filter(({ width }) => width > 0);
    const shown = layers.find((canvas) => canvas.style.visibility === "visible");
    const [x, y] = [Math.floor(photo.width / 2), Math.floor(photo.height / 2)];
    if (!shown || !painted(photo, x, y, 1, 1)) return false;
    const [u, v] = [Math.floor(shown.width / 2), Math.floor(shown.height / 2)];
    return painted(shown, u - 20, v - 20, 40, 40) && performance.now();
}"""


@dataclass
class Opening:
    wall: float
    cpu: float
    heap: float
    longest: float


@dataclass
class Found:
    """All runs of one size."""

    openings: list[Opening] = field(default_factory=list)
    pan: list[Hand] = field(default_factory=list)
    zoom: list[Hand] = field(default_factory=list)
    drag: list[Hand] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    """The machine's load average of the last minute."""
    empty: list[Hand] = field(default_factory=list)
    """The same hand over an empty page, at the same time: what the machine had left to give."""


def measure(stack: Stack, *, runs: int = RUNS, sizes: tuple[tuple[str, int], ...] = SIZES) -> list[Row]:
    annotator = Client(stack.base)
    annotator.login("annotator@labelwright.local", stack.password("annotator"))
    tasks = make(stack.client("manager"), annotator, sizes)
    cookies = [{"name": c.name, "value": c.value or "", "url": stack.base} for c in annotator.http.cookies]
    rows: list[Row] = []
    with chromium() as browser:
        _opened(browser, stack.base, cookies, tasks[sizes[0]], sizes[0][1], Found())  # fills the disk's caches
        for (shape, count), assignment in tasks.items():
            found = Found()
            for _ in range(runs):
                found.load.append(os.getloadavg()[0])
                found.empty.append(_empty(browser, stack.base, cookies))
                _opened(browser, stack.base, cookies, assignment, count, found)
            rows += _rows(shape, count, found)
    return rows


def _empty(browser: Chromium, base: str, cookies: list[Any]) -> Hand:
    with browser.window(base, cookies) as page:
        page.goto("/healthz")
        page.set_content(EMPTY)
        return _zoomed(page, (700, 450))


def _opened(browser: Chromium, base: str, cookies: list[Any], assignment: int, count: int, found: Found) -> None:
    """Open the task in a fresh window, then move in it; what was seen goes into `found`."""
    with browser.window(base, cookies) as page:
        page.goto("about:blank")
        before = browser.cpu()
        page.goto(f"/assignments/{assignment}", wait_until="commit")
        wall = page.wait_for_function(PAINTED, arg=count, polling=50).json_value() / 1000
        page.wait_for_timeout(REST)
        cpu = browser.cpu_since(before)
        longest = max(page.evaluate("() => window.lwBench.long()"), default=0.0)
        found.openings.append(Opening(wall, cpu, heap_of(page), longest))
        middle = _middle(page)
        found.pan.append(_panned(page, middle))
        page.keyboard.press("z")
        page.wait_for_timeout(300)
        found.zoom.append(_zoomed(page, middle))
        page.keyboard.press("z")
        page.wait_for_timeout(300)
        found.drag.append(_dragged(page, middle))


def _middle(page: Page) -> tuple[float, float]:
    box = page.locator(".lw-host").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _panned(page: Page, at: tuple[float, float]) -> Hand:
    """Round in circles with the middle button held."""
    page.mouse.move(*at)
    page.mouse.down(button="middle")

    def step(number: int) -> None:
        turn = number / 25 * 2 * math.pi
        page.mouse.move(at[0] + 150 * math.sin(turn), at[1] + 100 * (1 - math.cos(turn)))

    hand = moved(page, STEPS, step)
    page.mouse.up(button="middle")
    return hand


def _zoomed(page: Page, at: tuple[float, float]) -> Hand:
    """In and out again at the pointer, as far as four times larger."""
    page.mouse.move(*at)
    return moved(page, STEPS, lambda number: page.mouse.wheel(0, -24 if number % 40 < 20 else 24))


def _dragged(page: Page, at: tuple[float, float]) -> Hand:
    """The region in the middle of the photo, taken by its inside."""
    page.keyboard.press("v")
    x, y = at
    page.mouse.click(x, y)
    page.wait_for_timeout(300)
    page.mouse.move(x, y)
    page.mouse.down()
    hand = moved(page, STEPS, lambda number: page.mouse.move(x + number * 2, y + 40 * math.sin(number / 8)))
    page.keyboard.press("Escape")
    page.mouse.up()
    return hand


def _tail(hands: list[Hand], of: str) -> float:
    """95th percentile over all runs together."""
    return middle_and_tail([value for hand in hands for value in getattr(hand, of)])[1]


def _rows(shape: str, count: int, found: Found) -> list[Row]:
    empty = _tail(found.empty, "intervals")
    frame = max(FRAME, SLACK * empty)
    name, size = f"{count:,} {NOUNS[shape]}", (shape, count)
    promised = count <= MANY
    rows = [
        Row(f"{name}: processes that wanted to run", median(found.load), ""),
        Row(f"{name}: empty page, p95 frame", empty, "ms"),
    ]
    for what, unit, budget in (
        ("wall", "s", OPEN_WALL.get(size)),
        ("cpu", "s", OPEN_CPU.get(size)),
        ("heap", "MB", OPEN_HEAP.get(size)),
        ("longest", "ms", LONG),
    ):
        middle, tail = middle_and_tail([getattr(one, what) for one in found.openings])
        title = {"wall": "open", "cpu": "open, CPU", "heap": "open, heap", "longest": "open, longest task"}[what]
        rows += [Row(f"{name}: {title}, median", middle, unit, budget), Row(f"{name}: {title}, p95", tail, unit)]
    for title, hands in (("pan", found.pan), ("wheel", found.zoom), ("drag", found.drag)):
        rows += [
            Row(f"{name}: {title}, p95 frame", _tail(hands, "intervals"), "ms", frame if promised else None),
            Row(f"{name}: {title}, code a frame, median", middle_and_tail(_all(hands, "work"))[0], "ms"),
            Row(f"{name}: {title}, code a frame, p95", _tail(hands, "work"), "ms", STEP if promised else None),
            Row(f"{name}: {title}, longest task", max(_all(hands, "long"), default=0.0), "ms", LONG),
        ]
    return rows


def _all(hands: list[Hand], of: str) -> list[float]:
    return [value for hand in hands for value in getattr(hand, of)]
