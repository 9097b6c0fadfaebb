"""The finish of a project with its interval, and how sure kappa will be."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.cohen import cohen_kappa, cohen_kappa_table
from domain.agreement.fleiss import fleiss_kappa_counts
from domain.forecast import finish, items_for_width, kappa_interval, overlap_plan
from domain.forecast.backtest import trials

MONDAY = 0
WEEK = [10, 10, 10, 10, 10, 0, 0]


def test_the_interval_of_four_in_five_holds_in_three_of_four_of_200_projects():
    found = trials(range(200))
    assert all(trial.forecast.reason is None for trial in found)
    assert sum(trial.covered for trial in found) >= 150


def test_the_interval_is_no_wider_than_it_needs_to_be():
    """One that always held would be useless: it misses sometimes, and its width is under the time that is left."""
    found = trials(range(300, 400))
    assert sum(trial.covered for trial in found) <= 95
    widths = [(t.forecast.latest - t.forecast.earliest) / max(1, t.truth) for t in found if t.forecast.latest]
    assert np.median(widths) < 0.8


def test_a_weekend_without_work_is_no_slow_week():
    """After six even weeks, on a Monday: 50 tasks are done on Friday, 60 not on Saturday but on the next Monday."""
    assert finish(WEEK * 6, left=50, weekday=MONDAY).expected == 4
    assert finish(WEEK * 6, left=60, weekday=MONDAY).expected == 7


def test_what_was_done_today_is_not_hoped_for_again():
    assert finish([10] * 20, left=30, weekday=MONDAY, done_today=10).expected == 3


def test_the_recent_pace_counts_more():
    """Over all days the second did more."""
    faster = finish([5] * 30 + [20] * 14, left=200, weekday=MONDAY)
    slower = finish([20] * 30 + [5] * 14, left=200, weekday=MONDAY)
    assert faster.expected < slower.expected


@pytest.mark.parametrize(
    ("done", "left", "reason"),
    [([], 10, "too_early"), ([30], 10, "too_early"), ([1] * 9, 5, "too_early"), ([9] * 9, 0, "nothing_left")],
)
def test_too_little_makes_no_forecast(done, left, reason):
    found = finish(done, left=left, weekday=MONDAY)
    assert (found.reason, found.expected, found.per_day) == (reason, None, None)


def test_two_idle_weeks_have_no_pace():
    assert finish([10] * 20 + [0] * 14, left=10, weekday=MONDAY).reason == "no_pace"


def test_what_is_not_in_sight_has_no_latest_date():
    found = finish([7, 0, 0, 9, 0, 8, 0, 0, 0, 1], left=100_000, weekday=MONDAY)
    assert (found.expected, found.latest) == (None, None)


@given(st.lists(st.integers(0, 40), max_size=80), st.integers(0, 5000), st.integers(0, 6), st.integers(0, 30))
def test_dates_are_in_order_and_never_in_the_past(done, left, weekday, today):
    found = finish(done, left=left, weekday=weekday, done_today=today)
    dates = [day for day in (found.earliest, found.expected, found.latest) if day is not None]
    assert dates == sorted(dates)
    assert all(day >= 0 for day in dates)
    assert (found.per_day is None) == (found.reason is not None)


def test_the_web_process_forecasts_without_numpy():
    code = "import sys, domain.forecast; print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_kappas_interval_is_that_of_its_own_table():
    shares, kappa = np.array([0.6, 0.3, 0.1]), 0.7
    table = (1 - kappa) * np.outer(shares, shares) + kappa * np.diag(shares)
    assert kappa_interval(300, kappa=kappa, shares=shares) == pytest.approx(cohen_kappa_table(table, n=300).ci95)


@pytest.mark.parametrize("raters", [2, 3])
def test_the_interval_that_was_promised_is_the_one_that_comes(raters):
    """Of 200 projects with 150 items, kappa falls into the promised interval about 95 times in 100."""
    draw, shares, kappa = np.random.default_rng(5), np.array([0.5, 0.3, 0.2]), 0.6
    low, high = kappa_interval(150, kappa=kappa, shares=shares, raters=raters)
    found = []
    for _ in range(200):
        chances = draw.dirichlet(shares * (1 - kappa) / kappa, 150)
        counts = draw.multinomial(raters, chances / chances.sum(axis=1, keepdims=True))
        found.append(fleiss_kappa_counts(counts).value)
    assert 0.90 <= np.mean([low <= value <= high for value in found]) <= 0.99


def test_more_items_more_raters_and_even_classes_make_it_narrower():
    def width(items, **more):
        low, high = kappa_interval(items, **more)
        return high - low

    assert width(400) < width(100)
    assert width(100, raters=3) < width(100)
    assert width(100) < width(100, shares=[0.95, 0.05])
    assert width(items_for_width(0.1)) <= 0.1


def test_the_cost_of_overlap_is_told_before_it_starts():
    plan = overlap_plan(2000, overlap_share=0.1, raters=3)
    assert (plan.items, plan.extra_answers) == (200, 400)
    assert overlap_plan(100, overlap_share=0.0).interval is None
    assert kappa_interval(100, shares=[1.0]) is None


def test_kappa_of_items_drawn_from_the_model_is_unbiased():
    draw = np.random.default_rng(9)
    truth = draw.integers(0, 2, 4000)
    other = np.where(draw.random(4000) < 0.8, truth, draw.integers(0, 2, 4000))
    assert cohen_kappa(truth.tolist(), other.tolist()).value == pytest.approx(0.8, abs=0.03)
