"""Hugging Face's `datasets`, FiftyOne and pandas read what the examples hand them, number by number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests" / "conformance" / "formats" / "samples" / "coco" / "coco_instances"


@pytest.fixture
def boxes(tmp_path: Path) -> dict[str, list[list[float]]]:
    """Boxes by file name, as our COCO writer has them, which the round trips hold against pycocotools."""
    found: dict[str, list[list[float]]] = {}
    for file in sorted(converted(tmp_path / "coco", "coco").rglob("instances_*.json")):
        document = json.loads(file.read_text())
        names = {image["id"]: image["file_name"] for image in document["images"]}
        for one in document["annotations"]:
            found.setdefault(names[one["image_id"]], []).append(one["bbox"])
    assert found
    return {name: sorted(rows) for name, rows in found.items()}


def converted(folder: Path, to: str) -> Path:
    from labelwright import offline

    offline.convert(SAMPLE, folder, to=to, images=True)
    return folder


def test_hugging_face_reads_pictures_sizes_and_boxes(tmp_path: Path, boxes: Any) -> None:
    import huggingface_load

    found = huggingface_load.load(converted(tmp_path / "data", "imagefolder"))
    read = {}
    for split in found.values():
        for row in split:
            assert row["image"].size == (row["width"], row["height"])
            assert len(row["objects"]["bbox"]) == len(row["objects"]["categories"])
            read[Path(row["image"].filename).name] = sorted(row["objects"]["bbox"])
    assert read == boxes


def test_fiftyone_reads_every_region_where_it_was(tmp_path: Path, boxes: Any) -> None:
    """By the importer that `Dataset.from_dir` runs: the data set itself needs MongoDB, which is not everywhere."""
    import fiftyone.utils.coco as coco

    folder = converted(tmp_path / "data", "coco")
    read: dict[str, list[list[float]]] = {}
    for labels in sorted((folder / "annotations").glob("instances_*.json")):
        importer = coco.COCODetectionDatasetImporter(
            data_path=str(folder / "images"), labels_path=str(labels), label_types=["detections"]
        )
        with importer:
            for path, size, found in importer:
                scale = (size.width, size.height) * 2
                rows = [
                    [value * by for value, by in zip(one.bounding_box, scale, strict=True)] for one in found.detections
                ]
                read[Path(path).name] = sorted(rows)
    assert set(read) == set(boxes)
    for name, rows in boxes.items():
        assert read[name] == [pytest.approx(row) for row in rows]


@pytest.mark.skipif(shutil.which("mongod") is None, reason="FiftyOne keeps its data sets in MongoDB, and there is none")
def test_fiftyone_opens_the_data_set_of_the_example(tmp_path: Path, boxes: Any) -> None:
    import fiftyone_load

    folder = converted(tmp_path / "data", "coco")
    for labels in sorted((folder / "annotations").glob("instances_*.json")):
        found = fiftyone_load.load(folder / "images", labels, name=f"test-{labels.stem}")
        assert {Path(one.filepath).name for one in found} <= set(boxes)
        found.delete()


def test_frames_have_a_row_a_thing_and_a_column_a_member(monkeypatch: Any) -> None:
    from labelwright import Client
    from tests.unit.test_sdk_contract import Server

    monkeypatch.setattr("labelwright.transport.requests.Session", Server)
    project = Client("http://127.0.0.1:1", "lw_x").project(1)
    assert list(project.frame()["asset.width"]) == [1]
    regions = project.regions_frame()
    assert (len(regions), list(regions["class"])) == (1, ["x"])
    assert {"x0", "score", "task", "author.name"} <= set(regions.columns)
    assert "bounds" not in regions.columns
    assert list(project.quality_frame(["agreement"]).columns)[:4] == ["part", "measure", "of", "value"]
