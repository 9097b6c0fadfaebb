"""Scores of a task add up, whatever the order and however many regions; figures out of sums are those of the raw data."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement import scoring
from domain.agreement.krippendorff import krippendorff_alpha
from domain.agreement.quorum import champion, most_alike
from domain.agreement.ratios import alpha_of_counts, raters_of, ratio
from domain.agreement.scoring import AnswerOf, score_task, task_value
from domain.elements import region_type
from domain.shapes import SHAPES

BOX = region_type("box")
boxes = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 60), st.integers(0, 60), st.integers(4, 30), st.integers(4, 30)),
    max_size=8,
)


def regions(rows, *, flags=()):
    return [
        BOX(id=UUID(int=n + 1), class_id=c, geometry=SHAPES["box"](x=x, y=y, w=w, h=h), flags=list(flags))
        for n, (c, x, y, w, h) in enumerate(rows)
    ]


def answer(who, rows, **more):
    return AnswerOf(who=who, regions=regions(rows, **{k: more.pop(k) for k in ("flags",) if k in more}), **more)


@given(boxes)
def test_the_same_answer_twice_agrees_in_everything(rows):
    (pair,) = score_task([answer(1, rows), answer(2, rows)])
    assert pair.value == 1.0
    assert pair.differences == []
    assert pair.empty is (not rows)


@given(boxes, boxes)
def test_who_is_first_changes_no_sum(a, b):
    (one,), (other,) = score_task([answer(1, a), answer(2, b)]), score_task([answer(1, b), answer(2, a)])
    assert one.sums == other.sums
    assert one.said == Counter({(q, right, left): n for (q, left, right), n in other.said.items()})


@given(boxes, boxes)
def test_every_region_is_counted_once(a, b):
    (pair,) = score_task([answer(1, a), answer(2, b)])
    assert pair.sums["all"].size == len(a) + len(b)
    assert sum(s.size for name, s in pair.sums.items() if name.startswith("class:")) == len(a) + len(b)
    told = sum(n * (2 if left and right else 1) for (q, left, right), n in pair.said.items() if q == "class")
    assert told == len(a) + len(b)


@given(boxes, boxes)
def test_parting_many_regions_by_where_they_lie_changes_nothing(a, b):
    whole = score_task([answer(1, a), answer(2, b)])
    dense = scoring.DENSE
    scoring.DENSE = 0
    try:
        parted = score_task([answer(1, a), answer(2, b)])
    finally:
        scoring.DENSE = dense
    assert [p.sums["all"] for p in parted] == [p.sums["all"] for p in whole]
    assert [p.said for p in parted] == [p.said for p in whole]


def test_ignored_and_crowd_regions_count_nowhere():
    (pair,) = score_task([answer(1, [(1, 0, 0, 20, 20)], flags=["ignore"]), answer(2, [(1, 1, 0, 20, 20)])])
    assert pair.sums["all"].size == 0


def test_questions_that_one_left_open_are_not_compared():
    said = [
        answer(1, [], answers={"weather": "clear", "tags": ["a", "b"]}),
        answer(2, [], answers={"tags": ["b", "a"]}),
    ]
    (pair,) = score_task(said)
    assert (pair.value, "item:weather" in pair.sums) == (1.0, False)


def test_nothing_compared_is_no_value_and_nobody_is_compared_with_themselves():
    assert task_value([]) is None
    assert score_task([answer(1, [])]) == []
    with pytest.raises(ValueError, match="once"):
        score_task([answer(1, []), answer(1, [])])


@pytest.mark.parametrize("seed", range(20))
def test_alpha_out_of_counted_pairs_is_krippendorffs(seed):
    draw = Random(seed)
    rows = [[draw.choice([None, "a", "a", "b", "c"]) for _ in range(4)] for _ in range(30)]
    counts: Counter = Counter()
    for row in rows:
        values = [value for value in row if value is not None]
        for left, right in combinations(values, 2):
            counts[len(values), left, right] += 1
    expected = krippendorff_alpha(rows, resamples=0)
    found = alpha_of_counts(counts.items(), items=expected.n_items)
    assert found.value == pytest.approx(expected.value, abs=1e-12)


def test_alpha_where_everybody_says_the_same_is_undefined_and_says_why():
    found = alpha_of_counts([((2, "a", "a"), 9)], items=9)
    assert (found.value, found.reason) == (None, "no_variation")


def test_a_ratio_of_tasks_that_all_agree_has_an_interval_that_is_no_point():
    found = ratio(x=40, y=40, xx=400, xy=400, yy=400, tasks=4, pairs=4, method="f1")
    assert found.ci95 is not None
    assert found.ci95[0] < found.ci95[1] == 1.0


@given(st.integers(2, 40))
def test_raters_are_known_from_their_pairs(k):
    assert raters_of(k * (k - 1) // 2) == k


def test_the_most_who_are_alike_are_alike_each_to_each():
    values = {(1, 2): 0.9, (2, 3): 0.9, (1, 3): 0.1, (3, 4): 0.95, (2, 4): 0.9, (1, 4): 0.0}
    assert most_alike([1, 2, 3, 4], values, score=0.8) == 3
    assert most_alike([1, 2], {(1, 2): None}, score=0.5) == 1
    assert champion([1, 2, 3, 4], values) == 2
