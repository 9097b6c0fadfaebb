"""Tables, pictures of numbers and project files in the layouts that tools and data sets hand out."""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from uuid import UUID

import numpy as np
import pytest

from domain.elements import decode, encode, kind_of, pack
from domain.elements.structs import Region, region_type
from domain.formats import AssetMeta, ExportItem, FolderSink, FolderSource, FormatError, get, open_reader
from domain.formats.media import MediaIndex
from domain.schema import Class, LabelSchema
from domain.shapes.box import Box
from tests.reading import picture, read

P = picture()
AROUND = pytest.approx((10, 10, 30, 30), abs=0.001)
LABELS = np.zeros((80, 100), np.uint8)
LABELS[10:30, 10:30] = 1
HEAD = "filename,class,xmin,ymin,xmax,ymax\n"
ROW = "a.png,cat,10,10,30,30\n"
CATS = [{"name": "rect", "x": 10, "y": 10, "width": 20, "height": 20}]
CITY = {"imgWidth": 100, "imgHeight": 80, "objects": [{"label": "car", "polygon": [[10, 10], [30, 10], [30, 30]]}]}


def via(regions, said=()):
    rows = [{"shape_attributes": shape, "region_attributes": dict(said)} for shape in regions]
    return {"a.png1": {"filename": "a.png", "size": 1, "regions": rows, "file_attributes": {}}}


VIA3 = {
    "project": {"pid": "__VIA__", "data_format_version": "3.1.1", "vid_list": ["1"]},
    "config": {},
    "attribute": {"1": {"aname": "class", "anchor_id": "FILE1_Z0_XY1", "type": 4, "options": {"0": "dog", "1": "cat"}}},
    "file": {"1": {"fid": "1", "fname": "a.png", "type": 2, "loc": 1, "src": ""}},
    "view": {"1": {"fid_list": ["1"]}},
    "metadata": {"1_x": {"vid": "1", "flg": 0, "z": [], "xy": [2, 10, 10, 20, 20], "av": {"1": "1"}}},
}
OPEN_IMAGES = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf\n"
ORIENTED = {"label": "cat", "shape_type": "oriented_rectangle", "points": [[20, 10], [30, 20], [20, 30], [10, 20]]}
LABELME = {"version": "6", "flags": {}, "imagePath": "a.png", "imageHeight": 80, "imageWidth": 100, "imageData": None}

# Each is one region that lies in (10, 10) to (30, 30): name → (format, shape, class, split, files)
ONE = {
    "csv: a folder a split": ("csv", "box", "cat", "val", {"valid/_annotations.csv": HEAD + ROW, "valid/a.png": P}),
    "csv: ids without suffix": ("csv", "box", "cat", None, {"t.csv": HEAD.replace("filename", "id") + ROW.replace(".png", ""), "a.png": P}),
    "csv: no column of classes": ("csv", "box", "object", None, {"t.csv": "filename,xmin,ymin,xmax,ymax\na.png,10,10,30,30\n", "a.png": P}),
    "csv: centres": ("csv", "box", "cat", None, {"t.csv": "image,label,x_center,y_center,width,height\na.png,cat,20,20,20,20\n", "a.png": P}),
    "csv: box and image have a width": (
        "csv",
        "box",
        "cat",
        None,
        {"t.csv": "image_name,x,y,width,height,image_width,image_height,label\na.png,10,10,20,20,100,80,cat\n", "a.png": P},
    ),
    "csv: commas in numbers": ("csv", "box", "cat", None, {"t.csv": f"{HEAD}a.png,cat,10,10,30,30\n".replace(",", ";").replace("30", "30,0"), "a.png": P}),
    "csv: UTF-16": ("csv", "box", "cät", None, {"t.csv": (HEAD + ROW.replace("cat", "cät")).encode("utf-16"), "a.png": P}),
    "csv: makesense": ("csv", "box", "cat", None, {"labels.csv": "cat,10,10,20,20,a.png,100,80\n", "a.png": P}),
    "csv: Google's addresses": ("csv", "box", "cat", "train", {"t.csv": "TRAIN,gs://b/x/a.png,cat,0.1,0.125,,,0.3,0.375,,\n", "x/a.png": P}),
    "csv: Kaggle's run lengths": (
        "csv",
        "mask",
        "object",
        None,
        {"t.csv": "ImageId,EncodedPixels\na.png," + " ".join(f"{80 * x + 11} 20" for x in range(10, 30)) + "\n", "a.png": P},
    ),
    "via: nobody said what it is": ("via", "box", "object", None, {"v.json": via(CATS), "a.png": P}),
    "via: a folder a split": ("via", "box", "cat", "train", {"train/via_region_data.json": via(CATS, {"name": "cat"}.items()), "train/a.png": P}),
    "via: version 3": ("via", "box", "cat", None, {"v.json": VIA3, "a.png": P}),
    "open images: tables of any name": (
        "open_images",
        "box",
        "Cat",
        None,
        {"boxes.csv": f"{OPEN_IMAGES}a,x,/m/01,1,.1,.3,.125,.375,0,0,0\n", "class-descriptions.csv": "/m/01,Cat\n", "a.png": P},
    ),
    "labelme: four turned corners": ("labelme", "rotated_box", "cat", None, {"a.json": LABELME | {"shapes": [ORIENTED]}, "a.png": P}),
    "voc: a folder a split": (
        "voc",
        "box",
        "cat",
        "val",
        {"valid/a.xml": "<annotation><filename>a.png</filename><object><name>cat</name><bndbox><xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object></annotation>", "valid/a.png": P},
    ),
    "voc: LabelMe's XML": (
        "voc",
        "polygon",
        "cat",
        None,
        {"a.xml": "<annotation><filename>a.png</filename><object><name>cat</name><polygon><username>u</username><pt><x>10</x><y>10</y></pt><pt><x>30</x><y>10</y></pt><pt><x>30</x><y>30</y></pt></polygon></object></annotation>", "a.png": P},
    ),
    "voc: pictures of classes alone": (
        "voc",
        "mask",
        "cat",
        None,
        {"JPEGImages/a.png": P, "SegmentationClass/a.png": picture(LABELS), "labelmap.txt": "background:0,0,0::\ncat:128,0,0::\n"},
    ),
    "masks: 0 and 255": ("masks", "mask", "object", None, {"images/a.png": P, "masks/a.png": picture(LABELS * 255)}),
    "masks: grey in three channels": (
        "masks",
        "mask",
        "class 1",
        None,
        {"images/a.png": P, "masks/a.png": picture(np.stack([LABELS] * 3, axis=-1))},
    ),
    "masks: names in lines": ("masks", "mask", "cat", None, {"images/a.png": P, "masks/a.png": picture(LABELS), "classes.txt": "background\ncat\n"}),
    "masks: ADE20K's scene parsing": (
        "masks",
        "mask",
        "wall",
        "train",
        {
            "images/training/a.png": P,
            "annotations/training/a.png": picture(LABELS),
            "objectInfo150.txt": "Idx\tRatio\tTrain\tVal\tStuff\tName\n1\t0.1\t1\t1\t1\twall, partition\n",
        },
    ),
    "masks: CamVid's own folders": (
        "masks",
        "mask",
        "Car",
        None,
        {"701_StillsRaw_full/a.png": P, "LabeledApproved_full/a_L.png": picture(LABELS[..., None] * np.array([64, 0, 128], np.uint8)), "label_colors.txt": "64 0 128\tCar\n0 0 0\tVoid\n"},
    ),
    "cityscapes: outlines alone": (
        "cityscapes",
        "polygon",
        "car",
        "train",
        {"leftImg8bit/train/x/x_1_leftImg8bit.png": P, "gtFine/train/x/x_1_gtFine_polygons.json": CITY},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_region_is_read_whatever_the_layout(name):
    format_name, shape, class_name, split, files = ONE[name]
    found, header, (item,) = read(files)
    (region,) = [element for element in item.elements if isinstance(element, Region)]
    assert (found.name, region.shape, item.problems) == (format_name, shape, [])
    assert {c.key: c.name for c in header.classes}[region.class_id] == class_name
    assert region.geometry.bounds() == AROUND
    assert (item.media is not None, item.asset.width, item.asset.height, item.split) == (True, 100, 80, split)


def test_masks_of_255_alone_are_masks():
    assert told({"masks/a.png": picture(np.full((20, 20), 255, np.uint8))}) == ([], ["mask"])


def told(files):
    """(problem codes, shapes) of one item."""
    _, _, (item,) = read(files)
    return [p.code for p in item.problems], [element.shape for element in item.elements]


def test_tables_say_what_they_leave_out():
    extra = HEAD.replace("\n", ",weather\n") + ROW.replace("\n", ",rain\n") + "a.png,,1,1,5,5,dry\n"
    files = {"t.csv": extra, "_classes.csv": "cat,0\ndog,1\n", "a.png": P}
    assert told(files) == (["columns_left_out", "table_left_out", "bad_row"], ["box"])


def test_label_studios_table_is_refused_by_its_name():
    with pytest.raises(FormatError) as refused:
        read({"p.csv": 'image,id,label\na.png,1,"[{""x"":1,""rectanglelabels"":[""cat""]}]"\n'})
    assert refused.value.code == "label_studio_csv"


def test_numbers_of_segnet_are_its_classes_where_no_list_says_other():
    _, header, (item,) = read(
        {"train/a.png": P, "trainannot/a.png": picture(np.where(LABELS == 1, 8, 11).astype(np.uint8))}
    )
    assert [{c.key: c.name for c in header.classes}[region.class_id] for region in item.elements] == ["Car"]


def test_a_colour_that_no_list_has_is_told():
    colours = LABELS[..., None] * np.array([1, 2, 3], np.uint8)
    files = {"SegmentationClass/a.png": picture(colours), "labelmap.txt": "background:0,0,0::\ncat:128,0,0::\n"}
    assert told(files) == (["unknown_class"], [])


def test_groups_of_cityscapes_are_crowds_and_what_is_no_label_is_none():
    ring = [[1, 1], [9, 1], [9, 9]]
    rows = [{"label": label, "polygon": ring} for label in ("cargroup", "ego vehicle", "zebra")]
    _, _, (item,) = read({"gtFine/val/x/x_1_gtFine_polygons.json": CITY | {"objects": rows}})
    assert [region.flags for region in item.elements] == [["crowd"]]
    assert [p.code for p in item.problems] == ["unknown_class"]


RESULT = {"id": "r", "type": "rectanglelabels", "from_name": "l", "original_width": 100, "original_height": 80}


def result(label, **more):
    value = {"x": 10, "y": 12.5, "width": 20, "height": 25, "rotation": 0, "rectanglelabels": [label]}
    return RESULT | {"id": label, "value": value} | more


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"pages": ["a.png", "b.png"]}, [{"item_index": 0}, {"item_index": 1}]),
        ({"image1": "a.png", "image2": "b.png"}, [{"to_name": "img1"}, {"to_name": "img2"}]),
    ],
)
def test_a_task_of_two_images_is_two_items(data, where):
    results = [result(label, **more) for label, more in zip(("cat", "dog"), where, strict=True)]
    task = {"id": 1, "data": data, "annotations": [{"id": 1, "result": results}]}
    _, header, items = read({"p.json": [task], "a.png": P, "b.png": P})
    names = {c.key: c.name for c in header.classes}
    assert [(item.media, [names[e.class_id] for e in item.elements]) for item in items] == [
        ("a.png", ["cat"]),
        ("b.png", ["dog"]),
    ]
    assert [item.problems for item in items] == [[], []]


def test_predictions_that_nobody_asked_for_are_told():
    task = {"id": 1, "data": {"image": "a.png"}, "predictions": [{"result": [result("cat")]}]}
    assert told({"p.json": [task | {"annotations": []}], "a.png": P}) == (["predictions_left_out"], [])


def test_the_picture_in_a_labelme_file_is_brought_in():
    shape = {"label": "cat", "shape_type": "rectangle", "points": [[1, 1], [5, 5]]}
    whole = LABELME | {"shapes": [shape], "imageData": base64.b64encode(P).decode()}
    _, _, (item,) = read({"x/a.json": whole})
    assert (item.media, item.problems) == ("x/a.png", [])
    assert told({"a.json": whole | {"imageData": base64.b64encode(zlib.compress(P)).decode()}})[0] == ["bad_picture"]


def test_createml_labels_whole_images_and_names_what_is_no_row():
    rows = [{"image": "a.png", "annotation": "cat"}, {"image": "b.png", "annotations": [{"label": "dog"}]}, 3]
    _, header, items = read({"x.json": rows, "a.png": P, "b.png": P})
    assert [c.name for c in header.classes] == ["cat", "dog"]
    assert [[e.shape for e in item.elements] for item in items] == [["tag"], ["tag"], []]
    assert [p.code for item in items for p in item.problems] == ["no_image", "bad_region"]


@pytest.mark.parametrize(
    ("given", "kept", "told_too"),
    [
        ({"a": None, "b": "x"}, {"b": "x"}, False),
        ({"a": {"x": 1}, "b": "x"}, {"b": "x"}, True),
        ({"l": ["x", 1, None, "x"]}, {"l": ["x", "1"]}, True),
        ({"n" * 200: "x"}, {"n" * 120: "x"}, True),
        ({"t": "x" * 20_000}, {"t": "x" * 10_000}, True),
        ({"": "x"}, {}, True),
        ({"big": 10**30}, {"big": 1e30}, True),
    ],
)
def test_an_attribute_that_cannot_be_held_costs_no_region(given, kept, told_too):
    row = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "attributes": given}
    image = {"id": 1, "file_name": "a.png", "width": 100, "height": 80}
    whole = {"images": [image], "annotations": [row], "categories": [{"id": 1, "name": "cat"}]}
    _, header, (item,) = read({"x.json": whole})
    (region,) = item.elements
    assert (region.attributes, [p.code for p in item.problems]) == (kept, ["attribute_cut"] if told_too else [])
    assert decode(kind_of(region), encode(region)) == region  # what is stored can be read again
    assert [a.name for a in header.classes[0].attributes] == list(kept)


def test_a_class_of_pascal_voc_keeps_the_colon_in_its_name():
    labelmap = "background:0,0,0::\nsign: stop:128,0,0::\n"
    _, header, (item,) = read({"SegmentationClass/a.png": picture(LABELS), "labelmap.txt": labelmap})
    assert [c.name for c in header.classes] == ["sign: stop"]
    sink, schema = FolderSink(), LabelSchema(classes=[Class(id=1, name="sign: stop", color="#111111", shapes=["box"])])
    box = region_type("box")(id=UUID(int=1), class_id=1, geometry=Box(1, 1, 5, 5))
    writer = get("voc").writer(sink, schema=schema)
    chunks = [chunk.body for chunk in pack([("region", encode(box))])]
    writer.add(ExportItem(asset=AssetMeta(name="a.png", width=100, height=80, id=1), chunks=chunks))
    assert writer.finish().count("colon") == 1
    assert b"\nsign: stop:128,0,0::" in sink.files["labelmap.txt"]


def test_a_backup_of_a_cvat_project_has_its_labels_its_subsets_and_each_tasks_own_pictures():
    label = {"name": "cat", "color": "#ff0000", "attributes": [], "type": "any", "sublabels": []}
    shape = {"type": "rectangle", "points": [10, 10, 30, 30], "frame": 0, "label": "cat", "attributes": []}
    files = {"project.json": {"name": "p", "labels": [label]}}
    for number, subset in enumerate(("Train", "default")):
        root = f"task_{number}/"
        files |= {f"{root}task.json": {"name": "t", "subset": subset}, f"{root}data/a.png": P}
        files[f"{root}annotations.json"] = [{"shapes": [shape, shape | {"frame": 7}], "tags": [], "tracks": []}]
    _, header, items = read(files)
    assert [(c.name, c.color) for c in header.classes] == [("cat", "#ff0000")]
    assert [(item.media, item.split, len(item.elements)) for item in items if item.media] == [
        ("task_0/data/a.png", "Train", 1),
        ("task_1/data/a.png", None, 1),
    ]
    assert [p.code for item in items for p in item.problems] == ["no_such_image"] * 2


MANY = {
    "voc": ("JPEGImages/{}.png", "Annotations/{}.xml", "<annotation><filename>{}.jpg</filename></annotation>"),
    "dota": ("images/{}.png", "labelTxt/{}.txt", "1 1 5 1 5 5 1 5 plane 0\n"),
    "kitti": ("training/image_2/{}.png", "training/label_2/{}.txt", "Car 0 0 0 1 1 5 5 1 1 1 1 1 1 1\n"),
    "icdar": ("img/{}.png", "gt/gt_{}.txt", "1,1,5,1,5,5,1,5,x\n"),
    "ade20k": ("images/training/{}.jpg", "images/training/{}_seg.png", picture(LABELS)),
    "labelme": ("{}.png", "{}.json", '{"imagePath": "x.png", "shapes": []}'),
    "geojson": ("{}.png", "{}.geojson", '{"type": "FeatureCollection", "features": []}'),
    "yolo": ("images/{}.png", "labels/{}.txt", "0 .5 .5 .1 .1\n"),
}


@pytest.mark.parametrize("name", MANY)
def test_no_item_looks_through_all_files(name, monkeypatch):
    """A look for each of n items is n² names."""
    image, label, text = MANY[name]
    files = {}
    for number in range(30):
        files[image.format(number)] = P
        files[label.format(number)] = text if isinstance(text, bytes) else text.replace("{}", str(number)).encode()
    looks = Counter()

    class Source(FolderSource):
        def paths(self):
            looks["paths"] += 1
            return super().paths()

    every = MediaIndex.all
    monkeypatch.setattr(MediaIndex, "all", lambda index: looks.update(["all"]) or every(index))
    source = Source(files | ({"data.yaml": b"train: images\nnames: [a]\n"} if name == "yolo" else {}))
    reader = open_reader(get(name), source, size_of=lambda _: (100, 80))
    reader.header()
    items = list(reader.items())
    assert (len(items), all(item.media for item in items)) == (30, True)
    assert max(looks.values()) < 12, looks
