"""Between two tasks nobody waits: the next picture stands there at once, also on a slow line, and nothing refused is lost."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench
from tests.running import until

SIZE = (1280, 960)
GOAL = 150  # ms from the key to the frame with the next photo
WORST = GOAL if os.environ.get("LABELWRIGHT_SOAK") else 500  # ms; other tests run beside the short one
LONG = bool(os.environ.get("LABELWRIGHT_SOAK"))
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 200_000}  # 1.6 Mbit/s
HEAVY = (250_000, 450_000)  # bytes of a photo
# From the key that ends a task to the frame in which the middle of the canvas shows another photo.
STOPWATCH = """
window.waits = [];
addEventListener("keydown", (event) => {
    const ends = event.key === "Enter" && event.ctrlKey || window.endKey && event.key === window.endKey;
    if (!ends) return;
    const canvas = document.querySelector("[role=application] canvas");
    const middle = () => canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.join();
    const pixel = middle();
    const look = () => {
        if (middle() === pixel) requestAnimationFrame(look);
        else window.waits.push(performance.now() - event.timeStamp);
    };
    requestAnimationFrame(look);
}, true);
"""


def pictures(folder: Path, count: int) -> list[Path]:
    """Real photos of about 300 kB, told apart by the colour of a square in the middle."""
    photos = [Image.open(file).convert("RGB").resize(SIZE) for file in sorted(PHOTOS.glob("*.jpg"))]
    files = []
    for number in range(count):
        photo = photos[number % len(photos)].copy()
        color = (number * 47 % 256, number * 91 % 256, 255 - number)
        ImageDraw.Draw(photo).rectangle((600, 440, 680, 520), fill=color)
        file = folder / f"photo-{number:03}.jpg"
        for quality in range(60, 100, 3):
            photo.save(file, quality=quality)
            if file.stat().st_size > HEAVY[0]:
                break
        assert file.stat().st_size < HEAVY[1]
        files.append(file)
    return files


def tail(waits: list[float]) -> float:
    return sorted(waits)[math.ceil(0.95 * len(waits)) - 1]


def slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)


def times(page: Page, tasks: int, *, named: str, end: Callable[[Bench], None], dwell: float) -> None:
    """Ends one task after the other, and looks how long each time until the next photo stands there."""
    bench = Bench(page, SIZE)
    for number in range(1, tasks):
        expect(bench.canvas).to_have_accessible_name(re.compile(rf"^{named} {number},"))
        bench.pictured()
        page.wait_for_timeout(dwell)
        end(bench)
        page.wait_for_function("count => window.waits.length === count", arg=number)
    waits: list[float] = page.evaluate("window.waits")
    print(f"median {median(waits):.0f} ms, p95 {tail(waits):.0f} ms of {len(waits)}")
    assert median(waits) < GOAL
    assert tail(waits) < WORST


def draw_and_submit(bench: Bench) -> None:
    bench.box("1", (100, 100), (300, 300))
    bench.regions(1)
    bench.page.keyboard.press("Control+Enter")


def key(name: str) -> Callable[[Bench], None]:
    return lambda bench: bench.page.keyboard.press(name)


@dataclass(frozen=True)
class Line:
    tasks: int
    dwell: float
    slow: bool = False

    def open(self, page: Page, url: str, end_key: str = "") -> None:
        if self.slow:
            slow_down(page)
        page.add_init_script(STOPWATCH + f'window.endKey = "{end_key}";')
        page.goto(url)


# A person's time for a photo: on the slow line the next one of 300 kB has to come in meanwhile.
FAST = Line(tasks=9 if LONG else 8, dwell=600)
SLOWLY = Line(tasks=6 if LONG else 5, dwell=4_000, slow=True)
both_lines = pytest.mark.parametrize("line", [FAST, SLOWLY], ids=["fast", "slow"])
# What waits for the line is one mechanism, and the first test has it on both lines.
slow_in_soak = pytest.mark.parametrize(
    "line", [FAST, pytest.param(SLOWLY, marks=pytest.mark.soak)], ids=["fast", "slow"]
)


@both_lines
def test_submit_and_next_shows_the_next_photo_at_once(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path, line: Line
) -> None:
    project = make_project("Next", SCHEMA, pictures(tmp_path, line.tasks))
    page = window("annotator")
    line.open(page, f"/projects/{project}/label")
    times(page, line.tasks, named="Task", end=draw_and_submit, dwell=line.dwell)
    done = f"projects/{project}/tasks?limit=50&state=in_review"
    until(lambda: len(people.client("manager").get(done)["results"]) == line.tasks - 1)


@slow_in_soak
def test_an_answer_shows_the_next_photo_at_once(
    window: Window, make_project: MakeProject, tmp_path: Path, line: Line
) -> None:
    question = {"name": "weather", "kind": "select", "options": ["clear", "rain"], "required": True}
    schema = {"classes": [], "item_attributes": [question]}
    project = make_project("Answers", schema, pictures(tmp_path, line.tasks))
    page = window("annotator")
    line.open(page, f"/projects/{project}/label", "1")
    times(page, line.tasks, named="Task", end=key("1"), dwell=line.dwell)


@slow_in_soak
def test_a_verdict_shows_the_next_work_at_once(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path, line: Line
) -> None:
    project = make_project("Verdicts", SCHEMA, pictures(tmp_path, line.tasks))
    annotator = people.client("annotator")
    for _ in range(line.tasks):
        claim = annotator.claim(project)
        body = {"outcome": "empty", "token": claim["assignment"]["token"], "active_ms": 1}
        annotator.post(f"assignments/{claim['assignment']['id']}/submit", body)
    page = window("reviewer")
    line.open(page, f"/projects/{project}/review", "y")
    times(page, line.tasks, named="Review of task", end=key("y"), dwell=line.dwell)
