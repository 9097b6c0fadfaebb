"""The numbers that people read ("Cup 3") stay with their regions."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until


def listed(page: Page, *numbers: int) -> None:
    """The region list shows cups of these numbers, and nothing else."""
    rows = page.get_by_label("Regions", exact=True).get_by_role("option")
    names = rows.locator(".row.g6")
    expect(rows).to_have_count(len(numbers))
    expect(names).to_contain_text([re.compile(rf"^Cup\s*{number}$") for number in numbers])


def test_numbers_stay_when_one_is_deleted_and_the_page_is_loaded_again(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Numbers", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    for left in (60, 200, 340):
        bench.box("1", (left, 60), (left + 90, 160))
    until(lambda: len(people.elements(assignment)) == 3)
    bench.select_at(245, 110)
    page.keyboard.press("Delete")
    until(lambda: len(people.elements(assignment)) == 2)
    listed(page, 1, 3)

    page.reload()
    bench.ready().regions(2)
    listed(page, 1, 3)
    bench.box("1", (200, 200), (290, 300))
    listed(page, 1, 3, 4)

    other = window("annotator")
    other.goto(f"/assignments/{assignment}")
    until(lambda: len(people.elements(assignment)) == 3)
    other.reload()
    Bench(other).ready().regions(3)
    listed(other, 1, 3, 4)
