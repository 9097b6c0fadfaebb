"""Overlap and pairing of shapes, joints, panoptic and average precision, solids."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from domain.agreement.average_precision import coco_average_precision
from domain.agreement.images import COCO_THRESHOLDS, image_score
from domain.agreement.iou import as_areas, box_overlaps, polygon_overlaps, rotated_overlaps
from domain.agreement.keypoints import oks
from domain.agreement.matching import match
from domain.agreement.overlaps import Overlaps
from domain.agreement.panoptic import Segment, mean_panoptic_quality, panoptic_quality, panoptic_tallies
from domain.agreement.solids import cuboid_overlaps
from domain.geometry import rings

from .vector import Vector, metric, told


def _first(overlaps: Overlaps) -> dict[str, Any]:
    """Of one pair, or of all when there are several."""
    iou = overlaps.iou()
    one = iou.size == 1
    out = {
        "iou": float(iou[0, 0]) if one else iou.tolist(),
        "intersection": float(overlaps.inter[0, 0]) if one else overlaps.inter.tolist(),
        "dice": float(overlaps.dice()[0, 0]) if one else overlaps.dice().tolist(),
        "iou_matrix": iou.tolist(),
        "area_a": float(overlaps.area_a[0]) if one else overlaps.area_a.tolist(),
        "area_b": float(overlaps.area_b[0]) if one else overlaps.area_b.tolist(),
    }
    out["union"] = out["area_a"] + out["area_b"] - out["intersection"] if one else None
    return out | {"value": out["iou"]}


def _boxes(vector: Vector, *names: str) -> list[list[float]]:
    """Corners, from corners or from x, y, width, height."""
    for name in names:
        for form in (f"{name}_xyxy", name, f"{name}_boxes"):
            if (found := vector.get(form)) is not None:
                return _listed(found)
        if (found := vector.get(f"{name}_xywh")) is not None:
            return [[x, y, x + w, y + h] for x, y, w, h in _listed(found)]
    raise ValueError(f"no boxes called {', '.join(names)}")


def _listed(boxes: Any) -> list[Any]:
    """One box is a list of one."""
    return [boxes] if boxes and not isinstance(boxes[0], (list, tuple)) else list(boxes)


@metric("box_iou", "iou", "bbox_iou")
def box(vector: Vector) -> dict[str, Any]:
    a, b = _boxes(vector, "a", "gt", "box_a"), _boxes(vector, "b", "pred", "dt", "box_b")
    overlaps = box_overlaps(a, b)
    crowd = vector.get("crowd", "iscrowd", "b_crowd", "crowd_b")
    out = _first(overlaps)
    if crowd is not None:
        flags = [bool(flag) for flag in crowd] if isinstance(crowd, list) else [bool(crowd)] * len(b)
        # a crowd is a reference: when the reference is called gt it comes first here
        turned = vector.get("gt", "gt_xyxy", "gt_xywh") is not None
        table = box_overlaps(b, a).iou(crowd_b=flags).T if turned else overlaps.iou(crowd_b=flags)
        out |= {"iou": float(table[0, 0]) if table.size == 1 else table.tolist(), "iou_crowd": float(table[0, 0])}
    inclusive = [[x0, y0, x1 + 1, y1 + 1] for x0, y0, x1, y1 in a], [[x0, y0, x1 + 1, y1 + 1] for x0, y0, x1, y1 in b]
    voc = _first(box_overlaps(*inclusive))["iou"]  # what the VOC tools print; ours nowhere
    return out | {"iou_continuous": out["iou"], "iou_voc_inclusive_plus1": voc}


def _turned(shape: Any) -> list[float]:
    if isinstance(shape, Mapping):
        angle = shape.get("angle_deg", shape.get("angle"))
        if angle is None:
            angle = math.degrees(shape.get("angle_rad", 0.0))
        return [shape["cx"], shape["cy"], shape["w"], shape["h"], angle]
    return list(shape)


@metric("rotated_iou", "rotated_box_iou", "obb_iou")
def rotated(vector: Vector) -> dict[str, Any]:
    a, b = (vector.need(*names) for names in (("a", "gt"), ("b", "pred")))
    rows = [
        [_turned(s) for s in (v if isinstance(v, list) and v and not isinstance(v[0], (int, float)) else [v])]
        for v in (a, b)
    ]
    return _first(rotated_overlaps(*rows))


def _parts(shape: Any) -> list[list[list[float]]]:
    """Parts of flat rings, from rings of points or flat ones, with `exterior` and `holes`."""
    if isinstance(shape, Mapping):
        outer = shape.get("exterior", shape.get("ring", shape.get("points")))
        return [[_flat(outer), *map(_flat, shape.get("holes", shape.get("interiors", ())))]]
    if shape and isinstance(shape[0], (int, float)):
        return [[list(shape)]]
    if shape and isinstance(shape[0][0], (int, float)) and len(shape[0]) == 2:
        return [[_flat(shape)]]
    if shape and isinstance(shape[0][0], (int, float)):
        return [[list(ring)] for ring in shape]
    return [[_flat(ring) for ring in shape]]


def _flat(ring: Sequence[Any]) -> list[float]:
    return [float(c) for p in ring for c in (p if isinstance(p, (list, tuple)) else (p,))]


@metric("polygon_iou")
def polygon(vector: Vector) -> dict[str, Any]:
    return _first(polygon_overlaps([_parts(vector.need("a", "gt"))], [_parts(vector.need("b", "pred"))]))


@metric("polygon_validity")
def validity(vector: Vector) -> dict[str, Any]:
    parts = _parts(vector.data if "exterior" in vector.data else vector.need("polygon", "ring"))
    ring = parts[0][0]
    return {
        "valid": rings.crossing(ring) is None,
        "signed_shoelace_area": rings.signed_area(ring),
        "even_odd_area": float(as_areas([parts])[0].area),
    }


@metric("cuboid_iou_3d", "cuboid_iou", "iou_3d")
def cuboid(vector: Vector) -> dict[str, Any]:
    return _first(cuboid_overlaps([_solid(vector.need("a", "gt"))], [_solid(vector.need("b", "pred"))]))


def _solid(shape: Mapping[str, Any]) -> list[float]:
    """Yaw is in radians unless its name says degrees."""
    yaw = shape["yaw_deg"] if "yaw_deg" in shape else math.degrees(shape.get("yaw", shape.get("yaw_rad", 0.0)))
    return [*shape["center"], *shape.get("dims", shape.get("size", ())), yaw]


@metric("annotation_matching", "matching", "image_score", "f1", "detection_f1")
def matching(vector: Vector) -> dict[str, Any]:
    given = vector.get("iou_matrix", "iou")
    if given is None:
        a, b = _boxes(vector, "gt", "a", "reference"), _boxes(vector, "pred", "b", "dt")
        table = box_overlaps(a, b).iou()
    else:
        table = np.asarray(given, dtype=np.float64)
        table = table if table.ndim == 2 else table.reshape(0, 0)
    threshold = float(vector.get("iou_threshold", "threshold", "t", default=0.5))
    classes = [
        vector.get(*names)
        for names in (
            ("gt_classes", "gt_labels", "gt_class", "a_classes", "labels_a"),
            ("pred_classes", "pred_labels", "pred_class", "b_classes", "labels_b"),
        )
    ]
    aware = vector.get("class_aware", default=True) and None not in classes
    kinds: dict[str, Any] = {"a_classes": classes[0], "b_classes": classes[1]} if aware else {}
    found = match(table, threshold=threshold, **kinds)
    score = image_score(found)
    pairs = [[pair.a, pair.b] for pair in found.pairs]
    greedy = _greedy(table, threshold)
    either = sum(table.shape)
    at = f"{threshold:g}"
    out: dict[str, Any] = {
        "iou_matrix": table.tolist(),
        "pairs": pairs,
        "hungarian_pairs": pairs,
        "tp": score.tp,
        "fp": score.fp,
        "fn": score.fn,
        "f1": score.f1,
        "value": score.f1,
        "precision": score.tp / table.shape[1] if table.shape[1] else None,
        "recall": score.tp / table.shape[0] if table.shape[0] else None,
        "hungarian_f1": score.f1,
        "mean_iou_matched": score.mean_iou,
        "mean_iou_matched_hungarian": score.mean_iou,
        "mean_iou": score.mean_iou,
        "sum_iou": score.iou_total,
        "image_agreement": score.agreement,
        "soft": score.agreement if either else None,
        "soft_f1": score.agreement if either else None,
        "reason": None if either else "both_empty",
        "greedy_f1": 2 * greedy / either if either else None,
    }
    for name in (at, "threshold"):
        out |= {f"hungarian_tp_at_{name}": score.tp, f"tp_at_{name}": score.tp, f"greedy_by_iou_tp_at_{name}": greedy}
    return out | _other_orders(table, threshold) | _over_thresholds(table, kinds)


def _greedy(table: Any, threshold: float) -> int:
    """What the wrong way gives, so that vectors that warn of it can be read."""
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for at in np.argsort(-table, axis=None, kind="stable"):
        i, j = divmod(int(at), table.shape[1])
        if table[i, j] >= threshold and i not in taken_a and j not in taken_b:
            taken_a.add(i)
            taken_b.add(j)
    return len(taken_a)


def _other_orders(table: Any, threshold: float) -> dict[str, Any]:
    """Matches when the assignment comes before the threshold: the other wrong way."""
    if not table.size:
        return {}
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    after = int(np.count_nonzero(table[rows, columns] >= threshold))
    early = len(match(table, threshold=threshold).pairs)
    names = ("threshold_after_assignment_tp", "hungarian_on_raw_iou_then_threshold_tp", "unconstrained_tp", "naive_tp")
    return dict.fromkeys(names, after) | {
        "threshold_before_assignment_tp": early,
        "constrained_tp": early,
    }


def _over_thresholds(table: Any, kinds: dict[str, Any]) -> dict[str, Any]:
    scores = [image_score(match(table, threshold=t, **kinds)).f1 for t in COCO_THRESHOLDS]
    known = [score for score in scores if score is not None]
    out: dict[str, Any] = {
        "f1_50_95": sum(known) / len(known) if known else None,
        "f1@.5:.95": sum(known) / len(known) if known else None,
    }
    for t, score in zip(COCO_THRESHOLDS, scores, strict=True):
        out |= {f"f1@{t:g}": score, f"f1_at_{t:g}": score}
    return out


@metric("panoptic_quality", "pq")
def panoptic(vector: Vector) -> dict[str, Any]:
    if vector.get("tp_ious") is not None:
        score = panoptic_quality(vector.need("tp_ious"), fp=vector.get("fp", default=0), fn=vector.get("fn", default=0))
    else:
        truth, guess = vector.need("gt", "gt_ids", "reference"), vector.need("pred", "pred_ids", "predicted")
        kinds = [
            _segments(vector.get(*names), ids)
            for names, ids in (
                (("gt_segments", "gt_classes", "gt_categories"), truth),
                (("pred_segments", "pred_classes", "pred_categories"), guess),
            )
        ]
        void = int(vector.get("void", "void_id", "ignore", default=0))
        tallies = panoptic_tallies(truth, guess, reference_segments=kinds[0], predicted_segments=kinds[1], void=void)
        score = mean_panoptic_quality([tallies])
    return told(score, "pq")


def _segments(given: Any, ids: Any) -> dict[int, Segment]:
    """Classes of ids, from a mapping, a list of COCO panoptic segments, or all of one class."""
    if given is None:
        return {int(i): Segment(1) for i in np.unique(np.asarray(ids))}
    if isinstance(given, Mapping):
        return {int(key): Segment(value) for key, value in given.items()}
    return {int(row["id"]): Segment(row["category_id"], bool(row.get("iscrowd", 0))) for row in given}


@metric("oks", "keypoint_oks")
def keypoints(vector: Vector) -> dict[str, Any]:
    truth = vector.need("gt", "reference")
    seen = vector.get("visibility", "v", "gt_visibility")
    if seen is None:
        seen = [row[2] if len(row) > 2 else 2 for row in truth]
    guess = vector.need("pred", "predicted", "dt")
    score = oks(
        [row[:2] for row in truth],
        seen,
        [row[:2] for row in guess],
        area=vector.get("area"),
        box_area=_area_of(vector.get("bbox", "bbox_xywh"), vector.get("bbox_area")),
        sigmas=vector.get("sigmas", "sigma"),
    )
    return told(score, "oks") | {"joints": score.n_pairs, "n_visible": score.n_pairs}


def _area_of(box: Any, area: Any) -> float | None:
    return float(box[2] * box[3]) if box is not None else area


@metric("coco_ap", "average_precision")
def average_precision(vector: Vector) -> dict[str, Any]:
    kind = str(vector.get("iou_type", "iouType", "kind", default="bbox"))
    limits = vector.get("max_dets", "maxDets")
    scores = coco_average_precision(
        vector.need("gt"), vector.get("dt", "pred", default=[]), kind=kind, max_found=limits
    )
    # COCO prints −1 where a bucket has no reference; ours is null with a reason
    return {name: -1.0 if score.value is None else score.value for name, score in scores.items()}
