"""A COCO file is read piece by piece: wherever it is cut, and in whatever order it stands, the same comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.formats.base import FormatError
from domain.formats.coco import blocks, spool
from domain.formats.coco.reading import CocoReader
from domain.formats.sources import FolderSource

values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text('{}[]",\\:ä ', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a",}\\', max_size=3), inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(st.sampled_from(["images", "annotations"]), st.lists(values, max_size=6)).flatmap(
    lambda arrays: st.dictionaries(st.sampled_from(["info", "categories", "x"]), values, max_size=3).map(
        lambda rest: {**rest, **arrays}
    )
)
layouts = st.sampled_from([{"separators": (",", ":")}, {}, {"indent": 1}])


@given(documents, layouts, st.integers(1, 40))
def test_an_object_read_in_pieces_of_any_size_is_the_object(document: Any, layout: Any, size: int) -> None:
    found: dict[str, Any] = {name: [] for name in document if name in ("images", "annotations")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        text = json.dumps(document, **layout).encode()
        with FolderSource({"a": text}).open("a") as file:
            for name, piece in blocks.members(file, ("images", "annotations")):
                if name in ("images", "annotations"):
                    found[name] += json.loads(piece)
                else:
                    found[name] = json.loads(piece)
    assert found == document


@given(documents, st.data())
def test_an_object_that_breaks_off_is_never_taken_for_a_whole_one(document: Any, data: st.DataObject) -> None:
    text = json.dumps(document).encode()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(blocks.Unreadable), FolderSource({"a": cut}).open("a") as file:
        for _ in blocks.members(file, ("images", "annotations")):
            pass


def _document() -> dict[str, Any]:
    images = [{"id": n, "file_name": f"{n}.png", "width": 64, "height": 48} for n in range(30)]
    annotations = [
        {"id": n, "image_id": n % 30, "category_id": 1 + n % 2, "bbox": [n % 7, 1, 5, 4], "segmentation": []}
        for n in range(200)
    ]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}]
    return {"images": images, "annotations": annotations, "categories": categories}


def _items(document: dict[str, Any]) -> Any:
    reader = CocoReader(FolderSource({"annotations/instances_default.json": json.dumps(document).encode()}))
    header = reader.header()
    return header, [(item.asset, item.elements, item.problems) for item in reader.items()]


def test_annotations_may_stand_in_any_order_and_before_their_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool.Spool, "images", 4)
    monkeypatch.setattr(blocks, "BLOCK", 700)
    document = _document()
    expected = _items(document)
    assert sum(len(elements) for _, elements, _ in expected[1]) == 200
    turned = {name: document[name] for name in ("annotations", "categories", "images")}
    assert _items(turned) == expected


def test_a_broken_annotation_amid_many_is_named_by_its_place_and_the_rest_goes_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 700)
    document = _document()
    document["annotations"][100]["bbox"] = "wide"
    document["annotations"][150]["image_id"] = 99
    document["annotations"][160]["image_id"] = [1]
    _, items = _items(document)
    told = [problem.detail for *_, problems in items for problem in problems]
    assert sorted(detail.split(":")[0].split(" belongs")[0] for detail in told) == [
        "annotation 100",
        "annotation 150",
        "annotation 160",
    ]
    assert sum(len(elements) for _, elements, _ in items) == 197


def test_a_fault_in_a_file_is_told_with_its_place_in_the_whole_file() -> None:
    document = _document()
    document["categories"][0]["id"] = None
    with pytest.raises(FormatError, match=r"categories\[0\].id"):
        _items(document)
