"""Classification of the whole image: [1, classes], logits or probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import FLOOR, MOST_SCORES, Answer, Found, Plan, Spec, UnfitModel
from domain.inference.names import labels_in, named, said_by_file
from domain.inference.postprocess import Floats, output, sigmoid, softmax
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.signature import Signature

BEST = 5  # classes that are kept of one image


class Classifier(ImageAdapter):
    name: ClassVar[str] = "classifier"
    title: ClassVar[str] = "Classification"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        if image is None or len(signature.inputs) != 1 or len(signature.outputs) != 1:
            return None
        found = signature.outputs[0]
        if len(found.shape) != 2:
            return None
        if found.shape[1] < 2:
            raise UnfitModel("A classifier has two classes or more, and their number is fixed.")
        ultralytics = signature.metadata.get("task") == "classify"
        spec = Spec(
            adapter=self.name,
            kind="classify",
            labels=named(labels or labels_in(signature), found.shape[1]),
            size=input_size(image) or (224, 224),
            fit="crop",
            normalise="unit" if ultralytics else "imagenet",
            options={"input": as_option(image), "head": found.name, "activation": "auto"},
        )
        return said_by_file(signature, spec)

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        values = output(outputs, spec.options["head"], 1, len(spec.labels))[0]
        if not np.isfinite(values).all():
            answer = Answer()
            answer.problems["not_finite"] += 1
            return answer
        scores = _scores(values, str(spec.options.get("activation", "auto")))
        order = np.argsort(-scores, kind="stable")[:MOST_SCORES].tolist()
        found = [Found(one, float(scores[one]), None) for one in order[:BEST] if scores[one] >= FLOOR]
        exclusive = abs(float(scores.sum()) - 1) < 1e-3
        return Answer(found, {one: float(scores[one]) for one in order} if exclusive else {})


def _scores(values: Floats, activation: str) -> Floats:
    """Probabilities stay as they are; logits become ones, unless it is said how."""
    if activation == "sigmoid":
        return sigmoid(values)
    if activation == "none" or (activation == "auto" and values.min() >= 0 and abs(float(values.sum()) - 1) < 1e-3):
        return np.clip(values, 0, 1)
    return softmax(values)
