"""IoU of boxes, turned boxes, polygons and masks, and the pairing of regions."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from domain.agreement.iou import (
    PlacedMask,
    box_iou,
    box_overlaps,
    frame_overlaps,
    mask_iou,
    polygon_iou,
    rotated_iou,
)
from domain.agreement.matching import match, match_with_ignored

SQUARE = [[[0, 0, 10, 0, 10, 10, 0, 10]]]
side = st.floats(0.5, 40)
box = st.tuples(st.floats(-20, 20), st.floats(-20, 20), side, side).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


def test_boxes_are_half_open_and_touching_ones_share_nothing():
    assert box_iou([[0, 0, 10, 10]], [[5, 5, 15, 15], [10, 0, 20, 10]]).tolist() == [[pytest.approx(1 / 7), 0.0]]


def test_a_crowd_is_divided_by_the_find_alone():
    assert box_iou([[0, 0, 10, 10]], [[0, 0, 100, 100]], crowd_b=[True]).tolist() == [[1.0]]


@given(st.lists(box, min_size=1, max_size=4), st.lists(st.tuples(box, st.booleans()), min_size=1, max_size=4))
def test_boxes_and_crowds_overlap_as_in_pycocotools(a, b):
    wide = [np.array([(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in side]) for side in (a, [v for v, _ in b])]
    theirs = coco_mask.iou(*wide, [int(crowd) for _, crowd in b])
    assert box_iou(a, [v for v, _ in b], crowd_b=[crowd for _, crowd in b]) == pytest.approx(theirs, abs=1e-9)


def test_two_boxes_without_area_have_an_iou_of_zero():
    assert box_iou([[3, 3, 3, 3]], [[3, 3, 3, 3]]).tolist() == [[0.0]]


def test_no_boxes_make_an_empty_table():
    assert box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)
    assert polygon_iou([], []).shape == (0, 0)


def test_a_square_turned_by_45_degrees():
    assert rotated_iou([[0, 0, 1, 1, 0]], [[0, 0, 1, 1, 45]])[0, 0] == pytest.approx(0.7071067811865475, abs=1e-9)


@given(st.floats(-180, 179), st.sampled_from([180, -180, 360, 540]))
def test_turning_a_box_by_half_turns_changes_nothing(angle, more):
    assert rotated_iou([[3, 4, 10, 2, angle]], [[3, 4, 10, 2, angle + more]])[0, 0] == pytest.approx(1.0, abs=1e-9)


@given(box, box)
def test_boxes_as_polygons_and_as_rotated_boxes_have_the_same_iou(a, b):
    def ring(v):
        return [[[v[0], v[1], v[2], v[1], v[2], v[3], v[0], v[3]]]]

    def turned(v):
        return [(v[0] + v[2]) / 2, (v[1] + v[3]) / 2, v[2] - v[0], v[3] - v[1], 0.0]

    expected = box_iou([a], [b])[0, 0]
    assert polygon_iou([ring(a)], [ring(b)])[0, 0] == pytest.approx(expected, abs=1e-9)
    assert rotated_iou([turned(a)], [turned(b)])[0, 0] == pytest.approx(expected, abs=1e-9)


def test_holes_and_outlines_that_cross_themselves_are_filled_even_odd():
    holed = [[[0, 0, 10, 0, 10, 10, 0, 10], [2, 2, 8, 2, 8, 8, 2, 8]]]
    bowtie = [[[0, 0, 10, 10, 10, 0, 0, 10]]]
    assert polygon_iou([holed, bowtie], [SQUARE])[:, 0] == pytest.approx([0.64, 0.5])


def test_masks_are_compared_where_their_crops_meet():
    crop = np.ones((2, 2), dtype=np.uint8)
    far = PlacedMask(50, 50, crop)
    assert mask_iou([PlacedMask(0, 0, crop), far], [PlacedMask(1, 0, crop)]).tolist() == [[pytest.approx(1 / 3)], [0.0]]
    a, b = np.zeros((2, 4, 4))
    a[0:2, 0:2] = b[0:2, 1:3] = 1
    assert frame_overlaps([a], [b]).dice()[0, 0] == pytest.approx(0.5)


def test_matching_takes_two_pairs_where_greed_takes_one():
    iou = box_iou([[0, 0, 100, 10], [52, 0, 152, 10]], [[24, 0, 124, 10], [-28, 0, 72, 10]])
    assert [(p.a, p.b) for p in match(iou, threshold=0.5).pairs] == [(0, 1), (1, 0)]


def test_pairs_below_the_threshold_are_forbidden_before_the_assignment():
    """The most total IoU, cut afterwards, would keep one pair."""
    found = match([[0.52, 0.9], [0.45, 0.51]], threshold=0.5)
    assert [(p.a, p.b) for p in found.pairs] == [(0, 0), (1, 1)]


def test_regions_of_different_classes_do_not_match():
    found = match([[0.9]], threshold=0.5, a_classes=["car"], b_classes=["bus"])
    assert (found.pairs, found.only_a, found.only_b) == ([], [0], [0])


def test_at_the_threshold_counts_unless_the_rule_is_strict():
    assert len(match([[0.5]], threshold=0.5).pairs) == 1
    assert len(match([[0.5]], threshold=0.5, strict=True).pairs) == 0


@given(st.integers(0, 4), st.integers(0, 4), st.randoms(use_true_random=False))
def test_matching_is_the_best_of_all_assignments(n, m, random):
    iou = np.array([random.choice([0.0, 0.3, 0.5, 0.61, 0.77, 0.93]) for _ in range(n * m)]).reshape(n, m)
    wide = iou if n <= m else iou.T
    scores = [
        [wide[i, j] for i, j in enumerate(order) if wide[i, j] >= 0.5]
        for order in permutations(range(wide.shape[1]), wide.shape[0])
    ]
    best = max((len(taken), sum(taken)) for taken in scores)
    found = match(iou, threshold=0.5)
    assert (len(found.pairs), found.total) == (best[0], pytest.approx(best[1]))


def test_what_lies_on_an_ignored_region_counts_nowhere():
    """A crowd excuses many finds; the crowd itself is no miss; a find elsewhere is still wrong."""
    finds, truth = [[0, 0, 10, 10], [20, 0, 30, 10], [500, 0, 510, 10]], [[0, 0, 100, 100]]
    overlaps = box_overlaps(finds, truth)
    found = match_with_ignored(
        overlaps.iou(), a_ignored=[False] * 3, b_ignored=[True], a_in_b=overlaps.iou(crowd_b=[True])
    )
    assert (found.pairs, found.only_a, found.only_b) == ([], [2], [])
    assert (found.excused_a, found.excused_b) == ([0, 1], [0])


def test_a_find_prefers_a_real_partner_to_an_excuse():
    found = match_with_ignored([[0.6, 0.9]], a_ignored=[False], b_ignored=[False, True])
    assert [(p.a, p.b) for p in found.pairs] == [(0, 0)]
