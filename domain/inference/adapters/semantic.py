"""Semantic segmentation: [1, classes, h, w] logits or probabilities, or [1, (1,) h, w] whole numbers of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.geometry.masks import encode_runs
from domain.inference.base import Answer, Found, Plan, Spec, UnfitModel
from domain.inference.names import labels_in, named, said_by_file
from domain.inference.postprocess import output, sigmoid, softmax
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.signature import Signature, Tensor
from domain.shapes.mask import Mask

EMBEDDINGS = ("image_embeddings", "image_embed")  # of encoders of the SAM family, which look the same
MOST_CLASSES = 1_000


class Semantic(ImageAdapter):
    name: ClassVar[str] = "semantic"
    title: ClassVar[str] = "Semantic segmentation"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        if image is None or len(signature.inputs) != 1 or len(signature.outputs) != 1:
            return None
        found = signature.outputs[0]
        if found.name in EMBEDDINGS or not _is_map(found):
            return None
        size, given = input_size(image), labels or labels_in(signature)
        numbers = found.dtype.startswith(("int", "uint"))
        count = 0 if numbers else found.shape[1]
        if not numbers and not 0 < count <= MOST_CLASSES:
            raise UnfitModel("The number of its classes is not fixed. Export it with a fixed one.")
        known = given if numbers and given else named(given, max(1, count))
        spec = Spec(
            adapter=self.name,
            kind="semantic",
            labels=known,
            size=size or (512, 512),
            fit="stretch",
            normalise="imagenet",
            options={
                "input": as_option(image),
                "head": found.name,
                "numbers": numbers,
            },
        )
        return said_by_file(signature, spec)

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        given = np.asarray(outputs.get(spec.options["head"], ()))
        if given.ndim not in (3, 4) or given.shape[0] != 1 or 0 in given.shape:
            raise UnfitModel(f"The output {spec.options['head']!r} is {given.shape}, no map of classes.")
        answer = Answer()
        if spec.options["numbers"]:
            classes, scores = given.reshape(given.shape[-2:]).astype(np.int64), None
        else:
            values = output(outputs, spec.options["head"], 1, len(spec.labels), None, None)[0]
            if not np.isfinite(values).all():
                answer.problems["not_finite"] += 1
                return answer
            classes, scores = _picked(values)
        whole = _placed(classes, plan)
        for label in np.unique(whole).tolist():
            if label < 0:
                continue
            score = (
                1.0 if scores is None else float(scores[classes == label].mean()) if (classes == label).any() else 0.0
            )
            mask = Mask.from_runs(encode_runs((whole == label).astype(np.uint8)), plan.height)
            if mask is not None:
                answer.found.append(Found(int(label), score, mask))
        return answer


def _is_map(found: Tensor) -> bool:
    if found.dtype.startswith(("int", "uint")):
        return len(found.shape) == 3 or (len(found.shape) == 4 and found.shape[1] == 1)
    return len(found.shape) == 4


def _picked(values: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(class of each pixel, how sure). One channel says yes or no: no is class -1."""
    if len(values) == 1:
        sure = values[0] if values.min() >= 0 and values.max() <= 1 else sigmoid(values[0])
        return np.where(sure > 0.5, 0, -1).astype(np.int64), sure
    best = values.argmax(axis=0)
    flat = values.reshape(len(values), -1).T
    sums = flat.sum(axis=1)
    chances = flat if flat.min() >= 0 and np.allclose(sums, 1, atol=1e-3) else softmax(flat)
    return best.astype(np.int64), chances[np.arange(len(flat)), best.ravel()].reshape(best.shape)


def _placed(classes: NDArray[np.int64], plan: Plan) -> NDArray[np.int64]:
    """(height, width) of the image: each pixel has the class of the nearest one of the output."""
    across, down = plan.scale
    columns = ((np.arange(plan.width) + 0.5) * across + plan.offset[0]) / plan.size[0] * classes.shape[1]
    rows = ((np.arange(plan.height) + 0.5) * down + plan.offset[1]) / plan.size[1] * classes.shape[0]
    seen_x, seen_y = (columns >= 0) & (columns < classes.shape[1]), (rows >= 0) & (rows < classes.shape[0])
    x = np.clip(columns.astype(np.int64), 0, classes.shape[1] - 1)
    y = np.clip(rows.astype(np.int64), 0, classes.shape[0] - 1)
    out = classes[y][:, x]
    out[~seen_y] = -1
    out[:, ~seen_x] = -1
    return out
