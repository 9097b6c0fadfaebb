"""Exports read by the rules that the training loaders document, re-stated here: Ultralytics' data sets, torchvision's VOC and COCO."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from PIL import Image

from domain.elements import decode, encode, pack
from domain.formats import AssetMeta, ExportItem, FolderSink, get
from domain.geometry import rle
from domain.schema import Class, LabelSchema, SkeletonTemplate

WIDTH, HEIGHT = 100, 80
JOINTS = ["left eye", "nose", "right eye"]
SCHEMA = LabelSchema(
    classes=[
        Class(id=3, name="car: small", color="#3da3ff", shapes=["box", "polygon", "mask", "rotated_box"]),
        Class(
            id=8,
            name='ça "va"',
            color="#ffa31f",
            shapes=["box", "skeleton"],
            skeleton=SkeletonTemplate(joints=JOINTS, edges=[(0, 1)], mirror=[(0, 2)]),
        ),
    ]
)
BOX = {"x": 10.5, "y": 20, "w": 30, "h": 25.25}
OVER_THE_EDGE = {"x": -10, "y": 60, "w": 30, "h": 40}
RING = {"parts": [[[10, 10, 60, 12, 50, 50, 12, 40]]]}
HOLED = {"parts": [[[5, 5, 55, 5, 55, 55, 5, 55], [20, 20, 30, 20, 30, 30, 20, 30]]]}
MASK = {"x": 70, "y": 10, "size": [8, 6], "counts": rle.compress([0, 48])}
TURNED = {"cx": 50, "cy": 40, "w": 40, "h": 10, "angle": 30}
POSE = {"joints": {"left eye": [20, 30, 2], "nose": [25, 35, 1]}}
DRAWN = [
    (3, "box", BOX), (3, "box", OVER_THE_EDGE), (3, "polygon", RING), (3, "polygon", HOLED), (3, "mask", MASK),
    (3, "rotated_box", TURNED), (8, "skeleton", POSE),
]  # fmt: skip


def items() -> list[ExportItem]:
    found = []
    for number, (name, split, drawn) in enumerate(
        [("a.b/photo one.JPG", "train", DRAWN), ("two.jpg", "val", DRAWN[:1]), ("nothing.jpg", "val", [])], start=1
    ):
        bodies = [
            {"id": str(UUID(int=n + 1)), "class": class_id, "shape": shape, "geometry": geometry}
            for n, (class_id, shape, geometry) in enumerate(drawn)
        ]
        elements = [("region", encode(decode("region", body))) for body in bodies]
        asset = AssetMeta(id=number, name=name, width=WIDTH, height=HEIGHT)
        chunks, outcome = [chunk.body for chunk in pack(elements)], "labelled" if drawn else "empty"
        found.append(ExportItem(asset=asset, chunks=chunks, outcome=outcome, split=split))
    return found


def written(name: str, **options: Any) -> tuple[dict[str, bytes], list[str], Any]:
    """(files, places of the pictures, report)"""
    sink = FolderSink()
    writer = get(name).writer(sink, schema=SCHEMA, options=options)
    places = [place for item in items() if (place := writer.add(item)) is not None]
    return sink.files, places, writer.finish()


COLUMNS = {
    "detect": lambda n: n == 5,
    "obb": lambda n: n == 9,
    "segment": lambda n: n >= 7 and n % 2,
    "pose": lambda n: n == 14,
}


@pytest.mark.parametrize("task", COLUMNS)
def test_every_task_of_yolo_keeps_the_rules_of_ultralytics_loader(task):
    """Label beside image by `images` → `labels`; columns by task; numbers in 0 to 1; classes below nc; no line twice."""
    files, places, report = written("yolo", task=task)
    data = yaml.safe_load(files["data.yaml"])
    assert list(data["names"]) == list(range(len(data["names"])))
    assert list(data["names"].values()) == ["car: small", 'ça "va"']
    if task == "pose":
        assert data["kpt_shape"] == [len(JOINTS), 3]
        assert sorted(data["flip_idx"]) == [0, 1, 2] == [data["flip_idx"][i] for i in data["flip_idx"]]
    lines = 0
    for place in places:
        assert any(place.startswith(f"{data[role]}/") for role in ("train", "val"))
        head, _, tail = f"/{place}".rpartition("/images/")
        label = str(PurePosixPath(f"{head}/labels/{tail}".lstrip("/")).with_suffix(".txt"))
        rows = [line.split() for line in files[label].decode().splitlines()]
        assert len({tuple(row) for row in rows}) == len(rows)
        for row in rows:
            assert COLUMNS[task](len(row)), row
            assert int(row[0]) < len(data["names"])
            numbers = [float(text) for text in row[1:]]
            coordinates = [n for i, n in enumerate(numbers) if task != "pose" or i < 4 or (i - 4) % 3 < 2]
            assert min(coordinates) >= 0
            assert max(coordinates) <= 1
            if task == "pose":
                assert {numbers[i] for i in range(6, 13, 3)} <= {0, 1, 2}
        lines += len(rows)
    assert lines == report.regions > 0


def as_torchvision(node: ElementTree.Element) -> dict[str, Any]:
    """torchvision's documented shape of an annotation: children as dicts, single ones unwrapped, `object` a list always."""
    found: dict[str, Any] = {}
    children = list(node)
    for child in children:
        for name, value in as_torchvision(child).items():
            found.setdefault(name, []).append(value)
    if children:
        one = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
        if node.tag == "annotation":
            one["object"] = found.get("object", [])
        return {node.tag: one}
    return {node.tag: (node.text or "").strip()}


def test_pascal_voc_is_read_as_torchvision_reads_it():
    files, places, _ = written("voc", masks="segmentation")
    for split, count in (("train", 1), ("val", 2)):
        names = files[f"ImageSets/Main/{split}.txt"].decode().split("\n")[:-1]
        assert len(names) == count
        for name in names:
            assert any(PurePosixPath(place).with_suffix("") == PurePosixPath(f"JPEGImages/{name}") for place in places)
            target = as_torchvision(ElementTree.fromstring(files[f"Annotations/{name}.xml"]))["annotation"]
            assert (int(target["size"]["width"]), int(target["size"]["height"])) == (WIDTH, HEIGHT)
            assert isinstance(target["object"], list)
            for one in target["object"]:
                x0, y0, x1, y1 = (float(one["bndbox"][side]) for side in ("xmin", "ymin", "xmax", "ymax"))
                assert x0 < x1
                assert y0 < y1
                assert one["name"] in ("car: small", 'ça "va"')
                assert {one["difficult"], one["truncated"]} <= {"0", "1"}
    for name in files["ImageSets/Segmentation/train.txt"].decode().split("\n")[:-1]:
        with Image.open(io.BytesIO(files[f"SegmentationClass/{name}.png"])) as picture:
            assert (picture.mode, picture.size) == ("P", (WIDTH, HEIGHT))
            assert set(np.unique(np.asarray(picture)).tolist()) <= {0, 1, 2, 255}


def test_coco_is_taken_by_the_rules_of_torchvisions_detection_references():
    """Boxes with positive sides and area, polygons of six numbers and more or run lengths, categories that are listed."""
    from pycocotools import mask as coco

    files, _, report = written("coco")
    total = 0
    for split in ("train", "val"):
        document = json.loads(files[f"annotations/instances_{split}.json"])
        images = {image["id"]: image for image in document["images"]}
        assert all(image["file_name"] and image["width"] and image["height"] for image in images.values())
        categories = {category["id"] for category in document["categories"]}
        ids = Counter(one["id"] for one in document["annotations"])
        assert not ids or max(ids.values()) == 1
        for one in document["annotations"]:
            total += 1
            assert one["image_id"] in images
            assert one["category_id"] in categories
            assert one["iscrowd"] in (0, 1)
            assert one["area"] > 0
            assert min(one["bbox"][2:]) > 0
            outline = one["segmentation"]
            if isinstance(outline, dict):
                assert coco.decode(outline).shape == (HEIGHT, WIDTH)
            else:
                assert all(len(ring) >= 6 and len(ring) % 2 == 0 for ring in outline)
            if "keypoints" in one:
                (names,) = (c["keypoints"] for c in document["categories"] if c["id"] == one["category_id"])
                assert len(one["keypoints"]) == 3 * len(names)
                assert one["num_keypoints"] == sum(v > 0 for v in one["keypoints"][2::3])
    assert total == report.regions == len(DRAWN) + 1
