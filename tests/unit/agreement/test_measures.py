"""What every measure keeps: undefined is null with a reason, never a number; the order of people and classes is nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.average_precision import coco_average_precision
from domain.agreement.boundary import boundary_iou, boundary_scores, trimap_f
from domain.agreement.cohen import cohen_kappa, light_kappa, percent_agreement
from domain.agreement.fleiss import fleiss_kappa
from domain.agreement.gwet import gwet_ac1
from domain.agreement.images import image_score, mean_agreement, pooled_f1
from domain.agreement.keypoints import oks
from domain.agreement.krippendorff import krippendorff_alpha
from domain.agreement.labelsets import label_scores, masi_distance
from domain.agreement.matching import match
from domain.agreement.measurements import concordance, icc, pearson_r
from domain.agreement.panoptic import Segment, mean_panoptic_quality, panoptic_tallies
from domain.agreement.result import REASONS, Score
from domain.agreement.semantic import pixel_confusion, semantic_scores
from domain.agreement.tracks import track_scores

value = st.one_of(st.none(), st.integers(0, 3))
table = st.integers(2, 4).flatmap(lambda k: st.lists(st.lists(value, min_size=k, max_size=k), max_size=8))


def numbers(found: Any) -> list[float]:
    """Every number of a score, however deep."""
    if isinstance(found, Score):
        return numbers([found.value, found.ci95, found.details])
    if isinstance(found, dict):
        return numbers(list(found.values()))
    if isinstance(found, (list, tuple)):
        return [n for part in found for n in numbers(part)]
    return [found] if isinstance(found, float) else []


@given(table)
def test_no_measure_of_classes_ever_answers_something_that_is_not_a_number(ratings):
    scores = [
        percent_agreement(ratings),
        fleiss_kappa(ratings),
        light_kappa(ratings, categories=[0, 1, 2, 3]),
        gwet_ac1(ratings, categories=[0, 1, 2, 3]),
        *(krippendorff_alpha(ratings, level=lv, resamples=20) for lv in ("nominal", "ordinal", "interval", "ratio")),
    ]
    assert all(math.isfinite(n) for n in numbers(scores))
    assert all((score.value is None) == (score.reason in REASONS) for score in scores)


@given(table, st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_the_order_of_items_or_people(ratings, random):
    order = random.sample(range(len(ratings[0])), len(ratings[0])) if ratings else []
    turned = [[row[at] for at in order] for row in random.sample(ratings, len(ratings))]
    first, second = (krippendorff_alpha(r, level="ordinal", resamples=0).value for r in (ratings, turned))
    assert first == (None if second is None else pytest.approx(second, abs=1e-9))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12))
def test_nominal_alpha_of_two_complete_raters_is_scotts_pi_for_small_samples(pairs):
    a, b = [p for p, _ in pairs], [q for _, q in pairs]
    n = 2 * len(pairs)
    shares = [(a.count(k) + b.count(k)) / n for k in range(3)]
    expected = sum(s * s for s in shares)
    found = krippendorff_alpha(list(zip(a, b, strict=True)), resamples=0).value
    if expected == 1:
        assert found is None
        return
    observed = sum(p == q for p, q in pairs) / len(pairs)
    disagreement = (1 - observed) / ((1 - expected) * n / (n - 1))
    assert found == pytest.approx(1 - disagreement)


def test_a_rating_that_nobody_can_pair_is_dropped_from_n_too():
    with_lone = krippendorff_alpha([[1, 1], [1, 2], [2, 2], [5, None]], resamples=0)
    without = krippendorff_alpha([[1, 1], [1, 2], [2, 2]], resamples=0)
    assert (with_lone.value, with_lone.n_items) == (without.value, 3)


def test_one_dissent_among_many_gives_an_alpha_of_zero_which_is_right():
    assert krippendorff_alpha([[1, 1]] * 10 + [[1, 2]], resamples=0).value == pytest.approx(0.0)


def test_an_unused_level_of_the_scale_changes_weighted_kappa():
    a, b = [0, 0, 3, 3, 0, 1], [0, 1, 3, 3, 3, 1]
    short, full = (cohen_kappa(a, b, categories=scale, weights="linear").value for scale in ([0, 1, 3], [0, 1, 2, 3]))
    assert short != pytest.approx(full)


def test_alphas_interval_is_the_same_for_the_same_seed_and_wider_with_fewer_items():
    draw = np.random.default_rng(3)
    truth = draw.integers(0, 3, 200)
    ratings = [[int(t), int(t if draw.random() < 0.8 else draw.integers(0, 3))] for t in truth]
    many, few = krippendorff_alpha(ratings, seed=5), krippendorff_alpha(ratings[:30], seed=5)
    assert many.ci95 == krippendorff_alpha(ratings, seed=5).ci95
    assert many.ci95[1] - many.ci95[0] < few.ci95[1] - few.ci95[0]
    assert many.ci95[0] < many.value < many.ci95[1]


def test_ratio_data_must_not_be_negative_and_levels_are_known():
    with pytest.raises(ValueError, match="negative"):
        krippendorff_alpha([[-1, 2], [1, 2]], level="ratio")
    with pytest.raises(ValueError, match="level"):
        krippendorff_alpha([[1, 2]], level="spiritual")


sets = st.frozensets(st.sampled_from("abcd"), max_size=4)


@given(sets, sets)
def test_masi_is_symmetric_zero_for_equals_and_one_for_sets_apart(a, b):
    distance = masi_distance(a, b)
    assert distance == masi_distance(b, a)
    assert (distance == 0) == (a == b)
    assert (distance == 1) == (a != b and not a & b)


def test_unequal_numbers_of_raters_have_a_reason_that_names_the_measure_that_can():
    found = fleiss_kappa([["a", "a", "b"], ["a", "b", None], ["b", "b", "b"]])
    assert (found.value, found.reason) == (None, "unequal_raters")
    assert "Krippendorff" in REASONS["unequal_raters"]
    assert krippendorff_alpha([["a", "a", "b"], ["a", "b", None], ["b", "b", "b"]], level="nominal").value is not None


def test_an_empty_set_is_an_answer_and_null_is_none():
    found = label_scores([["x"], [], None], [["x"], [], ["y"]], labels=["x", "y"])
    assert (found.exact.value, found.exact.n_items) == (1.0, 2)
    assert (found.micro_f1.value, found.per_label["y"].value) == (1.0, None)


numeric = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=8)


@given(numeric)
def test_correlations_are_finite_or_null_and_concordance_never_exceeds_pearson(pairs):
    x, y = [p for p, _ in pairs], [q for _, q in pairs]
    scores = [pearson_r(x, y), concordance(x, y), *icc(pairs).values()]
    assert all(math.isfinite(n) for n in numbers(scores))
    if scores[0].value is not None:
        assert abs(scores[1].value) <= abs(scores[0].value) + 1e-9


def test_two_people_who_measure_alike_have_a_perfect_icc_and_no_interval_out_of_nothing():
    found = icc([[1, 1], [2, 2], [5, 5]])
    assert found["ICC(A,1)"].value == pytest.approx(1.0)
    assert found["ICC(A,1)"].ci95 is None


def test_items_with_a_missing_measurement_are_left_out_and_counted():
    found = icc([[1, 2], [3, None], [4, 5], [9, 8]])["ICC(C,1)"]
    assert (found.n_items, found.details["dropped"]) == (3, 1)


def test_empty_against_empty_is_agreement_without_an_f1():
    score = image_score(match(np.zeros((0, 0))))
    assert (score.agreement, score.f1, score.both_empty) == (1.0, None, True)
    mean = mean_agreement([score, image_score(match(np.array([[0.8]])))], resamples=0)
    assert (mean.value, mean.details["both_empty"]) == (pytest.approx(0.9), 1)
    assert pooled_f1([score], resamples=0).reason == "both_empty"


def test_the_soft_score_counts_misses_that_the_mean_iou_hides():
    score = image_score(match(np.array([[0.9], [0.0]])))
    assert (score.mean_iou, score.agreement) == (pytest.approx(0.9), pytest.approx(0.6))


def test_an_absent_class_is_not_in_the_mean_and_the_ignored_id_is_in_neither_map():
    pixels = pixel_confusion([0, 0, 1, 255], [0, 1, 1, 0], classes=3, ignore=255)
    found = semantic_scores(pixels)
    assert found["mean_iou"].value == pytest.approx(0.5)
    assert found["mean_iou"].details["per_class"] == [0.5, 0.5, None]
    assert found["pixel_accuracy"].n_pairs == 3
    assert semantic_scores(np.zeros((2, 2)))["mean_iou"].value is None


def test_spacing_changes_distances():
    a, b = np.zeros((20, 20)), np.zeros((20, 20))
    a[5:15, 5:15] = b[5:15, 7:17] = 1
    assert boundary_scores(a, b)["hausdorff"].value == 2.0
    assert boundary_scores(a, b, spacing=(2.0, 0.5))["hausdorff"].value == 1.0


shape = st.integers(0, 2**16 - 1).map(lambda bits: np.array([bits >> k & 1 for k in range(16)]).reshape(4, 4))


@given(shape, shape)
def test_distances_of_outlines_are_symmetric_and_none_for_equal_masks(a, b):
    there, back = boundary_scores(a, b), boundary_scores(b, a)
    for name in ("hausdorff", "hausdorff_pixels", "hd95", "assd", "nsd"):
        assert there[name].value == (None if back[name].value is None else pytest.approx(back[name].value))
    assert all(math.isfinite(n) for n in numbers([*there.values(), boundary_iou(a, b), trimap_f(a, b, width=1)]))
    same = boundary_scores(a, a)
    assert not a.any() or (same["hausdorff"].value, same["nsd"].value, boundary_iou(a, a).value) == (0.0, 1.0, 1.0)


def test_joints_that_are_not_labelled_count_nowhere_and_an_unknown_area_is_said():
    full = oks([[0, 0], [9, 9]], [2, 0], [[0, 0], [0, 0]], box_area=100)
    assert (full.value, full.n_pairs, full.params["area_from"]) == (1.0, 1, "0.53 of the box")
    assert oks([[0, 0]], [2], [[0, 0]]).reason == "no_area"


def test_void_is_taken_off_predictions_and_a_prediction_on_void_is_no_error():
    truth = np.array([[1, 1, 0, 0, 0, 0]])
    guess = np.array([[1, 1, 1, 0, 2, 2]])
    one = {1: Segment("car"), 2: Segment("car")}
    found = panoptic_tallies(truth, guess, reference_segments=one, predicted_segments=one)
    score = mean_panoptic_quality([found])
    assert (score.value, score.details["per_class"]) == (1.0, {"car": 1.0})


def test_a_half_is_no_match_in_panoptic_quality():
    found = panoptic_tallies(
        np.array([[1, 1]]), np.array([[1, 3]]), reference_segments={1: Segment(1)},
        predicted_segments={1: Segment(1), 3: Segment(2)},
    )  # fmt: skip
    assert mean_panoptic_quality([found]).value == 0.0


def test_average_precision_without_finds_is_zero_and_of_nothing_is_null():
    truth = {"images": [{"id": 1, "width": 9, "height": 9}], "categories": [{"id": 1, "name": "a"}], "annotations": []}
    nothing = coco_average_precision(truth, [])
    one = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 0}
    missed = coco_average_precision(truth | {"annotations": [one]}, [])
    assert (nothing["AP"].value, nothing["AP"].reason, missed["AP"].value) == (None, "no_reference", 0.0)
    assert missed["APl"].value is None


def test_no_frames_have_no_tracks_to_compare():
    assert {score.reason for score in track_scores([]).values()} == {"no_items"}
