"""On a line of 1.6 Mbit/s and 300 ms the label page opens in seconds, and drawing never waits for the line."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page, Route

from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.journeys.test_next_task import SIZE, pictures, slow_down
from tests.running import until

COLD, WARM = 8.0, 2.0  # seconds until the photo is painted and can be drawn on
FRAME = 50  # ms: what a frame may take while a stroke is drawn
STROKES = 5
# Remembers how long each frame took since `frames` was emptied.
FRAMES = """() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
        window.frames_.push(now - last);
        last = now;
        requestAnimationFrame(tick);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); });
}"""


def opened(page: Page, url: str) -> float:
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    Bench(page, SIZE).ready().pictured()
    return time.perf_counter() - begun


def test_the_label_page_opens_in_seconds(window: Window, make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project("Slow line", SCHEMA, pictures(tmp_path, 2))
    page = window("annotator")
    slow_down(page)
    cold = opened(page, f"/projects/{project}/label")
    warm = [opened(page, page.url) for _ in range(2)]
    print(f"cold {cold:.2f} s, warm {', '.join(f'{each:.2f}' for each in warm)} s")
    assert cold < COLD
    assert min(warm) < WARM  # another journey runs beside this one and may be what a slower one waited for


def test_a_stroke_never_waits_for_a_request_that_hangs(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Hanging", SCHEMA, pictures(tmp_path, 2))
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page, SIZE).ready().pictured()
    assignment = assignment_of(page)
    hanging: list[Route] = []
    page.route("**/api/**", lambda route: hanging.append(route))
    page.evaluate(FRAMES)
    for at in range(STROKES):
        bench.box("1", (100 + 150 * at, 100), (200 + 150 * at, 300))
        bench.regions(at + 1)
        page.wait_for_timeout(400)
    frames: list[float] = sorted(page.evaluate("() => window.frames_"))
    print(f"{len(frames)} frames, 95 % below {frames[int(0.95 * len(frames))]:.0f} ms, longest {frames[-1]:.0f} ms")
    assert hanging, "nothing was asked of the server"
    assert frames[int(0.95 * len(frames))] < FRAME
    for route in hanging:
        route.continue_()
    page.unroute("**/api/**")
    until(lambda: len(people.elements(assignment)) == STROKES)
