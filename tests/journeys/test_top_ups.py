"""A required attribute is added, the regions that are there are asked for it by keys, and nothing else of the work moves."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.journeys.test_statistics import shot


def test_what_a_new_attribute_asks_is_answered_by_keys(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Top-ups", SCHEMA, [PHOTOS / "coffee.jpg"])
    annotator, manager = people.client("annotator"), people.client("manager")
    claim = annotator.claim(project)
    annotator.save(
        claim["annotation"]["id"],
        [put(box(1, 60, 40, 220, 200)), put(box(1, 200, 60, 180, 160)), put(box(1, 20, 150, 120, 120))],
    )
    revision = annotator.post(f"assignments/{claim['assignment']['id']}/submit")["revision"]["id"]
    reviewer = people.client("reviewer")
    reviewer.claim(project, "review")
    reviewer.post(f"revisions/{revision}/reviews", {"verdict": "accept"})
    body = manager.get(f"projects/{project}/schema")["body"]
    body["classes"][0]["attributes"].append(
        {"name": "full", "title": "How full", "kind": "select", "options": ["empty", "half", "full"]}
    )
    manager.call("PUT", f"projects/{project}/schema", {"body": body})

    page = window("manager")
    page.goto(f"/projects/{project}/schema")
    page.get_by_role("button", name=re.compile("How full")).first.click()
    page.get_by_label("Required").first.check()
    page.get_by_role("button", name=re.compile("Publish version")).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Ask: How full").click()
    expect(page.get_by_role("dialog")).to_contain_text("3 regions in 1 accepted tasks are asked.")
    shot(page, "top-up-new")
    page.get_by_role("dialog").get_by_role("button", name="Begin").click()
    expect(page.get_by_role("table")).to_contain_text("0 / 3")
    shot(page, "top-ups")

    own = window("annotator")
    own.goto(f"/projects/{project}/top-ups")
    own.get_by_role("link", name="Answer").click()
    expect(own.get_by_role("heading", name="How full", exact=True)).to_be_visible()
    shot(own, "top-up-answer")
    for key, place in (("2", "2 / 3"), ("Backspace", "1 / 3"), ("3", "2 / 3"), ("1", "3 / 3")):
        own.keyboard.press(key)
        expect(own.get_by_label("Question")).to_contain_text(place)
    own.keyboard.press("x")
    expect(own.get_by_text("Nothing is left to answer")).to_be_visible()
    rows = manager.get(f"projects/{project}/regions")["results"]
    assert sorted(str(row["attributes"].get("full")) for row in rows) == ["None", "empty", "full"]
    expect(page.get_by_role("table")).to_contain_text("3 / 3")
