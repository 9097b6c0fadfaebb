"""Before a submit the page asks about what a model is proven to be sure of and nobody has drawn; on the next picture, the regions go along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import SCHEMA, assignment_of
from tests.running import Stack, until

MEASURE = """
from datetime import timedelta
from apps.predictions.services import measure_moved
while measure_moved(project_id={project}, settled=timedelta(0)): pass
"""
MODEL = "detector:1"
ASIDE = (24, -13)  # pixels
CAT = (451, 300)  # pixels of cat.jpg


def test_a_submit_asks_about_what_is_surely_there(
    window: Window, people: People, make_project: MakeProject, running: Stack, tmp_path: Path
) -> None:
    moved = tmp_path / "moved.jpg"
    ImageChops.offset(Image.open(PHOTOS / "cat.jpg"), *ASIDE).save(moved, quality=92)
    project = make_project("Missed", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg", moved])
    manager, annotator, reviewer = (people.client(role) for role in ("manager", "annotator", "reviewer"))
    cups = [(1, 10.0 + 50 * (at % 10), 10.0 + 50 * (at // 10), 40.0, 40.0) for at in range(60)]
    offered = {"coffee.jpg": cups, "cat.jpg": [(1, 40, 40, 80, 80), (1, 250, 120, 90, 90), (2, 20, 220, 40, 40)]}
    items = [{"name": name, "regions": [_said(*one) for one in boxes]} for name, boxes in offered.items()]
    assert manager.post(f"projects/{project}/predictions", {"model": MODEL, "items": items})["refused"] == 0
    claim = annotator.claim(project)
    annotator.save(claim["annotation"]["id"], [put(box(*one)) for one in cups])
    annotator.post(f"assignments/{claim['assignment']['id']}/submit")
    review = reviewer.claim(project, "review")
    reviewer.post(f"revisions/{review['revision']['id']}/reviews", {"verdict": "accept"})
    running.manage("shell", "-c", MEASURE.format(project=project))

    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, size=CAT, people=people)
    hand.ready().pictured()
    hand.assignment = assignment_of(page)
    asked = page.get_by_role("region", name="Possibly missed")
    hand.press("Alt+u")  # predictions out of sight: what is asked about is shown all the same
    expect(asked).to_have_count(0)
    hand.press("Control+Enter")
    expect(asked.get_by_role("button")).to_have_count(2)  # nothing is proven of spoons
    popover = page.get_by_role("region", name="Possible miss")
    expect(popover).to_contain_text("Cup, possibly missed")
    hand.press("f")
    hand.regions(1)
    (cup,) = hand.saved_when(lambda all_: len(all_) == 1)
    kept = cup["geometry"]["x"], cup["geometry"]["y"]
    expect(asked.get_by_role("button")).to_have_count(1)
    hand.press("Shift+N")
    expect(asked).to_have_count(0)
    expect(popover).to_have_count(0)
    until(lambda: _told(manager, project) == (1, 1, 0))
    before = page.url
    hand.press("Control+Enter")
    expect(page).not_to_have_url(before)  # the next task is claimed, not only shown
    expect(page.get_by_text("moved.jpg").first).to_be_visible()
    hand.ready().pictured()
    hand.assignment = assignment_of(page)
    hand.press("Shift+R")  # the cup of the last picture goes along with what it lies on
    hand.regions(1)
    expect(page.get_by_text("1 region moved along")).to_be_visible()
    (cup,) = hand.saved_when(lambda all_: len(all_) == 1)
    dx, dy = cup["geometry"]["x"] - kept[0], cup["geometry"]["y"] - kept[1]
    assert abs(dx - ASIDE[0]) < 1
    assert abs(dy - ASIDE[1]) < 1
    hand.press("Control+z")
    hand.regions(0)


def _said(class_id: int, x: float, y: float, w: float, h: float) -> dict[str, Any]:
    return {"class": class_id, "shape": "box", "geometry": {"x": x, "y": y, "w": w, "h": h}, "score": 0.9}


def _told(manager: Any, project: int) -> tuple[int, int, int]:
    (row,) = manager.get(f"projects/{project}/models/uses", params={"model": MODEL})["hints"]
    return row["added"], row["refused"], row["kept"]
