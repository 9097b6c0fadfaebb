"""Annotations of another tool come in with their classes mapped, and go out with augmented copies that were looked at first."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.client import Client
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import COFFEE, SCHEMA

FOUND = {
    "images": [{"id": 1, "file_name": "coffee.jpg", "width": COFFEE[0], "height": COFFEE[1]}],
    "categories": [{"id": 1, "name": "mug"}, {"id": 2, "name": "crumb"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [180, 60, 220, 240], "area": 52800, "iscrowd": 0},
        {"id": 2, "image_id": 1, "category_id": 2, "bbox": [20, 20, 8, 8], "area": 64, "iscrowd": 0},
    ],
}


def test_a_file_comes_in_with_its_classes_mapped_and_goes_out_with_copies(
    make_project: MakeProject, people: People, window: Window, tmp_path: Path
) -> None:
    project = make_project("Exchange", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("manager")
    page.goto(f"/projects/{project}/exchange")
    _bring_in(page, tmp_path)
    file = _take_out(page, people.client("manager"), project, tmp_path)
    with zipfile.ZipFile(file) as archive:
        coco = json.loads(archive.read("annotations/instances_default.json"))
        sizes = [Image.open(io.BytesIO(archive.read(n))).size for n in archive.namelist() if n.endswith(".jpg")]
    assert sorted(Path(found["file_name"]).name for found in coco["images"]) == [
        "coffee.jpg",
        "coffee__copy1.jpg",
        "coffee__copy2.jpg",
    ]
    assert sizes == [COFFEE] * 3
    assert {found["category_id"] for found in coco["annotations"]} == {1}
    assert len(coco["annotations"]) == 3


def test_a_project_begins_with_a_file_of_another_tool(window: Window, people: People, tmp_path: Path) -> None:
    found = tmp_path / "Breakfast.zip"
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("instances.json", json.dumps(FOUND))
        archive.write(PHOTOS / "coffee.jpg", "images/coffee.jpg")
    page = window("manager")
    page.goto("/projects/new")
    page.get_by_text("File of another tool").click()
    with page.expect_file_chooser() as asked:
        page.get_by_text("Choose a file").click()
    asked.value.set_files(found)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Breakfast")
    page.get_by_role("button", name="Make project").click()
    preview = page.get_by_role("form", name="What is in Breakfast.zip")
    expect(preview.get_by_label("What crumb becomes")).to_have_value("a new class")
    project = page.url.split("/")[-2]
    assert people.client("manager").get(f"projects/{project}/schema")["body"]["classes"] == []
    page.reload()
    preview.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("New classes: mug, crumb")).to_be_visible()


def _bring_in(page: Page, folder: Path) -> None:
    """The file's mugs become cups, its crumbs stay outside."""
    found = folder / "other tool.json"
    found.write_text(json.dumps(FOUND))
    page.get_by_role("radio", name="Imports", exact=True).click()
    with page.expect_file_chooser() as asked:
        page.get_by_text("Choose a file").click()
    asked.value.set_files(found)
    page.get_by_role("button", name="Look into it").click()
    preview = page.get_by_role("form", name="What is in other tool.json")
    for name, becomes in (("mug", "Cup"), ("crumb", "nothing, leave it out")):
        preview.get_by_label(f"What {name} becomes").click()
        page.get_by_role("option", name=becomes, exact=True).click()
    preview.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("1 items, 0 new images, 1 found here, 1 regions")).to_be_visible()


def _take_out(page: Page, manager: Client, project: int, folder: Path) -> Path:
    """Nothing is written while examples and report are looked at."""
    page.get_by_role("radio", name="Exports", exact=True).click()
    page.get_by_label("Add augmented copies of training items").check()
    page.get_by_label("Turned by up to, °").fill("15")
    page.get_by_role("button", name="Show examples").click()
    shown = page.get_by_role("list", name="Examples of copies").get_by_role("img")
    expect(shown).to_have_count(2)
    assert all(shown.nth(n).evaluate("image => image.naturalWidth") == 480 for n in range(2))
    assert manager.get(f"projects/{project}/exports")["results"] == []
    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.get_by_role("form", name=re.compile("^Preview of version"))
    expect(preview.get_by_text("Would hold: items 3, regions 3")).to_be_visible()
    preview.get_by_role("button", name="Write it").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download")).click()
    file = folder / "export.zip"
    waiting.value.save_as(file)
    return file
