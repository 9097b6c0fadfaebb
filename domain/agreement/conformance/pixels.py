"""Masks and class maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.agreement.boundary import boundary_iou, boundary_scores, surfaces, trimap_f
from domain.agreement.iou import frame_overlaps
from domain.agreement.semantic import mask_score, pixel_confusion, semantic_scores
from domain.geometry import rings, rle
from domain.geometry.masks import decode_runs, encode_runs

from .vector import Vector, metric, told


def _mask(vector: Vector, *names: str) -> NDArray[np.uint8]:
    """A mask, from rows of pixels, a half-open rectangle of rows and columns, or COCO run lengths."""
    for name in names:
        rect = vector.get(f"{name}_rect_rowcol_halfopen", f"{name}_rect")
        if rect is not None:
            out = np.zeros(vector.need("shape", "size"), dtype=np.uint8)
            out[rect[0] : rect[1], rect[2] : rect[3]] = 1
            return out
        found = vector.get(name, f"{name}_mask", f"mask_{name}")
        if isinstance(found, Mapping):
            height, width = found["size"]
            counts = found["counts"]
            return decode_runs(
                rle.decompress(counts) if isinstance(counts, str) else counts, height=height, width=width
            )
        if found is not None:
            return (np.asarray(found) != 0).astype(np.uint8)
    raise ValueError(f"no mask called {', '.join(names)}")


def _pair(vector: Vector) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return _mask(vector, "gt", "a", "reference", "mask_a"), _mask(vector, "pred", "b", "predicted", "mask_b")


@metric("dice", "mask_iou", "mask_dice")
def dice(vector: Vector) -> dict[str, Any]:
    a, b = (mask.reshape(1, -1) if mask.ndim == 1 else mask for mask in _pair(vector))
    overlaps = frame_overlaps([a], [b])
    scores = {measure: mask_score(overlaps, measure=measure) for measure in ("dice", "iou")}
    main = scores["dice" if "dice" in vector.metric else "iou"]
    return told(main) | {"dice": scores["dice"].value, "iou": scores["iou"].value}


@metric(
    "boundary", "hausdorff", "hd95", "surface_distance", "surface_dice", "nsd", "assd", "boundary_iou", "boundary_f"
)
def boundary(vector: Vector) -> dict[str, Any]:
    a, b = _pair(vector)
    given = vector.get("spacing", "spacing_mm", default=(1.0, 1.0))
    spacing = (float(given[0]), float(given[1]))
    scores = boundary_scores(a, b, spacing=spacing, tolerance=float(vector.get("tolerance", "tau", default=1.0)))
    overlaps = frame_overlaps([a], [b])
    edge = boundary_iou(a, b, share=float(vector.get("dilation_ratio", default=0.02)))
    out: dict[str, Any] = {name: score.value for name, score in scores.items()}
    out |= {
        "hausdorff_pixel_sets_scipy": out["hausdorff_pixels"],
        "hd": out["hausdorff"],
        "avg_surface_distance_gt_to_pred": out["mean_a_to_b"],
        "avg_surface_distance_pred_to_gt": out["mean_b_to_a"],
        "dice": mask_score(overlaps).value,
        "iou": mask_score(overlaps, measure="iou").value,
        "boundary_iou": edge.value,
        "reason": scores["hausdorff"].reason,
        "agreement": 1.0 if not a.any() and not b.any() else None,
    }
    width = vector.get("trimap_width", "band", "width")
    if width is not None:
        out |= dict.fromkeys(("trimap_f", "boundary_f", "band_f"), trimap_f(a, b, width=int(width)).value)
    if surfaces(a, b, spacing=spacing).farthest is not None:
        out |= _named_by_key(vector, a, b)
    return out


def _named_by_key(vector: Vector, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> dict[str, Any]:
    """Keys that carry their own tolerance or spacing: surface_dice_tol2, nsd_tol1, hausdorff_spacing_2.0_0.5."""
    out: dict[str, Any] = {}
    for key in map(str, vector.expected):
        head, _, tail = key.partition("_tol")
        if tail and head in ("surface_dice", "nsd"):
            out[key] = boundary_scores(a, b, spacing=_spacing(vector), tolerance=float(tail))["nsd"].value
        head, _, tail = key.partition("_spacing_")
        if tail:
            down, across = (float(number) for number in tail.split("_"))
            scores = boundary_scores(a, b, spacing=(down, across))
            out[key] = scores[{"hd": "hausdorff"}.get(head, head)].value
    return out


def _spacing(vector: Vector) -> tuple[float, float]:
    given = vector.get("spacing", "spacing_mm", default=(1.0, 1.0))
    return (float(given[0]), float(given[1]))


@metric("semantic", "semantic_segmentation", "miou", "mean_iou", "pixel_accuracy", "semantic_iou")
def semantic(vector: Vector) -> dict[str, Any]:
    table = vector.get("confusion", "confusion_matrix", "table")
    if table is None:
        truth, guess = np.asarray(vector.need("gt", "reference")), np.asarray(vector.need("pred", "predicted"))
        ignore = vector.get("ignore", "ignore_index", "ignore_id", "void")
        kept = np.concatenate([truth.ravel(), guess.ravel()])
        kept = kept if ignore is None else kept[kept != ignore]
        declared = vector.get("classes", "n_classes", "num_classes", default=0)
        size = declared if isinstance(declared, int) else max(map(int, declared), default=-1) + 1
        size = max(size, int(kept.max()) + 1 if kept.size else 1)
        table = pixel_confusion(truth, guess, classes=size, ignore=ignore)
    scores = semantic_scores(np.asarray(table))
    each = scores["mean_iou"].details.get("per_class") or []
    known = [iou for iou in each if iou is not None]
    out: dict[str, Any] = {name: score.value for name, score in scores.items()}
    for name, ours in {
        "miou": "mean_iou",
        "mIoU": "mean_iou",
        "pixel_acc": "pixel_accuracy",
        "accuracy": "pixel_accuracy",
        "mean_acc": "mean_class_accuracy",
        "mean_accuracy": "mean_class_accuracy",
        "mean_class_acc": "mean_class_accuracy",
        "fwiou": "weighted_iou",
        "fw_iou": "weighted_iou",
        "fwIoU": "weighted_iou",
        "freq_weighted_iou": "weighted_iou",
        "frequency_weighted_iou": "weighted_iou",
    }.items():
        out[name] = out[ours]
    for name, value in (("zero", 0.0), ("one", 1.0)):  # the two wrong ways to count an absent class
        filled = (sum(known) + value * (len(each) - len(known))) / len(each) if each else None
        out |= dict.fromkeys((f"miou_absent_as_{name}", f"miou_absent_as_{value:g}", f"miou_absent_{value:g}"), filled)
    out |= {"per_class_iou": each, "iou_per_class": each, "confusion": np.asarray(table).tolist()}
    return out | {"value": out["mean_iou"], "reason": scores["mean_iou"].reason}


@metric("coco_rle")
def run_lengths(vector: Vector) -> dict[str, Any]:
    mask = np.asarray(vector.need("mask"), dtype=np.uint8)
    runs = encode_runs(mask)
    return {**_frame(mask, runs), "counts_if_wrongly_row_major": encode_runs(mask.T)}


def _frame(mask: NDArray[np.uint8], runs: list[int]) -> dict[str, Any]:
    rows, columns = np.nonzero(mask)
    box = [0.0, 0.0, 0.0, 0.0]
    if rows.size:
        x, y = float(columns.min()), float(rows.min())
        box = [x, y, float(columns.max()) + 1 - x, float(rows.max()) + 1 - y]
    return {
        "size": list(mask.shape),
        "counts": runs,
        "compressed": rle.compress(runs),
        "area": int(mask.sum()),
        "bbox_xywh": box,
        "bbox": box,
    }


@metric("coco_polygon")
def coco_polygon(vector: Vector) -> dict[str, Any]:
    """COCO's own way to fill a polygon, which files in its format are measured by; ours fills by pixel centres."""
    from pycocotools import mask as coco

    segmentation, height, width = vector.need("segmentation"), int(vector.need("h")), int(vector.need("w"))
    merged = coco.merge(coco.frPyObjects(segmentation, height, width))
    pixels = coco.decode(merged)
    runs = encode_runs(pixels)
    frame = _frame(pixels, runs)
    return frame | {
        "shoelace_area": sum(rings.area(ring) for ring in segmentation),
        "pycocotools_raster_area": frame["area"],
        "bbox_from_raster": frame["bbox"],
    }
