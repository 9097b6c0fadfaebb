"""Gold is marked, hidden and met unknowingly; what it shows is acted on and lifted. Accepted work is audited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

REFERENCES, PICTURES = 30, 140  # some 42 places are drawn: hardly ever fewer than the 20 that say something of a person
RULES = {"target": 0.8, "consequences": ["notify", "pause"]}


def _pictures(folder: Path, start: int, number: int) -> list[Path]:
    found = []
    for n in range(start, start + number):
        path = folder / f"IMG_{n:04d}.png"
        Image.new("RGB", (96, 64), (n * 2 % 256, 255 - n % 200, 90)).save(path)
        found.append(path)
    return found


def _accepted(people: People, project: int) -> Any:
    """One task labelled by the annotator and accepted by the reviewer."""
    annotator, reviewer = people.client("annotator"), people.client("reviewer")
    claim = annotator.claim(project)
    annotator.save(claim["annotation"]["id"], [put(box(1, 10, 10, 30, 30))])
    sent = annotator.post(f"assignments/{claim['assignment']['id']}/submit", {})
    reviewer.post(f"revisions/{sent['revision']['id']}/reviews", {"verdict": "accept"})
    return claim


@pytest.fixture
def project(people: People, make_project: MakeProject, tmp_path: Path) -> int:
    """One accepted task, references brought for others that are out of the work, and a queue."""
    project = make_project("Cups", SCHEMA, _pictures(tmp_path, 0, 1), hidden_tests=RULES)
    _accepted(people, project)
    manager = people.client("manager")
    manager.upload(project, _pictures(tmp_path, 1, REFERENCES))
    tasks = [row["id"] for row in manager.get(f"projects/{project}/tasks?limit=500")["results"]][1:]
    for task in tasks:
        manager.post(f"projects/{project}/quality/gold", {"task": task, "regions": [box(1, 20, 20, 40, 30)]})
    manager.post(f"projects/{project}/tasks/bulk", {"action": "archive", "ids": tasks})
    manager.upload(project, _pictures(tmp_path, 200, PICTURES))
    return project


def _exam_first(page: Page, bench: Page, annotator: Any, project: int) -> None:
    """The manager asks for an exam; the annotator fails it, sees why, and is let through."""
    page.get_by_label("Tasks of the exam").fill("1")
    page.get_by_role("button", name="Save the exam").click()
    expect(page.get_by_role("region", name="Exam before work").get_by_text("on", exact=True)).to_be_visible()
    bench.goto(f"/projects/{project}/label")
    bench.get_by_role("link", name="To the exam").click()
    bench.get_by_role("button", name="Begin the exam").click()
    bench.wait_for_url(re.compile(r"/assignments/\d+$"))
    annotator.post(f"assignments/{bench.url.rsplit('/', 1)[1]}/submit", {"outcome": "empty"})
    bench.goto(f"/projects/{project}/exam")
    result = bench.get_by_role("region", name="Try 1")
    expect(result.get_by_text("not passed")).to_be_visible(timeout=60_000)
    expect(result.get_by_text("0 of 1 right")).to_be_visible()
    row = page.get_by_role("table", name="Who took the exam").get_by_role("row").nth(1)
    row.hover()
    row.get_by_role("button", name="Let through").click()
    expect(row.get_by_text("passed", exact=True)).to_be_visible()


def test_gold_is_met_unknowingly_and_what_it_shows_is_acted_on_and_lifted(
    window: Window, people: People, project: int
) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data?state=done")
    page.get_by_text("IMG_0000.png").first.click()
    page.get_by_role("button", name="Mark as gold").click()
    expect(page.get_by_text("Task 1 is gold")).to_be_visible()

    page.goto(f"/projects/{project}/quality/gold")
    page.get_by_label("Share of the queue").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("While tests are hidden")).to_be_visible()
    manager, annotator = people.client("manager"), people.client("annotator")
    report = f"projects/{project}/quality/gold/people"
    until(lambda: manager.get(report)["waiting"], 90)

    bench = window("annotator")
    _exam_first(page, bench, annotator, project)
    bench.goto(f"/projects/{project}/label")
    bench.wait_for_url(re.compile(r"/assignments/\d+$"))
    for word in ("gold", "hidden", "honeypot"):
        assert word not in bench.locator("body").inner_text().lower()
    annotator.post(f"assignments/{bench.url.rsplit('/', 1)[1]}/submit", {"outcome": "empty"})

    def all_done_or_paused() -> bool:
        answer = annotator.call("POST", f"projects/{project}/tasks/claim", {}, expect=(200, 204, 403))
        if answer.status_code == 200:
            annotator.post(f"assignments/{answer.json()['assignment']['id']}/submit", {"outcome": "empty"})
        return answer.status_code != 200

    until(all_done_or_paused, 240)
    until(lambda: manager.get(f"projects/{project}/quality/consequences?state=active")["results"], 90)

    page.goto(f"/projects/{project}/quality/gold")
    people_table = page.get_by_role("region", name="Accuracy per person")
    expect(people_table.get_by_role("row").nth(1)).to_contain_text("0")
    followed = page.get_by_role("region", name="What followed")
    expect(followed.get_by_text("Pause the person")).to_be_visible()
    refused = annotator.call("POST", f"projects/{project}/tasks/claim", {}, expect=(403,))
    assert refused.json()["code"] == "paused_by_tests"
    row = followed.get_by_role("row").filter(has_text="Pause the person")
    row.hover()
    row.get_by_role("button", name="Lift").click()
    page.get_by_label("Why").fill("We went through them together")
    page.get_by_role("dialog").get_by_role("button", name="Lift").click()
    expect(row).to_contain_text("We went through them together")
    annotator.call("POST", f"projects/{project}/tasks/claim", {}, expect=(200, 204))


def test_accepted_work_is_audited_with_marks_and_asked_for_again(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Audited", SCHEMA, _pictures(tmp_path, 0, 2))
    for _ in range(2):
        _accepted(people, project)
    page = window("manager")
    page.goto(f"/projects/{project}/quality/audits")
    page.get_by_role("button", name="New audit").click()
    expect(page.get_by_text("2 tasks to judge, of 2")).to_be_visible()
    page.get_by_role("button", name="Draw and start").click()
    page.get_by_role("link", name="Judge").click()
    expect(page.get_by_text("1 left")).to_be_visible()
    page.get_by_role("button", name="Right").click()
    expect(page.get_by_text("0 left")).to_be_visible()
    page.locator(".lw-audit .panel").get_by_text("Cup").first.click()
    page.get_by_role("button", name="Mark", exact=False).first.click()
    page.get_by_role("menuitem", name=re.compile("Loose")).click()
    page.get_by_role("button", name="Wrong").click()
    expect(page.get_by_text("Nothing left to judge")).to_be_visible()
    page.get_by_role("link", name="To the audits").click()
    page.get_by_role("button", name="Audit 1").click()
    detail = page.get_by_role("region", name="The audit")
    expect(detail.get_by_text("failed")).to_be_visible()
    detail.get_by_role("button", name="Ask again for all").click()
    expect(page.get_by_text("2 accepted tasks go back to their annotators.")).to_be_visible()
    page.get_by_role("button", name="Ask again", exact=True).click()
    expect(page.get_by_text("2 tasks were asked for again").first).to_be_visible()
    detail.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("taken back"))).to_be_visible()
