"""Automated checks within their budget; queue order, splits and sample sizes."""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random
from uuid import UUID

import pytest

from domain.checks import RULES, Context, pair_window, run
from domain.checks.usual import bounds_iou
from domain.elements import decode
from domain.sampling import (
    SplitError,
    assign_split,
    order_key,
    sampling_number,
    split_shares,
    success_run,
    success_run_finite,
)
from domain.schema import parse, starter

SCHEMA = starter()
NEEDS = parse(
    {"classes": [{"id": 1, "name": "a", "color": "#000000", "shapes": ["box"],
                  "attributes": [{"name": "q", "kind": "boolean", "required": True}]}]}
)  # fmt: skip


def region(number, shape="box", flags=(), **geometry):
    return decode(
        "region", {"id": str(UUID(int=number)), "class": 1, "shape": shape, "geometry": geometry, "flags": list(flags)}
    )


def found(*changed, touching=(), schema=SCHEMA, **more):
    return run(list(changed), list(touching), context=Context(schema, 100, 80, **more), budget_ms=1_000)


def rules(*changed, **more):
    return [finding.rule for finding in found(*changed, **more)[0]]


BOX = {"x": 10, "y": 10, "w": 40, "h": 40}


def test_a_good_region_has_no_finding():
    assert found(region(1, **BOX)) == ([], [])


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (region(1, x=10, y=10, w=1, h=1.5), "tiny"),
        (region(1, "polygon", parts=[[[0, 0, 10, 10, 10, 0, 0, 10]]]), "degenerate"),
        (region(1, "polygon", parts=[[[0, 0, 10, 10, 10, 0, 0, 12]]]), "self_crossing"),
        (region(1, "polygon", parts=[[[0, 0, 10, 10, 20, 20]]]), "degenerate"),
        (region(1, "ellipse", cx=99, cy=40, rx=5, ry=5), "outside_image"),
    ],
)
def test_each_rule_finds_its_fault(bad, rule):
    assert rule in rules(bad)


def test_a_missing_answer_blocks_a_submit():
    (finding,) = found(region(1, **BOX), schema=NEEDS)[0]
    assert (finding.rule, finding.blocks, finding.at) == ("missing_attribute", True, "q")


def test_duplicates_are_found_among_the_changed_and_against_what_they_touch():
    near = {**BOX, "x": 10.5}
    assert rules(region(1, **BOX), region(2, **near)) == ["duplicate"]
    assert rules(region(1, **BOX), touching=[region(2, **near)]) == ["duplicate"]
    assert rules(region(1, **BOX), touching=[region(1, **BOX)]) == []
    assert rules(region(1, **BOX), touching=[region(2, **{**BOX, "x": 20})]) == []


def test_the_sweep_finds_every_pair_that_looking_at_all_pairs_finds_and_the_window_holds_them():
    seeded = Random(7)
    boxes = [
        {
            "x": seeded.choice((10, 11, 30)) + seeded.random(),
            "y": 10 + seeded.random(),
            "w": 20,
            "h": 18 + seeded.random(),
        }
        for _ in range(60)
    ]
    changed = [region(n, **box) for n, box in enumerate(boxes[:20], 1)]
    touching = [region(n, **box) for n, box in enumerate(boxes[20:], 21)]
    bounds = {str(one.id): one.geometry.bounds() for one in (*changed, *touching)}
    expected = {
        frozenset((str(one.id), str(other.id)))
        for one in changed
        for other in (*changed, *touching)
        if one is not other and bounds_iou(bounds[str(one.id)], bounds[str(other.id)]) > 0.9
    }
    findings, _ = found(*changed, touching=touching)
    duplicates = [frozenset((f.element, f.other)) for f in findings if f.rule == "duplicate"]
    assert 100 < len(duplicates) == len(set(duplicates))
    assert set(duplicates) == expected
    window = pair_window(changed, Context(SCHEMA, 100, 80))
    for pair in expected:
        assert all(low <= side <= high for one in pair for (low, high), side in zip(window, bounds[one], strict=True))


def test_ignored_regions_and_crowds_are_left_out():
    assert rules(region(1, **BOX, flags=["crowd"]), region(2, **BOX)) == []


def test_rules_that_do_not_fit_in_the_budget_are_named():
    ticks = count()
    findings, pending = run(
        [region(1, **BOX)], [], context=Context(SCHEMA, 100, 80), budget_ms=2_500, clock=lambda: float(next(ticks))
    )
    assert findings == []
    on_save = sorted(code for code, rule in RULES.items() if not hasattr(rule, "check_all"))
    assert pending == on_save[1:]


def test_a_very_long_outline_is_looked_at_after_the_save():
    ring = [float(c) for i in range(2_500) for c in (i % 90, i // 90)]
    assert (
        "self_crossing"
        in run([region(1, "polygon", parts=[[ring]])], [], context=Context(SCHEMA, 100, 80), budget_ms=10)[1]
    )


def test_higher_priority_comes_first_and_then_the_number():
    keys = [order_key(priority=p, number=n) for p, n in [(5, 9), (0, 1), (0, 2), (-1, 1)]]
    assert keys == sorted(keys)
    assert all(abs(order_key(priority=p, number=2**39)) < 2**62 for p in (-(10**9), 10**9))


def test_a_seed_shuffles_the_same_way_every_time():
    order = sorted(range(100), key=lambda n: order_key(priority=0, number=n, seed="a"))
    assert order == sorted(range(100), key=lambda n: order_key(priority=0, number=n, seed="a"))
    assert order != sorted(range(100), key=lambda n: order_key(priority=0, number=n, seed="b"))


def test_sampling_numbers_spread_evenly():
    numbers = [sampling_number("seed", i) for i in range(10_000)]
    assert all(0 <= n < 1 for n in numbers)
    assert sum(n < 0.25 for n in numbers) == pytest.approx(2_500, abs=150)


def test_splits_keep_groups_together_and_come_near_their_shares():
    bounds = split_shares({"train": 8, "val": 1, "test": 1})
    splits = Counter(assign_split(bounds, seed="s", group=f"g{i}") for i in range(10_000))
    assert splits["train"] == pytest.approx(8_000, abs=200)
    assert assign_split(bounds, seed="s", group="g1") == assign_split(bounds, seed="s", group="g1")


@pytest.mark.parametrize("shares", [{}, {"train": 0}, {"train": -1, "val": 2}, {"train": float("nan")}])
def test_shares_that_share_nothing_are_refused(shares):
    with pytest.raises(SplitError):
        split_shares(shares)


def test_sample_sizes_are_the_published_ones():
    assert success_run(share=0.05, confidence=0.95) == 59
    assert success_run(share=0.01, confidence=0.95) == 299
    assert success_run_finite(lot=100, share=0.05, confidence=0.95) == 45
    assert success_run_finite(lot=1000, share=0.05, confidence=0.95) in (56, 57)
    assert success_run_finite(lot=3, share=0.05, confidence=0.95) == 3
