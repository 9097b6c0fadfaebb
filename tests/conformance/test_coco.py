"""COCO against pycocotools, and real files of other tools."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from pycocotools import mask as reference
from pycocotools.coco import COCO

from domain.elements import decode, encode, pack
from domain.formats import AssetMeta, ExportItem, FolderSink, FolderSource, ZipSink, detect, get, open_source
from domain.formats.counting import CountingWriter
from domain.geometry import masks, rle
from domain.schema import Class, LabelSchema, SkeletonTemplate
from domain.shapes.mask import Mask

SAMPLES = Path(__file__).parent / "formats" / "samples"
HOLE = [[[10.25, 10, 40, 10, 40, 40, 10.25, 40], [20, 20, 30, 20, 30, 30, 20, 30]]]
SCHEMA = LabelSchema(
    classes=[
        Class(id=1, name="car", color="#3da3ff", shapes=["box", "polygon", "mask"]),
        Class(
            id=7,
            name="person",
            color="#ffa31f",
            shapes=["skeleton"],
            skeleton=SkeletonTemplate(joints=["a", "b"], edges=[(0, 1)]),
        ),
        Class(id=9, name="old", color="#ffa31f", shapes=["box"], archived=True),
    ]
)


def region(number: int, shape: str, geometry: dict[str, Any], class_id: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": str(UUID(int=number)), "class": class_id, "shape": shape, "geometry": geometry, **more}


def item(number: int, *regions: dict[str, Any], answers: dict[str, Any] | None = None, **more: Any) -> ExportItem:
    elements = [("region", encode(decode("region", r))) for r in regions]
    elements += [("answer", encode(decode("answer", {"id": k, "value": v}))) for k, v in (answers or {}).items()]
    asset = AssetMeta(id=number, name=f"photo {number}.jpg", width=100, height=80)
    return ExportItem(asset=asset, chunks=[chunk.body for chunk in pack(elements)], **more)


def exported(*items: ExportItem, options: dict[str, Any] | None = None) -> tuple[dict[str, bytes], Any]:
    sink = FolderSink()
    writer = get("coco").writer(sink, schema=SCHEMA, options=options)
    for one in items:
        writer.add(one)
    report = writer.finish()
    return sink.files, report


def loaded(files: dict[str, bytes], split: str = "default") -> COCO:
    coco = COCO()
    coco.dataset = json.loads(files[f"annotations/instances_{split}.json"])
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco


def read_back(files: dict[str, bytes]) -> list[Any]:
    source = FolderSource(files)
    return list(detect(source).reader(source).items())


def test_pycocotools_reads_the_very_numbers_that_were_drawn():
    box = {"x": 10.123456, "y": 20.5, "w": 30.25, "h": 7.75}
    ring = [1.5, 2.25, 30.125, 4, 12, 33.0625]
    files, _ = exported(item(3, region(1, "box", box), region(2, "polygon", {"parts": [[ring]]})))
    first, second = loaded(files).loadAnns([1, 2])
    assert first["bbox"] == [10.123456, 20.5, 30.25, 7.75]
    assert first["area"] == pytest.approx(30.25 * 7.75, abs=1e-9)
    assert second["segmentation"] == [ring]
    assert second["bbox"] == pytest.approx([1.5, 2.25, 28.625, 30.8125])


def test_a_polygon_with_a_hole_becomes_a_mask_whose_area_pycocotools_confirms():
    files, report = exported(item(3, region(1, "polygon", {"parts": HOLE})))
    coco = loaded(files)
    annotation = coco.loadAnns([1])[0]
    mask = coco.annToMask(annotation)
    assert annotation["area"] == mask.sum() == 30 * 30 - 100
    assert mask[25, 25] == 0
    assert report.count("polygon_with_holes_as_mask") == 1


def test_a_mask_of_long_run_lengths_comes_in_as_it_was():
    noise = np.asfortranarray(np.random.default_rng(1).random((300, 300)) > 0.5, dtype=np.uint8)
    encoded = reference.encode(noise)
    outline = {"size": [300, 300], "counts": encoded["counts"].decode()}
    found = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": outline, "bbox": [0, 0, 300, 300]}
    image = {"id": 1, "file_name": "a.png", "width": 300, "height": 300}
    whole = {"images": [image], "annotations": [found], "categories": [{"id": 1, "name": "c"}]}
    source = FolderSource({"a.json": json.dumps(whole).encode()})
    (item,) = get("coco").reader(source).items()
    (region,) = item.elements
    assert (len(outline["counts"]) > 16_384, item.problems) == (True, [])
    assert item.blobs[region.geometry.blob].decode() == outline["counts"]


def test_a_mask_is_set_into_the_full_frame():
    crop = Mask.from_runs(masks.encode_runs(np.ones((3, 5), dtype=np.uint8)), 3)
    geometry = {"x": 90, "y": 70, "size": [3, 5], "counts": crop.counts}
    files, _ = exported(item(3, region(1, "mask", geometry)))
    coco = loaded(files)
    mask = coco.annToMask(coco.loadAnns([1])[0])
    assert mask.shape == (80, 100)
    assert mask[70:73, 90:95].all()
    assert mask.sum() == 15


def test_keypoints_follow_the_order_of_the_class_and_absent_ones_are_zero():
    files, _ = exported(item(3, region(1, "skeleton", {"joints": {"b": [5, 6, 1]}}, class_id=7)))
    coco = loaded(files)
    annotation = coco.loadAnns([1])[0]
    assert annotation["keypoints"] == [0, 0, 0, 5, 6, 1]
    assert annotation["num_keypoints"] == 1
    assert coco.loadCats([7])[0]["skeleton"] == [[1, 2]]


def test_only_confirmed_empty_items_become_background():
    files, report = exported(item(3, outcome="empty"), item(4), item(5, region(1, "tag", {})))
    assert [image["id"] for image in loaded(files).dataset["images"]] == [3]
    assert report.count("not_labelled") == 2
    assert report.count("shape_not_expressible") == 1


def test_splits_are_files_and_category_ids_stay():
    box = {"x": 1, "y": 1, "w": 5, "h": 5}
    files, _ = exported(item(1, region(1, "box", box), split="train"), item(2, region(2, "box", box), split="val"))
    assert sorted(files) == ["annotations/instances_train.json", "annotations/instances_val.json"]
    assert [c["id"] for c in loaded(files, "val").dataset["categories"]] == [1, 7]


def test_crowds_flags_attributes_and_scores_come_back():
    box = {"x": 1.5, "y": 1, "w": 5, "h": 5}
    one = region(1, "box", box, flags=["crowd", "truncated"], occluded=True, attributes={"colour": "red"}, score=0.25)
    files, _ = exported(item(1, one))
    (back,) = read_back(files)
    (found,) = back.elements
    assert (found.flags, found.occluded, found.attributes, found.score) == (
        ["crowd", "truncated"],
        True,
        {"colour": "red"},
        0.25,
    )
    assert json.loads(files["annotations/instances_default.json"])["annotations"][0]["iscrowd"] == 1


def test_masks_polygons_boxes_and_skeletons_survive_the_round_trip():
    crop = Mask.from_runs(masks.encode_runs(np.tri(6, 4, dtype=np.uint8)), 6)
    regions = [
        region(1, "box", {"x": 1, "y": 2, "w": 3.5, "h": 4.25}),
        region(2, "polygon", {"parts": [[[1, 1, 9, 1, 9, 9.5]], [[20, 20, 30, 20, 30, 30]]]}),
        region(3, "mask", {"x": 12, "y": 9, "size": list(crop.size), "counts": crop.counts}),
        region(4, "skeleton", {"joints": {"a": [5, 6, 2], "b": [7, 8, 1]}}, class_id=7),
    ]
    files, report = exported(item(1, *regions))
    (back,) = read_back(files)
    assert back.problems == []
    assert report.losses == []
    assert [e.geometry for e in back.elements] == [decode("region", r).geometry for r in regions]


def test_the_archive_is_the_same_bytes_every_time():
    archives = []
    for _ in range(2):
        out = io.BytesIO()
        sink = ZipSink(out, make_scratch=tempfile.TemporaryFile)
        writer = get("coco").writer(sink, schema=SCHEMA)
        writer.add(item(1, region(1, "box", {"x": 1, "y": 2, "w": 3, "h": 4})))
        writer.finish()
        sink.close()
        archives.append((out.getvalue(), sink.digest))
    assert archives[0] == archives[1]
    with zipfile.ZipFile(io.BytesIO(archives[0][0])) as archive:
        assert archive.testzip() is None
        assert archive.infolist()[0].date_time[:3] == (1980, 1, 1)
    assert get("coco").sniff(open_source("x.zip", io.BytesIO(archives[0][0])))


def test_broken_annotations_are_told_and_block_nothing():
    body = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 0, 4]},
            {"id": 3, "image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4]},
            {"id": 4, "image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4]},
            {"id": 5, "image_id": 1, "category_id": 1, "segmentation": {"size": [80, 100], "counts": [5]}},
            {"id": 6, "image_id": 1, "category_id": 1, "segmentation": [[1, 2, 3, 4]]},
            {"id": 7, "image_id": 1, "category_id": "x", "bbox": [1, 2, 3, 4]},
        ],
    }
    (found,) = read_back({"x.json": json.dumps(body).encode()})
    assert len(found.elements) == 1
    assert sorted(p.code for p in found.problems) == ["bad_annotation"] * 5 + ["no_such_image"]


@pytest.mark.parametrize(
    ("folder", "shapes"),
    [
        ("coco_instances", ["box", "polygon", "mask"]),
        ("coco_person_keypoints", ["box", "skeleton", "polygon", "skeleton", "mask", "skeleton"]),
    ],
)
def test_files_of_other_tools_are_read(folder, shapes):
    root = SAMPLES / "coco" / folder
    source = FolderSource({str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()})
    items = list(get("coco").reader(source).items())
    assert [(i.asset.name, i.split, i.problems) for i in items] == [("a.jpg", "train", []), ("b.jpg", "val", [])]
    assert [i.media for i in items] == ["images/train/a.jpg", "images/val/b.jpg"]
    assert [e.shape for i in items for e in i.elements] == shapes


def test_run_lengths_are_those_of_pycocotools():
    rng = np.random.default_rng(5)
    for _ in range(200):
        height, width = rng.integers(1, 40, 2)
        array = (rng.random((height, width)) < rng.random()).astype(np.uint8)
        runs = masks.encode_runs(array)
        theirs = reference.encode(np.asfortranarray(array))
        assert rle.compress(runs) == theirs["counts"].decode()
        assert rle.decompress(theirs["counts"].decode()) == runs
        assert rle.area(runs) == reference.area(theirs)


def test_a_region_that_others_cover_wholly_is_told_as_not_expressible_and_the_one_on_top_is_whole():
    beneath = region(1, "mask", {"x": 10, "y": 10, "size": [2, 2], "counts": rle.compress([0, 4])})
    above = region(2, "mask", {"x": 8, "y": 8, "size": [6, 6], "counts": rle.compress([0, 36])})
    sink = FolderSink()
    writer = CountingWriter(get("coco_panoptic").writer(sink, schema=SCHEMA))
    writer.add(item(1, beneath, above))
    report = writer.finish()
    assert [(row.regions, row.converted, row.not_expressible) for row in report.table] == [(2, 0, 1)]
    assert {loss.code: loss.effect for loss in report.losses}["covered"] == "dropped"
    (segment,) = json.loads(sink.files["annotations/panoptic_default.json"])["annotations"][0]["segments_info"]
    assert segment["area"] == 36
