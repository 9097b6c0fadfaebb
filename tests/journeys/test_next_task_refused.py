"""A task that could not be ended comes back as it was; one that is not looked at any more is let go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from apps.tasks.services.promise import PROMISED_FOR
from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.journeys.test_next_task import SIZE, pictures
from tests.running import until


def test_a_refused_submit_brings_the_task_back_as_it_was(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    question = {"name": "state", "kind": "select", "options": ["full", "empty"], "required": True}
    asking = {"classes": [SCHEMA["classes"][0] | {"attributes": [question]}], "item_attributes": []}
    project = make_project("Refused", asking, pictures(tmp_path, 2))
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page, SIZE).ready().pictured()
    assignment = assignment_of(page)
    bench.box("1", (100, 100), (300, 300))
    until(lambda: len(people.elements(assignment)) == 1)
    page.wait_for_timeout(700)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("attribute|Answer", re.I)).first).to_be_visible()
    expect(page.get_by_role("application")).to_have_accessible_name("Task 1, 1 region")
    assert any(url.endswith("/submit") for url in seen)
    assert assignment_of(page) == assignment
    # It is still in hand, and can be drawn on.
    bench.box("1", (500, 500), (700, 700))
    until(lambda: len(people.elements(assignment)) == 2)


def test_a_submit_that_does_not_get_through_brings_the_task_back_with_every_stroke(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("No way through", SCHEMA, pictures(tmp_path, 2))
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page, SIZE).ready().pictured()
    assignment = assignment_of(page)
    drawn = bench.box("1", (100, 100), (300, 300))
    page.wait_for_timeout(1_500)

    def broken(route: Route) -> None:
        route.abort("connectionreset")

    page.route("**/submit", broken)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The task was not submitted")).to_be_visible()
    bench.regions(1)
    page.keyboard.press("Control+z")  # what was drawn before can still be taken back
    bench.regions(0)
    page.keyboard.press("Control+Shift+z")
    bench.regions(1)
    page.unroute("**/submit", broken)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile("^Task 2,"))
    until(lambda: people.client("annotator").get(f"assignments/{assignment}")["assignment"]["state"] == "submitted")
    element: dict[str, Any] = people.elements(assignment)[0]
    assert all(abs(element["geometry"][name] - value) < 0.01 for name, value in zip("xywh", drawn, strict=True))


def test_a_closed_page_lets_the_next_task_go(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Closed", SCHEMA, pictures(tmp_path, 2))
    page = window("annotator")
    with page.expect_response(lambda response: response.url.endswith("/tasks/promise")):
        page.goto(f"/projects/{project}/label")
    reviewer = people.client("reviewer")
    assert reviewer.call("POST", f"projects/{project}/tasks/promise", {}).status_code == 204
    page.goto("about:blank")
    assert PROMISED_FOR.total_seconds() > 30  # it did not simply run out
    until(lambda: reviewer.call("POST", f"projects/{project}/tasks/promise", {}).status_code == 200)
