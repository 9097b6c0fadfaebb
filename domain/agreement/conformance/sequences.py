"""Tracks over frames, and boxes in the words of other formats."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

import numpy as np

from domain.agreement.iou import box_overlaps
from domain.agreement.tracks import Frame, track_scores

from .vector import Vector, metric


@metric("tracks", "tracking", "hota", "idf1", "mot")
def tracks(vector: Vector) -> dict[str, Any]:
    """Frames with ids and boxes on either side, or tracks as id → frame → box."""
    threshold = float(vector.get("iou_threshold", "threshold", default=0.5))
    scores = track_scores(_frames(vector), threshold=threshold)
    out: dict[str, Any] = {name: score.value for name, score in scores.items()}
    for name, score in scores.items():
        out |= {name.upper(): score.value} | dict(score.details.items())
        out |= {k.upper(): v for k, v in score.details.items()}
    out |= {"DetA": out.get("deta"), "AssA": out.get("assa"), "LocA": out.get("loca"), "idsw": out["id_switches"]}
    return out | {"IDSW": out["id_switches"], "f1": out["frame_f1"], "reason": scores["hota"].reason}


def _frames(vector: Vector) -> list[Frame]:
    frames = vector.get("frames")
    if frames is not None:
        return [_frame(row) for row in frames]
    sides = [_by_frame(vector.need(*names)) for names in (("gt", "a", "gt_tracks"), ("pred", "b", "pred_tracks"))]
    ordered = sorted(set(sides[0]) | set(sides[1]), key=int)
    return [_joined(sides[0].get(at, []), sides[1].get(at, [])) for at in ordered]


def _frame(row: Mapping[str, Any]) -> Frame:
    a_ids, b_ids = row.get("gt_ids", row.get("a", [])), row.get("pred_ids", row.get("b", []))
    given = row.get("similarity", row.get("likeness"))
    if given is None:
        given = box_overlaps(row.get("gt_boxes", row.get("gt", [])), row.get("pred_boxes", row.get("pred", []))).iou()
    return Frame(a=a_ids, b=b_ids, likeness=np.asarray(given, dtype=np.float64).reshape(len(a_ids), len(b_ids)))


def _by_frame(side: Any) -> dict[str, list[tuple[int, list[float]]]]:
    out: dict[str, list[tuple[int, list[float]]]] = {}
    if isinstance(side, Mapping):
        for number, boxes in enumerate(side.values()):
            for frame, box in boxes.items() if isinstance(boxes, Mapping) else enumerate(boxes):
                if box is not None:
                    out.setdefault(str(frame), []).append((number, box))
        return out
    for row in side:
        box = row.get("box", row.get("xyxy", row.get("bbox")))
        out.setdefault(str(row["frame"]), []).append((int(row.get("id", row.get("track", 0))), box))
    return out


def _joined(a: list[tuple[int, list[float]]], b: list[tuple[int, list[float]]]) -> Frame:
    likeness = box_overlaps([box for _, box in a], [box for _, box in b]).iou()
    return Frame(a=[i for i, _ in a], b=[i for i, _ in b], likeness=likeness)


@metric("format_conversion")
def formats(vector: Vector) -> dict[str, Any]:
    """One box in each format's numbers: which corner, which pixel is the last, what is divided by what."""
    width, height = vector.need("image")["width"], vector.need("image")["height"]
    x0, y0, x1, y1 = vector.need("box_xyxy_continuous")
    index = int(vector.get("class_index", default=0))
    w, h = x1 - x0, y1 - y0
    yolo = (x0 + w / 2) / width, (y0 + h / 2) / height, w / width, h / height
    percent = {"x": 100 * x0 / width, "y": 100 * y0 / height, "width": 100 * w / width, "height": 100 * h / height}
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    return {
        "coco": {"bbox": [x0, y0, w, h], "area": w * h, "iscrowd": 0, "category_id": index + 1},
        "yolo": " ".join([str(index), *(f"{value:.6f}" for value in yolo)]),
        "voc": {"xmin": floor(x0) + 1, "ymin": floor(y0) + 1, "xmax": ceil(x1), "ymax": ceil(y1)},
        "label_studio": {**percent, "rotation": 0, "original_width": width, "original_height": height},
        "cvat_xml": {
            name: f"{value:.2f}" for name, value in zip(("xtl", "ytl", "xbr", "ybr"), (x0, y0, x1, y1), strict=True)
        },
        "geojson_pixel_ring": ring,
    }
