"""Crops of every region: thousands of wrong labels are found, changed and undone in the browser; one is opened in place."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.client import Client
from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

PICTURES, EACH = 100, 50
WRONG = PICTURES * EACH  # spoons that are cups
RIGHT = PICTURES  # one true spoon a picture
FIVE_THOUSAND = re.compile(r"^5.000 regions$")  # with the space or comma of the reader's language
# The index of a card in the middle of what is in sight.
MIDDLE = """list => {
    const {left, top, height} = list.getBoundingClientRect();
    return document.elementFromPoint(left + 90, top + height / 2 - 10)?.closest("[data-index]")?.dataset.index ?? null;
}"""
made_once: dict[str, int] = {}


@pytest.fixture
def project(make_project: MakeProject, people: People, tmp_path: Path) -> int:
    """Done work of 5,000 cups that were called spoons by a tool, and a hundred true spoons. Each test leaves it so."""
    if people.base in made_once:
        return made_once[people.base]
    files, images, annotations = [], [], []
    for number in range(1, PICTURES + 1):
        file = tmp_path / f"tray-{number:03}.png"
        Image.fromarray(np.full((200, 300, 3), (number, 120, 200 - number), np.uint8)).save(file)
        files.append(file)
        images.append({"id": number, "file_name": file.name, "width": 300, "height": 200})
        for at in range(EACH + 1):
            x, y = 5 + 29 * (at % 10), 5 + 32 * (at // 10)
            box = [x, y, 20 + number % 3, 20] if at < EACH else [5, 170, 200, 20]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number, "category_id": 2, "bbox": box, "area": box[2] * box[3],
                 "iscrowd": 0, "score": 0.5 if at < EACH else 0.95}
            )  # fmt: skip
    made = make_project("Trays", SCHEMA, files)
    body = {"images": images, "annotations": annotations, "categories": [{"id": 2, "name": "spoon"}]}
    manager = people.client("manager")
    started = manager.post(
        f"projects/{made}/imports",
        files=[("file", ("found.json", json.dumps(body).encode()))],
        data={"format": "coco", "mode": "accepted"},
    )
    assert manager.wait(started["job"]["id"])["state"] == "succeeded"
    made_once[people.base] = made
    return made


def exported(client: Client, project: int) -> list[tuple[str, bytes]]:
    """Every file of an export, by name."""
    started = client.post(f"projects/{project}/exports", {"format": "coco"})
    assert client.wait(started["job"]["id"])["state"] == "succeeded"
    body = client.call("GET", f"exports/{started['export']['id']}/file").content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return sorted((name, archive.read(name)) for name in archive.namelist())


def count(client: Client, project: int, class_id: int) -> int:
    found: int = client.get(f"projects/{project}/regions/count?class_id={class_id}")["count"]
    return found


def cards(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Regions").get_by_role("option")


def test_five_thousand_wrong_labels_are_put_right_and_undone_as_one(
    window: Window, people: People, project: int
) -> None:
    manager = people.client("manager")
    before = exported(manager, project)
    page = window("manager")
    page.goto(f"/projects/{project}/regions?class_id=2&max_area=1000")
    expect(page.get_by_text(FIVE_THOUSAND)).to_be_visible()
    expect(cards(page).first).to_be_visible()
    page.keyboard.press("Control+a")
    page.get_by_role("toolbar").get_by_role("button", name="Change class").click()
    dialog = page.get_by_role("dialog", name="Change the class of these regions")
    dialog.get_by_role("combobox", name="Class").click()
    page.get_by_role("option", name="Cup", exact=True).click()
    expect(dialog.get_by_text(re.compile(r"^5.000 regions in 100 done tasks will be changed"))).to_be_visible()
    dialog.get_by_role("button", name="Change class").click()
    expect(page.get_by_text("5000 regions changed")).to_be_visible()
    expect(page.get_by_text("No region matches")).to_be_visible()
    assert (count(manager, project, 1), count(manager, project, 2)) == (WRONG, RIGHT)
    assert exported(manager, project) != before
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone in 100 tasks")).to_be_visible()
    expect(page.get_by_text(FIVE_THOUSAND)).to_be_visible()
    assert exported(manager, project) == before


def test_a_region_is_opened_in_place_and_the_list_stands_where_it_was_left(window: Window, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/regions?sort=oldest")
    expect(page.get_by_text(re.compile(r"^5.100 regions$"))).to_be_visible()
    listbox = page.get_by_role("listbox", name="Regions")
    for _ in range(6):
        listbox.evaluate("list => list.scrollTo(0, list.scrollHeight)")
        expect(page.locator(".rg-list[aria-busy=false]")).to_be_visible()
    listbox.evaluate("list => list.scrollTo(0, list.scrollHeight - 2000)")
    index = until(lambda: listbox.evaluate(MIDDLE))  # the rows of where one scrolled to come a moment later
    picture = listbox.locator(f"[data-index='{index}']")
    picture.scroll_into_view_if_needed()
    top = listbox.evaluate("list => list.scrollTop")
    assert top > 5_000
    expect(picture.locator("img")).to_have_js_property("complete", True)
    name = picture.get_attribute("aria-label")
    picture.click()
    page.wait_for_url(re.compile(r"/tasks/\d+\?region="))
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    page.go_back()
    expect(cards(page).filter(has=page.locator("img")).first).to_be_visible()
    expect(page.get_by_role("option", name=name or "").first).to_be_visible()
    assert abs(listbox.evaluate("list => list.scrollTop") - top) < 5


def test_regions_are_chosen_by_keys_and_by_a_range(window: Window, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/regions?sort=largest")
    first = cards(page).first
    expect(first).to_be_visible()
    expect(page.locator(".rg-list[aria-busy=false]")).to_be_visible()
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("toolbar").get_by_text("3 selected")).to_be_visible()
    expect(cards(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)


def test_annotators_look_and_change_nothing(window: Window, project: int) -> None:
    page = window("annotator")
    page.goto(f"/projects/{project}/regions")
    expect(cards(page).first).to_be_visible()
    page.keyboard.press("Control+a")
    expect(page.get_by_role("toolbar")).to_have_count(0)
