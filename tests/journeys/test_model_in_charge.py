"""What a model is known to do well decides what comes next, and what it may finish without people: two pages of plans."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import Stack

MEASURE = """
from datetime import timedelta
from apps.predictions.services import measure_moved
while measure_moved(project_id={project}, settled=timedelta(0)): pass
"""
MODEL = "detector:1"
SURE = {"cat.jpg": 0.95, "coins.jpg": 0.25, "camera.jpg": 0.9}


def said(x: float, y: float, score: float) -> dict[str, Any]:
    geometry = {"x": x, "y": y, "w": 40, "h": 40}
    return {"class": "cup", "shape": "box", "geometry": geometry, "score": score}


def test_the_queue_is_ordered_by_a_model_and_a_batch_is_finished_by_it(
    window: Window, people: People, make_project: MakeProject, running: Stack
) -> None:
    project = make_project("In charge", SCHEMA, [PHOTOS / name for name in ("coffee.jpg", *SURE)])
    manager, annotator, reviewer = (people.client(role) for role in ("manager", "annotator", "reviewer"))
    places = [(10.0 + 50 * (at % 10), 10.0 + 50 * (at // 10)) for at in range(60)]
    items = [{"name": "coffee.jpg", "regions": [said(x, y, 0.9) for x, y in places]}]
    items += [{"name": name, "regions": [said(60, 60, score)]} for name, score in SURE.items()]
    assert manager.post(f"projects/{project}/predictions", {"model": MODEL, "items": items})["refused"] == 0
    claim = annotator.claim(project)
    annotator.save(claim["annotation"]["id"], [put(box(1, x, y, 40.0, 40.0)) for x, y in places])
    annotator.post(f"assignments/{claim['assignment']['id']}/submit")
    review = reviewer.claim(project, "review")
    reviewer.post(f"revisions/{review['revision']['id']}/reviews", {"verdict": "accept"})
    running.manage("shell", "-c", MEASURE.format(project=project))

    page = window("manager")
    page.goto(f"/projects/{project}/quality/order")
    expect(page.get_by_text("The queue has its usual order")).to_be_visible()
    page.get_by_role("button", name="Order the queue").click()
    dialog = page.get_by_role("dialog")
    for part in ("By chance", "Unlike pictures", "Rare classes"):
        dialog.get_by_label(part).fill("0")
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("coins.jpg")
    dialog.get_by_text("Value per minute").click()
    expect(dialog).to_contain_text("Fewer than 20 finished tasks have a time")
    dialog.get_by_label("Unsure by").click()
    expect(page.get_by_role("option", name="disagreement over variants")).to_contain_text("predict with variants first")
    page.get_by_role("option", name="entropy").click()
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("unsure: 0.81")
    dialog.get_by_label("Unsure by").click()
    page.get_by_role("option", name="margin").click()
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("unsure: 0.50")
    dialog.get_by_role("button", name="Order the queue").click()
    expect(dialog).to_have_count(0)
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("coins.jpg")
    expect(first).to_contain_text("the model is unsure: 0.50")
    page.get_by_role("button", name="Take the order back").click()
    expect(page.get_by_text("The queue has its usual order")).to_be_visible()

    page.goto(f"/projects/{project}/quality/automatic")
    page.get_by_role("button", name="Label automatically").click()
    expect(dialog).to_contain_text("Nothing that waits lies above the thresholds")
    dialog.get_by_label("Precision").fill("90")
    dialog.get_by_label("Limit").fill("50")
    expect(dialog).to_contain_text("2 tasks with 2 regions and answers would be finished")
    dialog.get_by_role("button", name="Finish and draw the sample").click()
    expect(dialog).to_have_count(0)
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("sample with people")
    assert manager.get(f"projects/{project}/stats")["states"]["done"] == 3

    page.goto(f"/projects/{project}/models")
    elsewhere = page.get_by_role("region", name=MODEL)
    expect(elsewhere).to_contain_text("came by REST or in a file")
    expect(elsewhere.get_by_role("row").nth(1)).to_contain_text("Cup")
