"""Where only the image is asked about, one key answers and the next image stands there."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import MakeProject, People, Window
from tests.running import until

PHOTOS = 200 if os.environ.get("LABELWRIGHT_SOAK") else 30
SCHEMA = {
    "classes": [],
    "item_attributes": [{"name": "weather", "kind": "select", "options": ["clear", "rain", "snow"], "required": True}],
}


def pictures(folder: Path, count: int) -> list[Path]:
    """Photos that differ, of one plain colour and some noise."""
    random = np.random.default_rng(11)
    files = []
    for number in range(count):
        pixels = random.integers(0, 60, (240, 320, 3), dtype=np.uint8) + random.integers(0, 190, 3, dtype=np.uint8)
        file = folder / f"photo-{number:03}.jpg"
        Image.fromarray(pixels).save(file, quality=80)
        files.append(file)
    return files


def test_photos_are_classified_by_one_key_each_and_the_last_is_taken_back(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    files = pictures(tmp_path, PHOTOS)
    project = make_project("Weather", SCHEMA, files[:50])
    for start in range(50, PHOTOS, 50):
        people.client("manager").upload(project, files[start : start + 50])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    canvas = page.get_by_role("application")
    panel = page.get_by_label("Questions")

    waits = []
    for number in range(PHOTOS):
        expect(canvas).to_have_accessible_name(re.compile(rf"^Task {number + 1},"))
        expect(panel).to_contain_text(f"{number} done")
        if number == 3:
            page.keyboard.press("Backspace")
            expect(canvas).to_have_accessible_name(re.compile(r"^Task 3,"))
            expect(panel).to_contain_text("2 done")
            page.keyboard.press("2")
            expect(canvas).to_have_accessible_name(re.compile(r"^Task 4,"))
        before = time.perf_counter()
        page.keyboard.press("1")
        if number + 1 < PHOTOS:
            page.wait_for_function(
                "name => document.querySelector('[role=application]').ariaLabel.startsWith(name)",
                arg=f"Task {number + 2},",
            )
            waits.append((time.perf_counter() - before) * 1000)
    expect(page.get_by_text("Nothing left to label")).to_be_visible()
    print(f"next image after the key: median {median(waits):.0f} ms, worst {max(waits):.0f} ms")

    manager = people.client("manager")
    until(lambda: manager.get(f"projects/{project}/stats")["states"].get("in_review") == PHOTOS)
