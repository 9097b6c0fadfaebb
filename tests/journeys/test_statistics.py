"""A manager sees which class misses its target, by whom, and where the guideline speaks of it; annotators see their own page."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA

SHOTS = os.environ.get("LABELWRIGHT_SHOTS")
CUPS = 60  # more than the fifty that a target needs


def shot(page: Page, name: str) -> None:
    """Pictures to look at, in both themes, where somebody wants them."""
    if not SHOTS:
        return
    page.screenshot(path=f"{SHOTS}/{name}.png")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=f"{SHOTS}/{name}-dark-1024.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_class_that_misses_its_target_is_named_with_its_people_and_section(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Statistics", SCHEMA, [PHOTOS / "coffee.jpg"])
    annotator, reviewer, manager = (people.client(role) for role in ("annotator", "reviewer", "manager"))
    manager.call("PUT", f"projects/{project}/guidelines", {"markdown": "# Cup\n\nDraw every cup.\n\n# Spoon\n\nAll."})
    claim = annotator.claim(project)
    cups = [box(1, 10 + 9 * (n % 10), 10 + 9 * (n // 10), 8, 8) for n in range(CUPS)]
    annotator.save(claim["annotation"]["id"], [put(cup) for cup in cups])
    revision = annotator.post(f"assignments/{claim['assignment']['id']}/submit")["revision"]["id"]
    reviewer.claim(project, "review")
    marks = [{"kind": "loose", "element": cup["id"]} for cup in cups[:30]]
    reason = "Loose outline: half of them"
    reviewer.post(f"revisions/{revision}/reviews", {"verdict": "reject", "reason": reason, "marks": marks})

    page = window("manager")
    page.goto(f"/projects/{project}")
    page.get_by_text("1 class misses its quality target").wait_for()
    page.goto(f"/projects/{project}/statistics")
    row = page.get_by_role("table", name="Classes against their target").get_by_role("row", name=re.compile("Cup"))
    expect(row).to_contain_text("misses its target")
    expect(row).to_contain_text("Annotator, 30 of 60")
    expect(page.get_by_text("Loose outline", exact=True)).to_be_visible()
    shot(page, "statistics")
    row.get_by_role("link", name="Read the section").click()
    page.wait_for_url(re.compile("section=g-cup"))

    own = window("annotator")
    own.goto(f"/projects/{project}/statistics")
    expect(own.get_by_role("heading", name="Submitted a day")).to_be_visible()
    expect(own.get_by_text("Loose outline", exact=True)).to_be_visible()
    shot(own, "statistics-own")
