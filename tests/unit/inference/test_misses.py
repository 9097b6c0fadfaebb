"""Hints at boxes that were taken away from a simulated labelled set."""

from __future__ import annotations

from collections import Counter

from bench.misses import shares, simulate


def test_of_boxes_taken_away_most_large_ones_are_hinted_at_and_about_every_second_hint_is_right():
    counts: Counter[tuple[str, str]] = Counter()
    for seed in range(3):
        counts += simulate(seed)
    recall, precision = shares(counts, "found", "removed"), shares(counts, "right", "hints")
    assert recall["large"] > recall["medium"] > recall["small"] > 0.3
    assert recall["all"] > 0.5
    assert precision["all"] > 0.45
