"""The list of tasks: found by filters that stay in the address, sorted, chosen and changed many at a time, and undone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.client import box, put
from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

COUNT = 24
DRAWN = ([1], [2], [1, 2])  # the classes of the regions in the tasks that were submitted


@pytest.fixture
def project(make_project: MakeProject, people: People, tmp_path: Path) -> int:
    """24 tasks, of which the first three wait for review."""
    files = []
    for number in range(COUNT):
        file = tmp_path / f"plate-{number:02}.jpg"
        Image.fromarray(np.full((120, 160, 3), 10 * number, np.uint8)).save(file)
        files.append(file)
    made = make_project("Plates", SCHEMA, files)
    annotator = people.client("annotator")
    for classes in DRAWN:
        claim = annotator.claim(made)
        edits = [put(box(one, 10, 10 + 40 * at, 30, 30)) for at, one in enumerate(classes)]
        annotator.save(claim["annotation"]["id"], edits)
        annotator.post(f"assignments/{claim['assignment']['id']}/submit", {"active_ms": 1000})
    return made


def tasks(page: Page, layout: str = "gallery") -> Locator:
    """The tasks on the screen."""
    if layout == "gallery":
        return page.get_by_role("listbox", name="Tasks").get_by_role("option")
    return page.get_by_role("grid", name="Tasks").locator("[role=row][data-index]")


def found(page: Page, count: int) -> None:
    expect(page.get_by_text(f"{count} task{'' if count == 1 else 's'}", exact=True)).to_be_visible()
    if count:
        expect(tasks(page)).to_have_count(count)


def choose(page: Page, label: str, option: str) -> None:
    """Opens the filter with its key, sets one of its lists and closes it again."""
    page.keyboard.press("f")
    filters = page.get_by_role("dialog", name="Filter")
    filters.get_by_role("combobox", name=label).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()
    filters.get_by_role("button", name="Close").click()
    expect(filters).to_have_count(0)


def test_filters_narrow_the_list_and_stay_over_a_reload(window: Window, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    found(page, COUNT)

    choose(page, "State", "in review")
    found(page, 3)
    choose(page, "Has any class of", "Cup")
    found(page, 2)
    assert "state=in_review" in page.url
    page.reload()
    found(page, 2)
    expect(tasks(page).first).to_contain_text("plate-00.jpg")

    page.get_by_role("button", name=re.compile("^Remove filter State")).click()
    found(page, 2)
    page.get_by_role("button", name="Clear", exact=True).click()
    found(page, COUNT)
    page.keyboard.press("/")
    page.keyboard.type("plate-1")
    found(page, 10)
    page.reload()
    found(page, 10)
    expect(page.get_by_role("searchbox")).to_have_value("plate-1")


def test_tasks_are_found_by_the_day_they_were_added(window: Window, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    found(page, COUNT)
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()

    page.keyboard.press("f")
    page.get_by_role("textbox", name="Added to").fill(day)
    expect(page.get_by_text("No task fits the filter")).to_be_visible()
    page.get_by_role("textbox", name="Added to").fill("")
    page.get_by_role("textbox", name="Added from").fill(day)
    found(page, COUNT)
    page.reload()

    found(page, COUNT)
    assert f"created_after={day}" in page.url


def test_gallery_and_table_show_the_same_tasks_in_the_same_order(window: Window, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    found(page, COUNT)
    page.get_by_role("button", name="Sort: number").click()
    page.get_by_role("menuitemradio", name="name, Z to A").click()
    expect(tasks(page).first).to_contain_text("plate-23.jpg")

    page.get_by_text("Table", exact=True).click()
    expect(tasks(page, "table").first).to_contain_text("plate-23.jpg")
    heads = page.get_by_role("grid", name="Tasks")
    expect(heads.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    heads.get_by_role("button", name="Regions").click()
    heads.get_by_role("button", name="Regions").click()
    expect(tasks(page, "table").first).to_contain_text("plate-02.jpg")
    page.reload()

    expect(tasks(page, "table").first).to_contain_text("plate-02.jpg")
    expect(tasks(page, "table").first).to_contain_text("in review")
    # The keyboard walks the rows and opens one.
    tasks(page, "table").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"plate-0[01]\.jpg"))


def priorities(people: People, project: int) -> list[int]:
    rows = people.client("manager").get(f"projects/{project}/tasks", params={"limit": 100})["results"]
    return [row["priority"] for row in rows]


def test_everything_that_a_filter_finds_gets_a_priority_and_loses_it_by_undo(
    window: Window, people: People, project: int
) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data?search=plate-1")
    found(page, 10)

    tasks(page).first.locator("[data-tick]").click()
    page.get_by_role("button", name="Select all 10").click()
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_label("Priority").fill("50")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Priority of 10 tasks set")).to_be_visible()
    expect(tasks(page).first).to_contain_text("50")
    assert sorted(priorities(people, project)) == [0] * 14 + [50] * 10

    page.get_by_role("button", name="Undo").click()
    until(lambda: priorities(people, project) == [0] * COUNT)
    expect(page.get_by_text("50", exact=True)).to_have_count(0)


def test_chosen_tasks_are_handed_to_one_person(window: Window, people: People, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    found(page, COUNT)

    tasks(page).nth(20).click(modifiers=["ControlOrMeta"])
    tasks(page).nth(21).click(modifiers=["ControlOrMeta"])
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_label("Person").click()
    page.get_by_role("option", name="Annotator", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Assign").click()
    expect(page.get_by_text("2 tasks assigned")).to_be_visible()

    annotator = people.client("annotator")
    assert annotator.claim(project)["task"]["name"] == "plate-20.jpg"
    assert annotator.claim(project)["task"]["name"] == "plate-21.jpg"


def test_work_in_review_is_sent_back_to_its_author(window: Window, people: People, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data?state=in_review")
    found(page, 3)

    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Send back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Draw the rims too.")
    dialog.get_by_role("button", name="Send back").click()

    stats = f"projects/{project}/stats"
    until(lambda: not people.client("manager").get(stats)["states"].get("in_review"))
    expect(page.get_by_text("No task fits the filter")).to_be_visible()
    again = people.client("annotator").claim(project)
    assert again["task"]["name"] == "plate-00.jpg"


def test_a_task_in_the_trash_comes_back_by_undo(window: Window, people: People, project: int) -> None:
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    found(page, COUNT)

    tasks(page).nth(5).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Delete")
    expect(page.get_by_text("1 task moved to the trash")).to_be_visible()
    found(page, COUNT - 1)
    page.get_by_role("button", name="Undo").click()

    found(page, COUNT)
    expect(tasks(page).nth(5)).to_contain_text("plate-05.jpg")
