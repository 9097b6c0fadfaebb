"""Keys as a person wants them: chosen once, counted everywhere, the same on every device."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import SCHEMA, assignment_of


def row(page: Page, action: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(action, exact=True))


def give(page: Page, action: str, chord: str) -> None:
    row(page, action).get_by_role("button", name=f"Add a key for {action}").click()
    page.keyboard.press(chord)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Keys saved")).to_be_visible()


def choose_preset(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name=name, exact=True).click()


def keys_of(page: Page, action: str) -> list[str]:
    return row(page, action).locator("kbd").all_inner_texts()


def test_keys_that_a_person_sets_count_in_another_browser_too(
    window: Window, people: People, make_project: MakeProject
) -> None:
    here = window("annotator")
    before = people.client("annotator").get("auth/me")["preferences"]
    here.goto("/account/keyboard")
    give(here, "Keyboard cursor", "Alt+q")
    give(here, "Box", "F4")
    save(here)

    there = window("annotator")
    try:
        there.goto(f"/projects/{make_project('Keys', SCHEMA, [PHOTOS / 'coffee.jpg'])}/label")
        hand = Hand(there, people=people)
        hand.ready().pictured()
        hand.assignment = assignment_of(there)
        hand.press("Alt+q", "F4", "Space", "Shift+ArrowRight", "Shift+ArrowDown", "Space")
        box = hand.only("box")
        assert (box["w"], box["h"]) == (10, 10)
        hand.press("?")
        sheet = there.get_by_role("dialog", name="All keys")
        expect(sheet.get_by_text("Keyboard cursor").locator("..")).to_contain_text("Alt Q")
    finally:
        people.client("annotator").call("PATCH", "auth/me", {"preferences": before})


def test_a_key_wanted_twice_is_named_and_not_saved(window: Window) -> None:
    page = window("annotator")
    page.goto("/account/keyboard")
    give(page, "Keyboard cursor", "p")
    clash = page.get_by_role("alert")
    expect(clash).to_contain_text("P: ")
    expect(clash).to_contain_text("Keyboard cursor")
    expect(clash).to_contain_text("Polygon")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    row(page, "Polygon").get_by_role("button", name=re.compile("^Take P from")).click()
    expect(clash).to_be_hidden()
    expect(page.get_by_role("button", name="Save")).to_be_enabled()


def test_no_preset_wants_a_key_twice_and_each_says_its_own(window: Window) -> None:
    page = window("annotator")
    page.goto("/account/keyboard")
    boxes: dict[str, list[str]] = {}
    for name in ("CVAT", "Label Studio", "LabelImg", "Labelwright"):
        choose_preset(page, name)
        expect(page.get_by_role("combobox", name="Preset")).to_have_value(name)
        expect(page.get_by_role("alert")).to_be_hidden()
        boxes[name] = keys_of(page, "Box")
        assert keys_of(page, "Keyboard cursor"), name
        assert keys_of(page, "Next handle of the region"), name
        assert keys_of(page, "Find a class"), name
    assert boxes == {
        "CVAT": ["B"],
        "Label Studio": ["R", "B"],
        "LabelImg": ["W", "B"],
        "Labelwright": ["B"],
    }
