"""Intervals of shares and by resampling, against published figures."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.intervals import bootstrap, bootstrap_mean, clopper_pearson, newcombe_difference, share, wilson


def test_wilsons_interval_is_newcombes_published_one():
    assert wilson(81, 263) == pytest.approx((0.2552885198782742, 0.36620957698280004), abs=1e-12)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_the_exact_interval_of_none_wrong_is_the_success_run():
    assert clopper_pearson(0, 59) == (0.0, pytest.approx(1 - 0.025 ** (1 / 59)))
    assert clopper_pearson(10, 10)[1] == 1.0


def test_newcombes_interval_of_a_difference_is_the_published_one():
    """Newcombe 1998, method 10, 56/70 against 48/80."""
    assert newcombe_difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share_and_the_exact_one_is_wider_at_the_ends(counts):
    x, n = counts
    low, high = wilson(x, n)
    exact_low, exact_high = clopper_pearson(x, n)
    assert 0 <= low <= x / n <= high <= 1
    assert 0 <= exact_low <= x / n <= exact_high <= 1


def test_a_share_of_nothing_has_a_reason_and_no_number():
    assert (share(0, 0).value, share(0, 0).reason) == (None, "no_items")


def test_the_same_seed_draws_the_same_interval_and_it_covers_the_mean_as_often_as_it_says():
    draw = np.random.default_rng(1)
    samples = [draw.normal(0, 1, 60) for _ in range(200)]
    held = [bootstrap_mean(sample, seed=7, resamples=300) for sample in samples]
    assert bootstrap_mean(samples[0], seed=7, resamples=300) == held[0]
    assert 0.88 <= np.mean([low <= 0 <= high for low, high in held]) <= 0.99


def test_a_statistic_that_is_mostly_undefined_has_no_interval():
    assert bootstrap(lambda at: None, 10, seed=1, resamples=50) is None
    assert bootstrap(lambda at: float(at.mean()), 1, seed=1) is None


def test_the_web_process_gets_wilsons_interval_without_numpy():
    code = "import sys, domain.agreement.intervals; print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
