"""A class that nobody thought of before is added while drawing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until


def test_a_manager_adds_a_class_while_drawing_and_draws_with_it(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Add a class", SCHEMA, [PHOTOS / "coffee.jpg"])
    manager = people.client("manager")
    before = manager.get(f"projects/{project}/schema")["number"]
    page = window("manager")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.box("1", (100, 60), (200, 160))
    bench.regions(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    page.keyboard.press("c")
    page.keyboard.type("Saucer")
    page.keyboard.press("Enter")
    classes = page.get_by_role("listbox", name="Classes")
    expect(classes.get_by_role("option", name="Saucer")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("b")
    bench.drag((250, 200), (450, 350))
    bench.regions(2)

    assignment = assignment_of(page)
    until(lambda: len(people.elements(assignment, "manager")) == 2)
    after = manager.get(f"projects/{project}/schema")
    made = next(one for one in after["body"]["classes"] if one["name"] == "saucer")
    assert after["number"] == before + 1
    assert made["title"] == "Saucer"
    drawn = [element["class"] for element in people.elements(assignment, "manager")]
    assert sorted(drawn) == [1, made["id"]]
    page.reload()
    bench.ready().regions(2)
    expect(page.get_by_label("Regions", exact=True)).to_contain_text("Saucer")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()
