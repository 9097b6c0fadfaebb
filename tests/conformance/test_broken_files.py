"""Files that are cut, twisted or lie: each is refused by name or read with its faults told; nothing else ever comes out."""

from __future__ import annotations

import io
import json
import os
import random
import re

import pytest

from domain.elements.structs import Region
from domain.formats import FORMATS, FolderSource, FormatError, detect, open_reader, open_source
from domain.formats.sources import SourceError
from domain.geometry import rle

from .test_round_trips import TWO_WAY, exported, one_of_each

ROUNDS = 400 if os.environ.get("LABELWRIGHT_SOAK") else 25
WORDS = (
    b"NaN",
    b"-1",
    b"1e400",
    b"null",
    b'""',
    b"[]",
    b"{}",
    b"true",
    b"99999999999999999999",
    b"\xff\xfe",
    b"\x00",
    b"'",
    b"<",
    b"]",
)


def twisted(data, dice):
    """One fault: the end is missing, bytes are changed, a number is another one, or a piece is there twice."""
    if not data:
        return dice.choice(WORDS)
    fault = dice.randrange(5)
    at = dice.randrange(len(data))
    if fault == 0:
        return data[:at]
    if fault == 1:
        return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
    if fault == 2:
        numbers = list(re.finditer(rb"-?\d+(?:\.\d+)?", data))
        if numbers:
            found = dice.choice(numbers)
            return data[: found.start()] + dice.choice(WORDS) + data[found.end() :]
    if fault == 3:
        words = list(re.finditer(rb'"[^"]*"', data))
        if words:
            found = dice.choice(words)
            return data[: found.start()] + dice.choice(WORDS) + data[found.end() :]
    end = min(len(data), at + dice.randrange(1, 60))
    return data[:end] + data[at:end] + data[end:]


def outcome(source, name=None):
    """(items, codes of all that was told): of a file that was refused, no items and the reason."""
    try:
        found = FORMATS[name] if name else detect(source)
        reader = open_reader(found, source, size_of=lambda _: (64, 48))
        reader.header()
        items = list(reader.items())
    except (FormatError, SourceError) as refused:
        return [], [(refused.code, refused.detail)]
    return items, [(problem.code, problem.detail) for item in items for problem in item.problems]


@pytest.mark.parametrize("name", TWO_WAY)
def test_a_twisted_file_is_named_and_never_crashes_its_reader(name):
    dice = random.Random(f"faults of {name}")
    files = exported(name, one_of_each(name))[0]._files
    texts = [path for path in files if not path.endswith((".jpg", "street 1.png"))] or list(files)
    for _ in range(ROUNDS):
        broken = dict(files)
        path = dice.choice(texts)
        broken[path] = twisted(broken[path], dice)
        if dice.random() < 0.1:
            del broken[dice.choice(list(broken))]
        items, told = outcome(FolderSource(broken), name)
        regions = [element for item in items for element in item.elements if isinstance(element, Region)]
        assert name == "native" or all(r.geometry.problems() == [] for r in regions)  # native: told when it is placed
        assert all(code and detail for code, detail in told)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"<a>", b"\x00" * 64, b"image,class\n", b'{"images": 3}', b"PK\x03\x04"]
)
def test_a_file_that_is_nothing_gives_nothing(data):
    items, told = outcome(FolderSource({"annotations/a.json": data, "b.xml": data, "c.csv": data, "d.txt": data}))
    assert sum(len(item.elements) for item in items) == 0
    assert all(code and detail for code, detail in told)


@pytest.mark.parametrize(("name", "root"), [("cvat_xml", b"annotations"), ("voc", b"annotation")])
def test_entities_of_xml_are_refused_before_they_grow(name, root):
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><ROOT><image name="&c;"/></ROOT>'.replace(
        b"ROOT", root
    )
    assert [code for code, _ in outcome(FolderSource({"annotations.xml": laughs}), name)[1]] == ["xml_entities"]


DEEP = b"[" * 20_000 + b"]" * 20_000
NESTED = {
    "coco": (b'{"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"image_id":1,"attributes":{"x":%b}}]}', "x.json"),
    "label_studio": (b'[{"data":{"image":"a.png"},"annotations":[{"result":%b}]}]', "x.json"),
    "segment_anything": (b'{"image":{"image_id":1,"width":1,"height":1,"file_name":"a.jpg"},"annotations":%b}', "x.json"),
    "imagefolder": (b'{"file_name":"a.png","objects":%b}\n', "metadata.jsonl"),
    "csv": (b'filename,class,xmin,ymin,xmax,ymax,attributes\na.png,c,1,1,5,5,"%b"\n', "a.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_without_end_is_named(name):
    text, path = NESTED[name]
    items, told = outcome(FolderSource({path: text % DEEP}), name)
    assert told or name == "csv"  # whose cell says nothing then
    assert len(items) <= 1


def test_a_cell_may_hold_the_run_lengths_of_a_large_mask():
    runs = b" ".join(b"%d 1" % at for at in range(1, 60_000, 2))
    table = b"image,width,height,rle\na.png,300,200," + runs + b"\n"
    ((item,), told) = outcome(FolderSource({"a.csv": table}), "csv")
    assert (len(table) > 131_072, told, item.elements[0].shape) == (True, [], "mask")
    mask = item.elements[0].geometry
    assert rle.area(rle.decompress(item.blobs[mask.blob].decode())) == 30_000


def test_an_image_of_absurd_size_has_none():
    whole = {"images": [{"id": 1, "file_name": "a.png", "width": 1e12, "height": 9}], "annotations": []}
    ((item,), told) = outcome(FolderSource({"a.json": json.dumps(whole).encode()}), "coco")
    assert (item.asset.width, item.asset.height, [code for code, _ in told]) == (0, 0, ["bad_size"])


@pytest.mark.parametrize(
    ("head", "kind"), [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x01", "rar"), (b"BZh91AY", "bzip2")]
)
def test_archives_of_other_kinds_are_called_by_their_name(head, kind):
    with pytest.raises(SourceError, match=kind) as refused:
        open_source("x", io.BytesIO(head + b"\0" * 600))
    assert refused.value.code == "archive_kind"


def test_an_archive_in_an_archive_is_named():
    with pytest.raises(FormatError) as refused:
        detect(FolderSource({"inner.zip": b"PK"}))
    assert refused.value.code == "archive_in_archive"
