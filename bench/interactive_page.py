"""How soon the label page shows what the smart tool found, on a photo of twelve megapixels, and how long a click takes by way
of a worker. The model is a stub: its time is that of everything but the networks."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench.browser import chromium
from bench.rows import Row, middle_and_tail
from bench.stack import PROJECT, Stack
from tests import stub_sam
from tests.client import Client
from tests.running import until

SIZE = (4096, 2733)  # pixels: dahlia.jpg enlarged, so that the object and its grain are a photo's
CLICKS = 12
BUDGET = 300.0  # ms
SCHEMA = {"classes": [{"id": 1, "name": "flower", "color": "#ffa31f", "shapes": ["mask", "polygon"]}]}
WATCH = """
window.__answers = [];
window.Worker = class extends Worker {
    constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
            if (data && (data.kind === "first" || data.kind === "exact"))
                window.__answers.push([data.kind, performance.now() - window.__asked]);
        });
    }
};
window.addEventListener("pointerup", () => { window.__asked = performance.now(); }, true);
"""


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Smart", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    with tempfile.TemporaryDirectory(prefix="labelwright-bench-") as folder:
        photo = Path(folder) / "large.jpg"
        Image.open(PROJECT / "demo/photos/dahlia.jpg").resize(SIZE, Image.Resampling.BICUBIC).save(photo, quality=90)
        manager.upload(project, [photo])
    by_model = _asked(stack, manager, project)
    session = Client(stack.base)
    session.login("annotator@labelwright.local", stack.password("annotator"))
    cookies = [{"name": one.name, "value": one.value, "url": stack.base} for one in session.http.cookies]
    with chromium() as browser, browser.window(stack.base, cookies) as page:
        page.add_init_script(WATCH)
        page.goto(f"/projects/{project}/label")
        canvas = page.get_by_role("application")
        canvas.wait_for()
        page.wait_for_timeout(3000)  # the picture's levels are made
        page.keyboard.press("s")
        page.wait_for_timeout(2000)  # the view is known
        box: Any = canvas.bounding_box()
        known = [_click(page, box, number) for number in range(CLICKS)]
        here = _here(page, box)
        moved = []
        for number in range(CLICKS):
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.mouse.wheel(0, -30 if number % 2 else 30)
            moved.append(_click(page, box, number))
    return [
        *by_model,
        *here,
        *_rows("the view at rest", [first for first, _ in known], BUDGET),
        *_rows("right after zooming", [first for first, _ in moved], None),
        *_rows("until the border is exact", [last for _, last in known], None),
    ]


def _here(page: Page, box: Any) -> list[Row]:
    """The model again, its decoder in the page: from the question to the mask, and from the end of the click to that."""
    tool = page.get_by_role("group", name="Options of the tool")
    tool.get_by_role("radio", name="Model").click()
    page.wait_for_function("() => performance.getEntriesByName('decoder.opened').length > 0", timeout=60_000)
    page.route("**/segment", lambda route: route.abort())  # on a busy machine the page may think the server quicker
    times, waits = [], []
    for number in range(CLICKS + 2):
        page.evaluate("performance.clearMeasures()")
        page.mouse.click(box["x"] + box["width"] * (0.42 + 0.012 * number), box["y"] + box["height"] * 0.5)
        page.wait_for_function("() => performance.getEntriesByName('decoder.asked').length > 0", timeout=60_000)
        took, ended = page.evaluate(
            "(([one]) => [one.duration, one.startTime + one.duration - window.__asked])(performance.getEntriesByName('decoder.asked'))"
        )
        times.append(took)
        waits.append(ended)
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
    page.unroute("**/segment")
    tool.get_by_role("radio", name="Object").click()
    page.wait_for_timeout(1000)
    name = "interactive model (stub), 12 megapixels"
    middle, tail = middle_and_tail(times[2:])
    return [
        Row(f"{name}: a click decoded in the page", middle, "ms", 100),
        Row(f"{name}: a click decoded in the page, p95", tail, "ms"),
        Row(f"{name}: from the end of the click to its mask", middle_and_tail(waits[2:])[0], "ms", 100),
        *_costly(),
    ]


def _costly() -> list[Row]:
    """What a decoder costs that multiplies as often as SAM's: in the page's runtime on one thread, and in a worker's."""
    import onnxruntime

    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(stub_sam.sam(as_costly=True)[1])
        file.flush()
        told = subprocess.run(
            ["node", PROJECT / "frontend/bench/decoder.mjs", file.name],
            capture_output=True,
            text=True,
            check=True,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(file.name, options)
    feeds = {one.name: np.zeros([side if isinstance(side, int) else 1 for side in one.shape], np.float32) for one in session.get_inputs()}  # fmt: skip
    feeds["orig_im_size"] = np.array([256, 256], np.float32)
    session.run(None, feeds)
    begun = time.process_time()
    for _ in range(CLICKS):
        session.run(None, feeds)
    native = (time.process_time() - begun) / CLICKS * 1000
    name = "a decoder that multiplies as often as SAM's, on one thread"
    return [
        Row(f"{name}: in the page's runtime", middle_and_tail(json.loads(told.stdout))[0], "CPU ms"),
        Row(f"{name}: in a worker's runtime", native, "CPU ms"),
    ]


def _asked(stack: Stack, manager: Client, project: int) -> list[Row]:
    encoder, decoder = stub_sam.sam()
    model = manager.post(f"projects/{project}/models", {"name": "Stub", "backend": "onnx"})["id"]
    files = [("encoder", ("encoder.onnx", encoder)), ("decoder", ("decoder.onnx", decoder))]
    manager.call("POST", f"models/{model}/versions", files=files)
    until(lambda: manager.get(f"models/{model}")["versions"][0]["state"] == "ok")
    annotator = stack.client("annotator")
    task = manager.get(f"projects/{project}/tasks")["results"][0]["id"]
    begun = time.perf_counter()
    annotator.post(f"tasks/{task}/embedding")
    until(lambda: annotator.post(f"tasks/{task}/embedding")["state"] == "ready")
    encoded = (time.perf_counter() - begun) * 1000
    times = []
    for number in range(CLICKS + 2):
        body = {"points": [{"x": 1900 + 20 * number, "y": 1400}]}
        begun = time.perf_counter()
        annotator.post(f"tasks/{task}/segment", body)
        times.append((time.perf_counter() - begun) * 1000)
    middle, tail = middle_and_tail(times[2:])  # each worker process loads the model once
    name = "interactive model (stub), 12 megapixels: a click by way of a worker"
    return [
        Row("interactive model (stub), 12 megapixels: until the image is encoded", encoded, "ms"),
        Row(name, middle, "ms", 100),
        Row(f"{name}, p95", tail, "ms"),
    ]


def _click(page: Page, box: Any, number: int) -> tuple[float, float]:
    """(ms until the first answer, ms until the last) of one click on the flower."""
    page.evaluate("window.__answers.length = 0")
    x = box["x"] + box["width"] * (0.42 + 0.012 * number)
    page.mouse.click(x, box["y"] + box["height"] * 0.5)
    page.wait_for_function("() => window.__answers.some(([kind]) => kind === 'exact')", timeout=60_000)
    answers = dict(page.evaluate("window.__answers"))
    page.keyboard.press("Escape")
    page.wait_for_timeout(600)  # the view is known again
    return float(answers["first"]), float(answers["exact"])


def _rows(when: str, times: list[float], budget: float | None) -> list[Row]:
    middle, tail = middle_and_tail(times)
    name = f"smart tool, 12 megapixels: answer to a click, {when}"
    return [Row(name, middle, "ms", budget), Row(f"{name}, p95", tail, "ms")]
