"""RT-DETR and D-FINE as their own repositories export them, and RT-DETR as Ultralytics does.

Own: `images` and `orig_target_sizes` [1, 2] (width, height) → `labels`, `boxes` (corners in image pixels), `scores`, [1, Q].
Ultralytics: one output [1, Q, 4 + classes], centre and size in shares of the input, scores behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import FLOOR, Answer, Found, Plan, Spec, UnfitModel
from domain.inference.names import labels_in, named, said_by_file, unlike
from domain.inference.postprocess import box_of, finite, nms, output
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.signature import Signature, Tensor

from .detr import picked

SIZES = "orig_target_sizes"
OWN = ("labels", "boxes", "scores")
MOST_QUERIES = 1_000


class RtDetr(ImageAdapter):
    name: ClassVar[str] = "rtdetr"
    title: ClassVar[str] = "RT-DETR, D-FINE"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        if image is None:
            return None
        given = labels or labels_in(signature)
        own = signature.input(SIZES) is not None and all(signature.output(name) for name in OWN)
        if own:
            options: dict[str, Any] = {"layout": "own", "sizes": str(_tensor(signature, SIZES).dtype)}
            known = unlike(given)
        elif (found := _joined(signature, given)) is not None:
            options, known = {"layout": "joined", "head": found.name}, named(given, found.shape[2] - 4)
        else:
            return None
        options["input"] = as_option(image)
        size = input_size(image) or (640, 640)
        spec = Spec(adapter=self.name, kind="detect", labels=known, size=size, fit="stretch", options=options)
        return said_by_file(signature, spec)

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        fed = super().feeds(pixels, spec, plan)
        if spec.options["layout"] == "own":
            fed[SIZES] = np.array([[plan.width, plan.height]], dtype=spec.options["sizes"])
        return fed

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        if spec.options["layout"] == "joined":
            return _read_joined(outputs, spec, plan, iou)
        boxes = output(outputs, "boxes", 1, None, 4)[0]
        scores = output(outputs, "scores", 1, len(boxes))[0]
        labels = output(outputs, "labels", 1, len(boxes))[0]
        fine, broken = finite(boxes, scores, labels)
        answer = Answer()
        if broken:
            answer.problems["not_finite"] += broken
        wanted = fine & (np.nan_to_num(scores) >= FLOOR)
        boxes, scores, classes = boxes[wanted], scores[wanted], labels[wanted].astype(np.int64)
        for place in nms(boxes, scores, classes, iou):
            corners = np.round(boxes[place].astype(np.float64), 2)
            answer.found.append(Found(int(classes[place]), float(scores[place]), box_of(corners)))
        return answer


def _tensor(signature: Signature, name: str) -> Tensor:
    found = signature.input(name)
    assert found is not None
    return found


def _joined(signature: Signature, labels: list[str]) -> Tensor | None:
    """Ultralytics' output. It is told from YOLO's, which has many more rows, and from finished boxes, which have 6 values."""
    if len(signature.inputs) != 1 or len(signature.outputs) != 1:
        return None
    found = signature.outputs[0]
    if len(found.shape) != 3 or not 0 < found.shape[1] <= MOST_QUERIES or found.shape[2] <= 4:
        return None
    said = "rtdetr" in signature.metadata.get("description", "").lower()
    if found.shape[2] == 6 and not said:
        return None
    if labels and found.shape[2] == 4 + len(labels):
        return found
    if said or found.shape[1] in (100, 300):
        return found
    return None


def _read_joined(outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, iou: float) -> Answer:
    rows = output(outputs, spec.options["head"], 1, None, None)[0]
    if rows.shape[1] != 4 + len(spec.labels):
        raise UnfitModel(f"The output has {rows.shape[1]} values a query, expected {4 + len(spec.labels)}.")
    fine, broken = finite(rows)
    rows, answer = rows[fine], Answer()
    if broken:
        answer.problems["not_finite"] += broken
    picked(answer, rows[:, :4], rows[:, 4:], plan, iou)
    return answer
