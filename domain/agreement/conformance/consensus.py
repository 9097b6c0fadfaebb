"""One answer out of several."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from domain.agreement.consensus.dawid_skene import dawid_skene
from domain.agreement.consensus.fusion import fuse_boxes
from domain.agreement.consensus.staple import pixel_vote, staple
from domain.agreement.ratings import scale_of

from .vector import Vector, metric


@metric("weighted_box_fusion", "wbf")
def box_fusion(vector: Vector) -> dict[str, Any]:
    fused = fuse_boxes(
        vector.need("boxes"),
        vector.get("scores"),
        vector.get("labels"),
        weights=vector.get("weights"),
        iou_threshold=float(vector.get("iou_thr", "iou_threshold", default=0.55)),
        least_score=float(vector.get("skip_box_thr", "least_score", default=0.0)),
    )
    return {
        "boxes": [list(box.box) for box in fused],
        "scores": [box.score for box in fused],
        "labels": [float(box.label) if isinstance(box.label, (int, float)) else box.label for box in fused],
    }


@metric("staple")
def staple_masks(vector: Vector) -> dict[str, Any]:
    masks = vector.need("masks")
    if not masks:
        return {"probability": None, "majority": None, "value": None, "reason": "no_items"}
    found, vote = staple(masks, prior=vector.get("prior")), pixel_vote(masks)
    return {
        "probability": found.probability.tolist(),
        "binary_at_0.5": (found.probability >= 0.5).astype(int).tolist(),
        "majority": vote.mask.tolist(),
        "sensitivity": found.sensitivity.tolist(),
        "specificity": found.specificity.tolist(),
        "iterations": found.iterations,
        "prior": found.prior,
    }


@metric("majority", "majority_vote", "pixel_vote")
def majority(vector: Vector) -> dict[str, Any]:
    if vector.get("masks") is not None:
        vote = pixel_vote(vector.need("masks"))
        return {"majority": vote.mask.tolist(), "ties": vote.tied.astype(int).tolist(), "value": vote.mask.tolist()}
    votes = vector.need("votes", "answers", "labels", "ratings", "a")
    if votes and all(isinstance(row, list) for row in votes):  # one list of votes an item
        each = [majority(Vector(metric=vector.metric, data={"votes": row}, params={}, expected={})) for row in votes]
        out = {name: [one[name] for one in each] for name in ("winner", "label", "value", "ties", "tie_set")}
        return out | {"reason": "tie" if None in out["winner"] else None}
    if not votes:
        return {"winner": None, "label": None, "value": None, "ties": [], "tie_set": [], "reason": "no_items"}
    counts = Counter(votes)
    best = scale_of([value for value, n in counts.items() if n == max(counts.values())])
    winner = best[0] if len(best) == 1 else None
    return {
        "winner": winner,
        "label": winner,
        "value": winner,
        "ties": best,
        "tie_set": best,
        "reason": "tie" if winner is None else None,
    }


@metric("dawid_skene")
def classes_and_people(vector: Vector) -> dict[str, Any]:
    responses = vector.need("responses")
    rows = [
        (item, person, answer)
        for item, people in responses.items()
        for person, given in people.items()
        for answer in (given if isinstance(given, list) else [given])
    ]
    if not rows:
        return {"class_marginals": None, "map_class": None, "labels": None, "value": None, "reason": "no_items"}
    items, people = (list(dict.fromkeys(row[at] for row in rows)) for at in (0, 1))
    classes = vector.get("classes", "labels") or scale_of([row[2] for row in rows])
    smoothing = vector.get("smoothing", default=0.0)
    found = dawid_skene(
        [items.index(row[0]) for row in rows],
        [people.index(row[1]) for row in rows],
        [list(classes).index(row[2]) for row in rows],
        classes=classes,
        smoothing=0.0 if smoothing == "none" else float(smoothing),
        tolerance=1e-12,
        iterations=20_000,
    )
    best = [classes[int(k)] for k in found.posterior.argmax(axis=1)]
    out: dict[str, Any] = {
        "class_marginals": found.marginals.tolist(),
        "published_marginals": [round(v, 2) for v in found.marginals.tolist()],
        "map_class": best,
        "labels": best,
        "posterior": found.posterior.tolist(),
        "differs_from_majority": _against_majority(rows, items, best),
    }
    for count in range(1, len(items) + 1):
        out[f"posterior_first{count}"] = found.posterior[:count].tolist()
    for at, person in enumerate(people):
        out[f"confusion_observer{person}"] = out[f"confusion_{person}"] = np.asarray(found.confusion[at]).tolist()
    return out


def _against_majority(rows: list[tuple[Any, Any, Any]], items: list[Any], best: list[Any]) -> list[list[Any]]:
    """Items where the most votes, all answers counted, say otherwise: [item, majority, ours]."""
    out = []
    for item, ours in zip(items, best, strict=True):
        counts = Counter(row[2] for row in rows if row[0] == item)
        most = min((value for value, n in counts.items() if n == max(counts.values())), key=str)
        if most != ours:
            out.append([int(item) if str(item).isdigit() else item, most, ours])
    return out
