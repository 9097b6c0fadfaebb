"""An annotator looks at a fix of their work, disputes it, and a manager decides; clean work is accepted at once."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

SHOTS = os.environ.get("LABELWRIGHT_SHOTS")


def shot(page: Page, name: str) -> None:
    """A picture to look at, where somebody wants them."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def project(people: People, make_project: MakeProject) -> int:
    """One cup was made narrower and one taken away by the reviewer; two ordinary answers wait."""
    project = make_project("Feedback", SCHEMA, [PHOTOS / name for name in ("coffee.jpg", "cat.jpg", "rocket.jpg")])
    annotator, reviewer = people.client("annotator"), people.client("reviewer")
    cup, spoon = box(1, 150, 60, 280, 270), box(2, 440, 120, 90, 160)
    claim = annotator.claim(project)
    annotator.save(claim["annotation"]["id"], [put(cup), put(spoon)])
    submitted = annotator.post(f"assignments/{claim['assignment']['id']}/submit")
    review = reviewer.claim(project, "review")
    versions = {row["element"]["id"]: row["version"] for row in review["annotation"]["elements"]}
    narrower = cup | {"geometry": cup["geometry"] | {"w": 240}}
    gone = {"id": str(spoon["id"]), "op": "delete", "kind": "region", "over": versions[spoon["id"]]}
    gone["element_id"] = spoon["id"]
    reviewer.save(review["annotation"]["id"], [put(narrower, over=versions[cup["id"]]), gone])
    reviewer.post(f"revisions/{submitted['revision']['id']}/reviews", {"verdict": "fix", "reason": "Too wide"})
    for _ in range(2):
        claim = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(box(1, 20, 20, 90, 80))])
        annotator.post(f"assignments/{claim['assignment']['id']}/submit")
    return project


def test_a_fix_is_looked_at_disputed_and_overturned(window: Window, project: int) -> None:
    annotator = window("annotator")
    annotator.goto("/notifications?about=review")
    annotator.get_by_role("button", name=re.compile("fixed your work on coffee.jpg")).first.click()
    verdict = annotator.get_by_role("region", name="The verdict")
    expect(verdict).to_contain_text("Too wide")
    changes = verdict.get_by_role("complementary", name="Region by region")
    expect(changes.get_by_role("button", name=re.compile("Cup"))).to_contain_text("changed")
    expect(changes.get_by_role("button", name=re.compile("Spoon"))).to_contain_text("removed")
    shot(annotator, "feedback")
    changes.get_by_role("button", name=re.compile("Cup")).click()
    verdict.get_by_label("Why it is right as it was").fill("The handle belongs to it.")
    verdict.get_by_role("button", name="Dispute").click()
    expect(verdict).to_contain_text("A decision is awaited.")

    manager = window("manager")
    manager.goto(f"/projects/{project}/feedback?which=disputes")
    decide = manager.get_by_role("region", name="Decide")
    decide.get_by_label("Your reasons, for both").fill("The guideline says so.")
    decide.get_by_label("Make the answer the task’s result again").check()
    shot(manager, "dispute")
    decide.get_by_role("button", name="Overturn").click()
    expect(manager.get_by_role("region", name="The verdict")).to_contain_text(
        "The answer is the result of the task again."
    )

    expect(verdict).to_contain_text("The guideline says so.")


def test_clean_work_is_accepted_at_once_and_taken_back(window: Window, people: People, project: int) -> None:
    states = lambda: people.client("manager").get(f"projects/{project}/stats")["states"]  # noqa: E731
    page = window("reviewer")
    page.goto(f"/projects/{project}/review")
    expect(page.get_by_role("group", name="Verdict")).to_be_visible()
    page.get_by_role("button", name="Accept clean ones…").click()
    dialog = page.get_by_role("dialog", name="Accept what nothing stands out of?")
    expect(dialog.get_by_role("status")).to_contain_text("Of 1 that wait for you, 1 have no finding")
    shot(page, "accept-clean")
    dialog.get_by_role("button", name="Accept 1 task").click()
    expect(page.get_by_text("1 task accepted", exact=True)).to_be_visible()
    until(lambda: states().get("done") == 2)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("1 acceptance taken back")).to_be_visible()
    until(lambda: states().get("done") == 1)
