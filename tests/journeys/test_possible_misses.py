"""Before a submit the page asks about what a model is proven to be sure of and nobody has drawn."""

from __future__ import annotations

from typing import Any

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
CAT = (451, 300)  # pixels of cat.jpg


def test_a_submit_asks_about_what_is_surely_there(
    window: Window, people: People, make_project: MakeProject, running: Stack
) -> None:
    project = make_project("Missed", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg", PHOTOS / "rocket.jpg"])
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
    expect(asked.get_by_role("button")).to_have_count(1)
    hand.press("Shift+N")
    expect(asked).to_have_count(0)
    expect(popover).to_have_count(0)
    until(lambda: _told(manager, project) == (1, 1, 0))
    hand.press("Control+Enter")
    expect(page.get_by_text("rocket.jpg").first).to_be_visible()


def _said(class_id: int, x: float, y: float, w: float, h: float) -> dict[str, Any]:
    return {"class": class_id, "shape": "box", "geometry": {"x": x, "y": y, "w": w, "h": h}, "score": 0.9}


def _told(manager: Any, project: int) -> tuple[int, int, int]:
    (row,) = manager.get(f"projects/{project}/models/uses", params={"model": MODEL})["hints"]
    return row["added"], row["refused"], row["kept"]
