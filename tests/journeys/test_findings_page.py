"""Checks in the browser: a project chooses them, a stop is passed with a reason, and what was found is decided."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA

STOPS = {"rules": {"duplicate": {"level": "stop"}}}


@pytest.fixture
def photos() -> list[Path]:
    return [PHOTOS / "coffee.jpg"]


def drawn_twice(people: People, project: int) -> int:
    """The annotator's open work: two boxes on each other. Gives the assignment."""
    annotator = people.client("annotator")
    claim = annotator.claim(project)
    edits = [put(box(1, 100, 100, 80, 60)), put(box(1, 101, 100, 80, 60))]
    annotator.save(claim["annotation"]["id"], edits)
    assignment: int = claim["assignment"]["id"]
    return assignment


def test_a_stop_is_passed_with_a_reason_that_the_reviewer_reads(
    window: Window, people: People, make_project: MakeProject, photos: list[Path]
) -> None:
    project = make_project("Stops", SCHEMA, photos, checks=STOPS)
    assignment = drawn_twice(people, project)
    page = window("annotator")
    page.goto(f"/assignments/{assignment}")
    expect(page.get_by_text("1 finding open", exact=True)).to_be_visible()
    page.get_by_role("application").focus()
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Submit all the same?")
    expect(dialog.get_by_text("Another region of its class covers the same place")).to_be_visible()
    expect(dialog.get_by_role("button", name="Settle it first")).to_be_focused()
    expect(dialog.get_by_role("button", name="Submit with this reason")).to_be_disabled()
    dialog.get_by_label("Why it is right as it is").fill("One cup in another")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("submitted")).to_be_visible()
    reviewing = window("reviewer")
    reviewing.goto(f"/projects/{project}/review")
    expect(reviewing.get_by_text("One cup in another")).to_be_visible()


def test_findings_are_narrowed_accepted_opened_again_and_seen_in_place(
    window: Window, people: People, make_project: MakeProject, photos: list[Path]
) -> None:
    project = make_project("Found", SCHEMA, photos)
    people.client("annotator").post(f"assignments/{drawn_twice(people, project)}/submit", {"active_ms": 1000})
    page = window("manager")
    page.goto(f"/projects/{project}/findings")
    row = page.get_by_role("listitem").filter(has_text="Duplicate")
    expect(row).to_have_count(1)
    row.get_by_role("checkbox").check()
    page.get_by_role("toolbar").get_by_role("button", name="Accept as is").click()
    page.get_by_role("dialog").get_by_label("Why it is right as it is").fill("Two lids")
    page.get_by_role("dialog").get_by_role("button", name="Accept as is").click()
    expect(page.get_by_text("1 finding accepted")).to_be_visible()
    page.get_by_role("radio", name="Accepted as is").click()
    expect(page.get_by_text("“Two lids”")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("radio", name="Open", exact=True).click()
    expect(row).to_have_count(1)
    page.get_by_role("button", name="Run all checks").click()
    expect(page.get_by_text("All checks ran")).to_be_visible()
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/tasks/\d+\?region="))
    expect(page.get_by_role("option", selected=True)).to_have_count(1)


def test_a_manager_chooses_checks_and_their_limits(
    window: Window, people: People, make_project: MakeProject, photos: list[Path]
) -> None:
    project = make_project("Choices", SCHEMA, photos)
    page = window("manager")
    page.goto(f"/projects/{project}/settings")
    checks = page.get_by_role("region", name="Checks")
    rule = checks.get_by_role("group", name="Duplicate", exact=True)
    rule.get_by_role("radio", name="Stop").click()
    rule.get_by_label("Least IoU").fill("0.8")
    checks.get_by_role("group", name="Outline crosses itself").get_by_role("switch").uncheck(force=True)
    counts = checks.get_by_role("group", name="How many of a class")
    counts.get_by_role("button", name="Add").click()
    counts.get_by_label("At most").fill("3")
    checks.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Settings saved")).to_be_visible()
    kept = people.client("manager").get(f"projects/{project}")["settings"]["checks"]
    assert kept["rules"] == {
        "duplicate": {"level": "stop", "parameters": {"min_iou": 0.8}},
        "self_crossing": {"on": False},
    }
    assert kept["counts"] == [{"class": 1, "least": 1, "most": 3}]
