"""Parquet byte by byte: nested columns there and back, what pyarrow wrote, and files that are cut or lie."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.formats import FORMATS, FolderSource, FormatError, open_reader
from domain.formats.embedded import pictures_from
from domain.formats.parquet.file import BOOL, BYTES, NUMBER, TEXT, WHOLE, Field, ParquetReader, ParquetWriter
from domain.formats.parquet.levels import packed, unpacked
from domain.formats.parquet.thrift import Long, read_struct, struct

from .test_round_trips import exported, one_of_each

PYARROW = Path(__file__).parent / "formats" / "samples" / "parquet" / "pyarrow"
FIELDS = [
    Field("whole", WHOLE),
    Field("bits", of=Field("", BOOL)),
    Field("rings", of=Field("", of=Field("", NUMBER))),
    Field("group", fields=[Field("text", TEXT), Field("data", BYTES), Field("texts", of=Field("", TEXT))]),
    Field("members", of=Field("", fields=[Field("x", NUMBER), Field("tags", of=Field("", WHOLE))])),
]
maybe = st.none
whole, number = st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)
rows = st.fixed_dictionaries(
    {
        "whole": maybe() | whole,
        "bits": maybe() | st.lists(maybe() | st.booleans(), max_size=9),
        "rings": maybe() | st.lists(maybe() | st.lists(maybe() | number, max_size=3), max_size=3),
        "group": maybe()
        | st.fixed_dictionaries(
            {
                "text": maybe() | st.text(max_size=5),
                "data": maybe() | st.binary(max_size=5),
                "texts": maybe() | st.lists(maybe() | st.text(max_size=3), max_size=3),
            }
        ),
        "members": maybe()
        | st.lists(
            maybe() | st.fixed_dictionaries({"x": maybe() | number, "tags": maybe() | st.lists(whole, max_size=2)}),
            max_size=3,
        ),
    }
)


def written(found, *, group=2):
    out = io.BytesIO()
    writer = ParquetWriter(out, FIELDS, {"said": "ü"})
    for number, row in enumerate(found, start=1):
        writer.add(row)
        if number % group == 0:
            writer.flush()
    writer.close()
    return out.getvalue()


@settings(max_examples=40)
@given(st.lists(rows, max_size=5))
def test_nested_rows_come_back_equal(found):
    file = ParquetReader(io.BytesIO(written(found)))
    assert (file.rows, file.said) == (len(found), {"said": "ü"})
    assert list(file.records()) == found


def test_only_wanted_columns_are_read():
    row = {"whole": 7, "bits": [True], "rings": [], "group": None, "members": None}
    assert list(ParquetReader(io.BytesIO(written([row]))).records(["whole", "bits"])) == [{"whole": 7, "bits": [True]}]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_levels_come_back_equal(levels):
    assert unpacked(packed(levels, 3), 3, len(levels)) == levels


def test_packed_bits_are_read():
    """The example of the format's description: 0 to 7 in three bits each."""
    assert unpacked(bytes([0b00000011, 0b10001000, 0b11000110, 0b11111010]), 3, 8) == list(range(8))


def test_headers_come_back_equal():
    fields = {1: 5, 3: True, 4: False, 19: "text", 20: [1, -2], 21: [{1: Long(2**40)}], 22: {2: b"x"}}
    back = read_struct(io.BytesIO(struct(fields)))
    assert back == fields | {19: b"text"}


def test_what_pyarrow_wrote_is_read_with_its_pictures_and_names():
    source = FolderSource({str(p.relative_to(PYARROW)): p.read_bytes() for p in PYARROW.rglob("*.parquet")})
    reader = open_reader(FORMATS["parquet"], source)
    names = {c.key: c.name for c in reader.header().classes}
    items = list(reader.items())
    assert [(i.split, i.outcome, [names[e.class_id] for e in i.elements if hasattr(e, "class_id")]) for i in items] == [
        ("test", "labelled", ["spoon"]),
        ("train", "labelled", ["cup", "spoon"]),
        ("train", "empty", []),
        ("val", "labelled", ["cup", "spoon"]),
        ("val", "empty", []),
    ]
    assert items[1].elements[1].geometry.bounds() == (20, 6, 30, 27)
    assert all(pictures_from(reader, source).read(item.media)[:4] == b"\x89PNG" for item in items)


def test_pictures_and_names_stand_in_the_file():
    source, _ = exported("parquet", one_of_each("parquet"))
    (path,) = source.paths()
    file = ParquetReader(source.open(path))
    (row,) = file.records()
    assert (row["image"]["path"], row["image"]["bytes"][:4]) == ("street 1.png", b"\x89PNG")
    assert '"names":["car","traffic light","Ärmel & Co"]' in file.said["huggingface"]


def foot(fields):
    data = struct(fields)
    return b"PAR1" + data + pack("<I", len(data)) + b"PAR1"


@pytest.mark.parametrize(
    "data",
    [
        b"PAR1",
        b"PAR1" + bytes(20),
        b"PAR1" + pack("<I", 2**31) + b"PAR1",
        foot({}),
        foot({2: [{4: "root", 5: 3}]}),
        foot({2: [{4: "root", 5: 1}, {1: 2, 4: "a"}], 4: [{1: [], 3: 5}]}),
        foot({2: [{4: "root", 5: 1}, {1: 2, 4: "a"}], 4: [{1: [{3: {5: 5}}], 3: Long(5)}]}),
        foot({2: [{4: "root", 5: 1}, {1: 2, 4: "a"}], 4: [{1: [{3: {5: 5, 7: 9, 9: 4}}], 3: Long(5)}]}),
        written([{"whole": 1}] * 3)[:-30] + written([{"whole": 1}] * 3)[-8:],
    ],
)
def test_a_file_that_is_cut_or_lies_is_refused_by_name(data):
    with pytest.raises(FormatError) as refused:
        list(ParquetReader(io.BytesIO(data)).records())
    assert refused.value.code == "bad_parquet"


def test_a_twisted_byte_is_named_or_changes_a_value():
    data = bytearray((PYARROW / "data" / "validation-00000-of-00001.parquet").read_bytes())
    for at in range(4, len(data) - 8, 29):
        twisted = bytes(data[:at]) + bytes([data[at] ^ 0x55]) + bytes(data[at + 1 :])
        with contextlib.suppress(FormatError):  # nothing else comes out
            list(ParquetReader(io.BytesIO(twisted)).records())
