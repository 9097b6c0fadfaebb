"""Real files of the interchange formats: recognised by what is in them, and read whole."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from domain.elements.structs import Region
from domain.formats import FolderSource, detect, open_reader

SAMPLES = Path(__file__).parent / "formats" / "samples"
EXPECTED = json.loads((Path(__file__).parent / "formats" / "samples.json").read_text())


def source_of(folder):
    return FolderSource({str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()})


def read(source):
    """(format, header, items), sizes taken from the pictures."""

    def size_of(name):
        return Image.open(io.BytesIO(source.read(name))).size if name in source.paths() else None

    found = detect(source)
    reader = open_reader(found, source, size_of=size_of)
    return found, reader.header(), list(reader.items())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_is_recognised_and_nothing_in_it_is_lost_in_silence(name):
    found, header, items = read(source_of(SAMPLES / name))
    elements = [element for item in items for element in item.elements]
    told = {
        "format": found.name,
        "classes": len(header.classes),
        "items": len(items),
        "pictures": sum(item.media is not None for item in items),
        "shapes": dict(sorted(Counter(e.shape for e in elements if isinstance(e, Region)).items())),
        "answers": sum(not isinstance(e, Region) for e in elements),
        "problems": dict(sorted(Counter(p.code for item in items for p in item.problems).items())),
        "splits": sorted({item.split for item in items if item.split}),
    }
    assert told == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_read_twice_gives_the_same_ids_and_none_twice_in_an_item(name):
    once, again = ([[e.id for e in item.elements] for item in read(source_of(SAMPLES / name))[2]] for _ in range(2))
    assert once == again
    assert all(len(ids) == len(set(ids)) for ids in once)
