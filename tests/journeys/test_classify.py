"""Where only the image is asked about, one key answers and the next image stands there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.running import until

SOAK = bool(os.environ.get("LABELWRIGHT_SOAK"))
COUNT = 200 if SOAK else 20
GOAL = 100 if SOAK else 500  # ms from the key to the painted photo; other tests run beside the short one
HAND = 300 if SOAK else 0  # ms between two answers of somebody who hardly looks; 0: as fast as the page can
SCHEMA = {
    "classes": [],
    "item_attributes": [{"name": "weather", "kind": "select", "options": ["clear", "rain", "snow"], "required": True}],
}
# Times each "1" from the moment the key was pressed to the frame that shows another task and another photo.
STOPWATCH = """
window.waits = [];
addEventListener("keydown", (event) => {
    if (event.key !== "1") return;
    const task = document.querySelector("[role=application]");
    const canvas = task.querySelector("canvas");
    const middle = () => canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.join();
    const [label, pixel] = [task.ariaLabel, middle()];
    const look = () => {
        if (task.ariaLabel === label || middle() === pixel) requestAnimationFrame(look);
        else window.waits.push(performance.now() - event.timeStamp);
    };
    requestAnimationFrame(look);
}, true);
"""


def pictures(folder: Path, count: int) -> list[Path]:
    """Real photos of 1280 × 960, told apart by the colour of a square in the middle."""
    photos = [Image.open(file).convert("RGB").resize((1280, 960)) for file in sorted(PHOTOS.glob("*.jpg"))]
    files = []
    for number in range(count):
        photo = photos[number % len(photos)].copy()
        color = (number * 47 % 256, number * 91 % 256, number % 256)
        ImageDraw.Draw(photo).rectangle((600, 440, 680, 520), fill=color)
        file = folder / f"photo-{number:03}.jpg"
        photo.save(file, quality=85)
        files.append(file)
    return files


def shows(page: Page, number: int) -> None:
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile(rf"^Task {number},"))


def test_photos_are_classified_by_one_key_each_and_the_last_is_taken_back(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    files = pictures(tmp_path, COUNT)
    project = make_project("Weather", SCHEMA, files[:20])
    for start in range(20, COUNT, 20):
        people.client("manager").upload(project, files[start : start + 20])
    page = window("annotator")
    page.add_init_script(STOPWATCH)
    page.goto(f"/projects/{project}/label")
    panel = page.get_by_label("Questions")

    shows(page, 1)
    for number in range(1, 4):
        page.keyboard.press("1")
        shows(page, number + 1)
        expect(panel).to_contain_text(f"{number} done")
    page.keyboard.press("Backspace")
    shows(page, 3)
    expect(panel).to_contain_text("2 done")
    page.keyboard.press("2")
    shows(page, 4)

    page.evaluate("window.waits = []")
    for number in range(4, COUNT):
        page.keyboard.press("1")
        page.wait_for_function("count => window.waits.length === count", arg=number - 3)
        page.wait_for_timeout(max(0.0, HAND - page.evaluate("window.waits.at(-1)")))
    shows(page, COUNT)
    expect(panel).to_contain_text(f"{COUNT - 1} done")
    page.keyboard.press("1")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()

    waits = page.evaluate("window.waits")
    p95 = sorted(waits)[int(0.95 * len(waits))]
    print(f"key to next photo, ms: median {median(waits):.0f}, p95 {p95:.0f}, worst {max(waits):.0f} of {len(waits)}")
    assert median(waits) < GOAL
    assert p95 < GOAL or not SOAK
    manager = people.client("manager")
    until(lambda: manager.get(f"projects/{project}/stats")["states"].get("in_review") == COUNT)
