"""A model comes in by its page, learns what its labels mean, and looks at the tasks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.tiny_models import detector


def test_an_onnx_file_becomes_predictions_on_its_page(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Helped", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    (tmp_path / "tiny.onnx").write_bytes(detector(labels=("thing", "other", "more")))
    (tmp_path / "wrong.onnx").write_bytes(b"no model at all")
    page = window("manager")
    page.goto(f"/projects/{project}/models")
    expect(page.get_by_text("No model helps here yet")).to_be_visible()

    page.get_by_role("button", name="Add a model").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Tiny")
    dialog.locator("input[type=file]").set_input_files(tmp_path / "wrong.onnx")
    dialog.get_by_role("button", name="Add a model").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no ONNX file.")

    page.get_by_role("button", name="New version").click()
    dialog.locator("input[type=file]").set_input_files(tmp_path / "tiny.onnx")
    dialog.get_by_role("button", name="New version").click()
    expect(page.get_by_text("YOLO v5, v8, 11")).to_be_visible()

    page.get_by_role("combobox", name="What thing means").click()
    page.get_by_role("option", name=SCHEMA["classes"][0].get("title") or SCHEMA["classes"][0]["name"]).first.click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_text("2 regions · 2 images new, 0 as before, 0 failed")).to_be_visible()
    expect(page.get_by_text("2 have its predictions already")).to_be_visible()
    runs = people.client("manager").get(f"projects/{project}/prelabel")["results"]
    assert [(run["source"], run["kept"]) for run in runs] == [("Tiny:2", 2)]
