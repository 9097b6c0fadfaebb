"""What other packages read of our exports is what was drawn: every picture, every region, class and place."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import datumaro as dm
import numpy as np
import pyarrow.parquet as pq
import pytest
import supervision as sv
from made import NAMES, boxes_of, exported, size_of
from PIL import Image
from pycocotools.coco import COCO

from domain.geometry.masks import decode_runs, fill_parts

CALLED = {
    "wider_face": dict.fromkeys(NAMES, "face"),
    "open_images": {name: f"/c/{n}" for n, name in enumerate(NAMES, 1)},  # it keeps the names for machines
}
EXACT, ROUNDED = 0.011, 0.51  # pixels; the second of formats of whole numbers


def alike(theirs, mine, within):
    theirs = sorted(theirs)
    return len(theirs) == len(mine) and all(
        a[0] == b[0] and max(abs(p - q) for p, q in zip(a[1:], b[1:], strict=True)) <= within
        for a, b in zip(theirs, mine, strict=True)
    )


def box(name, x, y, w, h):
    return (name, *(round(float(v), 2) for v in (x, y, x + w, y + h)))


def by_datumaro(folder, name, shape):
    """{picture: boxes} of all splits. Beside an outline or mask it has the box of the same annotation again."""
    read = dm.Dataset.import_from(str(folder), name)
    names = [label.name for label in read.categories()[dm.AnnotationType.label]]
    return {
        Path(item.id).name: [
            box(names[a.label], *a.get_bbox())
            for a in item.annotations
            if a.type.name == {"box": "bbox"}.get(shape, shape)
        ]
        for item in read
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "shape", "options", "within"),
    [
        ("coco", "coco", "box", None, EXACT),
        ("coco", "coco", "polygon", None, EXACT),
        ("coco", "coco", "mask", None, EXACT),
        ("yolo", "yolo", "box", None, EXACT),
        ("yolo", "yolo", "box", {"layout": "darknet"}, EXACT),
        ("voc", "voc", "box", {"origin": "0"}, EXACT),
        ("cvat_xml", "cvat", "box", None, EXACT),
        ("cvat_xml", "cvat", "polygon", None, EXACT),
        ("datumaro", "datumaro", "box", None, EXACT),
        ("datumaro", "datumaro", "polygon", None, EXACT),
        ("datumaro", "datumaro", "mask", None, EXACT),
        ("open_images", "open_images", "box", None, EXACT),
        ("wider_face", "wider_face", "box", None, ROUNDED),
    ],
)
def test_datumaro_reads_what_was_drawn(ours, theirs, shape, options, within, tmp_path):
    made, _ = exported(ours, tmp_path, shape=shape, options=options)
    found = by_datumaro(tmp_path, theirs, shape)
    for name, regions in made.items():
        mine = boxes_of(regions)
        if ours in CALLED:
            mine = [(CALLED[ours][one[0]], *one[1:]) for one in mine]
        assert alike(found.get(name, []), sorted(mine), within), name


@pytest.mark.parametrize(
    ("ours", "theirs", "shape", "options", "folder"),
    [
        ("mot", "mot_seq", "box", None, "street"),
        ("cvat_xml", "cvat", "box", {"form": "video"}, "street"),
        ("cvat_xml", "cvat", "polygon", {"form": "video"}, "street"),
        ("mots", "mots", "mask", None, "train"),
        ("datumaro", "datumaro", "box", None, "."),
        ("datumaro", "datumaro", "mask", None, "."),
    ],
)
def test_datumaro_finds_the_tracks(ours, theirs, shape, options, folder, tmp_path):
    made, _ = exported(ours, tmp_path, shape=shape, options=options, splits=False, group="street")
    read = dm.Dataset.import_from(str(tmp_path / folder), theirs)
    names = [label.name for label in read.categories()[dm.AnnotationType.label]]
    first = 1 if ours == "mot" else 0  # its frames count from 1
    found = sorted(
        (int(re.findall(r"\d+", str(item.id))[-1]) - first, int(a.attributes["track_id"]), names[a.label])
        for item in read
        for a in item.annotations
        if "track_id" in a.attributes and not a.attributes.get("outside")
    )
    mine = sorted((int(name[-2:]), r.track, NAMES[r.class_id - 1]) for name, rows in made.items() for r in rows)
    if ours == "mots":  # of masks that cover each other nothing is left of the lowest
        assert found
        assert set(found) <= set(mine)
    else:
        assert found == mine


@pytest.mark.parametrize("shape", ["box", "polygon", "mask"])
def test_pycocotools_fills_what_we_fill(shape, tmp_path):
    made, _ = exported("coco", tmp_path, shape=shape)
    seen = 0
    for path in sorted((tmp_path / "annotations").glob("*.json")):
        with redirect_stdout(io.StringIO()):
            coco = COCO(str(path))
        for image in coco.imgs.values():
            regions = made[Path(image["file_name"]).stem]
            found = coco.loadAnns(coco.getAnnIds([image["id"]]))
            assert len(found) == len(regions)
            for annotation, region in zip(found, regions, strict=True):
                seen += 1
                if shape == "box":
                    continue
                theirs = coco.annToMask(annotation)
                geometry = region.geometry
                size = {"height": image["height"], "width": image["width"]}
                mine = (
                    decode_runs(geometry.full_runs(**size), **size)
                    if shape == "mask"
                    else fill_parts(geometry.parts, **size)
                )
                iou = (theirs & mine).sum() / (theirs | mine).sum()
                assert (
                    iou == 1 if shape == "mask" else iou > 0.9
                )  # its rasteriser takes pixels that the outline touches
                assert annotation["area"] == (mine.sum() if shape == "mask" else pytest.approx(geometry.area()))
    assert seen == sum(map(len, made.values()))


def detections(dataset):
    return {
        Path(path).stem: [
            (dataset.classes[c], *(round(float(v), 2) for v in b))
            for b, c in zip(found.xyxy, found.class_id, strict=True)
        ]
        for path, _, found in dataset
    }


def test_supervision_reads_coco(tmp_path):
    made, _ = exported("coco", tmp_path)
    for split in ("train", "val"):
        path = tmp_path / "annotations" / f"instances_{split}.json"
        first = json.loads(path.read_text())["images"][0]["file_name"]
        folder = next(p for p in tmp_path.rglob("*.png") if str(p).endswith(first))
        root = Path(str(folder)[: -len(first)])
        found = detections(sv.DetectionDataset.from_coco(str(root), str(path)))
        for name, boxes in found.items():
            assert alike(boxes, boxes_of(made[name]), EXACT), name


def test_supervision_reads_yolo(tmp_path):
    made, _ = exported("yolo", tmp_path)
    for split in ("train", "val"):
        found = detections(
            sv.DetectionDataset.from_yolo(
                str(tmp_path / "images" / split), str(tmp_path / "labels" / split), str(tmp_path / "data.yaml")
            )
        )
        assert len(found) == (8 if split == "train" else 4)
        for name, boxes in found.items():
            assert alike(boxes, boxes_of(made[name]), 0.02), name  # float32


def test_supervision_reads_voc(tmp_path):
    made, _ = exported("voc", tmp_path)
    found = detections(sv.DetectionDataset.from_pascal_voc(str(tmp_path / "JPEGImages"), str(tmp_path / "Annotations")))
    assert set(found) == set(made)
    for name, boxes in found.items():
        assert alike(boxes, boxes_of(made[name]), EXACT), name


@pytest.mark.parametrize("ours", ["createml", "labelme"])
def test_supervision_reads_json(ours, tmp_path):
    made, _ = exported(ours, tmp_path)
    read = {"createml": sv.DetectionDataset.from_createml, "labelme": sv.DetectionDataset.from_labelme}[ours]
    for split in ("train", "val"):
        where = tmp_path / split
        found = detections(read(str(where), str(where / "_annotations.createml.json" if ours == "createml" else where)))
        assert len(found) == (8 if split == "train" else 4)
        for name, boxes in found.items():
            assert alike(boxes, boxes_of(made[name]), 0.02), name


def test_pyarrow_reads_the_rows_of_the_hub(tmp_path):
    made, _ = exported("parquet", tmp_path)
    rows = [row for path in sorted(tmp_path.rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    assert len(rows) == len(made)
    for row in rows:
        name = Path(row["image"]["path"]).stem
        assert (
            Image.open(io.BytesIO(row["image"]["bytes"])).size
            == (row["width"], row["height"])
            == size_of(int(name[-2:]))
        )
        boxes = [box(NAMES[c], *b) for b, c in zip(row["objects"]["bbox"], row["objects"]["category"], strict=True)]
        assert alike(boxes, boxes_of(made[name]), EXACT), name


def test_numbers_of_a_mask_picture_are_the_classes(tmp_path):
    made, _ = exported("masks", tmp_path, shape="mask")
    for path in tmp_path.glob("masks/**/*.png"):
        numbers = np.asarray(Image.open(path))
        width, height = size_of(int(path.stem[-2:]))
        for region in made[path.stem][-1:]:  # the last lies on top
            full = decode_runs(region.geometry.full_runs(width=width, height=height), height=height, width=width)
            assert (numbers[full == 1] == region.class_id).all()
