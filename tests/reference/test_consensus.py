"""Fusion, STAPLE, Dawid and Skene against ensemble-boxes, SimpleITK and crowd-kit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import SimpleITK
from crowdkit.aggregation import DawidSkene, MajorityVote
from ensemble_boxes import weighted_boxes_fusion

from domain.agreement.consensus.dawid_skene import dawid_skene
from domain.agreement.consensus.fusion import fuse_boxes
from domain.agreement.consensus.staple import pixel_vote, staple
from domain.agreement.consensus.votes import majority

from .conftest import seeds


def test_boxes_are_fused_as_by_ensemble_boxes():
    """It sorts by score with an unstable sort and rounds to single precision; scores are drawn distinct."""
    for draw in seeds():
        models = int(draw.integers(2, 5))
        boxes, scores, labels = [], [], []
        base = draw.uniform(0.0, 0.6, (3, 2))
        for _ in range(models):
            n = int(draw.integers(1, 4))
            corner = base[draw.integers(0, 3, n)] + draw.normal(0, 0.02, (n, 2)).clip(-0.05, 0.05)
            corner = corner.clip(0, 0.9)
            boxes.append(np.hstack([corner, (corner + draw.uniform(0.15, 0.3, (n, 2))).clip(0, 1)]).tolist())
            scores.append(draw.uniform(0.1, 1.0, n).tolist())
            labels.append(draw.integers(0, 2, n).tolist())
        weights = draw.uniform(0.5, 3.0, models).tolist()
        theirs = weighted_boxes_fusion(boxes, scores, labels, weights=weights, iou_thr=0.5, skip_box_thr=0.0)
        ours = fuse_boxes(boxes, scores, labels, weights=weights, iou_threshold=0.5)
        assert [list(b.box) for b in ours] == pytest.approx(np.asarray(theirs[0]), abs=1e-5)
        assert [b.score for b in ours] == pytest.approx(np.asarray(theirs[1]), abs=1e-5)
        assert [b.label for b in ours] == [int(v) for v in theirs[2]]


def test_staple_is_simpleitks_and_the_vote_is_its_labelling():
    for draw in seeds(0.02):
        truth = np.zeros((12, 12), dtype=np.uint8)
        y, x = draw.integers(2, 5, 2)
        truth[y : y + 6, x : x + 6] = 1
        masks = [
            np.where(draw.random(truth.shape) < 0.08, 1 - truth, truth).astype(np.uint8)
            for _ in range(int(draw.integers(3, 6)))
        ]
        run = SimpleITK.STAPLEImageFilter()
        run.SetForegroundValue(1)
        theirs = SimpleITK.GetArrayFromImage(run.Execute([SimpleITK.GetImageFromArray(m) for m in masks]))
        ours = staple(masks)
        assert ours.probability == pytest.approx(theirs, abs=1e-4)
        assert ours.sensitivity == pytest.approx(np.array(run.GetSensitivity()), abs=1e-4)
        assert ours.specificity == pytest.approx(np.array(run.GetSpecificity()), abs=1e-4)
        label = SimpleITK.LabelVotingImageFilter()
        label.SetLabelForUndecidedPixels(9)
        voted = SimpleITK.GetArrayFromImage(label.Execute([SimpleITK.GetImageFromArray(m) for m in masks]))
        vote = pixel_vote(masks)
        assert np.array_equal(vote.tied, voted == 9)
        assert np.array_equal(vote.mask, (voted == 1).astype(np.uint8))


def crowd(draw):
    items, people, q = int(draw.integers(40, 80)), int(draw.integers(4, 8)), int(draw.integers(2, 5))
    truth = draw.choice(q, items, p=draw.dirichlet(np.full(q, 3.0)))
    rows = []
    for person in range(people):
        right = draw.uniform(0.6, 0.95)
        for item in range(items):
            if draw.random() < 0.8:
                rows.append((item, person, int(truth[item] if draw.random() < right else draw.integers(0, q))))
    return rows, list(range(q))


def test_dawid_and_skene_name_the_same_classes_as_crowd_kit():
    """Its stopping rule and floor differ in digits that only items on the edge show: those are left out, and few."""
    sure = same = total = 0
    for draw in seeds(0.005):
        rows, classes = crowd(draw)
        frame = pd.DataFrame(rows, columns=["task", "worker", "label"])
        theirs = DawidSkene(n_iter=200, tol=1e-8).fit(frame).probas_
        items = list(dict.fromkeys(row[0] for row in rows))
        at = {item: k for k, item in enumerate(items)}
        coded = [(at[i], p, c) for i, p, c in rows]
        ours = dawid_skene(*zip(*coded, strict=True), classes=classes, smoothing=0.0, tolerance=1e-9, iterations=5000)
        theirs = theirs.reindex(index=items, columns=classes, fill_value=0.0).to_numpy()
        clear = (ours.posterior.max(axis=1) > 0.9) & (theirs.max(axis=1) > 0.9)
        total, sure = total + len(items), sure + int(clear.sum())
        same += int((ours.posterior.argmax(axis=1) == theirs.argmax(axis=1))[clear].sum())
    assert sure / total > 0.9
    assert same / sure > 0.999


def test_a_majority_without_a_tie_is_crowd_kits():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for draw in seeds(0.02):
            rows, _ = crowd(draw)
            theirs = MajorityVote().fit_predict(pd.DataFrame(rows, columns=["task", "worker", "label"]))
            for item in {row[0] for row in rows}:
                said = {str(p): c for i, p, c in rows if i == item}
                vote = majority("x", said, dict.fromkeys(said, 1.0))
                assert vote.status == "conflict" or vote.value == theirs[item]
