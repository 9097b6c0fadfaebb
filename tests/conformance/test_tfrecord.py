"""TFRecord byte by byte: vectors of its documents, what another writer made, and files that are cut or lie."""

from __future__ import annotations

import io
from pathlib import Path
from struct import pack, unpack

import pytest
from PIL import Image

from domain.formats import FORMATS, FolderSource, FormatError, open_reader
from domain.formats.embedded import pictures_from
from domain.formats.tfrecord.example import decoded, encoded
from domain.formats.tfrecord.framing import LANE, crc32c, masked, records, write_record
from domain.protobuf import BadWire

from .test_round_trips import exported, one_of_each

OTHER = Path(__file__).parent / "formats" / "samples" / "tfrecord" / "tfrecord_package"
# The example of TensorFlow's guide to TFRecord
GUIDE = (
    b"\nR\n\x11\n\x08feature0\x12\x05\x1a\x03\n\x01\x00\n\x11\n\x08feature1\x12\x05\x1a\x03\n\x01\x04"
    b"\n\x14\n\x08feature2\x12\x08\n\x06\n\x04goat\n\x14\n\x08feature3\x12\x08\x12\x06\n\x04[\xd3|?"
)
FEATURES = {"feature0": [0], "feature1": [4], "feature2": [b"goat"], "feature3": [unpack("<f", b"[\xd3|?")[0]]}


def bit_by_bit(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)],
)
def test_the_checksum_is_that_of_rfc_3720(data, crc):
    assert crc32c(data) == crc


@pytest.mark.parametrize("size", [0, 1, LANE - 1, LANE, LANE + 1, 3 * LANE + 7])
def test_the_checksum_of_lanes_is_that_of_all_bits(size):
    data = bytes((i * 31 + 7) % 251 for i in range(size))
    assert crc32c(data) == bit_by_bit(data)


def test_an_example_is_the_bytes_of_the_guide():
    assert encoded(FEATURES) == GUIDE
    assert decoded(GUIDE) == FEATURES


def test_numbers_are_read_one_by_one_too():
    def field(number, data):
        return bytes([number << 3 | 2, len(data)]) + data

    def example(name, feature):
        return field(1, field(1, field(1, name) + field(2, feature)))

    floats = example(b"f", field(2, b"\x0d\x00\x00\x80\x3f\x0d\x00\x00\x00\x40"))
    whole = example(b"i", field(3, b"\x08\x05\x08" + b"\xff" * 9 + b"\x01\x08\x07"))
    assert decoded(floats) == {"f": [1.0, 2.0]}
    assert decoded(whole) == {"i": [5, -1, 7]}


@pytest.mark.parametrize("data", [b"\x0a\xff", b"\x0a\x05ab", b"\x0b", b"\x80" * 11, b"\x0a\x04\x0a\x02\x08\x01"])
def test_broken_bytes_are_no_example(data):
    with pytest.raises(BadWire):
        decoded(data)


def record(data):
    out = io.BytesIO()
    write_record(out, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        record(b"abc")[:-1],
        record(b"abc")[:14],
        record(b"abc")[:5],
        record(b"abc")[:-2] + b"xx",
        pack("<Q", 1 << 40) + pack("<L", masked(pack("<Q", 1 << 40))),
    ],
)
def test_a_record_that_is_cut_or_lies_is_refused_by_name(data):
    with pytest.raises(FormatError) as refused:
        list(records(io.BytesIO(data), "a.tfrecord"))
    assert refused.value.code == "bad_tfrecord"


def test_what_another_package_wrote_is_read_with_its_pictures():
    source = FolderSource({path.name: path.read_bytes() for path in OTHER.iterdir()})
    reader = open_reader(FORMATS["tfrecord"], source)
    names = {c.key: c.name for c in reader.header().classes}
    one, two, three = reader.items()
    assert [(item.asset.name, item.split) for item in (one, two, three)] == [
        ("one.png", "train"),
        ("two.png", "train"),
        ("three.png", "val"),
    ]
    assert [(names[e.class_id], e.flags) for e in one.elements] == [("cup", []), ("spoon", ["crowd"])]
    assert [(names[e.class_id], e.geometry.bounds()) for e in two.elements] == [("spoon", (10, 3, 21, 16))]
    assert names[three.elements[0].class_id] == "cup"
    pictures = pictures_from(reader, source)
    assert [Image.open(pictures.open(item.media)).getpixel((0, 0)) for item in (one, three)] == [
        (200, 60, 30),
        (20, 60, 130),
    ]


def test_pictures_stand_in_the_records_and_nowhere_else():
    source, _ = exported("tfrecord", one_of_each("tfrecord"))
    assert source.paths() == ["label_map.pbtxt", "train.tfrecord"]
    ((_, data),) = records(source.open("train.tfrecord"), "train.tfrecord")
    features = decoded(data)
    assert Image.open(io.BytesIO(features["image/encoded"][0])).size == (64, 48)
    assert features["image/format"] == [b"png"]


def test_one_record_that_is_no_example_costs_that_record():
    files = {"train.tfrecord": record(b"\x0a\xff") + (OTHER / "validation-00000-of-00001.tfrecord").read_bytes()}
    broken, sound = open_reader(FORMATS["tfrecord"], FolderSource(files)).items()
    assert [p.code for p in broken.problems] == ["bad_example"]
    assert len(sound.elements) == 1
