"""A model comes in by its page, learns what its labels mean, and looks at the tasks."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from playwright.sync_api import expect

from tests.client import box, put
from tests.integration.learning.making import picture
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


def test_a_model_is_trained_on_finished_work_and_looks_at_what_waits(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    labels = ["clear", "rain"] * 6
    files = []
    for number, label in enumerate(labels):
        files.append(tmp_path / f"{number:02d}-{label}.png")
        files[-1].write_bytes(picture(label, number))
    question = {"name": "weather", "kind": "select", "options": ["clear", "rain"]}
    project = make_project("Taught", {"classes": SCHEMA["classes"], "item_attributes": [question]}, files)
    people.client("manager").call("PUT", f"projects/{project}/workflow", {"stages": [{"kind": "annotate"}]})
    annotator = people.client("annotator")
    for _ in range(10):
        claim = annotator.post(f"projects/{project}/tasks/claim", {"stage": "annotate"})
        answer = {"id": "weather", "value": claim["asset"]["name"][3:-4]}
        edit = {"id": str(uuid4()), "op": "put", "kind": "answer", "over": None, "answer": answer}
        thing = put(box(1 if answer["value"] == "clear" else 2, 2.0, 2.0, 44.0, 44.0))
        annotator.save(claim["annotation"]["id"], [edit, thing])
        annotator.post(f"assignments/{claim['assignment']['id']}/submit")

    page = window("manager")
    page.goto(f"/projects/{project}/models")
    page.get_by_role("button", name="Train here").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("10 labels · clear 5 · rain 5")
    dialog.get_by_label("Name").fill("Weather")
    dialog.get_by_label("Then look at all tasks that wait").uncheck()
    dialog.get_by_role("button", name="Train", exact=True).click()
    training = page.get_by_role("region", name="Training")
    expect(training).to_contain_text("always the commonest: 50")
    expect(training).to_contain_text("Answer to “weather”")
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_text("2 images new, 0 as before, 0 failed")).to_be_visible()

    page.get_by_role("button", name="Train here").first.click()
    dialog.get_by_label("Learns").click()
    page.get_by_role("option", name="What regions are").click()
    expect(dialog).to_contain_text("No model here finds things")
    expect(dialog.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    page.keyboard.press("Escape")
    manager = people.client("manager")
    finder = manager.post(f"projects/{project}/models", {"name": "Finder", "backend": "onnx"})["id"]
    file = ("tiny.onnx", detector((32, 32, 60, 60, 0, 0.9), labels=("cup", "spoon", "zebra")))
    version = manager.post(f"models/{finder}/versions", files=[("file", file)])
    assert manager.wait(version["job"]["id"])["state"] == "succeeded"
    begun = manager.post(f"projects/{project}/prelabel", {"model_version": version["version"]["id"]})
    assert manager.wait(begun["job"]["id"])["state"] == "succeeded"

    page.reload()
    page.get_by_role("button", name="Train here").first.click()
    dialog.get_by_label("Name").fill("Own classes")
    dialog.get_by_label("Learns").click()
    page.get_by_role("option", name="What regions are").click()
    expect(dialog.get_by_label("Names what is found by")).to_have_value("Finder")
    expect(dialog.get_by_role("status")).to_contain_text("10 labels · cup 5 · spoon 5")
    dialog.get_by_label("Then look at all tasks that wait").uncheck()
    dialog.get_by_role("button", name="Train", exact=True).click()
    expect(training).to_contain_text("What regions are")
    page.get_by_role("button", name="Run the model").click()
    expect(page.get_by_text("2 regions · 2 images new, 0 as before, 0 failed")).to_be_visible()
    said = manager.get(f"projects/{project}/predictions?model=Own classes:1&elements=true")["results"]
    names = {one["name"][3:-4]: one["class_counts"] for one in said}
    assert names == {"clear": {"1": 1}, "rain": {"2": 1}}
