"""How far answers lie apart, core-sets, and what a task may take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.committee import committee_of, votes
from domain.sampling.coreset import core_set
from domain.sampling.disagreement import boxes_apart, labels_apart, votes_apart
from domain.sampling.effort import effort_of
from domain.sampling.ordering import Candidate, Seen, Shares, queue_order

WHOLE = (0.0, 0.0, 100.0, 100.0)
PLAIN = {"seed": "s", "counts": {}}
NONE = {"random": 0.0, "diverse": 0.0, "rare": 0.0}
boxes = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 80), st.integers(0, 80), st.integers(1, 20), st.integers(1, 20)),
    max_size=5,
).map(lambda rows: [(c, (float(x), float(y), float(x + w), float(y + h))) for c, x, y, w, h in rows])


def test_members_disagree_by_how_close_the_two_first_classes_are_in_votes():
    one = lambda *said: np.eye(3)[list(said)]  # noqa: E731
    found = votes_apart(np.stack([one(0, 0, 0, 0), one(0, 0, 0, 1), one(0, 0, 1, 1), one(0, 0, 1, 2)]))
    assert found.tolist() == [0.0, 0.5, 1.0, 0.75]
    assert [labels_apart(said) for said in ("aaaa", "aaab", "aabb", "aabc")] == found.tolist()
    assert labels_apart([None, None, 3]) == pytest.approx(2 / 3)
    for wrong in (np.zeros((2, 1, 3)), np.zeros((2, 3)), np.full((1, 2, 2), np.nan)):
        with pytest.raises(ValueError, match=r"votes|finite"):
            votes_apart(wrong)
    with pytest.raises(ValueError, match="two members"):
        labels_apart([1])


@given(boxes, boxes)
def test_boxes_are_as_far_from_others_as_these_from_them_and_none_from_themselves(a, b):
    there, back = boxes_apart(a, b, WHOLE), boxes_apart(b, a, WHOLE)
    assert 0 <= there <= 1
    assert there == pytest.approx(back)
    assert boxes_apart(a, a, WHOLE) == pytest.approx(0)


def test_a_box_that_is_missing_moved_or_called_otherwise_counts():
    box, half = (1, (10.0, 10.0, 30.0, 30.0)), (1, (20.0, 10.0, 40.0, 30.0))
    assert boxes_apart([box], [half], WHOLE) == pytest.approx(1 - 1 / 3)
    assert boxes_apart([box], [(2, box[1])], WHOLE) == 1
    assert boxes_apart([box, half], [box], WHOLE) == pytest.approx(1 / 3)
    assert boxes_apart([], [box], WHOLE) == 1
    assert boxes_apart([box], [], (50.0, 0.0, 100.0, 100.0)) == 0  # the view does not show it


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(0, 4), st.integers(0, 14))
def test_the_next_of_a_core_set_is_always_the_farthest_from_all_before(seed, n, m, most):
    rng = np.random.default_rng(seed)
    points, known = rng.normal(size=(n, 3)).astype(np.float32), rng.normal(size=(m, 3)).astype(np.float32)
    places, far = core_set(points, known, most=most)
    assert len(set(places.tolist())) == len(places) == len(far) == min(n, most)
    both = np.concatenate([points, known])
    usual = np.sqrt(2 * ((both - both.mean(axis=0)) ** 2).sum(axis=1).mean())
    before = list(known)
    for turn, (place, distance) in enumerate(zip(places, far, strict=True)):
        left = np.delete(np.arange(n), places[:turn])
        if before:
            nearest = np.linalg.norm(points[left][:, None] - np.array(before)[None], axis=2).min(axis=1)
            assert distance * usual == pytest.approx(nearest.max(), abs=2e-3)
        else:
            assert np.isnan(distance)
        before.append(points[place])


def test_unlike_pictures_are_a_core_set_where_features_are_known():
    points = np.array([[0, 0], [0.1, 0], [10, 0], [10, 0.2]], dtype=np.float32)
    seen = Seen(ids=[1, 2, 3, 4], points=points, known=points[:1])
    waiting = [Candidate(id=n, looks=0) for n in (1, 2, 3, 4)]
    order = queue_order(waiting, shares=Shares(random=0, diverse=1, rare=0), seen=seen, **PLAIN, measure="margin")
    assert [(one.id, one.why) for one in order] == [(4, "core_set"), (3, "core_set"), (2, "core_set"), (1, "unknown")]
    assert queue_order([], shares=Shares(), seen=seen, **PLAIN, measure="margin") == []


def test_those_that_a_committee_disagrees_on_come_first_equal_ones_by_margin():
    waiting = [
        Candidate(id=1, regions=[], shares=[[0.9, 0.1]], committee=0.5),
        Candidate(id=2, regions=[], shares=[[0.6, 0.4]], committee=0.5),
        Candidate(id=3, regions=[], shares=[[0.5, 0.5]], committee=0.0),
        Candidate(id=4, regions=[], shares=[[0.5, 0.5]]),
        Candidate(id=5),
    ]
    order = queue_order(waiting, shares=Shares(**NONE), measure="committee", **PLAIN)
    assert [(one.id, one.why, one.value) for one in order] == [
        (2, "committee", 0.5),
        (1, "committee", 0.5),
        (3, "committee", 0.0),
        (4, "unmeasured", None),
        (5, "unknown", None),
    ]


def test_what_takes_long_comes_later_for_the_same_doubt():
    waiting = [
        Candidate(id=1, regions=[(1, 0.5)], seconds=100),
        Candidate(id=2, regions=[(1, 0.8)], seconds=10),
        Candidate(id=3, regions=[(1, 0.9)], seconds=100),
    ]
    order = queue_order(waiting, shares=Shares(**NONE), measure="margin", **PLAIN)
    assert [(one.id, one.seconds) for one in order] == [(2, 10), (1, 100), (3, 100)]


def test_the_time_of_a_task_is_the_median_of_those_with_as_many_regions_and_never_falls():
    assert effort_of([(1, 10.0)] * 19) is None
    assert effort_of([(1, 0.0)] * 99) is None
    done = [(0, 4.0)] * 8 + [(1, 20.0)] * 7 + [(1, 9_000.0)] * 3 + [(2, 15.0)] * 9 + [(5, 60.0)] * 2 + [(9, 90.0)] * 6
    effort = effort_of(done)
    assert effort is not None
    assert [effort.of(n) for n in (0, 1, 3, 5, 8, 15, 1000)] == [4, 20, 20, 20, 90, 90, 90]
    assert effort.tasks == len(done)


def test_a_committee_disagrees_between_classes_and_not_within_them():
    rng = np.random.default_rng(4)
    labels = np.arange(8) % 2
    features = (rng.normal(size=(8, 6)) + 3 * labels[:, None]).astype(np.float32)
    committee = committee_of(features, labels, classes=2, decay=0.1, seed=1)
    found = votes_apart(votes(committee, np.linspace(0, 3, 61, dtype=np.float32)[:, None].repeat(6, axis=1)))
    assert (found[0], found[-1]) == (0, 0)
    assert found[20:41].max() >= 0.5
    again = committee_of(features, labels, classes=2, decay=0.1, seed=1)
    assert all(np.array_equal(a.weights, b.weights) for a, b in zip(committee, again, strict=True))
