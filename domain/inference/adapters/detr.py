"""DETR and its kin as they are exported: a query a thing, boxes as centre and size in shares of the image.

| exporter | inputs | outputs |
|---|---|---|
| DETR (Optimum) | pixel_values, pixel_mask | logits [1, Q, classes + 1], pred_boxes [1, Q, 4]: softmax, the last is "nothing" |
| RT-DETR (Optimum) | pixel_values | logits [1, Q, classes], pred_boxes [1, Q, 4]: sigmoid |
| DETR (torch) | inputs | pred_logits, pred_boxes: softmax |
| RF-DETR | input | dets [1, Q, 4], labels [1, Q, classes + 1]: sigmoid |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import FLOOR, Answer, Found, Plan, Spec, UnfitModel
from domain.inference.names import labels_in, named, said_by_file
from domain.inference.postprocess import Floats, as_corners, box_of, finite, nms, output, sigmoid, softmax, to_image
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.signature import Signature

PAIRS = (("logits", "pred_boxes"), ("pred_logits", "pred_boxes"), ("labels", "dets"))
MASK = "pixel_mask"


class Detr(ImageAdapter):
    name: ClassVar[str] = "detr"
    title: ClassVar[str] = "DETR, RT-DETR (Optimum), RF-DETR"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        pair = next(((a, b) for a, b in PAIRS if signature.output(a) and signature.output(b)), None)
        others = {one.name for one in signature.inputs if image is None or one.name != image.name}
        if image is None or pair is None or others - {MASK}:
            return None
        logits, boxes = signature.output(pair[0]), signature.output(pair[1])
        if logits is None or boxes is None or not boxes.fits(None, None, 4) or len(logits.shape) != 3:
            return None
        count, given = logits.shape[2], labels or labels_in(signature)
        if not count:
            raise UnfitModel("The number of its classes is not fixed. Export it with a fixed one.")
        last_is_nothing = _last_is_nothing(signature, pair, count, given)
        options: dict[str, Any] = {
            "input": as_option(image),
            "logits": pair[0],
            "boxes": pair[1],
            "activation": "softmax" if last_is_nothing and pair[0] != "labels" else "sigmoid",
            "nothing": last_is_nothing,
        }
        mask = signature.input(MASK)
        if mask is not None:
            options["mask"] = as_option(mask)
        plain = pair[0] == "logits" and mask is None  # RT-DETR takes 0 to 1
        size = input_size(image)
        spec = Spec(
            adapter=self.name,
            kind="detect",
            labels=named(given, count - last_is_nothing),
            size=size if size or mask is not None else (640, 640),
            fit="stretch" if size or mask is None else "shortest",
            normalise="unit" if plain else "imagenet",
            options=options,
        )
        return said_by_file(signature, spec)

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        fed = super().feeds(pixels, spec, plan)
        if "mask" in spec.options:
            name, dtype, shape = spec.options["mask"]
            sides = [1, shape[1] or plan.size[1], shape[2] or plan.size[0]]
            fed[name] = np.ones(sides, dtype=dtype)
        return fed

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        nothing = bool(spec.options["nothing"])
        logits = output(outputs, spec.options["logits"], 1, None, len(spec.labels) + nothing)[0]
        boxes = output(outputs, spec.options["boxes"], 1, len(logits), 4)[0]
        fine, broken = finite(boxes, logits)
        boxes, logits, answer = boxes[fine], logits[fine], Answer()
        if broken:
            answer.problems["not_finite"] += broken
        scores = softmax(logits) if spec.options["activation"] == "softmax" else sigmoid(logits)
        scores = scores[:, : len(spec.labels)]
        picked(answer, boxes, scores, plan, iou)
        return answer


def picked(answer: Answer, boxes: Floats, scores: Floats, plan: Plan, iou: float) -> None:
    """Add the best class of each query; `boxes` are centre and size in shares of the input."""
    best = scores.argmax(axis=1)
    top = scores[np.arange(len(scores)), best]
    wanted = top >= FLOOR
    corners = as_corners(boxes[wanted]) * np.array([*plan.size, *plan.size], dtype=np.float32)
    best, top = best[wanted], top[wanted]
    for place in nms(corners, top, best, iou):
        answer.found.append(
            Found(int(best[place]), float(top[place]), box_of(to_image(corners[place : place + 1], plan)[0]))
        )


def _last_is_nothing(signature: Signature, pair: tuple[str, str], count: int, labels: list[str]) -> bool:
    """Whether one more value a query says that there is nothing."""
    if labels:
        return len(labels) == count - 1
    return pair[0] != "logits" or signature.input(MASK) is not None
