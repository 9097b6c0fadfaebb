"""Files that are cut, twisted or lie: each is refused by name or read with its faults told; nothing else ever comes out."""

from __future__ import annotations

import os
import random
import re

import pytest

from domain.elements.structs import Region
from domain.formats import FORMATS, FolderSource, FormatError, detect, open_reader
from domain.formats.sources import SourceError

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
