"""Learning from few labels: features, the head, what is held out, and what is doubted."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from domain.learning.committee import committee_of, votes
from domain.learning.features import DIMENSIONS, NAME, SIDE, describe
from domain.learning.head import fit
from domain.learning.held_out import CannotHoldOut, HeldOut, dealt, doubts, hold_out, measured
from domain.learning.neighbours import SIZE, embedded, suggested

rng = np.random.default_rng(5)


def clouds(n: int, classes: int = 3, size: int = 40) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(n) % classes
    middles = np.random.default_rng(1).normal(size=(classes, size))
    return (middles[labels] + np.random.default_rng(2).normal(size=(n, size))).astype(np.float32), labels


@pytest.mark.parametrize("grey", [0, 255])
def test_a_picture_without_contrast_has_finite_features(grey):
    found = describe(np.full((SIDE, SIDE, 3), grey, dtype=np.uint8))
    assert found.shape == (DIMENSIONS,)
    assert np.isfinite(found).all()


def test_features_tell_upright_from_level_and_red_from_blue_and_hold_when_it_is_brighter():
    stripes = np.broadcast_to(np.where(np.arange(SIDE) % 8 < 4, 60, 160)[:, None], (SIDE, SIDE))
    level = np.stack([stripes] * 3, axis=-1).astype(np.uint8)
    brighter = level + np.uint8(20)
    red, blue = level.copy(), level.copy()
    red[..., 0], blue[..., 2] = 255, 255
    base, bright, upright, r, b = (describe(one) for one in (level, brighter, level.swapaxes(0, 1).copy(), red, blue))
    apart = lambda x, y: float(np.linalg.norm(x - y))  # noqa: E731
    assert apart(base, bright) < 0.25 < 0.7 < min(apart(base, upright), apart(r, b))


def test_features_are_of_one_kind_of_picture_alone():
    with pytest.raises(ValueError, match="64"):
        describe(np.zeros((32, 32, 3), dtype=np.uint8))


@pytest.mark.parametrize("n", [21, 90])  # fewer and more rows than features
def test_the_head_is_the_minimum_of_its_loss(n):
    features, labels = clouds(n)
    decay = 0.1
    head = fit(features, labels, classes=3, decay=decay)
    scale = np.sqrt(features.astype(np.float64).var(axis=0).mean())
    apart = head.scores(features).astype(np.float64)
    apart[np.arange(n), labels] -= 1
    slope = apart.T @ (features - features.mean(axis=0)) / scale / n + decay * head.weights * scale
    assert np.abs(slope).max() < 2e-3
    assert np.abs(apart.sum(axis=0) / n).max() < 2e-3
    assert (head.scores(features).argmax(axis=1) == labels).mean() > 0.9


def test_the_file_says_what_the_head_says():
    features, labels = clouds(60)
    head = fit(features, labels, classes=3, decay=0.1)
    session = onnxruntime.InferenceSession(head.onnx(["a", "b", "c"], features=NAME))
    (found,) = session.run(["scores"], {"features": features})
    assert np.allclose(found, head.scores(features), atol=1e-5)


def test_the_file_of_a_committee_says_what_each_member_says():
    features, labels = clouds(30)
    head = fit(features, labels, classes=3, decay=0.1)
    committee = committee_of(features, labels, classes=3, decay=0.1, seed=3, members=4)
    session = onnxruntime.InferenceSession(head.onnx(["a", "b", "c"], features=NAME, committee=committee))
    found = session.run(["scores", "votes"], {"features": features})
    assert np.allclose(found[0], head.scores(features), atol=1e-5)
    assert np.allclose(found[1], votes(committee, features), atol=1e-5)


def test_labels_of_one_class_teach_nothing():
    with pytest.raises(ValueError, match="one class"):
        fit(np.zeros((4, 3), dtype=np.float32), np.zeros(4, dtype=np.int64), classes=2, decay=0.1)


def test_groups_stay_whole_and_each_class_is_in_every_fold():
    labels = [n % 2 for n in range(60)]
    groups = [f"g{n // 4}" for n in range(60)]
    folds = dealt(labels, groups, seed="s")
    assert len(set(zip(groups, folds.tolist(), strict=True))) == 15
    assert np.array_equal(folds, dealt(labels, groups, seed="s"))
    assert np.bincount(folds).tolist() == [12] * 5
    alone = dealt(labels, [str(n) for n in range(60)], seed="s")
    assert all(np.bincount(alone[np.array(labels) == k]).tolist() == [6] * 5 for k in (0, 1))


def test_one_group_cannot_be_held_out():
    with pytest.raises(CannotHoldOut):
        dealt([0, 1], ["g", "g"], seed="s")
    with pytest.raises(CannotHoldOut):
        hold_out(np.eye(4, dtype=np.float32), np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), classes=2)


def test_noise_is_held_for_no_better_than_chance():
    features = rng.normal(size=(120, 30)).astype(np.float32)
    labels = np.arange(120) % 2
    held = hold_out(features, labels, dealt(labels.tolist(), [str(n) for n in range(120)], seed="s"), classes=2)
    told = measured(held, labels, ["a", "b"])
    assert 0.33 < told.right / told.n < 0.67
    assert held.decay == 1.0
    assert told.log_loss < 0.9
    assert doubts(held.scores, labels) == []  # it knows nothing, so that its disagreement says nothing


def test_measures_add_up():
    scores = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]], dtype=np.float32)
    told = measured(HeldOut(scores, 0.1, 2), np.array([0, 0, 1, 1]), ["a", "b"])
    assert (told.n, told.right, told.commonest) == (4, 3, 2)
    assert [(one.label, one.n, one.said, one.right) for one in told.by_label] == [("a", 2, 1, 1), ("b", 2, 3, 2)]
    assert [(one.label, one.instead, one.n) for one in told.confused] == [("a", "b", 1)]
    assert [(one.n, one.right) for one in told.calibration] == [(1, 0), (1, 1), (1, 1), (1, 1)]


def test_labels_that_were_turned_round_are_doubted_first():
    features, labels = clouds(150)
    wrong = labels.copy()
    turned = np.array([3, 40, 77])
    wrong[turned] = (wrong[turned] + 1) % 3
    folds = dealt(wrong.tolist(), [str(n) for n in range(150)], seed="s")
    found = doubts(hold_out(features, wrong, folds, classes=3).scores, wrong)
    assert {row for row, _, _ in found[:3]} == set(turned.tolist())
    assert all(instead == labels[row] for row, instead, _ in found[:3])


def test_the_nearest_are_asked_and_near_ones_count_for_more():
    known = np.zeros((12, SIZE), dtype=np.float32)
    known[:, 0] = [1, 5, 5, 5, 5, 5, 5, 5, 5, 90, 90, 90]
    classes = np.array([7, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1])
    first, second = suggested(known, classes, np.zeros(SIZE, dtype=np.float32))
    assert (first.class_id, first.neighbours, second.class_id, second.neighbours) == (3, 8, 7, 1)
    assert second.share == pytest.approx((1 / 2) / (1 / 2 + 8 / 6))
    assert suggested(known[:0], classes[:0], np.zeros(SIZE, dtype=np.float32)) == []
    with pytest.raises(ValueError, match="fit"):
        suggested(known, classes[:3], np.zeros(SIZE, dtype=np.float32))


def test_embeddings_keep_who_is_near():
    features = np.random.default_rng(3).normal(size=(40, DIMENSIONS)).astype(np.float32)
    apart = np.linalg.norm(features[:, None] - features[None], axis=2)
    small = embedded(features)
    kept = np.linalg.norm(small[:, None] - small[None], axis=2)
    off = ~np.eye(40, dtype=bool)
    assert np.abs(kept[off] / apart[off] - 1).max() < 0.35
