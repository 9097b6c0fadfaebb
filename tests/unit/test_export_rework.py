"""What an export makes of regions before a format sees them, and the table of what became of them."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.elements import encode, pack
from domain.elements.chunks import decode_chunk
from domain.elements.structs import region_type
from domain.formats import FORMATS, AssetMeta, ExportItem, FolderSink, FormatError
from domain.formats.counting import CountingWriter
from domain.formats.reworking import Rework, Reworker
from domain.schema import Class, LabelSchema
from domain.shapes import SHAPE_NAMES
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon

WIDTH, HEIGHT = 64, 48
SHAPES = list(SHAPE_NAMES)
SCHEMA = LabelSchema(
    classes=[
        Class(id=1, name="vehicle", color="#111111", shapes=SHAPES),
        Class(id=2, name="car", color="#222222", shapes=SHAPES, parent=1),
        Class(id=3, name="taxi", color="#333333", shapes=SHAPES, parent=2),
        Class(id=4, name="sign", color="#444444", shapes=SHAPES),
    ]
)
BOX = Box(4, 6, 10, 12)
RING = Polygon([[[20.0, 20.0, 30.0, 20.0, 30.0, 30.0, 20.0, 30.0]]])
WRITERS = sorted(name for name, found in FORMATS.items() if found.writer)


def item(*regions, name="a.jpg") -> ExportItem:
    """Regions as (class, geometry) or (class, geometry, score)."""
    made = [
        region_type(found[1].shape)(
            id=UUID(int=n + 1), class_id=found[0], geometry=found[1], score=found[2] if len(found) > 2 else None
        )
        for n, found in enumerate(regions)
    ]
    chunks = [chunk.body for chunk in pack([("region", encode(region)) for region in made])]
    return ExportItem(asset=AssetMeta(name=name, width=WIDTH, height=HEIGHT, id=1), chunks=chunks, split="train")


def reworked(asked: Rework, *regions):
    """(class, shape) of what is handed on, and the reworker."""
    worker = Reworker(asked, SCHEMA)
    bodies = list(worker.item(item(*regions)).chunks)
    return [(e.element.class_id, e.element.shape) for body in bodies for e in decode_chunk(body)], worker


@pytest.mark.parametrize(("depth", "ids"), [(0, [1, 1, 1, 4]), (1, [1, 2, 2, 4]), (2, [1, 2, 3, 4])])
def test_classes_are_merged_up_their_hierarchy_to_a_depth(depth, ids):
    found, worker = reworked(Rework(depth=depth), (1, BOX), (2, BOX), (3, BOX), (4, BOX))
    assert [class_id for class_id, _ in found] == ids
    assert [one.id for one in worker.schema.classes] == sorted(set(ids))


def test_classes_are_mapped_and_left_out_and_the_list_of_classes_follows():
    found, worker = reworked(Rework(classes={3: 4, 2: None}), (2, BOX), (3, BOX), (1, BOX))
    assert [class_id for class_id, _ in found] == [4, 1]
    assert [(one.id, one.parent) for one in worker.schema.classes] == [(1, None), (4, None)]
    assert (worker.report.count("class_left_out"), worker.report.count("class_mapped")) == (1, 1)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(FormatError, match="class 9"):
        Reworker(Rework(classes={9: 1}), SCHEMA)


@pytest.mark.parametrize(
    ("shape", "shapes"),
    [("box", ["box", "box", "box", "points"]), ("polygon", ["polygon", "polygon", "polygon", "points"]), ("mask", ["mask", "mask", "mask", "points"])],
)  # fmt: skip
def test_boxes_outlines_and_masks_become_each_other_and_points_stay(shape, shapes):
    mask = Mask(2, 2, [4, 4], Mask.from_runs([0, 16], 4).counts)
    found, worker = reworked(Rework(shapes=shape), (1, BOX), (1, RING), (1, mask), (4, Points([1.0, 2.0])))
    assert [name for _, name in found] == shapes
    assert worker.report.count("bounds_only") == (2 if shape == "box" else 0)


def test_regions_below_a_score_are_left_out_and_those_without_one_stay():
    found, worker = reworked(Rework(min_score=0.5), (1, BOX, 0.49), (2, BOX, 0.5), (4, BOX))
    assert [class_id for class_id, _ in found] == [2, 4]
    assert worker.report.count("score_below") == 1


def test_an_image_that_nothing_is_left_of_is_told():
    _, worker = reworked(Rework(min_score=0.5), (1, BOX, 0.1))
    assert worker.report.count("nothing_left") == 1


def test_an_image_that_nothing_is_left_of_is_a_confirmed_background():
    """Whoever leaves a class out wants its images without objects, not gone: YOLO trains on their empty label files."""
    worker, sink = Reworker(Rework(classes={4: None}), SCHEMA), FolderSink()
    writer = FORMATS["yolo"].writer(sink, schema=worker.schema)
    writer.add(worker.item(item((4, BOX), name="sign.jpg")))
    writer.add(worker.item(item((4, BOX), (2, BOX), name="both.jpg")))
    report = writer.finish()
    assert (sink.files["labels/train/sign.txt"], len(sink.files["labels/train/both.txt"].splitlines())) == (b"", 1)
    assert (report.items, report.count("not_labelled"), worker.report.count("nothing_left")) == (2, 0, 1)


@pytest.mark.parametrize("name", WRITERS)
def test_the_table_of_every_format_adds_up_to_what_it_wrote(name):
    writer = CountingWriter(FORMATS[name].writer(FolderSink(), schema=SCHEMA))
    writer.add(item((1, BOX), (4, Box(40, 6, 10, 12)), (2, RING), (4, Points([1.0, 2.0])), name="frame_000001.jpg"))
    report = writer.finish()
    assert sum(row.regions for row in report.table) == 4
    assert all(0 <= row.converted + row.not_expressible <= row.regions for row in report.table)
    assert sum(row.regions - row.not_expressible for row in report.table) == report.regions


def test_the_table_says_what_was_converted_and_what_has_no_form():
    writer = CountingWriter(FORMATS["yolo"].writer(FolderSink(), schema=SCHEMA, options={"task": "detect"}))
    writer.add(item((1, BOX), *[(1, RING)] * 9, *[(4, Points([1.0, 2.0]))] * 9))
    rows = {
        (row.class_id, row.shape): (row.regions, row.converted, row.not_expressible) for row in writer.finish().table
    }
    assert rows == {(1, "box"): (1, 0, 0), (1, "polygon"): (9, 9, 0), (4, "points"): (9, 0, 9)}
