"""YOLO v5, v8 and 11 as Ultralytics export them: detect, segment, pose and oriented boxes.

v5: [1, anchors, 5 + classes (+ masks)], box, objectness, classes. v8 and later: [1, 4 + classes (+ masks | joints | angle),
anchors]. The number of anchors follows from the size of the input: one (v5: three) a cell of the grids of 8, 16 and 32
(and 64) pixels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.geometry.angles import normalised
from domain.inference.base import FLOOR, MOST, Answer, Found, Kind, Plan, Spec, UnfitModel
from domain.inference.names import COCO_JOINTS, labels_in, named, parsed, said_by_file
from domain.inference.postprocess import (
    Floats,
    as_corners,
    box_of,
    finite,
    nms,
    output,
    part_of,
    to_image,
    window_of,
)
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.rotated import rotated_nms
from domain.inference.signature import Signature, Tensor
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton

STRIDES = ((8, 16, 32), (8, 16, 32, 64))
VISIBLE, HIDDEN = 0.5, 0.25  # confidence of a joint
_TASKS: dict[str, Kind] = {"detect": "detect", "segment": "segment", "pose": "pose", "obb": "obb"}


class Yolo(ImageAdapter):
    name: ClassVar[str] = "yolo"
    title: ClassVar[str] = "YOLO v5, v8, 11"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        heads = [one for one in signature.outputs if len(one.shape) == 3]
        protos = [one for one in signature.outputs if len(one.shape) == 4]
        if image is None or len(signature.inputs) != 1 or len(heads) != 1 or len(protos) > 1:
            return None
        if len(heads) + len(protos) != len(signature.outputs):
            return None
        size = input_size(image)
        layout = _layout(heads[0], size)
        if layout is None:
            return None
        channels = heads[0].shape[2 if layout == "v5" else 1]
        given = labels or labels_in(signature)
        kind, extra = _kind(signature, layout, channels, protos[0] if protos else None, given)
        count = channels - (5 if layout == "v5" else 4) - extra
        if count < 1:
            raise UnfitModel(f"Its output has {channels} values an anchor, too few for {kind}.")
        options: dict[str, Any] = {"layout": layout, "input": as_option(image), "head": heads[0].name}
        spec = Spec(adapter=self.name, kind=kind, labels=named(given, count), size=size or (640, 640), options=options)
        if kind == "segment" and protos:
            options["protos"] = protos[0].name
        if kind == "pose":
            options["values"] = _per_joint(signature, extra)
            spec.joints = joints_named(extra // options["values"])
        return said_by_file(signature, spec)

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        count = len(spec.labels)
        rows = output(outputs, spec.options["head"], 1, None, None)[0]
        rows = rows if spec.options["layout"] == "v5" else rows.T
        first = 5 if spec.options["layout"] == "v5" else 4
        if rows.shape[1] < first + count:
            raise UnfitModel(f"The output has {rows.shape[1]} values an anchor, expected {first + count} or more.")
        answer = Answer()
        with np.errstate(invalid="ignore"):
            scores = rows[:, first : first + count]
            scores = scores * rows[:, 4:5] if first == 5 else scores
            best = scores.argmax(axis=1)
            top = scores[np.arange(len(scores)), best]
            wanted = ~(top < FLOOR)  # NaN stays, to be counted
        rows, best, top = rows[wanted], best[wanted], top[wanted]
        fine, broken = finite(rows)
        if broken:
            answer.problems["not_finite"] += broken
        rows, best, top = rows[fine], best[fine], top[fine]
        rest = rows[:, first + count :]
        _READ[spec.kind](answer, rows, best, top, rest, outputs, spec, plan, iou)
        return answer


def joints_named(count: int) -> list[str]:
    return list(COCO_JOINTS) if count == len(COCO_JOINTS) else [str(place + 1) for place in range(count)]


def _cells(size: tuple[int, int], strides: tuple[int, ...]) -> int:
    return sum(math.ceil(size[0] / stride) * math.ceil(size[1] / stride) for stride in strides)


def _layout(head: Tensor, size: tuple[int, int] | None) -> str | None:
    """v5 or v8; None where neither fits."""
    _, middle, last = head.shape
    if size is not None:
        for strides in STRIDES:
            cells = _cells(size, strides)
            if middle == 3 * cells and last > 5:
                return "v5"
            if last == cells and middle > 4:
                return "v8"
        if middle and last:
            return None
    if middle > 4 and not last:
        return "v8"
    return "v5" if last > 5 and not middle else None


def _kind(
    signature: Signature, layout: str, channels: int, protos: Tensor | None, labels: list[str]
) -> tuple[Kind, int]:
    """(what it finds, values an anchor beyond box and classes)."""
    if protos is not None:
        if protos.shape[1] <= 0:
            raise UnfitModel("The number of its mask prototypes is not fixed. Export it with a fixed one.")
        return "segment", protos.shape[1]
    kind = _TASKS.get(signature.metadata.get("task", "detect"), "detect")
    left = channels - (5 if layout == "v5" else 4) - len(labels) if labels else None
    if kind == "pose":
        shape = parsed(signature.metadata.get("kpt_shape", "")) or [17, 3]
        return "pose", int(shape[0]) * int(shape[1])
    if kind == "obb":
        return "obb", 1
    if left is not None and left > 1 and left % 3 == 0 and not signature.metadata.get("task"):
        return "pose", left
    if left == 1 and not signature.metadata.get("task"):
        return "obb", 1
    return "detect", 0


def _per_joint(signature: Signature, extra: int) -> int:
    """Values a joint: x, y and mostly how sure."""
    shape = parsed(signature.metadata.get("kpt_shape", ""))
    if isinstance(shape, list | tuple) and len(shape) == 2 and int(shape[1]) in (2, 3):
        return int(shape[1])
    return 3 if extra % 3 == 0 else 2


def _boxes(
    answer: Answer, rows: Floats, best: Any, top: Any, rest: Floats, outputs: Any, spec: Spec, plan: Plan, iou: float
) -> None:
    corners = as_corners(rows)
    for place, found in _kept(corners, top, best, iou, plan):
        answer.found.append(Found(int(best[place]), float(top[place]), box_of(found)))


def _kept(corners: Floats, top: Any, best: Any, iou: float, plan: Plan) -> list[tuple[int, NDArray[np.float64]]]:
    """(place, corners in the image) of what NMS leaves."""
    kept = nms(corners, top, best, iou)
    return list(zip(kept.tolist(), to_image(corners[kept], plan), strict=True))


def _segments(
    answer: Answer, rows: Floats, best: Any, top: Any, rest: Floats, outputs: Any, spec: Spec, plan: Plan, iou: float
) -> None:
    protos = output(outputs, spec.options["protos"], 1, None, None, None)[0]
    if rest.shape[1] != protos.shape[0]:
        raise UnfitModel(f"The model gives {rest.shape[1]} mask coefficients for {protos.shape[0]} prototypes.")
    flat = protos.reshape(protos.shape[0], -1)
    for place, found in _kept(as_corners(rows), top, best, iou, plan):
        box = box_of(found)
        logits = (rest[place] @ flat).reshape(protos.shape[1:])
        if not np.isfinite(logits).all():
            answer.problems["not_finite"] += 1
            continue
        mask = part_of(logits, plan, window_of(box, plan))
        if mask is None:
            answer.problems["empty_mask"] += 1
            continue
        answer.found.append(Found(int(best[place]), float(top[place]), mask))


def _poses(
    answer: Answer, rows: Floats, best: Any, top: Any, rest: Floats, outputs: Any, spec: Spec, plan: Plan, iou: float
) -> None:
    values, count = int(spec.options["values"]), len(spec.joints)
    if rest.shape[1] != values * count:
        raise UnfitModel(f"The model gives {rest.shape[1]} values of joints, expected {values * count}.")
    for place in nms(as_corners(rows), top, best, iou):
        points = rest[place].reshape(count, values)
        where = to_image(points[:, :2].reshape(1, -1), plan).reshape(count, 2)
        sure = points[:, 2] if values == 3 else np.ones(count, dtype=np.float32)
        seen = [2 if one >= VISIBLE else 1 if one >= HIDDEN else 0 for one in sure.tolist()]
        joints: Any = {name: (float(x), float(y), v) for name, (x, y), v in zip(spec.joints, where, seen, strict=True)}
        if not any(seen):
            answer.problems["no_joints"] += 1
            continue
        answer.found.append(Found(int(best[place]), float(top[place]), Skeleton(joints)))


def _turned(
    answer: Answer, rows: Floats, best: Any, top: Any, rest: Floats, outputs: Any, spec: Spec, plan: Plan, iou: float
) -> None:
    if rest.shape[1] != 1:
        raise UnfitModel(f"The model gives {rest.shape[1]} angles a box, expected 1.")
    kept = rotated_nms(np.concatenate([rows[:, :4], rest], axis=1), top, best, iou, MOST)
    centres = to_image(rows[kept, :2], plan)
    across, down = plan.scale
    for place, (cx, cy) in zip(kept.tolist(), centres, strict=True):
        w, h = float(rows[place, 2]) / across, float(rows[place, 3]) / down
        angle = normalised(round(math.degrees(float(rest[place, 0])), 3))
        shape = RotatedBox(float(cx), float(cy), round(w, 2), round(h, 2), angle)
        answer.found.append(Found(int(best[place]), float(top[place]), shape))


_READ = {"detect": _boxes, "segment": _segments, "pose": _poses, "obb": _turned}
