"""The review queue in one's own order, back through what one judged, and work that goes to somebody else meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

PICTURES = ("coffee.jpg", "cat.jpg", "rocket.jpg", "dahlia.jpg")


@pytest.fixture
def project(people: People, make_project: MakeProject) -> int:
    """Four answers wait: an ordinary cup, a spoon marked uncertain, an empty one, and two cups of which one is doubled."""
    project = make_project("Review queue", SCHEMA, [PHOTOS / name for name in PICTURES])
    annotator = people.client("annotator")
    drawn = (
        [box(1, 20, 20, 90, 80)],
        [box(2, 20, 20, 90, 80, flags=["uncertain"])],
        [],
        [box(1, 40, 40, 90, 80), box(1, 40, 40, 90, 80)],
    )
    for regions in drawn:
        claim = annotator.claim(project)
        if regions:
            annotator.save(claim["annotation"]["id"], [put(region) for region in regions])
        outcome = {} if regions else {"outcome": "empty"}
        annotator.post(f"assignments/{claim['assignment']['id']}/submit", outcome)
    return project


def on_canvas(page: Page, task: int) -> None:
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile(rf"^Review of task {task},"))


def order(page: Page, now: str, then: str) -> None:
    page.get_by_role("button", name=f"Order of the queue: {now}").click()
    page.get_by_role("menuitemradio", name=then).click()


def queued(page: Page, *tasks: int) -> None:
    rows = page.get_by_role("complementary", name="Queue").get_by_role("listitem").locator(".m")
    expect(rows).to_have_text([str(task) for task in tasks])


def test_a_reviewer_goes_through_the_riskiest_first_and_filters(window: Window, project: int) -> None:
    page = window("reviewer")
    page.goto(f"/projects/{project}/review")
    on_canvas(page, 1)
    queued(page, 1, 2, 3, 4)
    order(page, "As handed out", "Risk first")
    queued(page, 1, 4, 2, 3)
    assert "order=risk" in page.url

    page.keyboard.press("y")
    on_canvas(page, 4)
    queued(page, 4, 2, 3)

    page.get_by_role("button", name="Filter the queue").click()
    page.get_by_role("combobox", name="Reason to look").click()
    page.get_by_role("option", name="Said to be empty").click()
    page.keyboard.press("Escape")
    queued(page, 4, 3)
    page.keyboard.press("y")
    on_canvas(page, 3)
    page.keyboard.press("y")
    expect(page.get_by_role("status").filter(has_text="Nothing waits that fits")).to_be_visible()
    page.get_by_role("button", name="Clear filters and go on").click()
    on_canvas(page, 2)


def test_a_reviewer_looks_back_at_what_they_judged(window: Window, people: People, project: int) -> None:
    page = window("reviewer")
    page.goto(f"/projects/{project}/review")
    on_canvas(page, 1)
    page.keyboard.press("1")
    page.keyboard.press("x")
    on_canvas(page, 2)
    until(lambda: people.client("manager").get(f"projects/{project}/stats")["states"].get("rework") == 1)

    page.keyboard.press("a")

    on_canvas(page, 1)
    verdict = page.get_by_role("group", name="Verdict")
    expect(verdict).to_contain_text("You sent this back")
    expect(verdict.get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)
    page.keyboard.press("d")
    on_canvas(page, 2)
    expect(verdict.get_by_role("button", name=re.compile("^Accept"))).to_be_enabled()


def test_a_review_that_went_to_somebody_else_says_so_and_leads_on(window: Window, people: People, project: int) -> None:
    page = window("reviewer")
    page.goto(f"/projects/{project}/review")
    on_canvas(page, 1)
    reviewer = people.client("reviewer")
    held = reviewer.get("assignments", params={"state": "open", "project": project})["results"][0]
    reviewer.post(f"assignments/{held['id']}/release")  # on another device
    manager = people.client("manager")
    manager.post(f"assignments/{manager.claim(project, 'review')['assignment']['id']}/release")

    alert = page.get_by_role("alert").filter(has_text="not in your hands any more")
    expect(alert).to_be_visible()
    alert.get_by_role("button", name="Next review").click()
    expect(alert).to_be_hidden()


def test_the_options_of_a_tool_are_there_while_fixing(window: Window, project: int) -> None:
    page = window("reviewer")
    page.goto(f"/projects/{project}/review")
    on_canvas(page, 1)
    page.keyboard.press("e")
    page.keyboard.press("p")
    options = page.get_by_role("group", name="Options of the tool")
    expect(options).to_be_visible()
    page.keyboard.press("e")
    expect(options).to_be_hidden()
