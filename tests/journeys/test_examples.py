"""The examples of the package against the running stack: what they promise to other tools, and a notebook cell by cell."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running import PROJECT

EXAMPLES = PROJECT / "sdk" / "examples"
sys.path[:0] = [str(PROJECT / "sdk"), str(EXAMPLES)]
PHOTOS = ("coffee.jpg", "gravel.jpg")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in PHOTOS:
        shutil.copy(PROJECT / "demo" / "photos" / name, folder)
    return folder


@pytest.fixture
def labelled(base: str, running: Any, photos: Path, tmp_path: Path, monkeypatch: Any) -> Any:
    """A project of two photos with a box each."""
    from labelwright import Client

    monkeypatch.chdir(tmp_path)
    project = Client(base, running.token("manager")).create_project(f"Examples of {tmp_path.name}")
    schema = {"classes": [{"id": 4, "name": "cup", "color": "#ffa31f", "shapes": ["box"]}]}
    project.set_schema(schema)
    project.upload([photos])
    rows = [{"image": name, "class": "cup", "box": [10, 20, 30, 40]} for name in PHOTOS]
    (tmp_path / "labels.json").write_text(json.dumps(project.answers(rows).document))
    project.import_file(tmp_path / "labels.json", format="coco")
    return project


def test_the_yolo_export_is_ready_to_train_on(labelled: Any, tmp_path: Path) -> None:
    example = importlib.import_module("yolo_train_ready")
    file = example.fetch(labelled, tmp_path / "out", {"train": 0.5, "val": 0.5})
    counts = example.check(
        file
    )  # which photo goes where is drawn by the project's seed; a split without any is the other one
    there = sorted((tmp_path / "out" / "images").rglob("*.*"))
    assert sorted(path.name for path in there) == sorted(PHOTOS)
    assert sorted(counts) == ["train", "val"]
    assert max(counts.values()) >= 1
    labels = sorted((tmp_path / "out" / "labels").rglob("*.txt"))
    labels[0].write_text(labels[0].read_text().replace("0 ", "1 ", 1))
    with pytest.raises(ValueError, match="there is no class 1"):
        example.check(file)


def test_what_hugging_face_and_fiftyone_read_lies_where_they_look_for_it(labelled: Any, tmp_path: Path) -> None:
    version = labelled.freeze("one split", splits={"train": 1.0}).id
    folder = importlib.import_module("huggingface_load").fetch(labelled, tmp_path / "hf", version)
    rows = [json.loads(line) for line in (folder / "train" / "metadata.jsonl").read_text().splitlines()]
    assert sorted(row["file_name"] for row in rows) == sorted(PHOTOS)
    assert all((folder / "train" / row["file_name"]).exists() for row in rows)
    assert rows[0]["objects"] == {"bbox": [[10.0, 20.0, 30.0, 40.0]], "categories": ["cup"]}

    pictures, labels = importlib.import_module("fiftyone_load").fetch(labelled, tmp_path / "fo", version)
    document = json.loads(labels.read_text())
    assert all((pictures / image["file_name"]).exists() for image in document["images"])
    assert {one["category_id"] for one in document["annotations"]} <= {one["id"] for one in document["categories"]}


def test_the_notebook_runs_cell_by_cell(
    base: str, running: Any, photos: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (("URL", base), ("TOKEN", running.token("manager"))):
        monkeypatch.setenv(f"LABELWRIGHT_{name}", value)
    monkeypatch.setenv("PHOTOS", str(photos))
    notebook = json.loads((EXAMPLES / "tour.ipynb").read_text())
    assert (notebook["nbformat"], len({cell["id"] for cell in notebook["cells"]})) == (4, len(notebook["cells"]))
    space: dict[str, Any] = {}
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == [], "a notebook is kept without what it once printed"
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
    assert (space["pushed"].report["regions"], space["imported"].report["regions"]) == (2, 2)
    assert (space["version"].items, space["version"].regions) == (2, 2)
    assert space["export"].file.exists()
    assert {row["part"] for row in space["figures"]} == {"progress", "agreement"}
