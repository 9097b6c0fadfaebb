"""What a format can hold comes back equal: every two-way format, out of the registry, over generated items."""

from __future__ import annotations

import io
from math import isclose
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.elements import encode, pack
from domain.elements.structs import Answer, region_type
from domain.formats import FORMATS, AssetMeta, ExportItem, FolderSink, FolderSource, detect, open_reader
from domain.formats.embedded import pictures_into
from domain.geometry.masks import encode_runs
from domain.schema import Attribute, Class, ItemAttribute, LabelSchema, SkeletonTemplate
from domain.shapes import SHAPE_NAMES
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

WIDTH, HEIGHT = 64, 48
TWO_WAY = sorted(name for name, found in FORMATS.items() if found.writer and found.reader)
JOINTS = ["head", "hip", "foot"]
QUESTIONS = [
    Attribute(name="colour", kind="select", options=["red", "deep blue"]),
    Attribute(name="parked", kind="boolean"),
    Attribute(name="age", kind="number"),
    Attribute(name="note", kind="text"),
]
SCHEMA = LabelSchema(
    classes=[
        Class(
            id=number,
            name=name,
            color="#3da3ff",
            shapes=list(SHAPE_NAMES),
            order=number,
            attributes=QUESTIONS,
            skeleton=SkeletonTemplate(joints=JOINTS, edges=[(0, 1), (1, 2)]),
        )
        for number, name in enumerate(["car", "traffic light", "Ärmel & Co"], start=1)
    ],
    item_attributes=[ItemAttribute(name="weather", kind="select", options=["sun", "rain"])],
)
WITH_ATTRIBUTES = {"native", "coco", "cvat_xml", "voc", "label_studio", "labelme", "datumaro"}

RENAMES = {"mot", "cityscapes"}  # frames are called by their number
BLANKS = {"dota": "-", "kitti": "_"}  # what stands for a blank in a class's name, as the report says


ONE_CLASS = {"wider_face": "face", "segment_anything": "object", "icdar": "text"}


def told(format_name, class_name):
    """What a format makes of a class's name."""
    return ONE_CLASS.get(format_name) or class_name.replace(" ", BLANKS.get(format_name, " "))


# hundredths of a pixel: what six decimals of a normalised number keep
across = st.integers(0, (WIDTH - 8) * 4).map(lambda v: v / 4)
down = st.integers(0, (HEIGHT - 8) * 4).map(lambda v: v / 4)
side = st.integers(8, 32).map(lambda v: v / 4)
angle = st.integers(-179, 179).filter(lambda a: a != 0).map(float)


def _polygon(x: float, y: float, w: float, h: float) -> Polygon:
    return Polygon([[[x, y, x + w, y, x + w, y + h / 2, x + w / 2, y + h]]])


def _mask(x: float, y: float, bits: list[bool]) -> Mask:
    import numpy as np

    crop = np.array([*bits, True, *[False] * 15], dtype=np.uint8)[:16].reshape(4, 4)
    crop[0, 0] = 1
    full = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    full[int(y) : int(y) + 4, int(x) : int(x) + 4] = crop
    return Mask.from_runs(encode_runs(full), HEIGHT)


GEOMETRIES = {
    "box": st.builds(Box, across, down, side, side),
    "rotated_box": st.builds(
        lambda x, y, w, h, a: RotatedBox(x / 2 + 16, y / 2 + 12, w, h, a), across, down, side, side, angle
    ),
    "ellipse": st.builds(
        lambda x, y, w, h, a: Ellipse(x / 2 + 16, y / 2 + 12, w, h, a), across, down, side, side, angle
    ),
    "polygon": st.builds(_polygon, across, down, side, side),
    "polyline": st.builds(lambda x, y, w, h: Polyline([x, y, x + w, y, x, y + h]), across, down, side, side),
    "points": st.builds(lambda x, y: Points([x, y]), across, down),
    "skeleton": st.builds(
        lambda x, y, w, h: Skeleton({"head": (x, y, 2), "hip": (x + w, y + h, 1), "foot": (0.0, 0.0, 0)}),
        across,
        down,
        side,
        side,
    ),
    "mask": st.builds(_mask, across, down, st.lists(st.booleans(), max_size=15)),
    "cuboid2d": st.builds(lambda x, y, w, h: Cuboid2d((x, y, w, h), (x + 1, y + 1, w, h)), across, down, side, side),
    "tag": st.just(Tag()),
}
attributes = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.sampled_from(["red", "deep blue"]),
        "parked": st.booleans(),
        "age": st.integers(0, 9),
        "note": st.sampled_from(['a <b> & "c"', "ein längerer Satz, mit Komma; und mehr"]),
    },
)


@st.composite
def items(draw, shapes, *, with_attributes):
    regions = []
    used = []
    for number in range(draw(st.integers(1, 4))):
        shape = draw(st.sampled_from(shapes))
        geometry = draw(GEOMETRIES[shape])
        if shape in ("tag", "mask") and any(one == shape for one in used):
            continue
        used.append(shape)
        regions.append(
            region_type(shape)(
                id=UUID(int=number + 1),
                class_id=draw(st.integers(1, 3)),
                geometry=geometry,
                attributes=draw(attributes) if with_attributes and shape != "tag" else {},
            )
        )
    return regions


def exported(name, regions, *, options=None, answers=(), split="train"):
    sink = FolderSink()
    writer = FORMATS[name].writer(sink, schema=SCHEMA, options=options)
    elements = [("region", encode(region)) for region in regions] + [("answer", encode(answer)) for answer in answers]
    asset = AssetMeta(id=7, name="street 1.png", width=WIDTH, height=HEIGHT)
    path = writer.add(ExportItem(asset=asset, chunks=[c.body for c in pack(elements)], split=split))
    if path is not None:
        picture = io.BytesIO()
        Image.new("RGB", (WIDTH, HEIGHT)).save(picture, "PNG")
        pictures_into(writer, sink).write(path, picture.getvalue())
    report = writer.finish()
    return FolderSource(sink.files), report


def read(source, name=None):
    found = FORMATS[name] if name else detect(source)
    reader = open_reader(found, source, size_of=lambda _: (WIDTH, HEIGHT))
    header = reader.header()
    return header, list(reader.items())


def close(a, b):
    flat_a, flat_b = _numbers(a), _numbers(b)
    return (
        type(a) is type(b)
        and len(flat_a) == len(flat_b)
        and all(isclose(x, y, abs_tol=2e-4) for x, y in zip(flat_a, flat_b, strict=True))
    )


def _numbers(geometry):
    if isinstance(geometry, Mask):
        return [geometry.x, geometry.y, *geometry.size, *geometry.runs()]
    if isinstance(geometry, Skeleton):
        return [c for name in JOINTS for c in geometry.joints.get(name, (0.0, 0.0, 0))]
    if isinstance(geometry, RotatedBox):
        return geometry.corners()
    if isinstance(geometry, Polygon):
        return [c for part in geometry.parts for ring in part for c in ring]
    return [
        c
        for value in (getattr(geometry, f) for f in geometry.__struct_fields__)
        for c in (value if isinstance(value, list | tuple) else [value])
    ]


@pytest.mark.parametrize("name", TWO_WAY)
def test_what_a_format_holds_comes_back_equal(name):
    found = FORMATS[name]

    @settings(max_examples=25)
    @given(items([s for s in SHAPE_NAMES if s in found.shapes], with_attributes=name in WITH_ATTRIBUTES))
    def holds(regions):
        source, report = exported(name, regions)
        if report.items == 0:
            return  # all of it was refused, and told
        header, back = read(source, name)
        names = {c.key: c.name for c in header.classes}
        (item,) = [one for one in back if one.elements or len(back) == 1]
        assert item.problems == []
        assert name in RENAMES or item.asset.name.endswith("street 1.png")
        theirs = [e for e in item.elements if not isinstance(e, Answer)]
        mine = list(regions)
        assert len(theirs) == len(mine)
        for region in mine:
            match = [
                t
                for t in theirs
                if names[t.class_id] == told(name, SCHEMA.class_by_id(region.class_id).name)
                and (close(t.geometry, region.geometry) or same_pose(t.geometry, region.geometry))
                and (name not in WITH_ATTRIBUTES or dict(t.attributes) == dict(region.attributes))
            ]
            assert match, (region, theirs)

    holds()


def same_pose(theirs, mine):
    """Formats without names of joints keep their order."""
    if not isinstance(theirs, Skeleton) or not isinstance(mine, Skeleton):
        return False
    a = list(theirs.joints.values())
    b = [mine.joints.get(name, (0.0, 0.0, 0)) for name in JOINTS]
    return len(a) == len(b) and all(
        isclose(x, y, abs_tol=2e-4) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True)
    )


SAMPLES = {
    "box": Box(1, 2, 8, 6),
    "rotated_box": RotatedBox(20, 20, 8, 6, 30.0),
    "ellipse": Ellipse(20, 20, 8, 6, 30.0),
    "polygon": _polygon(3, 3, 8, 8),
    "polyline": Polyline([1, 2, 9, 9]),
    "points": Points([1.5, 2.0]),
    "skeleton": Skeleton({"head": (1, 2, 2), "hip": (3, 4, 2)}),
    "mask": _mask(5, 5, [True]),
    "cuboid2d": Cuboid2d((1, 2, 8, 6), (2, 3, 8, 6)),
    "tag": Tag(),
}


def one_of_each(name):
    """A region of each shape that the format holds; a tag alone where that is all."""
    shapes = [s for s in SHAPE_NAMES if s in FORMATS[name].shapes]
    return [region_type(s)(id=UUID(int=i + 1), class_id=1, geometry=SAMPLES[s]) for i, s in enumerate(shapes)]


@pytest.mark.parametrize("name", [name for name in TWO_WAY if FORMATS[name].sniff is not None])
def test_a_format_knows_its_own_files(name):
    assert detect(exported(name, one_of_each(name))[0]).name == name


@pytest.mark.parametrize("name", TWO_WAY)
def test_the_same_items_make_the_same_bytes(name):
    assert exported(name, one_of_each(name))[0]._files == exported(name, one_of_each(name))[0]._files
