"""The main job by mouse and keyboard, from the first claim to the numbers in the exported file."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until

Box = tuple[float, float, float, float]


def test_photos_are_labelled_rejected_fixed_accepted_and_exported(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Main job", SCHEMA, [PHOTOS / "coffee.jpg"])

    annotator = window("annotator")
    loose, ring = _draw_with_a_reload_half_way(annotator, people, project)
    reviewer = window("reviewer")
    _reject(reviewer, project)
    tight = _fix_what_was_rejected(annotator, people, project, loose)
    _accept(reviewer, project)
    coco = _export(window("manager"), project, tmp_path)

    _check(coco, {"cup": tight}, ring)


def _draw_with_a_reload_half_way(page: Page, people: People, project: int) -> tuple[Box, list[float]]:
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    assignment = assignment_of(page)
    loose = bench.box("1", (150, 60), (430, 330))
    bench.regions(1)
    until(lambda: len(people.elements(assignment)) == 1)
    page.reload()
    bench.ready()
    bench.regions(1)
    ring = bench.polygon("2", [(440, 120), (560, 140), (540, 300), (450, 280)])
    bench.regions(2)
    until(lambda: len(people.elements(assignment)) == 2)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()
    return loose, ring


def _reject(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/review")
    expect(page.get_by_role("group", name="Verdict")).to_be_visible()
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile("2 regions"))
    page.keyboard.press("/")
    page.keyboard.type("The box is loose at the left.")
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    expect(page.get_by_text("Nothing left to review")).to_be_visible()


def _fix_what_was_rejected(page: Page, people: People, project: int, loose: Box) -> Box:
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.regions(2)
    expect(page.get_by_label("Sent back")).to_contain_text("The box is loose at the left.")
    # Select the loose box at its border and drag its top left corner inwards.
    x, y, w, h = loose
    page.mouse.click(*bench.screen(x + w / 2, y + 1))
    expect(page.get_by_role("option", name=re.compile("box"), selected=True)).to_be_visible()
    corner = bench.screen(x, y)
    goal = bench.screen(x + 20, y + 15)
    left, top = bench.image(goal)  # where the mouse will really be
    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move((corner[0] + goal[0]) // 2, (corner[1] + goal[1]) // 2)
    page.mouse.move(*goal)
    page.mouse.up()
    assignment = assignment_of(page)
    before = {"x": x, "y": y}

    def moved() -> Box | None:
        found = next(e for e in people.elements(assignment) if e["shape"] == "box")["geometry"]
        if abs(found["x"] - before["x"]) < 5:
            return None
        return found["x"], found["y"], found["w"], found["h"]

    tight: Box = until(moved)
    drawn = (left, top, x + w - left, y + h - top)
    assert tight == pytest.approx(drawn, abs=0.01)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing left to label")).to_be_visible()
    return drawn


def _accept(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/review")
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile("2 regions"))
    page.keyboard.press("y")
    expect(page.get_by_text("Nothing left to review")).to_be_visible()


def _export(page: Page, project: int, folder: Path) -> dict[str, Any]:
    page.goto(f"/projects/{project}/exchange")
    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.get_by_role("form", name=re.compile("^Preview of version"))
    expect(preview.get_by_role("row", name=re.compile("Cup boxes 1 1 0 0"))).to_be_visible()
    preview.get_by_role("button", name="Write it").click()
    link = page.get_by_role("link", name=re.compile("^Download"))
    with page.expect_download() as waiting:
        link.click()
    file = folder / "export.zip"
    waiting.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert any(name.endswith("coffee.jpg") for name in archive.namelist())
        coco: dict[str, Any] = json.loads(archive.read("annotations/instances_default.json"))
    return coco


def _check(coco: dict[str, Any], boxes: dict[str, Box], ring: list[float]) -> None:
    from pycocotools.coco import COCO  # here: it takes a second to import

    with contextlib.redirect_stdout(io.StringIO()):
        read = COCO()
        read.dataset = coco
        read.createIndex()
    names = {category["id"]: category["name"] for category in read.loadCats(read.getCatIds())}
    found = {names[one["category_id"]]: one for one in read.loadAnns(read.getAnnIds())}
    assert set(found) == {"cup", "spoon"}
    assert found["cup"]["bbox"] == pytest.approx(boxes["cup"], abs=0.01)
    assert found["spoon"]["segmentation"][0] == pytest.approx(ring, abs=0.01)
