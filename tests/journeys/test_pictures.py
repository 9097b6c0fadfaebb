"""The renderer's pictures beside the kept ones.

A pixel counts as other when a channel is off by more than `LEVELS`; a picture fails when more than `SHARE` of its
pixels do. `make goldens` draws the kept ones anew: look at what changed before it is committed.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import Browser, Page

from tests.journeys.scenes import SCENES, WINDOW
from tests.running import PROJECT, free_port

LEVELS = 40  # of 255: text and edges are drawn a little otherwise by each version of a browser
SHARE = 0.002  # of all pixels
GOLDEN = Path(__file__).parent / "golden"
FAILED = Path(tempfile.gettempdir()) / "labelwright-pictures"
PHOTOS = PROJECT / "demo" / "photos"
START_SECONDS = 60.0
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def drawing(browser: Browser) -> Iterator[Page]:
    """A window with the page that draws scenes."""
    with _front_end() as address:
        page = browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]})
        page.add_init_script("if (location.search === '?alone') delete window.Worker")
        page.goto(f"{address}/pictures/index.html")
        page.wait_for_function("() => window.lwPictures !== undefined", timeout=START_SECONDS * 1000)
        yield page
        page.close()


@contextlib.contextmanager
def _front_end() -> Iterator[str]:
    """Vite's server on the front end's sources."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    vite = PROJECT / "frontend" / "node_modules" / ".bin" / "vite"
    words = [str(vite), "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    server = subprocess.Popen(words, cwd=PROJECT / "frontend", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{address}/pictures/index.html", timeout=5).close()
                break
            assert server.poll() is None, "Vite's server did not start: is the front end's node_modules there?"
            assert time.monotonic() < until, "Vite's server did not answer"
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def photo(name: str) -> str:
    """A data URL of the photo in the window's size, so that it lies in it pixel by pixel; soft, so that pictures of it
    are small files.
    """
    picture = Image.open(PHOTOS / name).convert("RGB").resize(WINDOW, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    ImageOps.posterize(picture.filter(ImageFilter.GaussianBlur(8)), 3).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def drawn(page: Page, scene: dict[str, Any], *, workers: bool = True) -> Pixels:
    page.goto(page.url.split("?")[0] + ("" if workers else "?alone"))
    page.wait_for_function("() => window.lwPictures !== undefined")
    page.evaluate("(scene) => window.lwPictures.show(scene)", scene | {"photo": photo(scene["photo"])})
    shot = page.screenshot(animations="disabled", caret="hide")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def share_of_others(expected: Pixels, actual: Pixels) -> tuple[float, Pixels]:
    """How many of all pixels differ, and a picture of those."""
    off = np.abs(expected.astype(int) - actual.astype(int)).max(axis=2) > LEVELS
    shown = (actual // 3).astype(np.uint8)
    shown[off] = (255, 0, 80)
    return float(off.mean()), shown


def file_of(name: str) -> Path:
    return GOLDEN / (re.sub(r"[^a-z0-9]+", "-", name) + ".png")


@pytest.mark.parametrize("name", SCENES)
def test_the_canvas_draws_each_scene_as_it_did(drawing: Page, name: str) -> None:
    actual = drawn(drawing, json.loads(json.dumps(SCENES[name])))
    file = file_of(name)
    if os.environ.get("LABELWRIGHT_GOLDENS") == "renew":
        Image.fromarray(actual).save(file, optimize=True)
        return
    expected = np.asarray(Image.open(file).convert("RGB"))
    assert expected.shape == actual.shape
    share, shown = share_of_others(expected, actual)
    if share <= SHARE:
        return
    FAILED.mkdir(exist_ok=True)
    for kind, pixels in (("expected", expected), ("actual", actual), ("diff", shown)):
        Image.fromarray(pixels).save(FAILED / f"{file.stem}-{kind}.png")
    pytest.fail(f"{share:.2%} of the pixels differ, {SHARE:.2%} may: {FAILED / file.stem}-{{expected,actual,diff}}.png")


@pytest.mark.parametrize("name", [name for name in SCENES if name.startswith("many")])
def test_without_workers_the_page_draws_the_same(drawing: Page, name: str) -> None:
    expected = np.asarray(Image.open(file_of(name)).convert("RGB"))
    share, _ = share_of_others(expected, drawn(drawing, json.loads(json.dumps(SCENES[name])), workers=False))
    assert share <= SHARE


def test_a_line_a_few_pixels_aside_is_found(drawing: Page) -> None:
    scene = json.loads(json.dumps(SCENES["every shape"]))
    before = drawn(drawing, scene)
    scene["elements"][0]["element"]["geometry"]["x"] += 3
    assert share_of_others(before, drawn(drawing, scene))[0] > SHARE


def test_nothing_kept_is_of_a_scene_that_is_gone() -> None:
    assert {file.name for file in GOLDEN.glob("*.png")} == {file_of(name).name for name in SCENES}
