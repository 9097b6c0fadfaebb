"""Tracks: what shows one thing on several images stays one thing, in every format that has a place for it; others tell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from domain.elements import encode, pack
from domain.elements.structs import region_type
from domain.formats import FORMATS, AssetMeta, ExportItem, FolderSink, FolderSource, detect, open_reader
from domain.formats.sequences import frame_of
from domain.geometry.masks import decode_runs
from domain.schema import Attribute, Class, LabelSchema, SkeletonTemplate
from domain.shapes import SHAPE_NAMES
from domain.shapes.box import Box
from domain.shapes.skeleton import Skeleton
from tests.conformance.test_round_trips import GEOMETRIES, HEIGHT, JOINTS, SAMPLES, TWO_WAY, WIDTH

SAMPLES_OF_CVAT = Path(__file__).parent / "formats" / "samples" / "cvat_xml" / "datumaro_fork"
SCHEMA = LabelSchema(
    classes=[
        Class(
            id=number,
            name=name,
            color="#3da3ff",
            shapes=list(SHAPE_NAMES),
            order=number,
            skeleton=SkeletonTemplate(joints=JOINTS),
            attributes=[Attribute(name="parked", kind="boolean", mutable=True)],
        )
        for number, name in enumerate(["car", "person"], start=1)
    ]
)
WAYS = [(name, {}) for name in TWO_WAY if FORMATS[name].tracks] + [
    ("cvat_xml", {"form": "video"}),
    ("mots", {"form": "text"}),
]
IDS = [f"{name} {''.join(options.values())}".strip() for name, options in WAYS]


def written(name, frames, *, options=None, group="street"):
    """`frames`: (image's name, regions)."""
    sink = FolderSink()
    writer = FORMATS[name].writer(sink, schema=SCHEMA, options=options)
    for number, (called, regions) in enumerate(frames, start=1):
        asset = AssetMeta(id=number, name=called, width=WIDTH, height=HEIGHT, group=group)
        chunks = [chunk.body for chunk in pack([("region", encode(region)) for region in regions])]
        writer.add(ExportItem(asset=asset, chunks=chunks, outcome="labelled" if regions else "empty"))
    return sink, {loss.code: loss for loss in writer.finish().losses}


def read(name, sink):
    reader = open_reader(FORMATS[name], FolderSource(sink.files), size_of=lambda _: (WIDTH, HEIGHT))
    names = {one.key: one.name for one in reader.header().classes}
    items = list(reader.items())
    assert not [problem for item in items for problem in item.problems]
    return names, items


def box(number, track, *, x=1.0, y=2.0, class_id=1, **more):
    geometry = Box(x, y, 8, 6)
    return region_type("box")(id=UUID(int=number), class_id=class_id, geometry=geometry, track=track, **more)


def frame_number(name):
    return int(re.findall(r"\d+", name)[-1])


@st.composite
def sequences(draw, shape):
    """Five frames by number, with some of three tracks on each: class 1 or 2 for good, numbers as MOTS has them."""
    tracks = {1003: 1, 2003: 2, 1017: 1}
    frames = []
    for frame in sorted(draw(st.sets(st.integers(1, 9), min_size=2, max_size=5))):
        shown = draw(st.sets(st.sampled_from(sorted(tracks)), max_size=1 if shape == "mask" else 3))
        regions = [
            region_type(shape)(
                id=UUID(int=frame * 10 + n), class_id=tracks[track], geometry=draw(GEOMETRIES[shape]), track=track
            )
            for n, track in enumerate(sorted(shown))
        ]
        frames.append((f"frame_{frame:06d}.png", regions))
    return frames


@pytest.mark.parametrize(("name", "options"), WAYS, ids=IDS)
def test_tracks_come_back_in_every_format_that_has_a_place_for_them(name, options):
    shapes = [s for s in ("box", "mask", "polygon", "skeleton") if s in FORMATS[name].shapes]

    @settings(max_examples=8)
    @given(st.sampled_from(shapes).flatmap(sequences))
    def holds(frames):
        sink, _ = written(name, frames, options=options)
        if not sink.files:
            return
        names, items = read(name, sink)
        mine = {
            (frame_number(called), SCHEMA.class_by_id(r.class_id).name, r.track)
            for called, found in frames
            for r in found
        }
        theirs = {(frame_number(i.asset.name), names[e.class_id], e.track) for i in items for e in i.elements}
        assert theirs == mine

    holds()


@pytest.mark.parametrize("name", [name for name in TWO_WAY if not FORMATS[name].tracks])
def test_formats_without_tracks_tell_that_they_are_lost(name):
    shape = next(s for s in ("box", "mask", "polygon", "rotated_box", "skeleton", "tag") if s in FORMATS[name].shapes)
    region = region_type(shape)(id=UUID(int=1), class_id=1, geometry=SAMPLES[shape], track=7)
    _, losses = written(name, [("000001.png", [region])])
    assert "not_labelled" not in losses
    assert losses["track"].effect == "dropped"
    assert losses["track"].examples[0].element == str(region.id)


def test_frames_keep_the_numbers_of_their_names_in_whatever_order_they_come():
    frames = [("b/000012.jpg", [box(1, 4)]), ("b/000003.jpg", [box(2, 4)]), ("b/000007.jpg", [])]
    sink, losses = written("mot", frames)
    assert sink.files["street/gt/gt.txt"].decode().splitlines() == ["3,4,1,2,8,6,1,1,1", "12,4,1,2,8,6,1,1,1"]
    assert b"seqLength=12\n" in sink.files["street/seqinfo.ini"]
    assert not losses.keys() & {"no_frame_number", "no_sequence", "frame_renamed", "no_track"}
    _, items = read("mot", sink)
    assert [(item.asset.name, item.outcome) for item in items] == [
        ("street/000003.jpg", "labelled"),
        ("street/000007.jpg", "empty"),
        ("street/000012.jpg", "labelled"),
    ]


def test_names_that_count_from_0_are_the_frames_from_1():
    sink, _ = written("mot", [("frame_000000.png", [box(1, 1)]), ("frame_000001.png", [box(2, 1)])])
    assert [line.split(b",")[0] for line in sink.files["street/gt/gt.txt"].splitlines()] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("name", "options"), [("mot", {}), ("mots", {}), ("mots", {"form": "text"}), ("cvat_xml", {"form": "video"})]
)
def test_what_is_no_sequence_is_told(name, options):
    shape = FORMATS[name].shapes[0]
    regions = [region_type(shape)(id=UUID(int=n), class_id=1, geometry=SAMPLES[shape]) for n in (1, 2)]
    _, losses = written(name, [("here.png", regions[:1]), ("there.png", regions[1:])], options=options, group="")
    assert losses["no_sequence"].count == 2
    assert losses["no_track"].count == 2


@pytest.mark.parametrize(
    ("name", "options"), [("mot", {}), ("mots", {}), ("mots", {"form": "text"}), ("cvat_xml", {"form": "video"})]
)
def test_two_sequences_with_frames_of_the_same_names_keep_their_own_pictures_and_tracks(name, options):
    shape = FORMATS[name].shapes[0]
    sink = FolderSink()
    writer = FORMATS[name].writer(sink, schema=SCHEMA, options=options)
    made = region_type(shape)
    for number, (group, track) in enumerate([("east", 1001), ("west", 1002)], start=1):
        asset = AssetMeta(id=number, name="000001.png", width=WIDTH, height=HEIGHT, group=group)
        region = made(id=UUID(int=number), class_id=1, geometry=SAMPLES[shape], track=track)
        (chunk,) = pack([("region", encode(region))])
        sink.write(writer.add(ExportItem(asset=asset, chunks=[chunk.body])), b"picture")
    writer.finish()
    _, items = read(name, sink)
    assert sorted((i.asset.group, i.elements[0].track) for i in items) == [("east", 1001), ("west", 1002)]
    assert len({item.asset.name for item in items}) == 2
    assert all(f"/{item.asset.group}/" in f"/{item.media}" for item in items)


@pytest.mark.parametrize(("name", "options"), [("mot", {}), ("cvat_xml", {"form": "video"})])
def test_a_track_twice_on_a_frame_gets_two_numbers(name, options):
    sink, losses = written(name, [("000001.png", [box(1, 7), box(2, 7, x=20.0)])], options=options)
    _, (item,) = read(name, sink)
    assert sorted(e.track for e in item.elements) == [7, 8]
    assert losses["track_renumbered"].count == 1


def test_mots_keeps_a_tracks_instance_over_frames_and_tells_a_new_number():
    masks = [
        region_type("mask")(id=UUID(int=n), class_id=2, geometry=SAMPLES["mask"], track=track)
        for n, track in enumerate((5, 5, 2005, 90_000))
    ]
    sink, losses = written("mots", [(f"{n}.png", [mask]) for n, mask in enumerate(masks)])
    _, items = read("mots", sink)
    assert [item.elements[0].track for item in items] == [2005, 2005, 2999, 2998]
    assert [item.asset.group for item in items] == ["street"] * 4
    assert losses["track_renumbered"].count == 4


A_MASK, B_MASK = rb"b44\1000000000^b2", rb"d]16Z100000000000000000\S1"  # of 64 × 48 pixels


def test_pycocotools_reads_the_lines_of_mots():
    mask = region_type("mask")(id=UUID(int=1), class_id=2, geometry=SAMPLES["mask"], track=2005)
    sink, _ = written("mots", [("000004.png", [mask])], options={"form": "text"})
    (line,) = sink.files["street/gt/gt.txt"].split(b"\n")[:-1]
    frame, track, kind, height, width, counts = line.split(b" ")
    assert (frame, track, kind) == (b"4", b"2005", b"2")
    theirs = coco_mask.decode({"size": [int(height), int(width)], "counts": counts})
    assert (
        theirs == decode_runs(mask.geometry.full_runs(width=WIDTH, height=HEIGHT), width=WIDTH, height=HEIGHT)
    ).all()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("a/000012.jpg", 12),
        ("cam2_frame-0007_v3.png", 7),
        ("frame_12_jpg.rf.abc123.jpg", 12),
        ("shot 3.png", 3),
        ("20240131.jpg", None),
        ("street.jpg", None),
    ],
)
def test_the_number_of_a_frame_is_in_its_name(name, number):
    assert frame_of(AssetMeta(name=name, width=1, height=1)) == number
    assert frame_of(AssetMeta(name=name, width=1, height=1, metadata={"frame": 5})) == 5


CHALLENGE = {  # of two objects on two frames, the second of which has one that nobody counts
    "train/MOTS20-02/gt/gt.txt": b"1 1002 1 48 64 %b\n1 2005 2 48 64 %b\n2 2005 2 48 64 %b\n2 10000 10 48 64 %b\n"
    % (A_MASK, B_MASK, B_MASK, A_MASK),
    "train/MOTS20-02/seqinfo.ini": b"[Sequence]\nimWidth=64\nimHeight=48\nseqLength=3\nimExt=.jpg\n",
}
KITTI = {
    "instances_txt/0004.txt": b"0 2005 2 48 64 %b\n" % B_MASK,
    "training/image_02/0004/000000.png": b"",
    "training/image_02/0004/000001.png": b"",
    "training/image_02/0005/000000.png": b"",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (CHALLENGE, [("MOTS20-02/000001.jpg", [1002, 2005]), ("MOTS20-02/000002.jpg", [2005, None]), ("MOTS20-02/000003.jpg", [])]),
        (KITTI, [("0004/000000.png", [2005]), ("0004/000001.png", [])]),
    ],
    ids=["challenge", "kitti"],
)  # fmt: skip
def test_mots_as_text_is_known_and_read_as_its_tools_lay_it_out(files, expected):
    source = FolderSource(files)
    assert detect(source).name == "mots"
    reader = open_reader(detect(source), source, size_of=lambda _: (WIDTH, HEIGHT))
    items = list(reader.items())
    assert [(item.asset.name, [e.track for e in item.elements]) for item in items] == expected
    assert not [problem for item in items for problem in item.problems]


BOX, MASK = b"1,4,1,2,8,6,1,2,1", b"1 2005 2 48 64 %b" % B_MASK


@pytest.mark.parametrize(
    ("name", "lines", "labels", "regions", "detail"),
    [
        ("mot", [BOX, b"1,5,1,2,8,6,1,1e999,1"], b"car\nperson\n", 1, "class 1e999"),
        ("mot", [b"1,5,1,2,8,6,1"], b"", 0, "class 1, which is not said"),
        ("mot", [BOX, b"1,5,1,2,8,-6,1,1,1"], b"car\nperson\n", 1, "both sides must be positive"),
        ("mots", [MASK, b"1 1002 1 48 64 b44"], b"car\nperson\n", 1, "run lengths cover"),
        ("mots", [MASK, b"1 1002 9 48 64 " + A_MASK], b"car\nperson\n", 1, "class 9"),
    ],
)
def test_a_broken_line_is_named_and_the_others_go_in(name, lines, labels, regions, detail):
    source = FolderSource({"s/gt/gt.txt": b"\n".join(lines), "s/gt/labels.txt": labels})
    (item,) = open_reader(FORMATS[name], source).items()
    (problem,) = item.problems
    assert detail in problem.detail
    assert len(item.elements) == regions


def video(frames):
    sink, losses = written("cvat_xml", frames, options={"form": "video"})
    assert list(sink.files) == ["street/annotations.xml"]
    return sink, sink.files["street/annotations.xml"].decode(), losses


def test_a_track_that_is_not_to_be_seen_is_outside_from_the_next_frame_on():
    frames = [(f"{n}.png", [box(n + 1, 7)] if n in (0, 1, 4) else []) for n in range(6)]
    _, text, _ = video(frames)
    rows = re.findall(r'<box frame="(\d+)" keyframe="(\d)" outside="(\d)"', text)
    assert rows == [("0", "1", "0"), ("1", "1", "0"), ("2", "1", "1"), ("4", "1", "0"), ("5", "1", "1")]


def test_boxes_that_lie_where_interpolation_puts_them_are_no_keyframes():
    frames = [(f"{n}.png", [box(n + 1, 7, x=1.0 + 2.5 * n, y=2.0 + n / 3)]) for n in range(5)]
    frames += [("5.png", [box(6, 7, x=40.0)]), ("6.png", [box(7, 7, x=40.0, attributes={"parked": True})])]
    sink, text, _ = video(frames)
    assert re.findall(r'<box frame="(\d+)" keyframe="1"', text) == ["0", "4", "5", "6"]
    _, items = read("cvat_xml", sink)
    for (_, (mine,)), item in zip(frames, items, strict=True):
        (theirs,) = item.elements
        assert theirs.geometry.bounds() == pytest.approx(mine.geometry.bounds(), abs=1e-6)
        assert theirs.attributes == mine.attributes


def test_every_second_frame_of_a_video_is_a_step_and_no_gap():
    frames = [(f"{n}.png", [box(n + 1, 7)]) for n in (4, 6, 8)]
    sink, text, _ = video(frames)
    assert "<frame_filter>step=2</frame_filter>" in text
    assert 'outside="1"' not in text
    _, items = read("cvat_xml", sink)
    assert [item.asset.name for item in items] == ["frame_000004.png", "frame_000006.png", "frame_000008.png"]


def test_a_pose_keeps_its_joints_over_the_frames_of_a_video():
    poses = [
        {"head": (1.5, 2.0, 2), "hip": (3.0, 4.0, 1), "foot": (5.0, 6.0, 2)},
        {"head": (2.5, 2.0, 2), "hip": (0.0, 0.0, 0), "foot": (6.0, 6.0, 1)},
        {"head": (3.5, 2.0, 2), "hip": (3.0, 5.0, 2), "foot": (7.0, 6.0, 2)},
    ]
    made = region_type("skeleton")
    frames = [
        (f"{n}.png", [made(id=UUID(int=n), class_id=1, geometry=Skeleton(pose), track=3)])
        for n, pose in enumerate(poses)
    ]
    sink, _, _ = video(frames)
    _, items = read("cvat_xml", sink)
    assert [item.elements[0].geometry.joints for item in items] == poses


def test_labels_that_ask_for_a_track_themselves_keep_their_answer():
    asked = LabelSchema(
        classes=[
            Class(
                id=1,
                name="car",
                color="#3da3ff",
                shapes=["box"],
                attributes=[Attribute(name="track_id", kind="number")],
            )
        ]
    )
    for name in ("cvat_xml", "datumaro"):
        sink = FolderSink()
        writer = FORMATS[name].writer(sink, schema=asked)
        asset = AssetMeta(id=1, name="1.png", width=WIDTH, height=HEIGHT)
        (chunk,) = pack([("region", encode(box(1, 7, attributes={"track_id": 3})))])
        writer.add(ExportItem(asset=asset, chunks=[chunk.body]))
        assert "track" in {loss.code for loss in writer.finish().losses}
        _, (item,) = read(name, sink)
        assert (item.elements[0].attributes, item.elements[0].track) == ({"track_id": 3}, None)


def test_tracks_of_a_backup_that_begin_on_one_frame_are_two_things():
    """CVAT's backups give their tracks no ids."""

    def track(label, x):
        shapes = [
            {"type": "rectangle", "frame": frame, "outside": frame == 2, "points": [x + frame, 2, x + 9 + frame, 8]}
            for frame in (0, 2)
        ]
        return {"frame": 0, "label": label, "group": 0, "shapes": shapes}

    files = {
        "task.json": json.dumps({"name": "street", "labels": [{"name": "car"}]}).encode(),
        "annotations.json": json.dumps([{"shapes": [], "tags": [], "tracks": [track("car", 1), track("car", 30)]}]).encode(),
        "data/manifest.jsonl": b"".join(b'{"name": "%d", "extension": ".png", "width": 64, "height": 48}\n' % n for n in range(3)),
    }  # fmt: skip
    source = FolderSource(files)
    items = list(open_reader(detect(source), source).items())
    assert [sorted((e.track, e.geometry.x) for e in item.elements) for item in items] == [
        [(0, 1.0), (1, 30.0)],
        [(0, 1.0), (1, 30.0)],
        [],
    ]
    assert {item.asset.group for item in items} == {"street"}


def test_a_real_video_of_cvat_comes_back_with_its_tracks_and_frames():
    """In, out as a video, and in again: the same things at the same places of the same frames."""
    folder = SAMPLES_OF_CVAT / "for_video"
    source = FolderSource({"annotations.xml": (folder / "annotations.xml").read_bytes()})
    reader = open_reader(detect(source), source)
    header, first = reader.header(), list(reader.items())
    schema = LabelSchema(
        classes=[
            Class(
                id=one.key,
                name=one.name,
                color="#3da3ff",
                shapes=one.shapes,
                skeleton=one.skeleton,
                attributes=one.attributes,
            )
            for one in header.classes
        ]
    )
    sink = FolderSink()
    writer = FORMATS["cvat_xml"].writer(sink, schema=schema, options={"form": "video"})
    for number, item in enumerate(first, start=1):
        chunks = [chunk.body for chunk in pack([("region", encode(e)) for e in item.elements])]
        asset = AssetMeta(id=number, name=item.asset.name, width=25, height=20, group=item.asset.group)
        writer.add(ExportItem(asset=asset, chunks=chunks, outcome="labelled" if chunks else "empty"))
    assert not [loss for loss in writer.finish().losses if loss.effect != "noted"]
    _, again = read("cvat_xml", sink)

    def said(items):
        return {
            (i.asset.name, i.asset.group, e.track, e.class_id, repr(e.geometry), e.occluded, str(e.attributes))
            for i in items
            for e in i.elements
        }

    assert said(first)
    assert said(again) == said(first)
