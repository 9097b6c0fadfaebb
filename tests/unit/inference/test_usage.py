"""What became of a model's answer."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.elements import Region, region_type
from domain.inference.usage import Usage, usage
from domain.shapes import get


def box(number: int, x: float, y: float, *, side: float = 20, class_id: int = 1, flags=(), score=None) -> Region:
    geometry = get("box")(x=x, y=y, w=side, h=side)
    return region_type("box")(id=UUID(int=number), class_id=class_id, geometry=geometry, flags=list(flags), score=score)


def whats(found: Usage) -> list[str]:
    return [fate.what for fate in found.fates]


def test_each_offered_region_has_one_fate():
    offered = [box(1, 0, 0, score=0.9), box(2, 50, 0), box(3, 100, 0), box(4, 150, 0), box(5, 200, 0)]
    standing = [
        box(1, 0, 0),  # as offered
        box(2, 54, 0),  # moved
        box(13, 101, 0),  # drawn by hand at the same place
        box(4, 150, 0, class_id=2),  # another class
        box(20, 300, 0),  # not offered
    ]
    found = usage(offered, standing)
    assert whats(found) == ["accepted", "edited", "reclassed", "redrawn", "rejected"]
    assert found.fates[0].score == 0.9
    assert found.fates[0].likeness == 1.0
    assert found.fates[1].likeness == (16 * 20) / (24 * 20)
    assert found.missed == {1: 1, 2: 1}
    assert [fate.right for fate in found.fates] == [True, True, False, True, False]


def test_another_class_drawn_by_hand_is_not_right_and_its_own_class_is_missed():
    found = usage([box(1, 0, 0)], [box(2, 1, 0, class_id=2)])
    assert whats(found) == ["reclassed"]
    assert found.missed == {2: 1}


def test_a_region_that_was_moved_far_is_used_and_not_right():
    found = usage([box(1, 0, 0)], [box(1, 80, 0)])
    assert whats(found) == ["edited"]
    assert not found.fates[0].right


def test_what_lies_on_a_crowd_counts_nowhere():
    found = usage([box(1, 0, 0)], [box(2, 0, 0, flags=["crowd"])])
    assert found == Usage(fates=[], missed={})


def test_nothing_against_nothing():
    assert usage([], []) == Usage(fates=[], missed={})


places = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3)), max_size=8)


@given(places, places, st.integers(0, 4))
def test_every_region_is_counted_once(a, b, shared):
    offered = [box(n, 25 * x, 25 * y, class_id=c) for n, (x, y, c) in enumerate(a)]
    standing = [box(100 + n, 25 * x, 25 * y, class_id=c) for n, (x, y, c) in enumerate(b)]
    standing += [msgspec.structs.replace(region, class_id=1) for region in offered[:shared]]
    found = usage(offered, standing)
    assert len(found.fates) == len(offered)
    assert Counter(f.class_id for f in found.fates) == Counter(r.class_id for r in offered)
    paired = sum(fate.what in ("accepted", "edited", "redrawn") for fate in found.fates)
    assert sum(found.missed.values()) == len(standing) - paired
