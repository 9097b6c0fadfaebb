"""COCO's average precision and recall of a model, by pycocotools. People give no scores: compare people by F1."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from .result import Score

NAMES = {
    "bbox": ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"),
    "keypoints": ("AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl"),
}


def coco_average_precision(
    truth: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    *,
    kind: str = "bbox",
    max_found: Sequence[int] | None = None,
    sigmas: Sequence[float] | None = None,
) -> dict[str, Score]:
    """COCO's twelve figures (ten of keypoints), each null where the reference has nothing of that size.

    Args:
        truth: a COCO document: images, categories, annotations; crowds are excused as COCO does.
        found: COCO results: image_id, category_id, score and bbox, segmentation or keypoints.
        kind: bbox, segm or keypoints.
        max_found: finds an image that count, three numbers, 1, 10, 100 without; images with more are counted in
            `details.images_cut`, since what is cut is lost without a word.
        sigmas: of the joints, for keypoints other than COCO's 17.

    Raises:
        ValueError: an unknown kind, or finds of images that the reference does not have.
    """
    if kind not in ("bbox", "segm", "keypoints"):
        raise ValueError(f"the kind is bbox, segm or keypoints, got {kind!r}")
    images = {image["id"] for image in truth["images"]}
    strangers = {row["image_id"] for row in found} - images
    if strangers:
        raise ValueError(f"finds of images that the reference does not have: {sorted(strangers, key=str)[:5]}")
    limits = list(max_found) if max_found is not None else [20] if kind == "keypoints" else [1, 10, 100]
    stats = _evaluated(truth, found, kind, limits, sigmas)
    counts: dict[Any, int] = {}
    for row in found:
        counts[row["image_id"]] = counts.get(row["image_id"], 0) + 1
    base: dict[str, Any] = {
        "n_items": len(images),
        "n_pairs": len(truth.get("annotations", ())),
        "params": {"kind": kind, "max_found": limits},
        "details": {"found": len(found), "images_cut": sum(n > limits[-1] for n in counts.values())},
    }
    names = NAMES["keypoints" if kind == "keypoints" else "bbox"]
    return {
        name: Score(value=float(value), method=name, **base)
        if value > -1
        else Score(value=None, reason="no_reference", method=name, **base)
        for name, value in zip(names, stats, strict=True)
    }


def _evaluated(
    truth: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    kind: str,
    limits: list[int],
    sigmas: Sequence[float] | None,
) -> list[float]:
    import copy

    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        reference = COCO()
        reference.dataset = {"info": {}, **copy.deepcopy(dict(truth))}  # its evaluation writes into what it is given
        reference.createIndex()
        results = reference.loadRes([copy.deepcopy(dict(row)) for row in found]) if found else _nothing(reference)
        evaluation = COCOeval(reference, results, kind)
        evaluation.params.maxDets = limits
        if sigmas is not None:
            evaluation.params.kpt_oks_sigmas = np.asarray(sigmas, dtype=np.float64)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(value) for value in evaluation.stats]


def _nothing(reference: Any) -> Any:
    from pycocotools.coco import COCO

    empty = COCO()
    empty.dataset = {**reference.dataset, "annotations": []}
    empty.createIndex()
    return empty
