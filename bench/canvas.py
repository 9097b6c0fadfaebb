"""The canvas in headless Chromium without a GPU: opening, panning, zooming and dragging, beside an empty page's frames."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

from bench.rows import Row
from bench.stack import PROJECT, stop_process
from tests.running import free_port

RUNS = 5
SIZES = (("box", 1_000), ("box", 5_000), ("box", 10_000), ("polygon", 1_000), ("polygon", 10_000))
FRAME = 16.8  # ms, the least that p95 may be held to
SLACK = 1.25  # times the empty page's p95
OPENING = {("box", 10_000): 3.0}  # seconds
START_SECONDS = 30.0


def measure() -> list[Row]:
    browser = os.environ.get("LABELWRIGHT_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("the canvas needs a Chromium: install Debian's, or name one in LABELWRIGHT_BROWSER")
    with _page_server() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/bench/canvas-bench.html")
        page.wait_for_function("() => window.__lwBench !== undefined")
        rows = [row for shape, count in SIZES for row in _rows(page, shape, count)]
        chromium.close()
    return rows


def _rows(page: Page, shape: str, count: int) -> list[Row]:
    found = [_run(page, shape, count) for _ in range(RUNS)]
    plural = "boxes" if shape == "box" else "30-point polygons"
    name = f"{count:,} {plural}"
    empty = median(one["empty"]["p95"] for one in found)
    frame = max(FRAME, SLACK * empty)
    return [
        Row(f"{name}: open", median(one["loadMs"] for one in found) / 1000, "s", OPENING.get((shape, count))),
        Row(f"{name}: pan, p95 frame", median(one["pan"]["p95"] for one in found), "ms", frame),
        Row(f"{name}: zoom, p95 frame", median(one["zoom"]["p95"] for one in found), "ms", frame),
        Row(f"{name}: drag, p95 event", median(one["drag"]["event"]["p95"] for one in found), "ms", 8),
        Row(f"{name}: empty page, p95 frame", empty, "ms"),
    ]


def _run(page: Page, shape: str, count: int) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("(what) => window.__lwBench.all(what)", {"shape": shape, "count": count})
    return found


@contextlib.contextmanager
def _page_server() -> Iterator[str]:
    """Vite's server on the front end's sources, which hold the page that measures."""
    port = free_port()
    vite = PROJECT / "frontend" / "node_modules" / ".bin" / "vite"
    server = subprocess.Popen(
        [str(vite), "--host", "127.0.0.1", "--port", str(port), "--strictPort"],
        cwd=PROJECT / "frontend",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                if requests.get(f"{address}/bench/canvas-bench.html", timeout=5).status_code == 200:
                    break
            if time.monotonic() > until or server.poll() is not None:
                raise RuntimeError("Vite's server did not start; is the front end's node_modules there?")
            time.sleep(0.1)
        yield address
    finally:
        stop_process(server)
