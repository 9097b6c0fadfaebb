"""Elements: strict reading, one canonical encoding, the rule of the edge, chunks."""

from __future__ import annotations

import json
import subprocess
import sys
from math import cos, pi, sin
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.elements import ElementError, decode, decode_chunk, encode, pack, place, unpack
from domain.elements.chunks import MAX_CHUNK_BYTES, MAX_CHUNK_ELEMENTS
from domain.shapes.box import Box
from domain.shapes.polygon import Polygon

ID = "0190A0B0-0000-7000-8000-00000000000A"
BOX = {"x": 1, "y": 2, "w": 3, "h": 4}


def raw(**changes):
    return {"id": ID, "class": 1, "shape": "box", "geometry": BOX, **changes}


def test_bytes_are_canonical_whatever_the_order_of_keys_and_the_case_of_ids():
    first = encode(decode("region", raw(attributes={}, z=0, flags=["ignore", "crowd", "crowd"])))
    second = encode(decode("region", json.dumps(dict(reversed(raw(flags=["crowd", "ignore"]).items()))).encode()))
    assert first == second
    assert json.loads(first)["id"] == ID.lower()
    assert "z" not in json.loads(first)


def test_attributes_are_written_even_when_there_are_none():
    assert json.loads(encode(decode("region", raw())))["attributes"] == {}


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("region", raw(shape="blob"), "unknown_shape"),
        ("region", raw(geometry={**BOX, "x": float("nan")}), "bad_element"),
        ("region", raw(geometry={**BOX, "x": float("inf")}), "bad_element"),
        ("region", raw(geometry={**BOX, "x": 1e9}), "bad_element"),
        ("region", raw(geometry={**BOX, "depth": 1}), "bad_element"),
        ("region", raw(geometry={"x": 1}), "bad_element"),
        ("region", raw(id="7"), "bad_element"),
        ("region", raw(**{"class": "car"}), "bad_element"),
        ("region", raw(flags=["nice"]), "bad_element"),
        ("region", [], "bad_element"),
        ("region", None, "bad_element"),
        ("region", b'{"x": NaN}', "malformed_json"),
        ("region", b"[" * 100_000, "bad_element"),
        ("region", b'{"id": ', "malformed_json"),
        ("region", raw(attributes={"text": "x" * 1_000_000}), "element_too_large"),
        ("comment", raw(), "unknown_kind"),
        ("answer", {"id": "weather"}, "bad_element"),
        ("keyframe", {"id": ID, "track": ID, "frame": -1, "shape": "box", "geometry": BOX}, "bad_element"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(kind, body, code):
    with pytest.raises(ElementError) as caught:
        decode(kind, body)
    assert caught.value.code == code
    assert caught.value.detail


def test_a_region_over_the_edge_is_cut_and_says_by_how_much():
    placed = place(decode("region", raw(geometry={"x": 90, "y": -3, "w": 20, "h": 10})), width=100, height=80)
    assert placed.element.geometry == Box(90.0, 0.0, 10.0, 7.0)
    assert [(p.code, p.severity, p.by) for p in placed.problems] == [("outside_image", "clamped", 10.0)]


def test_an_amodal_project_keeps_what_reaches_outside():
    element = decode("region", raw(geometry={"x": 90, "y": -3, "w": 20, "h": 10}))
    assert place(element, width=100, height=80, amodal=True).element == element


def test_rounding_at_the_edge_is_cut_without_a_word():
    placed = place(decode("region", raw(geometry={"x": -0.001, "y": 0, "w": 10, "h": 10})), width=100, height=80)
    assert placed.problems == []
    assert placed.element.geometry.x == 0.0


@pytest.mark.parametrize(("x", "code"), [(200, "wholly_outside"), (-30, "wholly_outside"), (99, "beyond_limit")])
def test_what_lies_outside_is_refused(x, code):
    placed = place(
        decode("region", raw(geometry={"x": x, "y": 0, "w": 20 if x != 99 else 102, "h": 10})), width=100, height=80
    )
    assert placed.element is None
    assert [p.code for p in placed.problems] == [code]


def test_a_polygon_over_the_edge_keeps_its_holes():
    geometry = {"parts": [[[80, 10, 120, 10, 120, 50, 80, 50], [85, 20, 110, 20, 110, 30, 85, 30]]]}
    cut = place(decode("region", raw(shape="polygon", geometry=geometry)), width=100, height=80).element.geometry
    assert isinstance(cut, Polygon)
    assert cut.bounds() == (80.0, 10.0, 100.0, 50.0)
    assert cut.area() == pytest.approx(20 * 40 - 15 * 10)


def test_too_many_vertices_are_an_error():
    ring = [float(i % 90) for i in range(200_004)]
    found = Polygon([[ring]]).check(width=100, height=100)
    assert [p.code for p in found] == ["too_many_vertices"]


def test_chunks_hold_at_most_512_elements_and_give_back_their_bytes():
    elements = [("region", encode(decode("region", raw(id=str(UUID(int=i)))))) for i in range(1_100)]
    chunks = list(pack(elements))
    assert [c.count for c in chunks] == [MAX_CHUNK_ELEMENTS, MAX_CHUNK_ELEMENTS, 1_100 - 2 * MAX_CHUNK_ELEMENTS]
    assert [pair for c in chunks for pair in unpack(c.body)] == elements
    assert decode_chunk(chunks[0].body)[0].element == decode(*elements[0])


def test_large_elements_make_more_chunks():
    text = [("answer", encode(decode("answer", {"id": f"note{i}", "value": "x" * 9_000}))) for i in range(300)]
    chunks = list(pack(text))
    assert len(chunks) == 3
    assert all(len(c.body) <= MAX_CHUNK_BYTES + 2 for c in chunks)


def test_the_same_elements_make_the_same_chunk_elsewhere():
    same = [("region", encode(decode("region", raw())))]
    assert next(pack(same)).sha256 == next(pack(list(same))).sha256


numbers = st.floats(-500, 500, allow_nan=False, width=32)


@given(x=numbers, y=numbers, w=st.floats(0.01, 500), h=st.floats(0.01, 500))
def test_what_was_placed_lies_inside_the_image_and_is_placed_unchanged_again(x, y, w, h):
    placed = place(decode("region", raw(geometry={"x": x, "y": y, "w": w, "h": h})), width=100, height=80)
    if placed.element is None:
        assert [p.severity for p in placed.problems] == ["error"]
        return
    x0, y0, x1, y1 = placed.element.geometry.bounds()
    assert -1e-9 <= x0 < x1 <= 100 + 1e-9
    assert -1e-9 <= y0 < y1 <= 80 + 1e-9
    assert not place(placed.element, width=100, height=80).problems


@given(x=numbers, y=numbers, radii=st.lists(st.floats(1, 200), min_size=3, max_size=12))
def test_clipping_a_simple_polygon_never_adds_area_and_stays_inside(x, y, radii):
    turns = [2 * pi * i / len(radii) for i in range(len(radii))]
    ring = [c for a, r in zip(turns, radii, strict=True) for c in (x + r * cos(a), y + r * sin(a))]
    whole = Polygon([[ring]])
    cut = whole.clamp(width=100, height=80)
    if cut is None:
        return
    x0, y0, x1, y1 = cut.bounds()
    assert min(x0, y0, 100 - x1, 80 - y1) >= 0
    assert cut.area() <= min(100 * 80, whole.area()) + 1e-6


@given(x=numbers, angle=st.floats(-180, 179.9), t=st.floats(0, 1))
def test_interpolation_is_exact_at_its_ends(x, angle, t):
    first = decode(
        "region", raw(shape="rotated_box", geometry={"cx": 5, "cy": 5, "w": 3, "h": 4, "angle": angle})
    ).geometry
    second = decode(
        "region", raw(shape="rotated_box", geometry={"cx": x, "cy": 5, "w": 3, "h": 4, "angle": -10})
    ).geometry
    assert first.interpolate(second, 1.0) == second
    assert first.interpolate(second, 0.0).cx == first.cx
    assert not first.interpolate(second, t).problems()


def test_reading_elements_and_schemas_imports_no_heavy_library():
    code = (
        "import sys, domain.elements, domain.schema, domain.workflow, domain.checks, domain.formats, domain.sampling;"
        "print([m for m in ('numpy', 'scipy', 'shapely', 'pycocotools', 'django') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
