"""Overlap, joints, outlines, panoptic and tracks against pycocotools, surface-distance, SimpleITK, motmetrics, TrackEval."""

from __future__ import annotations

import warnings

import motmetrics
import numpy as np
import pytest
import SimpleITK
import surface_distance
from pycocotools import mask as coco_mask

from domain.agreement.boundary import boundary_scores
from domain.agreement.iou import PlacedMask, box_overlaps, mask_overlaps
from domain.agreement.keypoints import oks
from domain.agreement.tracks import Frame, track_scores

from .conftest import seeds


def boxes(draw, n):
    corner = draw.uniform(0, 50, (n, 2))
    return np.hstack([corner, corner + draw.uniform(0.5, 40, (n, 2))])


def test_boxes_overlap_as_in_pycocotools_crowds_too():
    for draw in seeds():
        a, b = boxes(draw, int(draw.integers(1, 6))), boxes(draw, int(draw.integers(1, 6)))
        crowd = (draw.random(len(b)) < 0.3).astype(int)
        wide = [np.hstack([v[:, :2], v[:, 2:] - v[:, :2]]) for v in (a, b)]
        theirs = coco_mask.iou(*wide, crowd.tolist())
        assert box_overlaps(a, b).iou(crowd_b=crowd) == pytest.approx(np.asarray(theirs), abs=1e-9)


def blob(draw, side):
    """A few overlapping rectangles."""
    out = np.zeros((side, side), dtype=np.uint8)
    for _ in range(int(draw.integers(1, 4))):
        y, x = draw.integers(0, side, 2)
        h, w = draw.integers(1, side // 2, 2)
        out[y : y + h, x : x + w] = 1
    return out


def test_masks_overlap_as_in_pycocotools():
    for draw in seeds():
        stack = [blob(draw, 24) for _ in range(4)]
        runs = [coco_mask.encode(np.asfortranarray(m)) for m in stack]
        theirs = coco_mask.iou(runs[:2], runs[2:], [0, 1])
        ours = mask_overlaps([PlacedMask(0, 0, m) for m in stack[:2]], [PlacedMask(0, 0, m) for m in stack[2:]])
        assert ours.iou(crowd_b=[False, True]) == pytest.approx(np.asarray(theirs), abs=1e-9)


def test_outlines_are_as_far_apart_as_in_surface_distance_and_simpleitk():
    for draw in seeds():
        a, b = blob(draw, 20), blob(draw, 20)
        spacing = tuple(float(v) for v in draw.choice([0.5, 1.0, 2.0], 2))
        tolerance = float(draw.choice([0.5, 1.0, 2.0]))
        ours = boundary_scores(a, b, spacing=spacing, tolerance=tolerance)
        theirs = surface_distance.compute_surface_distances(a.astype(bool), b.astype(bool), spacing)
        there, back = surface_distance.compute_average_surface_distance(theirs)
        assert ours["mean_a_to_b"].value == pytest.approx(there)
        assert ours["mean_b_to_a"].value == pytest.approx(back)
        assert ours["hausdorff"].value == pytest.approx(surface_distance.compute_robust_hausdorff(theirs, 100))
        assert ours["hd95"].value == pytest.approx(surface_distance.compute_robust_hausdorff(theirs, 95))
        dice = surface_distance.compute_surface_dice_at_tolerance(theirs, tolerance)
        assert ours["nsd"].value == pytest.approx(dice)
        images = [SimpleITK.GetImageFromArray(m) for m in (a, b)]
        for image in images:
            image.SetSpacing(spacing[::-1])
        far = SimpleITK.HausdorffDistanceImageFilter()
        far.Execute(*images)
        assert ours["hausdorff_pixels"].value == pytest.approx(far.GetHausdorffDistance(), abs=1e-6)


def test_joints_are_as_alike_as_in_pycocotools():
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    for draw in seeds(0.3):
        truth, guess = draw.uniform(0, 100, (2, 17, 2))
        seen = draw.integers(0, 3, 17)
        seen[0] = 2
        area = float(draw.uniform(10, 5000))
        document = {"images": [{"id": 1}], "categories": [{"id": 1}], "info": {}}
        common = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [0, 0, 100, 100]}
        gt, dt = COCO(), COCO()
        flat = np.hstack([truth, seen[:, None]]).ravel().tolist()
        gt.dataset = document | {"annotations": [common | {"area": area, "keypoints": flat, "num_keypoints": 17}]}
        found = np.hstack([guess, np.full((17, 1), 2)]).ravel().tolist()
        dt.dataset = document | {"annotations": [common | {"area": 1.0, "keypoints": found, "score": 1.0}]}
        gt.createIndex()
        dt.createIndex()
        run = COCOeval(gt, dt, "keypoints")
        run._prepare()
        sigmas = run.params.kpt_oks_sigmas
        ours = oks(truth, seen.tolist(), guess, area=area, sigmas=sigmas.tolist()).value
        assert ours == pytest.approx(float(run.computeOks(1, 1)[0, 0]), abs=1e-9)


def crossing_tracks(draw):
    """Frames of two to five things that are sometimes missed, sometimes renamed."""
    n = int(draw.integers(2, 6))
    names = draw.permutation(n)
    frames = []
    for _ in range(int(draw.integers(3, 12))):
        if draw.random() < 0.2:
            names = draw.permutation(n)
        a = [i for i in range(n) if draw.random() < 0.85]
        b = [i for i in range(n) if draw.random() < 0.85]
        likeness = np.array([[draw.uniform(0.3, 1.0) if i == j else draw.uniform(0, 0.25) for j in b] for i in a])
        likeness = likeness.reshape(len(a), len(b))
        frames.append(Frame(a=a, b=[int(names[j]) + 100 for j in b], likeness=likeness))
    return frames


def test_identities_are_kept_as_in_motmetrics():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for draw in seeds(0.01):
            frames = crossing_tracks(draw)
            ours = track_scores(frames, threshold=0.5)
            book = motmetrics.MOTAccumulator(auto_id=True)
            for frame in frames:
                far = 1.0 - frame.likeness
                book.update(list(frame.a), list(frame.b), np.where(far > 0.5, np.nan, far))
            theirs = motmetrics.metrics.create().compute(book, metrics=["idf1", "mota", "num_switches"]).iloc[0]
            assert ours["idf1"].value == pytest.approx(theirs["idf1"])
            assert ours["id_switches"].value == theirs["num_switches"]
            assert ours["mota"].value == pytest.approx(theirs["mota"])


def test_hota_is_trackevals():
    trackeval = pytest.importorskip("trackeval")
    for draw in seeds(0.3):
        frames = crossing_tracks(draw)
        numbers = [
            {name: k for k, name in enumerate(dict.fromkeys(n for f in frames for n in side(f)))}
            for side in (lambda f: f.a, lambda f: f.b)
        ]
        data = {
            "num_timesteps": len(frames),
            "num_gt_dets": sum(len(f.a) for f in frames),
            "num_tracker_dets": sum(len(f.b) for f in frames),
            "num_gt_ids": len(numbers[0]),
            "num_tracker_ids": len(numbers[1]),
            "gt_ids": [np.array([numbers[0][n] for n in f.a], dtype=int) for f in frames],
            "tracker_ids": [np.array([numbers[1][n] for n in f.b], dtype=int) for f in frames],
            "similarity_scores": [np.asarray(f.likeness) for f in frames],
        }
        if not data["num_gt_dets"] or not data["num_tracker_dets"]:
            continue
        theirs = trackeval.metrics.HOTA().eval_sequence(data)
        ours = track_scores(frames)["hota"]
        assert ours.value == pytest.approx(float(np.mean(theirs["HOTA"])), abs=1e-9)
        assert ours.details["deta"] == pytest.approx(float(np.mean(theirs["DetA"])), abs=1e-9)
        assert ours.details["assa"] == pytest.approx(float(np.mean(theirs["AssA"])), abs=1e-9)
