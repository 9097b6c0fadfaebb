"""Detectors that give finished boxes, [1, N, 6]: corners in pixels of the input, score, class. YOLO v10 and 26, YOLO
exported with its own NMS, and CenterNet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import FLOOR, Answer, Found, Plan, Spec
from domain.inference.names import labels_in, said_by_file, unlike
from domain.inference.postprocess import box_of, finite, nms, output, to_image
from domain.inference.preprocess import ImageAdapter, as_option, input_size
from domain.inference.signature import Signature

MOST_ROWS = 1_000


class EndToEnd(ImageAdapter):
    name: ClassVar[str] = "end_to_end"
    title: ClassVar[str] = "Finished boxes (YOLO v10, CenterNet)"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.image()
        if image is None or len(signature.inputs) != 1 or len(signature.outputs) != 1:
            return None
        found = signature.outputs[0]
        if not found.fits(None, None, 6) or found.shape[2] != 6 or not 0 < found.shape[1] <= MOST_ROWS:
            return None
        spec = Spec(
            adapter=self.name,
            kind="detect",
            labels=unlike(labels or labels_in(signature)),
            size=input_size(image) or (640, 640),
            options={"input": as_option(image), "head": found.name},
        )
        return said_by_file(signature, spec)

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        rows = output(outputs, spec.options["head"], 1, None, 6)[0]
        with np.errstate(invalid="ignore"):
            rows = rows[~(rows[:, 4] < FLOOR)]
        fine, broken = finite(rows)
        rows, answer = rows[fine], Answer()
        if broken:
            answer.problems["not_finite"] += broken
        labels = np.round(rows[:, 5]).astype(np.int64)
        for place in nms(rows[:, :4], rows[:, 4], labels, iou):
            corners = to_image(rows[place : place + 1, :4], plan)[0]
            answer.found.append(Found(int(labels[place]), float(rows[place, 4]), box_of(corners)))
        return answer
