"""Boxes, rings and run lengths, against brute force and shapely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon as Reference
from shapely.geometry import box as reference_box

from domain.geometry import masks, rings, rle
from domain.geometry.boxes import pairwise_iou
from domain.geometry.contours import contours

sides = st.floats(0, 50, width=32)
boxes = st.tuples(sides, sides, sides, sides).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)
bitmaps = st.integers(1, 12).flatmap(
    lambda w: st.lists(st.lists(st.integers(0, 1), min_size=w, max_size=w), min_size=1, max_size=12)
)


@given(a=st.lists(boxes, min_size=1, max_size=5), b=st.lists(boxes, min_size=1, max_size=5))
def test_iou_is_that_of_shapely_and_never_nan(a, b):
    found = pairwise_iou(np.array(a), np.array(b))
    assert found.shape == (len(a), len(b))
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            first, second = reference_box(*one), reference_box(*other)
            union = first.union(second).area
            expected = first.intersection(second).area / union if first.area + second.area > 1e-9 and union else 0.0
            assert found[i, j] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("bad", [np.zeros(4), np.zeros((2, 3)), np.array([[5, 0, 1, 1]])])
def test_what_is_no_box_is_refused(bad):
    with pytest.raises(ValueError, match="box"):
        pairwise_iou(bad, np.zeros((0, 4)))


def test_no_boxes_have_no_pairs():
    assert pairwise_iou(np.zeros((0, 4)), np.array([[0, 0, 1, 1]])).shape == (0, 1)


@given(radii=st.lists(st.floats(1, 60), min_size=3, max_size=15), x=st.floats(-20, 120), y=st.floats(-20, 100))
def test_clipping_agrees_with_shapely(radii, x, y):
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = [float(c) for t, r in zip(turns, radii, strict=True) for c in (x + r * np.cos(t), y + r * np.sin(t))]
    whole = Reference(list(zip(ring[0::2], ring[1::2], strict=True)))
    cut = rings.clip(ring, (0, 0, 100, 80))
    assert rings.area(ring) == pytest.approx(whole.area, abs=1e-6)
    assert (rings.area(cut) if cut else 0.0) == pytest.approx(
        whole.intersection(reference_box(0, 0, 100, 80)).area, abs=1e-6
    )


@given(points=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=4, max_size=9, unique=True))
def test_a_crossing_is_found_only_where_shapely_finds_a_fault(points):
    ring = [float(c) for p in points for c in p]
    if rings.crossing(ring) is not None:
        assert not Reference(points).is_valid


def test_a_bow_tie_crosses_in_its_middle():
    assert rings.crossing([0, 0, 10, 10, 10, 0, 0, 10]) == (5.0, 5.0)
    assert rings.crossing([0, 0, 10, 0, 10, 10, 0, 10]) is None


@given(bitmap=bitmaps)
def test_run_lengths_crops_and_outlines_give_the_mask_back(bitmap):
    mask = np.array(bitmap, dtype=np.uint8)
    height, width = mask.shape
    runs = masks.encode_runs(mask)
    assert rle.decompress(rle.compress(runs)) == runs
    assert (masks.decode_runs(runs, height=height, width=width) == mask).all()
    assert rle.area(runs) == mask.sum()
    assert (masks.fill_parts(contours(mask), width=width, height=height) == mask).all()
    cropped = rle.crop(runs, height)
    assert (cropped is None) == (not mask.any())
    if cropped is not None:
        x, y, h, w, inner = cropped
        assert rle.bounds(runs, height) == (x, y, h, w)
        assert rle.place(inner, h, x, y, height, width) == runs
        larger = np.pad(mask, ((1, 2), (3, 0)))
        assert rle.place(runs, height, 3, 1, height + 3, width + 3) == masks.encode_runs(larger)


@pytest.mark.parametrize("counts", ["!", "é", "o", "ooooooooooooooo0", "0" * 3 + "O"])
def test_broken_counts_are_refused(counts):
    with pytest.raises(ValueError, match="counts"):
        rle.decompress(counts)


def test_a_triangle_fills_the_pixels_whose_centres_it_holds():
    mask = masks.fill_parts([[[0, 0, 4, 0, 0, 4]]], width=4, height=4)
    assert mask.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


borders = st.lists(
    st.tuples(st.floats(4, 20), st.floats(4, 20)) | st.tuples(st.integers(4, 20), st.integers(4, 20)),
    min_size=1,
    max_size=8,
)


@given(border=borders)
def test_neighbours_with_a_shared_border_leave_no_gap_and_no_overlap(border):
    there = [c for p in sorted(border, key=lambda p: p[1]) for c in p]
    back = [c for p in sorted(border, key=lambda p: p[1])[::-1] for c in p]
    left = masks.fill_parts([[[0, 0, 12, 0, *there, 12, 24, 0, 24]]], width=24, height=24)
    right = masks.fill_parts([[[24, 24, 12, 24, *back, 12, 0, 24, 0]]], width=24, height=24)
    assert (left + right == 1).all()


def test_a_hole_in_a_piece_in_a_hole_belongs_to_the_piece():
    rows = ["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"]
    parts = contours(np.array([[c == "#" for c in row] for row in rows], dtype=np.uint8))
    assert [len(part) for part in parts] == [2, 2]
    assert parts[0][0] == [0, 0, 7, 0, 7, 7, 0, 7]
    assert parts[1][1] == [3, 4, 4, 4, 4, 3, 3, 3]
