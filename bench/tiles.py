"""A very large image: cut into tiles, opened, zoomed and moved about; CPU and memory of the stack, times seen by a browser.

Its side is `LABELWRIGHT_BENCH_SIDE` pixels, 12,000 where nothing is said.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

import requests
from playwright.sync_api import Page, sync_playwright

from bench.processes import below, cpu_of
from bench.rows import Row, middle_and_tail
from bench.stack import PROJECT, Stack
from tests.client import Client

SIDE = int(os.environ.get("LABELWRIGHT_BENCH_SIDE") or 12_000)
OPENINGS = 5
MOVES = 12
PATIENCE = 1_800.0  # seconds that cutting may take
SCHEMA = {"classes": [{"id": 1, "name": "thing", "color": "#3da3ff", "shapes": ["box"]}]}
PAINTED = """() => {
    const canvas = document.querySelector(".lw-host canvas");
    if (!canvas || !canvas.width || !canvas.height) return false;
    return canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 255;
}"""
TILES = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/tiles/"))
    .filter(({ requestStart, responseEnd }) => requestStart > 0 && responseEnd > 0)  // others were never sent, or given up
    .map(({ name, startTime, requestStart, responseEnd, transferSize }) =>
        ({ name, waited: responseEnd - requestStart, seen: responseEnd - startTime, bytes: transferSize }))"""


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Tiles", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    rows = _cut(stack, manager, project)
    with sync_playwright() as playwright:
        browser = os.environ.get("LABELWRIGHT_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(base_url=stack.base, viewport={"width": 1440, "height": 900})
        session = Client(stack.base)
        session.login("annotator@labelwright.local", stack.password("annotator"))
        context.add_cookies([{"name": c.name, "value": c.value or "", "url": stack.base} for c in session.http.cookies])
        page = context.new_page()
        rows += _look(page, project)
        chromium.close()
    return rows


def slide(folder: Path, side: int) -> Path:
    """A real photo laid side by side, each row a little brighter, as one JPEG of `side` × `side` pixels."""
    import pyvips

    photo = pyvips.Image.new_from_file(str(PROJECT / "demo" / "photos" / "coffee.jpg")).extract_band(0, n=3)
    times = side // min(photo.width, photo.height) + 1
    field = photo.replicate(times, times).crop(0, 0, side, side)
    shade = pyvips.Image.xyz(side, side).extract_band(1) * (60 / side)
    file = folder / f"slide-{side}.jpg"
    (field + shade).cast("uchar").copy(interpretation="srgb").jpegsave(str(file), Q=85)
    return file


def _cut(stack: Stack, manager: Client, project: int) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="labelwright-slide-"))
    try:
        file = slide(folder, SIDE)
        size = file.stat().st_size / 1e6
        cpu, before, begun = cpu_of(stack.pid), _peaks(stack), time.perf_counter()
        with file.open("rb") as content:
            answer = manager.call(
                "POST", f"projects/{project}/assets", files=[("files", (file.name, content, "image/jpeg"))]
            ).json()
        sent = time.perf_counter() - begun
        outcome = manager.wait(answer["pending"][0]["job"]["id"], patience=PATIENCE)
        assert outcome["state"] == "succeeded", outcome
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    name = f"{SIDE:,} × {SIDE:,} pixels"
    grown = max(peak - before.get(pid, 0.0) for pid, peak in _peaks(stack).items())
    return [
        Row(f"{name}: file", size, "MB"),
        Row(f"{name}: upload", sent, "s"),
        Row(f"{name}: cut into tiles, with the upload", time.perf_counter() - begun, "s"),
        Row(f"{name}: CPU of it", cpu_of(stack.pid) - cpu, "s"),
        Row(f"{name}: memory a process grew by at most", grown, "MB"),
    ]


def _peaks(stack: Stack) -> dict[int, float]:
    return {process.pid: process.peak_mb for process in below(stack.pid)}


def _look(page: Page, project: int) -> list[Row]:
    page.goto(f"/projects/{project}/label")
    page.wait_for_function(PAINTED)
    page.wait_for_url("**/assignments/*")
    address, views = page.url, []
    for _ in range(OPENINGS):
        page.goto("about:blank")
        begun = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_function(PAINTED)
        views.append(time.perf_counter() - begun)
    _move(page)
    tiles = page.evaluate(TILES)
    assert len(tiles) > 20, f"only {len(tiles)} tiles were asked for"
    waited = middle_and_tail([tile["waited"] for tile in tiles])
    seen = middle_and_tail([tile["seen"] for tile in tiles])
    kept = requests.get(tiles[-1]["name"], timeout=10)
    age = re.search(r"max-age=(\d+)", kept.headers["Cache-Control"])
    assert age, kept.headers
    assert "immutable" in kept.headers["Cache-Control"]
    middle, tail = middle_and_tail(views)
    name = f"{SIDE:,} × {SIDE:,} pixels"
    return [
        Row(f"{name}: first view, median", middle, "s", 2),
        Row(f"{name}: first view, p95", tail, "s", 2),
        Row(f"{name}: tiles looked at", len(tiles), ""),
        Row(f"{name}: a tile, median", waited[0], "ms"),
        Row(f"{name}: a tile, p95", waited[1], "ms", 150),
        Row(f"{name}: a tile with its turn among the others, p95", seen[1], "ms"),
        Row(f"{name}: a tile is kept by the browser", int(age[1]) / 3600, "h", 1, more_is_better=True),
    ]


def _move(page: Page) -> None:
    """In to single pixels, then across the image, waiting each time as long as a look takes."""
    page.evaluate("() => performance.setResourceTimingBufferSize(5000)")
    page.mouse.move(600, 450)
    for _ in range(MOVES):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(300)
    for at in range(MOVES):
        page.mouse.move(1000, 700)
        page.mouse.down(button="middle")
        page.mouse.move(300, 150 + 30 * (at % 3), steps=6)
        page.mouse.up(button="middle")
        page.wait_for_timeout(300)
