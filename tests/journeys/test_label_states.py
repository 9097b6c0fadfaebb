"""The rarer ways out of a task, and what happens to it while it lies open in a browser."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until

FOUR = [PHOTOS / name for name in ("coffee.jpg", "cat.jpg", "dahlia.jpg", "rocket.jpg")]


def test_a_task_is_skipped_parked_found_unusable_and_given_back(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Ways out", SCHEMA, FOUR)
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    Bench(page).ready()

    on_task(page, 1)
    page.keyboard.press("Control+Space")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Too hard")).click()
    on_task(page, 2)
    choose(page, "Park with a question")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Question").fill("Is the ear part of the cat?")
    page.keyboard.press("Control+Enter")
    on_task(page, 3)
    choose(page, "Too blurred")
    on_task(page, 4)
    choose(page, "Give back to the queue")
    page.wait_for_url(re.compile(rf"/projects/{project}$"))

    states = {
        one["number"]: one["state"] for one in people.client("manager").get(f"projects/{project}/tasks")["results"]
    }
    assert states == {1: "waiting", 2: "parked", 3: "triage", 4: "waiting"}


def test_a_submission_that_is_taken_back_is_open_again_with_its_regions(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Take back", SCHEMA, FOUR[:1])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.box("1", (150, 60), (430, 330))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()

    page.get_by_role("button", name="Take back the last one").click()

    bench.ready().regions(1)
    expect(page.get_by_role("button", name=re.compile("^Submit"))).to_be_enabled()
    assert len(people.elements(assignment_of(page))) == 1


def test_somebody_whose_task_was_taken_is_told_at_once_and_goes_on_with_the_next(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Taken", SCHEMA, FOUR[:2])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.box("1", (150, 60), (430, 330))
    assignment = assignment_of(page)
    until(lambda: len(people.elements(assignment)) == 1)

    people.client("annotator").post(f"assignments/{assignment}/release", {})
    told = page.get_by_role("alert").filter(has_text="not in your hands any more")
    expect(told).to_be_visible()
    taken = people.client("manager").post(f"projects/{project}/tasks/claim", {"stage": "annotate"})
    assert taken["task"]["number"] == 1
    told.get_by_role("button", name="Next task").click()
    on_task(page, 2)
    expect(told).to_have_count(0)


def test_a_region_that_the_server_refuses_is_named_and_discarding_it_takes_it_off_the_canvas(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Refused", SCHEMA, FOUR[:1])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    page.route("**/edits", spoil_spoons)
    bench.box("1", (100, 60), (200, 160))
    bench.box("2", (220, 60), (320, 160))
    bench.regions(2)

    page.get_by_role("button", name="1 region refused").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Spoon 2")
    dialog.get_by_role("button", name="Discard").click()

    bench.regions(1)
    assert len(people.elements(assignment)) == 1
    expect(page.locator(".pill")).to_contain_text("Saved")


def test_a_finding_that_stops_a_submit_is_answered_by_its_key(
    window: Window, people: People, make_project: MakeProject
) -> None:
    handle = {"name": "handle", "kind": "select", "options": ["left", "right"], "required": True}
    cup, spoon = SCHEMA["classes"]  # type: ignore[misc]
    project = make_project("Blocked", {**SCHEMA, "classes": [{**cup, "attributes": [handle]}, spoon]}, FOUR[:1])  # type: ignore[dict-item]
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.box("1", (150, 60), (430, 330))
    bench.regions(1)
    page.keyboard.press("Escape")

    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Settle it first").click()
    expect(page.get_by_label("Finding", exact=True)).to_contain_text("Settle this before you submit")
    findings = page.get_by_role("complementary").get_by_role("status")
    expect(findings).to_have_text("1 finding open")
    page.keyboard.press("f")
    expect(page.locator("[data-field] :focus")).to_be_visible()
    page.keyboard.press("1")
    expect(findings).to_have_text("No findings")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Nothing left to label")).to_be_visible()


def on_task(page: Page, number: int) -> None:
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile(rf"^Task {number}, "))


def choose(page: Page, way: str) -> None:
    page.get_by_role("button", name="Other ways to end this task").click()
    page.get_by_role("menuitem", name=way).click()


def spoil_spoons(route: Route) -> None:
    """What leaves the browser names a class that the schema does not have."""
    body: dict[str, Any] = json.loads(route.request.post_data or "{}")
    for edit in body["edits"]:
        if edit.get("region", {}).get("class") == 2:
            edit["region"]["class"] = 77
    route.continue_(post_data=json.dumps(body))
