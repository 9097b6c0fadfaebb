"""The lossless native format, YOLO, archives that are hostile."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import UUID

import pytest

from domain.elements import decode, encode, pack, place
from domain.formats import (
    AssetMeta,
    ExportItem,
    FolderSink,
    FolderSource,
    FormatError,
    ZipSink,
    detect,
    get,
    open_source,
)
from domain.formats.sources import SourceError
from domain.formats.yolo.reading import parse_names
from domain.geometry import rle
from domain.schema import Class, LabelSchema

SAMPLES = Path(__file__).parent / "formats" / "samples" / "yolo"
VECTORS = Path(__file__).parent / "shapes"
NAMES = ["car", "van: big", "a \"b\" 'c'"]
SCHEMA = LabelSchema(
    classes=[
        Class(id=i + 3, name=name, color="#3da3ff", shapes=["box", "polygon"], order=-i) for i, name in enumerate(NAMES)
    ]
    + [Class(id=9, name="gone", color="#3da3ff", shapes=["box"], archived=True)]
)


def region(number, shape, geometry, class_id=3, **more):
    return decode(
        "region", {"id": str(UUID(int=number)), "class": class_id, "shape": shape, "geometry": geometry, **more}
    )


def item(number, *elements, name=None, **more):
    chunks = [chunk.body for chunk in pack(elements)]
    asset = AssetMeta(id=number, name=name or f"a/photo {number}.jpg", width=200, height=100, metadata={"site": 4})
    return ExportItem(asset=asset, chunks=chunks, **more)


def stored(*regions):
    return [("region", encode(r)) for r in regions]


def exported(name, *items, options=None, load_blob=None):
    sink = FolderSink()
    writer = get(name).writer(sink, schema=SCHEMA, options=options, load_blob=load_blob)
    paths = [writer.add(one) for one in items]
    return sink.files, writer.finish(), paths


def every_shape():
    for path in sorted(VECTORS.glob("*.json")):
        for case in json.loads(path.read_text())["cases"]:
            if not case["problems"]:
                yield path.stem, case["geometry"]


def test_native_gives_back_the_very_bytes_of_every_shape_and_kind():
    elements = stored(*[region(i, shape, geometry) for i, (shape, geometry) in enumerate(every_shape())])
    track = {"id": str(UUID(int=900)), "class": 3, "attributes": {"a": ["x"]}}
    frame = {
        "id": str(UUID(int=901)),
        "track": track["id"],
        "frame": 4,
        "shape": "box",
        "geometry": {"x": 1, "y": 1, "w": 2, "h": 3},
    }
    for kind, raw in [("track", track), ("keyframe", frame), ("answer", {"id": "weather", "value": 1.5})]:
        elements.append((kind, encode(decode(kind, raw))))
    files, report, _ = exported("native", item(1, *elements, split="val"), item(2, outcome="empty"))
    source = FolderSource({f"folder/{path}": data for path, data in files.items()})
    reader = detect(source).reader(source)
    assert reader.header().schema == SCHEMA
    first, second = reader.items()
    assert [encode(e) for e in first.elements] == [raw for _, raw in elements]
    assert (first.split, first.asset.metadata, first.problems) == ("val", {"site": 4}, [])
    assert (second.outcome, second.elements) == ("empty", [])
    assert (report.items, report.losses) == (2, [])


def test_native_carries_the_blobs_of_long_masks():
    counts = rle.compress([0, 6]).encode()
    sha = "ab" * 32
    mask = region(1, "mask", {"x": 1, "y": 1, "size": [3, 2], "blob": sha})
    files, _, _ = exported("native", item(1, *stored(mask)), load_blob=lambda _: counts)
    (back,) = get("native").reader(FolderSource(files)).items()
    assert back.blobs == {sha: counts}


def test_a_long_mask_that_an_export_made_is_stored_as_a_blob():
    """Of an augmented copy, or of a polygon that became a mask: it stands in its line and is longer than a region may be."""
    counts = rle.compress([1] * 40_000)
    mask = region(1, "mask", {"x": 0, "y": 0, "size": [200, 200], "counts": counts})
    files, _, _ = exported("native", item(1, *stored(mask)))
    (back,) = get("native").reader(FolderSource(files)).items()
    assert back.problems == []
    assert place(back.elements[0], width=200, height=200).problems == []
    assert back.blobs == {back.elements[0].geometry.blob: counts.encode()}


def test_yolo_boxes_come_back_and_class_numbers_follow_the_schemas_order():
    box = {"x": 20.5, "y": 10.25, "w": 100, "h": 50}
    files, report, paths = exported("yolo", item(1, *stored(region(1, "box", box, class_id=3)), split="train"))
    assert files["labels/train/a/photo 1.txt"] == b"2 0.352500 0.352500 0.500000 0.500000\n"
    assert paths == ["images/train/a/photo 1.jpg"]
    source = FolderSource(files)
    reader = detect(source).reader(source, size_of=lambda _: (200, 100))
    assert [c.name for c in reader.header().classes] == NAMES[::-1]
    (back,) = reader.items()
    assert back.elements[0].geometry.bounds() == pytest.approx((20.5, 10.25, 120.5, 60.25), abs=1e-3)
    assert [loss.code for loss in report.losses] == ["metadata"]


def test_an_empty_file_is_a_confirmed_background_and_nothing_else_is():
    files, report, paths = exported("yolo", item(1, outcome="empty"), item(2), item(3, *stored(region(1, "tag", {}))))
    assert [path for path in files if path.endswith(".txt")] == ["labels/train/a/photo 1.txt"]
    assert paths[1:] == [None, None]
    assert report.count("not_labelled") == 2
    (back,) = get("yolo").reader(FolderSource(files), size_of=lambda _: (200, 100)).items()
    assert (back.outcome, back.elements) == ("empty", [])


def test_boxes_of_an_amodal_project_are_cut_and_counted():
    files, report, _ = exported("yolo", item(1, *stored(region(1, "box", {"x": -20, "y": 0, "w": 40, "h": 100}))))
    assert files["labels/train/a/photo 1.txt"] == b"2 0.050000 0.500000 0.100000 1.000000\n"
    assert report.count("outside_image") == 1


def test_segmentation_joins_holes_and_parts_without_changing_the_area():
    parts = [[[10, 10, 60, 10, 60, 60, 10, 60], [20, 20, 30, 20, 30, 30, 20, 30]], [[100, 10, 120, 10, 120, 30]]]
    polygon = region(1, "polygon", {"parts": parts})
    files, report, _ = exported("yolo", item(1, *stored(polygon)), options={"task": "segment"})
    (back,) = get("yolo").reader(FolderSource(files), size_of=lambda _: (200, 100)).items()
    geometry = back.elements[0].geometry
    assert geometry.area() == pytest.approx(polygon.geometry.area(), abs=0.1)
    assert (geometry.to_mask(width=200, height=100) == polygon.geometry.to_mask(width=200, height=100)).all()
    assert report.count("rings_joined") == 1


def test_two_assets_of_one_name_get_two_files():
    files, _, paths = exported("yolo", item(1, name="x.jpg", outcome="empty"), item(2, name="x.png", outcome="empty"))
    assert paths == ["images/train/x.jpg", "images/train/2/x.png"]
    assert {"labels/train/x.txt", "labels/train/2/x.txt"} <= set(files)


@pytest.mark.parametrize(("folder", "shape"), [("detection", "box"), ("segmentation", "polygon"), ("darknet", "box")])
def test_yolo_files_of_other_tools_are_read(folder, shape):
    root = SAMPLES / folder
    source = FolderSource({str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()})
    reader = detect(source).reader(source, size_of=lambda _: (10, 6))
    assert [c.name for c in reader.header().classes] == [f"label_{i}" for i in range(10)]
    (found,) = reader.items()
    assert (found.asset.name, found.split, found.problems) == ("1.jpg", "train", [])
    assert {e.shape for e in found.elements} == {shape}


@pytest.mark.parametrize(
    "text",
    [
        "names: [a, 'b c', \"d\"]",
        "names:\n- a\n- b c\n- d # last\nnc: 3",
        "names:\n  1: 'b c'\n  0: a\n  2: d\n",
        "names: {0: a, 1: b c,\n 2: d}",
    ],
)
def test_every_way_to_write_names_is_read(text):
    assert parse_names("data.yaml", f"path: .\ntrain: images/train\n{text}\n") == ["a", "b c", "d"]


def test_bad_lines_are_told_and_block_nothing():
    files = {
        "data.yaml": b"names: [a]",
        "labels/train/x.txt": b"0 .5 .5 .1 .1\n7 .5 .5 .1 .1\n0 .5\n0 nan 1 1 1\nx 1 1 1 1\n",
    }
    (found,) = get("yolo").reader(FolderSource(files), size_of=lambda _: (10, 10)).items()
    assert len(found.elements) == 1
    assert [p.code for p in found.problems] == ["bad_line"] * 4


def zipped(name, data=b"x", attributes=0, compress=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = attributes, compress
        archive.writestr(info, data)
    return out


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../b", "a//b", "./a", "c:\\x\\..\\y", "a\x01b"])
def test_paths_out_of_an_archive_are_refused(name):
    with pytest.raises(SourceError) as caught:
        open_source("x.zip", zipped(name))
    assert caught.value.code == "unsafe_path"


def test_links_bombs_and_broken_archives_are_refused():
    with pytest.raises(SourceError, match="link"):
        open_source("x.zip", zipped("a", attributes=0o120777 << 16))
    with pytest.raises(SourceError, match="unpack"):
        open_source("x.zip", zipped("a", b"\0" * (12 << 20), compress=zipfile.ZIP_DEFLATED))
    with pytest.raises(SourceError) as caught:
        open_source("x.zip", io.BytesIO(b"PK\3\4 and then nothing"))
    assert caught.value.code == "broken_archive"


def test_an_unknown_file_and_unknown_options_are_refused_by_name():
    with pytest.raises(FormatError) as caught:
        detect(FolderSource({"a.bin": b"1"}))
    assert caught.value.code == "format_not_recognised"
    with pytest.raises(FormatError, match="bogus"):
        get("coco").writer(FolderSink(), schema=SCHEMA, options={"bogus": 1})


def test_a_zip_sink_sorts_refuses_repeats_and_keeps_pieces_whole():
    out = io.BytesIO()
    sink = ZipSink(out)
    with sink.open("z.txt") as late, sink.open("b/ä.txt") as early:
        late.write(b"1")
        early.write(b"2")
        late.write(b"3")
    sink.write("a.txt", b"4")
    with pytest.raises(ValueError, match="already"):
        sink.write("a.txt", b"5")
    sink.close()
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["a.txt", "b/ä.txt", "z.txt"]
        assert archive.read("z.txt") == b"13"


def test_large_entries_stay_in_files_of_their_own_and_the_archive_is_the_same_bytes(monkeypatch):
    def archived() -> bytes:
        out = io.BytesIO()
        sink = ZipSink(out)
        sink.write("m.txt", b"small")
        for name in ("c.json", "a.json", "z.json"):
            with sink.open(name) as part:
                part.write(name.encode() * 100)
            sink.write(f"{name}.txt", b"beside")
        sink.close()
        return out.getvalue()

    plain = archived()
    monkeypatch.setattr("domain.formats.sinks.LARGE", 100)
    monkeypatch.setattr("domain.formats.sinks.MOST_OWN", 2)  # the third is copied
    assert archived() == plain
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert archive.read("a.json") == b"a.json" * 100
