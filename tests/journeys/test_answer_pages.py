"""A page of alike photos is answered at once, by the keyboard alone, and taken back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.test_classify import SCHEMA, pictures
from tests.running import until


def test_a_page_of_alike_photos_is_answered_by_the_keyboard_alone_and_taken_back(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Pages", SCHEMA, pictures(tmp_path, 7))
    page = window("annotator")
    page.goto(f"/projects/{project}/pages")
    tiles, panel = page.get_by_role("option"), page.get_by_label("Questions")
    expect(panel).to_contain_text("7 of 7 chosen")
    expect(tiles.first).to_be_focused()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(panel).to_contain_text("6 of 7 chosen")
    page.keyboard.press("1")
    expect(panel).to_contain_text("1 of 7 chosen")
    expect(tiles.nth(1)).to_have_accessible_name(re.compile("open$"))
    page.keyboard.press("2")
    expect(tiles.nth(1)).to_have_accessible_name(re.compile("rain$"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("No page left")).to_be_visible()
    manager = people.client("manager")
    assert manager.get(f"projects/{project}/stats")["states"].get("in_review") == 7

    page.keyboard.press("Backspace")
    expect(tiles).to_have_count(7)
    expect(tiles.nth(1)).to_have_accessible_name(re.compile("rain$"))
    expect(panel).to_contain_text("0 done")
    page.goto(f"/projects/{project}/data")  # what is left goes back to the queue, answers and all
    until(lambda: manager.get(f"projects/{project}/stats")["states"].get("waiting") == 7)
