"""Thresholds of automatic labelling, and that the whole procedure keeps what it promises."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from domain.sampling import accepts, sample_size
from domain.sampling.thresholds import GRID, Held, choose, choose_all, expected, lower_bound, taken

TIMES = 2_000 if os.environ.get("LABELWRIGHT_SOAK") else 300
CONFIDENCE = 0.9


def test_the_bound_is_the_share_at_which_so_many_would_be_a_surprise():
    low = lower_bound(57, 60, confidence=0.95)
    assert binom.sf(56, 60, low) == pytest.approx(0.05)
    assert lower_bound(59, 59, confidence=0.95) == pytest.approx(0.05 ** (1 / 59))
    assert lower_bound(0, 7, confidence=0.95) == lower_bound(0, 0, confidence=0.95) == 0.0


def test_a_class_of_which_little_is_known_gets_no_threshold():
    assert choose(1, [0.99] * 20, [True] * 20, target=0.95, confidence=0.95).score is None
    assert choose(1, [], [], target=0.95, confidence=0.95).score is None


def test_the_lowest_score_that_keeps_the_target_is_chosen():
    scores, correct = [0.92] * 200 + [0.6] * 200, [True] * 200 + [True, False] * 100
    found = choose(3, scores, correct, target=0.95, confidence=0.95)
    assert (found.score, found.n, found.right) == (0.65, 200, 200)
    assert found.low > 0.95


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=80), st.floats(0.05, 0.95))
def test_what_is_chosen_keeps_the_target_whatever_the_order(pairs, target):
    found = choose(1, *([p[i] for p in pairs] for i in (0, 1)), target=target, confidence=0.9)
    mixed = random.Random(1).sample(pairs, len(pairs))
    assert found == choose(1, *([p[i] for p in mixed] for i in (0, 1)), target=target, confidence=0.9)
    assert (found.score is None) == (found.low < target) or found.n == len(pairs)
    above = [right for score, right in pairs if score >= (found.score or 0)]
    assert (found.n, found.right) == (len(above), sum(above))


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="truth for each"):
        choose(1, [0.5], [], target=0.9, confidence=0.9)
    with pytest.raises(ValueError, match="right ≤ n"):
        lower_bound(3, 2, confidence=0.9)


def test_a_task_is_taken_only_as_a_whole():
    thresholds = {1: 0.8}
    assert taken([(1, 0.8), (1, 0.9)], thresholds)
    for left in ([], [(1, 0.79)], [(1, 0.9), (2, 0.99)], [(1, None)]):
        assert not taken(left, thresholds)


def test_what_is_expected_counts_whole_tasks_with_what_was_missed():
    held = [
        Held(regions=[(1, 0.9, True)]),
        Held(regions=[(1, 0.9, True)], missed=1),
        Held(regions=[(1, 0.95, True), (1, 0.85, False)]),
        Held(regions=[(1, 0.2, False)]),
    ]
    found = expected(held, {1: 0.8})
    assert (found.tasks, found.tasks_right, found.regions, found.regions_right) == (3, 1, 4, 3)
    assert [one.class_id for one in choose_all(held, target=0.5, confidence=0.9)] == [1]


def _right(score: np.ndarray) -> np.ndarray:
    """A model that is over-confident: at a score of 1 it is right in 98 of 100."""
    return 0.35 + 0.63 * score**2


def _precision_from(score: float) -> float:
    grid = np.linspace(score, 1, 2_001)
    return float(_right(grid).mean())


def test_the_precision_above_a_chosen_threshold_is_the_promised_one_as_often_as_promised():
    rng = np.random.default_rng(20_26)
    broken = chosen = 0
    for _ in range(TIMES):
        scores = rng.random(1_000)
        truth = (rng.random(1_000) < _right(scores)).tolist()
        found = choose(1, scores.tolist(), truth, target=0.8, confidence=CONFIDENCE)
        chosen += found.score is not None
        broken += found.score is not None and _precision_from(found.score) < 0.8
    assert chosen > TIMES / 2  # else it says nothing
    assert broken / TIMES <= 1 - CONFIDENCE


def test_a_model_that_is_just_too_bad_everywhere_hardly_ever_gets_a_threshold():
    rng = np.random.default_rng(5)
    got = 0
    for _ in range(TIMES):
        scores, truth = rng.random(600), rng.random(600) < 0.849
        got += choose(1, scores.tolist(), truth.tolist(), target=0.85, confidence=CONFIDENCE).score is not None
    assert got / TIMES <= 1 - CONFIDENCE


@pytest.mark.parametrize("allowed", [0, 2])
def test_a_batch_that_is_worse_than_its_limit_passes_no_more_often_than_said(allowed):
    """The whole way: thresholds by a held-out set, a batch of tasks above them, its sample, the verdict."""
    rng, limit, passed = np.random.default_rng(7), 0.1, 0
    for _ in range(TIMES):
        scores = rng.random(600)
        # the batch is harder than the held-out set was: only its sample can tell
        found = choose(1, scores.tolist(), (rng.random(600) < 0.97).tolist(), target=0.9, confidence=CONFIDENCE)
        assert found.score in GRID
        lot = int(rng.integers(150, 600))
        wrong = max(int(lot * limit), rng.binomial(lot, 0.11))
        n = sample_size(lot=lot, share=limit, confidence=CONFIDENCE, allowed=allowed)
        seen = int(rng.hypergeometric(wrong, lot - wrong, n))
        passed += accepts(lot=lot, n=n, wrong=seen, share=limit, confidence=CONFIDENCE)
    assert passed / TIMES <= 1 - CONFIDENCE


def test_a_good_batch_mostly_passes():
    rng, passed = np.random.default_rng(8), 0
    n = sample_size(lot=400, share=0.05, confidence=CONFIDENCE, allowed=2)
    for _ in range(TIMES):
        seen = int(rng.hypergeometric(2, 398, n))
        passed += accepts(lot=400, n=n, wrong=seen, share=0.05, confidence=CONFIDENCE)
    assert passed / TIMES > 0.9
