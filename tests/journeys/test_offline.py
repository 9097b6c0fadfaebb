"""No stroke is lost without a network, over a reload, or when two windows edit one task."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until


def test_strokes_without_a_network_wait_and_go_out_when_it_is_back(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Offline", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)

    page.context.set_offline(True)
    bench.box("1", (220, 60), (320, 160))
    bench.box("2", (340, 60), (440, 160))
    bench.regions(3)
    expect(page.locator(".pill")).to_contain_text("Offline")
    assert len(people.elements(assignment)) == 1
    page.context.set_offline(False)

    until(lambda: len(people.elements(assignment)) == 3)
    expect(page.locator(".pill")).to_contain_text("Saved")


def test_strokes_that_never_left_the_browser_survive_a_reload(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Reload", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    page.route("**/edits", lambda route: route.abort())
    bench.box("1", (100, 60), (200, 160))
    bench.box("2", (220, 60), (320, 160))
    bench.regions(2)
    expect(page.locator(".pill")).to_contain_text("Offline, 2 waiting")
    assert people.elements(assignment) == []

    page.unroute("**/edits")
    page.reload()

    bench.ready()
    bench.regions(2)
    until(lambda: len(people.elements(assignment)) == 2)


def test_a_second_device_shows_the_same_work(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Second device", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)

    other = window("annotator")
    other.goto(f"/assignments/{assignment}")

    Bench(other).ready().regions(1)


def test_one_region_changed_on_two_devices_is_a_conflict_that_is_shown_and_settled(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Conflict", SCHEMA, [PHOTOS / "coffee.jpg"])
    one = window("annotator")
    one.goto(f"/projects/{project}/label")
    first = Bench(one).ready()
    assignment = assignment_of(one)
    first.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)
    other = window("annotator")
    other.goto(f"/assignments/{assignment}")
    second = Bench(other).ready()
    second.regions(1)

    first.select_at(150, 60)
    one.keyboard.press("ArrowRight")
    until(lambda: people.elements(assignment)[0]["geometry"]["x"] > 100.5)
    second.select_at(150, 60)
    other.keyboard.press("ArrowDown")
    conflict = other.get_by_role("dialog")
    expect(conflict).to_contain_text("changed in two places")
    saved = people.elements(assignment)[0]["geometry"]
    conflict.get_by_role("button", name="Keep mine").click()

    until(lambda: people.elements(assignment)[0]["geometry"]["y"] > saved["y"] + 0.5)
    assert people.elements(assignment)[0]["geometry"]["x"] < saved["x"] - 0.5
