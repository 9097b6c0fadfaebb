"""Files as other tools really write them: marks, other line ends, numbers as texts, paths of other machines, keys that are missing."""

from __future__ import annotations

import io
import json
from collections import Counter
from zipfile import ZipFile

import pytest

from domain.elements.structs import Region
from domain.formats import FormatError, open_source
from tests.reading import picture, read

MARK = b"\xef\xbb\xbf"


P = picture()


def coco(image=None, annotation=None, without=(), **more):
    """A file of one cat whose ids are all 0."""
    found = {"id": 0, "image_id": 0, "category_id": 0, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0}
    found |= {"segmentation": [[10, 10, 30, 10, 30, 30, 10, 30]]} | (annotation or {})
    whole = {
        "images": [{"id": 0, "file_name": "a.png", "width": 100, "height": 80} | (image or {})],
        "categories": [{"id": 0, "name": "cat"}],
        "annotations": [{k: v for k, v in found.items() if k not in without}],
    } | more
    return json.dumps({k: v for k, v in whole.items() if k not in without}).encode()


def voc(size="<size><width>100</width><height>80</height></size>", name="<filename>a.png</filename>", cat="cat"):
    box = "<bndbox><xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>30</ymax></bndbox>"
    return f"<annotation>{name}{size}<object><name>{cat}</name>{box}</object></annotation>"


def labelme(**shape):
    base = {"label": "cat", "points": [[10, 10], [30, 30]], "shape_type": "rectangle", "flags": {}, "group_id": None}
    whole = {"version": "5.4.1", "flags": {}, "shapes": [base | shape], "imagePath": "a.png", "imageData": None}
    return whole | {"imageHeight": 80, "imageWidth": 100}


RECTANGLE = {"x": 10, "y": 12.5, "width": 20, "height": 25, "rotation": 0}
RESULT = {"id": "r", "type": "rectanglelabels", "from_name": "l", "to_name": "i", "original_width": 100, "original_height": 80}  # fmt: skip
LABELLED = RESULT | {"value": RECTANGLE | {"rectanglelabels": ["cat"]}}


def task(*results, image="/data/upload/1/abcd1234-a.png"):
    return {"id": 1, "data": {"image": image}, "annotations": [{"id": 1, "result": list(results)}]}


LINE = "0 0.2 0.25 0.2 0.25\n"
PAIR = {"images/train/a.png": P, "labels/train/a.txt": LINE}
CVAT = '<image id="0" name="a.png" width="100" height="80"><box label="cat" occluded="0" xtl="10" ytl="10" xbr="30" ybr="30"/></image>'
VIA_ROW = 'a.png,1,"{}",1,0,"{""name"":""rect"",""x"":10,""y"":10,""width"":20,""height"":20}","{""type"":""cat""}"'
VIA_HEAD = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"

# Each is one cat at (10, 10) to (30, 30): name → (format, shape, files)
ONE_CAT = {
    "coco: ids from 0": ("coco", "polygon", {"x.json": coco(), "a.png": P}),
    "coco: mark and line ends of Windows": (
        "coco",
        "polygon",
        {"x.json": MARK + json.dumps(json.loads(coco()), indent=1).replace("\n", "\r\n").encode(), "a.png": P},
    ),
    "coco: numbers as texts": (
        "coco",
        "polygon",
        {"x.json": coco(annotation={"image_id": "0", "category_id": "0", "bbox": ["10", "10", "20", "20"], "iscrowd": "0"}), "a.png": P},
    ),
    "coco: ids that are texts": (
        "coco",
        "polygon",
        {
            "x.json": coco({"id": "im"}, {"image_id": "im", "category_id": "c"}, categories=[{"id": "c", "name": "cat"}]),
            "a.png": P,
        },
    ),
    "coco: a flat outline": ("coco", "polygon", {"x.json": coco(annotation={"segmentation": [10, 10, 30, 10, 30, 30, 10, 30]}), "a.png": P}),
    "coco: an outline of points": (
        "coco",
        "polygon",
        {"x.json": coco(annotation={"segmentation": [[[10, 10], [30, 10], [30, 30], [10, 30]]]}), "a.png": P},
    ),
    "coco: no sizes, no area, no crowd": (
        "coco",
        "box",
        {"x.json": coco(without=("segmentation", "area", "iscrowd", "id")), "a.png": P},
    ),
    "coco: a crowd as a list of runs": (
        "coco",
        "mask",
        {"x.json": coco(annotation={"iscrowd": 1, "segmentation": {"size": [80, 100], "counts": [810, *[20, 60] * 19, 20, 5650]}}), "a.png": P},
    ),
    "coco: null for an outline": ("coco", "box", {"x.json": coco(annotation={"segmentation": None}), "a.png": P}),
    "coco: a path of Windows": ("coco", "polygon", {"x.json": coco({"file_name": "C:\\data\\imgs\\a.png"}), "imgs/a.png": P}),
    "coco: a path of another machine": ("coco", "polygon", {"annotations/x.json": coco({"file_name": "/home/u/a.png"}), "images/a.png": P}),
    "coco: Roboflow's folders": ("coco", "polygon", {"valid/_annotations.coco.json": coco(), "valid/a.png": P, "README.roboflow.txt": "x"}),
    "yolo: names as a list": ("yolo", "box", {"data.yaml": "path: ../x\ntrain: images/train\nnames: [cat, dog]\nnc: 2\n", **PAIR}),
    "yolo: names as a mapping": ("yolo", "box", {"data.yaml": "train: images/train\nnames:\n  0: cat\n", **PAIR}),
    "yolo: names in a file": ("yolo", "box", {"data.yaml": "train: images/train\nnames: classes.txt\n", "classes.txt": "cat\n", **PAIR}),
    "yolo: paths of another machine": (
        "yolo",
        "box",
        {"data.yaml": "path: /content/x\ntrain: /content/x/images/train\nnames: [cat]\n", **PAIR},
    ),
    "yolo: paths of Windows": ("yolo", "box", {"data.yaml": "path: C:\\x\ntrain: images\\train\nnames: [cat]\n", **PAIR}),
    "yolo: a list of images": (
        "yolo",
        "box",
        {"data.yaml": "train: train.txt\nnames: [cat]\n", "train.txt": "/abs/images/train/a.png\r\n", **PAIR},
    ),
    "yolo: Roboflow's": (
        "yolo",
        "box",
        {"data.yaml": "train: ../train/images\nval: ../valid/images\nnames: ['cat']\n", "train/images/a.png": P, "train/labels/a.txt": LINE},
    ),
    "yolo: mark, tabs, empty lines, a class as a float": (
        "yolo",
        "box",
        {"data.yaml": MARK + b"train: images/train\r\nnames: [cat]\r\n", "images/train/a.png": P, "labels/train/a.txt": MARK + b"0.0\t0.2  0.25 2e-1 0.25 \r\n\r\n"},
    ),
    "yolo: no yaml": ("yolo", "box", {"classes.txt": "cat\n", "a.png": P, "a.txt": LINE}),
    "yolo: Darknet": (
        "yolo",
        "box",
        {
            "obj.names": "cat\r\ndog\r\n",
            "obj.data": "classes = 2\r\ntrain = data/train.txt\r\nnames = data/obj.names\r\n",
            "train.txt": "data/obj_train_data/a.png\r\n",
            "obj_train_data/a.png": P,
            "obj_train_data/a.txt": LINE,
        },
    ),
    "coco: ids as floats": (
        "coco",
        "polygon",
        {"x.json": coco({"id": 7.0}, {"image_id": 7.0, "category_id": 3.0}, categories=[{"id": 3.0, "name": "cat"}]), "a.png": P},
    ),
    "coco: nulls for lists, a licence without an id": ("coco", "polygon", {"x.json": coco(info=None, licenses=[{"url": ""}]), "a.png": P}),
    "coco: an outline of nothing": ("coco", "box", {"x.json": coco(annotation={"segmentation": [[]]}), "a.png": P}),
    "coco: runs as floats in a list": (
        "coco",
        "mask",
        {"x.json": coco(annotation={"segmentation": [{"size": [80, 100], "counts": [810.0, *[20.0, 60.0] * 19, 20.0, 5650.0]}]}), "a.png": P},
    ),
    "coco: an address for a name": ("coco", "polygon", {"x.json": coco({"file_name": "https://b.example/x/a.png?sig=1"}), "images/a.png": P}),
    "coco: LVIS has addresses alone": (
        "coco",
        "polygon",
        {"x.json": coco({"file_name": None, "coco_url": "http://b.example/train2017/a.png"}), "train2017/a.png": P},
    ),
    "coco: a name with escapes": ("coco", "polygon", {"x.json": coco({"file_name": "my%20a.png"}), "my a.png": P}),
    "coco: a name in another case": ("coco", "polygon", {"x.json": coco({"file_name": "A.PNG"}), "a.png": P}),
    "coco: a name in another Unicode form": ("coco", "polygon", {"x.json": coco({"file_name": "caf\u00e9.png"}), "cafe\u0301.png": P}),
    "yolo: a count of classes alone": ("yolo", "box", {"data.yaml": "train: images/train\nnc: 1\n", **PAIR}),
    "yolo: names in UTF-16": ("yolo", "box", {"classes.txt": "cat\n".encode("utf-16"), "a.png": P, "a.txt": LINE}),
    "yolo: Roboflow's in a folder of its own": (
        "yolo",
        "box",
        {"p-1/data.yaml": "train: ../train/images\nval: ../valid/images\nnames: ['cat']\n", "p-1/README.roboflow.txt": "p - v1\n", "p-1/train/images/a.png": P, "p-1/train/labels/a.txt": LINE},
    ),
    "yolo: Roboflow's Darknet": ("yolo", "box", {"train/_darknet.labels": "cat\n", "train/a.png": P, "train/a.txt": LINE, "README.dataset.txt": "x"}),
    "yolo: settings beside the data": ("yolo", "box", {"cats.yaml": "train: images/train\nnames: [cat]\n", "hyp.yaml": "lr0: 0.1\n", **PAIR}),
    "yolo: lists under other names": (
        "yolo",
        "box",
        {"x.yaml": "train: lists/one.txt\nnames: [cat]\n", "lists/one.txt": "./images/a.png\n", "images/a.png": P, "labels/a.txt": LINE},
    ),
    "yolo: a prediction with its score": (
        "yolo",
        "rotated_box",
        {"data.yaml": "train: images/train\nnames: [cat]\n", "images/train/a.png": P, "labels/train/a.txt": "0 .1 .125 .3 .125 .3 .375 .1 .375 .9\n"},
    ),
    "yolo: an outline with its score": (
        "yolo",
        "polygon",
        {"data.yaml": "train: images/train\nnames: [cat]\n", "images/train/a.png": P, "labels/train/a.txt": "0 .1 .125 .3 .125 .3 .375 .9\n"},
    ),
    "voc: no size": ("voc", "box", {"Annotations/a.xml": voc(size=""), "JPEGImages/a.png": P}),
    "voc: size 0": ("voc", "box", {"a.xml": voc(size="<size><width>0</width><height>0</height></size>"), "a.png": P}),
    "voc: mark": ("voc", "box", {"a.xml": MARK + b'<?xml version="1.0"?>\r\n' + voc().encode(), "a.png": P}),
    "voc: UTF-16": ("voc", "box", {"a.xml": ('<?xml version="1.0" encoding="utf-16"?>' + voc()).encode("utf-16"), "a.png": P}),
    "voc: GBK": ("voc", "box", {"a.xml": b'<?xml version="1.0" encoding="GBK"?>' + voc().encode("gbk"), "a.png": P}),
    "voc: a path for a name": ("voc", "box", {"a.xml": voc(name="<filename>C:\\x\\a.png</filename>"), "a.png": P}),
    "voc: another suffix": ("voc", "box", {"a.xml": voc(name="<filename>a.jpg</filename>"), "a.png": P}),
    "voc: no file name": ("voc", "box", {"a.xml": voc(name=""), "a.png": P}),
    "cvat: no meta": ("cvat_xml", "box", {"annotations.xml": f"<annotations>{CVAT}</annotations>", "images/a.png": P}),
    "cvat: mark and line ends": ("cvat_xml", "box", {"annotations.xml": MARK + f"<annotations>\r\n{CVAT}</annotations>".encode(), "images/a.png": P}),
    "labelme: an old version": (
        "labelme",
        "box",
        {"a.json": json.dumps({k: v for k, v in labelme().items() if k not in ("imageHeight", "imageWidth")} | {"version": "3.16.7", "lineColor": [0, 255, 0, 128]}), "a.png": P},
    ),
    "labelme: folders of Windows": ("labelme", "box", {"ann/a.json": json.dumps(labelme() | {"imagePath": "..\\imgs\\a.png"}), "imgs/a.png": P}),
    "labelme: numbers as texts": ("labelme", "box", {"a.json": json.dumps(labelme(points=[["10", "10"], ["30.0", "30"]])), "a.png": P}),
    "labelme: four corners": ("labelme", "box", {"a.json": MARK + json.dumps(labelme(points=[[10, 10], [30, 10], [30, 30], [10, 30]])).encode(), "a.png": P}),
    "labelme: oriented": (
        "labelme",
        "rotated_box",
        {"a.json": json.dumps(labelme(shape_type="oriented_rectangle", points=[[10, 10], [30, 10], [30, 30], [10, 30]])), "a.png": P},
    ),
    "label studio: uploaded": ("label_studio", "box", {"p.json": json.dumps([task(LABELLED)]), "a.png": P}),
    "label studio: one task alone": ("label_studio", "box", {"1.json": json.dumps(task(LABELLED, image="s3://b/x/a.png?v=1")), "x/a.png": P}),
    "label studio: shape and label apart": (
        "label_studio",
        "box",
        {
            "p.json": json.dumps([task(RESULT | {"type": "rectangle", "value": RECTANGLE}, RESULT | {"type": "labels", "value": RECTANGLE | {"labels": ["cat"]}})]),
            "a.png": P,
        },
    ),
    "label studio: JSON-MIN": (
        "label_studio",
        "box",
        {"p.json": json.dumps([{"image": "a.png", "id": 1, "label": [RECTANGLE | {"rectanglelabels": ["cat"], "original_width": 100, "original_height": 80}], "annotation_id": 1, "lead_time": 1.0}]), "a.png": P},
    ),
    "csv: semicolons and a mark": ("csv", "box", {"a.csv": MARK + b"filename;class;xmin;ymin;xmax;ymax\r\na.png;cat;10;10;30;30\r\n", "a.png": P}),
    "csv: tabs": ("csv", "box", {"a.tsv": "filename\tclass\txmin\tymin\txmax\tymax\na.png\tcat\t10\t10\t30\t30\n", "a.png": P}),
    "csv: keras-retinanet": ("csv", "box", {"a.csv": "x/a.png,10,10,30,30,cat\n", "x/a.png": P}),
    "csv: one cell for a box": ("csv", "box", {"train.csv": 'image_id,width,height,bbox,class\na,100,80,"[10.0, 10.0, 20.0, 20.0]",cat\n', "train/a.png": P}),
    "via: a table": ("via", "box", {"v.csv": f"{VIA_HEAD}\n{VIA_ROW}\n", "a.png": P}),
    "createml: another key": (
        "createml",
        "box",
        {"x.json": json.dumps([{"imagefilename": "a.png", "annotation": [{"label": "cat", "coordinates": {"x": 20, "y": 20, "width": 20, "height": 20}}]}]), "a.png": P},
    ),
    "imagefolder: mark": ("imagefolder", "box", {"train/metadata.jsonl": MARK + b'{"file_name":"a.png","objects":{"bbox":[[10,10,20,20]],"category":["cat"]}}\r\n', "train/a.png": P}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_CAT)
def test_one_cat_is_read_however_it_was_written(name):
    format_name, shape, files = ONE_CAT[name]
    found, header, items = read(files)
    (item,) = items
    (region,) = [element for element in item.elements if isinstance(element, Region)]
    assert (found.name, region.shape, item.problems) == (format_name, shape, [])
    named = "class 0" if name == "yolo: a count of classes alone" else "cat"
    assert {c.key: c.name for c in header.classes}[region.class_id] == named
    assert region.geometry.bounds() == pytest.approx((10, 10, 30, 30), abs=0.001)
    assert (item.media is not None, item.asset.width, item.asset.height) == (True, 100, 80)


def test_one_bad_number_costs_one_annotation_and_is_named():
    broken = json.loads(coco())
    broken["annotations"] += [broken["annotations"][0] | {"id": n, "bbox": [float("nan"), 1, 2, 3]} for n in (1, 2)]
    _, _, (item,) = read({"x.json": json.dumps(broken), "a.png": P})
    assert Counter(p.code for p in item.problems) == {"bad_annotation": 2}
    assert "annotation 1:" in item.problems[0].detail
    assert len(item.elements) == 1


def test_an_image_without_a_name_costs_that_image():
    broken = json.loads(coco())
    broken["images"].append({"id": 1, "width": 3, "height": 3})
    _, _, (item,) = read({"x.json": json.dumps(broken), "a.png": P})
    assert [(p.code, "image 1:" in p.detail) for p in item.problems] == [("bad_image", True)]


def test_a_coco_file_without_categories_has_classes_of_its_numbers():
    _, header, _ = read({"x.json": coco(without=("categories",)), "a.png": P})
    assert [(c.key, c.name) for c in header.classes] == [(0, "category 0")]


def test_the_year_of_coco_is_no_part_of_a_split():
    files = {f"annotations/instances_{s}2017.json": coco() for s in ("train", "val")}
    _, _, items = read(files | {"train2017/a.png": P, "val2017/a.png": P})
    assert [(item.split, item.media) for item in items] == [("train", "train2017/a.png"), ("val", "val2017/a.png")]


def test_the_split_of_a_coco_file_is_in_its_name_or_folder():
    def split_of(*paths):
        return [item.split for item in read(dict.fromkeys(paths, coco()) | {"a.png": P})[2]]

    assert split_of("annotations/train.json", "annotations/val2017.json") == ["train", "val"]
    assert split_of("test_annotations.json", "train_annotations.json") == ["test", "train"]
    assert split_of("train/labels.json", "val/labels.json") == ["train", "val"]
    assert split_of("labels_my-cats_2024-01-31-10-00-00.json") == [None]


def test_no_file_beside_a_coco_file_is_left_out_in_silence():
    _, _, (item,) = read({"x.json": coco(), "classes.json": '{"0": "cat"}', "a.png": P})
    assert [(p.code, p.detail.split()[0]) for p in item.problems] == [("file_left_out", "classes.json")]
    _, _, (item,) = read({"instances_train.json": coco(), "more.json": coco(), "a.png": P})
    assert [(p.code, p.detail.split()[0]) for p in item.problems] == [("file_left_out", "more.json")]


def test_images_that_nobody_can_name_are_told_where_there_is_no_other():
    _, _, (item,) = read({"x.json": coco({"file_name": None})})
    assert [(p.code, p.detail) for p in item.problems] == [("bad_image", "image 0: it has no file_name")]


def test_a_part_that_encloses_nothing_costs_that_part():
    good = [10, 10, 30, 10, 30, 30]
    _, _, (item,) = read({"x.json": coco(annotation={"segmentation": [good, [1, 1, 2, 2]]}), "a.png": P})
    assert [p.code for p in item.problems] == ["part_left_out"]
    assert item.elements[0].geometry.parts == [[[float(v) for v in good]]]
    _, _, (item,) = read({"x.json": coco(annotation={"segmentation": [[1, 1, 2, 2]]}), "a.png": P})
    assert [p.code for p in item.problems] == ["part_left_out"]
    assert item.elements[0].geometry.bounds() == (10, 10, 30, 30)  # its box


def test_coco_categories_keep_colours_and_edges_that_count_from_0():
    category = {"id": 1, "name": "p", "color": [220, 20, 60], "keypoints": ["a", "b"], "skeleton": [[0, 1]]}
    _, header, _ = read({"x.json": coco(categories=[category])})
    assert (header.classes[0].color, header.classes[0].skeleton.edges) == ("#dc143c", [(0, 1)])


def test_an_odd_visibility_is_seen_and_told():
    category = {"id": 0, "name": "p", "keypoints": ["a", "b"]}
    _, _, (item,) = read({"x.json": coco(annotation={"keypoints": [1, 2, 0.87, 0, 0, 0]}, categories=[category])})
    assert [p.code for p in item.problems] == ["visibility"]
    assert item.elements[-1].geometry.joints == {"a": (1.0, 2.0, 2), "b": (0.0, 0.0, 0)}


def test_a_yolo_name_that_stands_twice_is_one_class_and_moves_no_other():
    yaml = "train: images/train\nnames: [cat, cat, dog]\n"
    lines = "1 0.5 0.5 0.1 0.1\n2 0.5 0.5 0.1 0.1\n"
    _, header, (item,) = read({"data.yaml": yaml, "images/train/a.png": P, "labels/train/a.txt": lines})
    names = {c.key: c.name for c in header.classes}
    assert [names[region.class_id] for region in item.elements] == ["cat", "dog"]


def test_yolo_without_a_place_for_a_split_gives_it_to_no_picture():
    yaml = "train: train/images\nval: valid/images\nnames: [cat]\n"
    _, _, items = read({"x/data.yaml": yaml, "x/train/images/a.png": P, "x/test/images/b.png": P, "x/c.png": P})
    assert {item.asset.name: item.split for item in items} == {"a.png": "train", "b.png": "test", "x/c.png": None}


def test_yolo_poses_are_named_and_their_score_is_kept():
    yaml = "train: images/train\nkpt_shape: [2, 2]\nnames: [p]\nkpt_names:\n  0: [nose, tail]\n"
    line = "0 .5 .5 .5 .5 .1 .1 .9 .9 .8\n"
    _, header, (item,) = read({"data.yaml": yaml, "images/train/a.png": P, "labels/train/a.txt": line})
    assert header.classes[0].skeleton.joints == ["nose", "tail"]
    assert [region.score for region in item.elements] == [0.8, 0.8]


def test_labels_alone_are_labels():
    found, _, (item,) = read({"a.txt": LINE})
    assert (found.name, [p.code for p in item.problems]) == ("yolo", ["no_image_size"])


def test_folders_of_pictures_may_hold_notes_and_a_test_split_without_classes():
    found, header, items = read({"d/README.md": "x", "d/train/cat/a.png": P, "d/test/b.png": P})
    assert (found.name, [c.name for c in header.classes]) == ("yolo_classify", ["cat"])
    assert [(item.split, len(item.elements)) for item in items] == [("test", 0), ("train", 1)]


def test_what_systems_put_into_archives_is_no_part_of_the_data():
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for path in ("__MACOSX/images/._a.png", "images/._a.png", ".DS_Store", "images/Thumbs.db", "images/a.png"):
            archive.writestr(path, P)
    assert open_source("x.zip", packed).paths() == ["images/a.png"]


def test_a_name_that_fits_several_pictures_takes_none_of_them():
    _, _, (item,) = read({"x.json": coco({"file_name": "/home/u/a.png"}), "one/a.png": P, "two/a.png": P})
    assert item.media is None


def test_label_files_without_names_have_numbered_classes():
    _, header, (item,) = read({"images/a.png": P, "labels/a.txt": "2 0.5 0.5 0.2 0.2\n"})
    assert ([c.name for c in header.classes], len(item.elements)) == (["class 0", "class 1", "class 2"], 1)


def test_columns_of_other_things_are_no_classes():
    with pytest.raises(FormatError) as refused:
        read({"a.csv": "image,camera,height_m\na.png,north,3.5\n", "a.png": P})
    assert refused.value.code == "format_not_recognised"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"x.json": json.dumps(json.loads(coco())).encode("utf-16")}, "wrong_encoding"),
        (
            {"r.json": json.dumps([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}])},
            "coco_results",
        ),
        ({"a.png": P}, "format_not_recognised"),
        ({"data.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]\n", "labels/a.txt": LINE}, "bad_yaml"),
        ({"data.yaml": "names: [[x], y]\n", "labels/a.txt": LINE}, "bad_names"),
        ({}, "format_not_recognised"),
    ],
)
def test_what_cannot_be_read_says_why(files, code):
    with pytest.raises(FormatError) as refused:
        read(files)
    assert refused.value.code == code


def test_links_between_regions_are_told():
    link = {"from_id": "r", "to_id": "s", "type": "relation", "direction": "right"}
    _, _, (item,) = read({"p.json": json.dumps([task(LABELLED, LABELLED | {"id": "s"}, link)]), "a.png": P})
    assert [p.code for p in item.problems] == ["relations_left_out"]


def test_sets_of_the_same_pictures_in_one_archive_find_each_its_own():
    files = {
        f"{name}/{path}": data
        for name in ("one", "two")
        for path, data in {"annotations/instances_train.json": coco(), "images/train/a.png": P}.items()
    }
    _, _, items = read(files)
    assert [item.media for item in items] == ["one/images/train/a.png", "two/images/train/a.png"]
