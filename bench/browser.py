"""A headless Chromium without a GPU: its CPU time, its heap, and its frames while a hand moves."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, ViewportSize, sync_playwright

HARNESS = (Path(__file__).parent / "harness.js").read_text()
WINDOW: ViewportSize = {"width": 1440, "height": 900}
Step = Callable[[int], None]


@dataclass
class Hand:
    """What one movement cost: all times in ms."""

    intervals: list[float]
    """Between frames."""
    work: list[float]
    """Of the page's code a frame: events and painting."""
    events: list[float]
    """Of the page's code an event."""
    long: list[float] = field(default_factory=list)
    """Tasks that held the main thread for more than 50 ms."""


@dataclass
class Chromium:
    browser: Browser
    session: CDPSession

    def cpu(self) -> dict[int, float]:
        """CPU seconds so far of each of the browser's processes."""
        found = self.session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {one["id"]: one["cpuTime"] for one in found}

    def cpu_since(self, before: dict[int, float]) -> float:
        return sum(cpu - before.get(pid, 0.0) for pid, cpu in self.cpu().items())

    @contextlib.contextmanager
    def window(self, base: str, cookies: list[Any]) -> Iterator[Page]:
        """A window with nothing in its caches, in which the holder of the cookies is signed in."""
        context: BrowserContext = self.browser.new_context(base_url=base, viewport=WINDOW)
        context.add_cookies(cookies)
        context.add_init_script(HARNESS)
        page = context.new_page()
        try:
            yield page
        finally:
            context.close()


@contextlib.contextmanager
def chromium() -> Iterator[Chromium]:
    named = os.environ.get("LABELWRIGHT_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if named is None:
        raise RuntimeError("the canvas needs a Chromium: install Debian's, or name one in LABELWRIGHT_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=named, args=["--no-sandbox", "--disable-gpu"])
        yield Chromium(browser, browser.new_browser_cdp_session())
        browser.close()


def heap_of(page: Page) -> float:
    """MB of JavaScript that are left after the rubbish was collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(found["JSHeapUsedSize"]) / 1e6


def moved(page: Page, steps: int, step: Step) -> Hand:
    """Do `steps` steps, each with the browser's own input events, and watch the frames meanwhile."""
    begun = page.evaluate("() => window.lwBench.watch()")
    for at in range(steps):
        step(at)
    return Hand(**page.evaluate("(begun) => window.lwBench.stop(begun)", begun))
