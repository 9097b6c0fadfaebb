"""Acceptance sampling: the sizes that books print, exact intervals, and that the confidence holds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.intervals import clopper_pearson, wilson
from domain.sampling import (
    accepts,
    allocate,
    draw,
    estimate_size,
    sample_size,
    success_run,
    success_run_finite,
    wrong_in_lot,
)

AUDITS = 2_000


def test_sizes_are_those_of_the_success_run_theorem():
    assert success_run(share=0.05, confidence=0.95) == 59
    assert success_run(share=0.01, confidence=0.95) == 299


def test_a_lot_of_known_size_needs_fewer():
    assert success_run_finite(lot=100, share=0.05, confidence=0.95) == 45
    assert success_run_finite(lot=1_000, share=0.05, confidence=0.95) in (56, 57)
    assert success_run_finite(lot=10**6, share=0.05, confidence=0.95) == 59


def test_cochrans_sizes_are_the_printed_ones():
    assert estimate_size(error=0.05) == 385
    assert estimate_size(error=0.05, lot=1_000) == 278
    assert estimate_size(error=0.05, lot=10_000) == 370


def test_intervals_are_newcombes():
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert round(wilson(0, 20)[1], 4) == 0.1611


@given(lot=st.integers(1, 3_000), share=st.floats(0.01, 0.4), allowed=st.integers(0, 4))
def test_the_size_is_the_smallest_that_can_accept_so_many_wrong_items(lot, share, allowed):
    n = sample_size(lot=lot, share=share, confidence=0.95, allowed=allowed)
    assert n == lot or accepts(lot=lot, n=n, wrong=allowed, share=share, confidence=0.95)
    assert n <= allowed + 1 or not accepts(lot=lot, n=n - 1, wrong=allowed, share=share, confidence=0.95)


@given(st.data())
def test_an_exact_interval_holds_what_was_seen_and_lies_inside_the_one_of_an_endless_lot(data):
    lot = data.draw(st.integers(1, 400))
    n = data.draw(st.integers(1, lot))
    wrong = data.draw(st.integers(0, n))
    low, high = wrong_in_lot(lot=lot, n=n, wrong=wrong)
    assert wrong <= low <= high <= lot - (n - wrong)
    assert low <= max(wrong, round(lot * wrong / n) + 1)
    outer_low, outer_high = clopper_pearson(wrong, n)
    assert low / lot >= outer_low - 1 / lot
    assert high / lot <= outer_high + 1 / lot


def test_the_whole_lot_leaves_no_doubt():
    assert wrong_in_lot(lot=50, n=50, wrong=3) == (3, 3)


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 300), min_size=1), st.integers(0, 500))
def test_every_stratum_has_its_share_and_at_least_one_item(sizes, n):
    given_out = allocate(sizes, n)
    total = sum(sizes.values())
    assert all(0 <= given_out[key] <= sizes[key] for key in sizes)
    if n and total:
        assert sum(given_out.values()) >= min(n, total)
        assert all(given_out[key] >= 1 for key in sizes if sizes[key])
        assert all(given_out[key] <= max(1, n * sizes[key] / total + 1) for key in sizes)


def test_a_draw_depends_on_seed_and_ids_alone():
    strata = {"a": list(range(100)), "b": list(range(100, 130))}
    again = {key: ids[::-1] for key, ids in reversed(list(strata.items()))}
    assert draw(strata, 20, seed="x") == draw(again, 20, seed="x")
    assert draw(strata, 20, seed="x") != draw(strata, 20, seed="y")


def _audit(rng: random.Random, sizes: list[int], wrong: int, limit: float, seed: str) -> tuple[bool, bool]:
    """One audit of a lot whose wrong items lie as unevenly as chance has it: (accepted, the interval holds the truth)."""
    ids, strata, start = list(range(sum(sizes))), {}, 0
    for name, size in enumerate(sizes):
        strata[name], start = ids[start : start + size], start + size
    crowd = rng.sample(ids, wrong) if rng.random() < 0.5 else strata[rng.randrange(len(sizes))][:wrong]
    bad = {*crowd, *rng.sample(ids, wrong)[: wrong - len(crowd)]}
    bad |= set(rng.sample([i for i in ids if i not in bad], wrong - len(bad)))
    n = sample_size(lot=len(ids), share=limit, confidence=0.95)
    drawn = [item for part in draw(strata, n, seed=seed).values() for item in part]
    found = sum(item in bad for item in drawn)
    low, high = wrong_in_lot(lot=len(ids), n=len(drawn), wrong=found)
    accepted = accepts(lot=len(ids), n=len(drawn), wrong=found, share=limit, confidence=0.95)
    return accepted, low <= wrong <= high


@pytest.mark.parametrize("sizes", [[400], [300, 150, 50], [40] * 12])
def test_a_lot_at_the_limit_is_accepted_in_one_audit_of_twenty_at_most(sizes):
    rng = random.Random(7)
    wrong = int(sum(sizes) * 0.05)
    audits = [_audit(rng, sizes, wrong, 0.05, f"{sizes}{k}") for k in range(AUDITS)]
    accepted, held = (sum(row[i] for row in audits) / AUDITS for i in (0, 1))
    assert accepted <= 0.05 + 0.0146  # three standard errors of 2,000
    assert held >= 0.95 - 0.0146


def test_good_lots_pass():
    rng = random.Random(8)
    audits = [_audit(rng, [300, 150, 50], 1, 0.05, f"good{k}") for k in range(400)]
    assert sum(row[0] for row in audits) / 400 > 0.8
