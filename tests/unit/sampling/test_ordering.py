"""The order of the queue: what counts as uncertain, k-center, and that every aim has its share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from domain.sampling.ordering import (
    Candidate,
    Seen,
    Shares,
    farthest_first,
    of_task,
    queue_order,
    rarity,
    uncertainty,
    uncertainty_of_shares,
)

looks = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=25)
regions = st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1)), max_size=4)
pool = st.lists(st.tuples(st.none() | regions, st.none() | st.integers(0, 2**64 - 1)), max_size=40)
PLAIN = {"measure": "entropy", "seed": "s", "counts": {1: 50, 2: 3}}


def candidates(rows):
    return [Candidate(id=pk, regions=r, looks=look) for pk, (r, look) in enumerate(rows, 1)]


@given(st.floats(0, 1))
def test_uncertainty_is_a_share_and_entropy_is_that_of_the_books(p):
    for measure in ("least_confidence", "margin", "entropy"):
        assert 0 <= uncertainty(p, measure) <= 1
    assert uncertainty(p, "entropy") == pytest.approx(entropy([p, 1 - p], base=2), abs=1e-12)
    assert uncertainty(p, "margin") == pytest.approx(uncertainty(1 - p, "margin"))


def test_the_half_is_most_uncertain_and_the_sure_not_at_all():
    assert (uncertainty(0.5, "entropy"), uncertainty(0.5, "margin")) == (1, 1)
    assert [uncertainty(1.0, m) for m in ("least_confidence", "margin", "entropy")] == [0, 0, 0]
    with pytest.raises(ValueError, match="lies in"):
        uncertainty(1.2, "margin")


def test_a_task_counts_by_its_most_uncertain_region_or_by_all():
    two = Candidate(id=1, regions=[(1, 1.0), (1, 0.5)])
    assert of_task(two, "margin") == 1
    assert of_task(two, "margin", mean=True) == 0.5
    assert of_task(Candidate(id=1, regions=[]), "margin") == 0


def test_answers_are_as_uncertain_as_their_probabilities():
    of = uncertainty_of_shares
    assert (of([1.0, 0.0], "entropy"), of([1.0, 0.0], "margin"), of([1.0, 0.0], "least_confidence")) == (0, 0, 0)
    assert of([0.25] * 4, "entropy") == 1
    assert of([0.5, 0.3, 0.2], "entropy") == pytest.approx(entropy([0.5, 0.3, 0.2], base=3))
    assert of([0.5, 0.3], "entropy") == pytest.approx(entropy([0.5, 0.3, 0.2], base=3))  # what is left counts as one
    assert of([0.5, 0.3, 0.2], "margin") == pytest.approx(0.8)
    assert of([0.5, 0.3, 0.2], "least_confidence") == 0.5
    for wrong in ([], [-0.1, 1.1], [0.9, 0.9]):
        with pytest.raises(ValueError, match="at most 1"):
            of(wrong, "margin")


def test_tasks_whose_answer_is_unsure_come_first_and_a_tag_may_be_rare():
    waiting = [
        Candidate(id=1, shares=[[0.9, 0.1]], regions=[]),
        Candidate(id=2, shares=[[0.55, 0.45]], regions=[]),
        Candidate(id=3, shares=[[0.99, 0.01]], regions=[], possible=[(1, 0.01), (2, 0.99)]),
    ]
    found = queue_order(waiting, shares=Shares(random=0, diverse=0, rare=0), **PLAIN)
    assert [one.id for one in found] == [2, 1, 3]
    rare = queue_order(waiting, shares=Shares(random=0, diverse=0, rare=1), **PLAIN)
    assert (rare[0].id, rare[0].why, rare[0].class_id) == (3, "rare", 2)


@given(looks, st.lists(st.integers(0, 2**64 - 1), max_size=5), st.integers(0, 30))
def test_the_next_is_always_the_farthest_from_all_before(found, known, most):
    places, bits = farthest_first(np.array(found, np.uint64), np.array(known, np.uint64), most=most)
    assert len(set(places.tolist())) == len(places) == min(len(found), most)
    before = list(known)
    for place, distance in zip(places.tolist(), bits.tolist(), strict=True):
        left = [one for at, one in enumerate(found) if at == place or at not in places[: len(before) - len(known)]]
        nearest = [min(((one ^ other).bit_count() for other in before), default=64) for one in left]
        assert distance == max(nearest)
        before.append(found[place])


def test_a_rare_class_counts_more_than_a_frequent_one_of_the_same_score():
    assert rarity([(1, 0.9), (2, 0.6)], {1: 100, 2: 1}) == (0.3, 2)
    assert rarity([], {}) == (0.0, None)


@given(pool, st.floats(0, 0.4), st.floats(0, 0.3), st.floats(0, 0.3))
def test_every_task_has_one_place_and_the_same_seed_the_same_order(rows, random, diverse, rare):
    waiting, shares = candidates(rows), Shares(random=random, diverse=diverse, rare=rare)
    order = queue_order(waiting, shares=shares, **PLAIN)
    assert sorted(one.id for one in order) == [one.id for one in waiting]
    assert [one.id for one in queue_order(waiting, shares=shares, **PLAIN)] == [one.id for one in order]
    assert sum(one.why == "random" for one in order) == round(len(waiting) * random)


def test_each_aim_has_its_share_of_every_beginning():
    rng = np.random.default_rng(1)
    rows = [([(int(rng.integers(1, 4)), float(rng.random()))], int(rng.integers(0, 2**63))) for _ in range(400)]
    order = queue_order(candidates(rows), shares=Shares(random=0.2, diverse=0.2, rare=0.1), **PLAIN)
    for n in range(1, 200):
        shown = [one.why for one in order[:n]]
        for why, share in (("random", 0.2), ("diverse", 0.2), ("rare", 0.1), ("uncertain", 0.5)):
            assert abs(shown.count(why) - share * n) <= 1


def test_what_chance_takes_does_not_depend_on_what_the_model_says():
    rows = [([(1, n / 100)], n) for n in range(100)]
    other = [([(2, 1 - n / 100)], n * 977) for n in range(100)]
    drawn = [
        {one.id for one in queue_order(candidates(some), shares=Shares(), **PLAIN) if one.why == "random"}
        for some in (rows, other)
    ]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 20


def test_the_uncertain_come_first_and_what_no_model_saw_last():
    waiting = candidates([([(1, 0.9)], None), (None, None), ([(1, 0.5)], None), ([(1, 0.6)], None)])
    order = queue_order(waiting, shares=Shares(random=0, diverse=0, rare=0), **PLAIN)
    assert [(one.id, one.why) for one in order] == [
        (3, "uncertain"),
        (4, "uncertain"),
        (1, "uncertain"),
        (2, "unknown"),
    ]


def test_shares_that_come_to_more_than_all_are_refused():
    with pytest.raises(ValueError, match="at most 1"):
        queue_order([], shares=Shares(random=0.8, diverse=0.3), **PLAIN)


def test_no_task_comes_for_being_unlike_others_that_look_the_same():
    waiting = candidates([([(1, 0.5)], 7), ([(1, 0.6)], 7), ([(1, 0.7)], 7 ^ 0b111)])
    order = queue_order(waiting, shares=Shares(random=0, diverse=1, rare=0), **PLAIN | {"known": [7]})
    assert [(one.why, one.value) for one in order if one.why == "diverse"] == [("diverse", 3)]
    points = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]], np.float32)
    seen = Seen(ids=[1, 2, 3], points=points, known=points[:1])
    order = queue_order(waiting, shares=Shares(random=0, diverse=1, rare=0), seen=seen, **PLAIN)
    assert [one.id for one in order if one.why == "core_set"] == [3]
    assert {one.id for one in order} == {1, 2, 3}
