"""EfficientSAM (Ti and S), as its authors export it: an encoder and a decoder that take sizes as they come and stretch by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import Plan, Spec, UnfitModel
from domain.inference.preprocess import ImageAdapter, as_option
from domain.inference.prompting import (
    BOX_END,
    LOW_SIDE,
    PADDING,
    Decoded,
    DecoderAdapter,
    EncoderAdapter,
    Floats,
    Prompts,
    best_of,
    inputs_named,
    stretched,
)
from domain.inference.signature import Signature

FAMILY = "efficientsam"
SIDE = 1024  # the graph stretches every image to it; at this size it has nothing to do
EMBEDDING = (1, 256, 64, 64)
MOST_POINTS = 6  # the graph cuts off what stands behind them; the corners of a box are two


class EfficientSamEncoder(EncoderAdapter, ImageAdapter):
    name: ClassVar[str] = "efficientsam_encoder"
    title: ClassVar[str] = "EfficientSAM: encoder"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image, found = signature.input("batched_images"), signature.output("image_embeddings")
        if image is None or found is None or not found.fits(*(None, *EMBEDDING[1:])):
            return None
        if not image.fits(1, 3, SIDE, SIDE):
            raise UnfitModel("Its image is of another size than 1024 × 1024 and not free.", "input_does_not_fit")
        return Spec(
            adapter=self.name,
            kind="interactive",
            size=(SIDE, SIDE),
            fit="stretch",
            normalise="unit",  # the rest of it stands in the graph
            options={"family": FAMILY, "input": as_option(image)},
        )

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def tensors(self, spec: Spec) -> dict[str, tuple[int, ...]]:
        return {"image_embeddings": EMBEDDING}


class EfficientSamDecoder(DecoderAdapter):
    """It refines no mask: each answer is made of all points anew."""

    name: ClassVar[str] = "efficientsam_decoder"
    title: ClassVar[str] = "EfficientSAM: decoder"
    embeds: ClassVar[Mapping[str, tuple[int, ...]]] = {"image_embeddings": EMBEDDING}

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        if not inputs_named(signature, "image_embeddings", "batched_point_coords", "batched_point_labels"):
            return None
        if signature.output("output_masks") is None or signature.output("iou_predictions") is None:
            return None
        places = signature.input("batched_point_coords")
        if places is None or len(places.shape) != 4 or places.shape[1] not in (0, 1):
            raise UnfitModel("Its points are not [images, questions, points, 2] with one question.")
        points = places.shape[2]
        if 0 < points < 2:  # an export that was traced with one point and frees the questions instead
            raise UnfitModel("It takes one point a question, so neither a box nor a second click. Export it with the third side of batched_point_coords free.")  # fmt: skip
        options = {"family": FAMILY, **({"points": points} if points else {})}
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options=options)

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]:
        """Points in the low mask's own samples: the graph is told that the image is as large, and makes no larger mask."""
        fixed = spec.options.get("points")
        places, labels = most_telling(*prompts.array(), most=min(fixed or MOST_POINTS, MOST_POINTS))
        places = places * np.array(plan.scale, np.float32) * np.float32(LOW_SIDE / SIDE)
        if fixed:
            places = np.vstack([places, np.full((fixed - len(labels), 2), -1, np.float32)])
            labels = np.append(labels, np.full(fixed - len(labels), PADDING, np.float32))
        return {
            "image_embeddings": embedding["image_embeddings"].astype(np.float32),
            "batched_point_coords": places[None, None],
            "batched_point_labels": labels[None, None],
            "orig_im_size": np.array([LOW_SIDE, LOW_SIDE], np.int64),
        }

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None = None, plan: Plan | None = None
    ) -> Decoded:
        masks, scores = outputs.get("output_masks"), outputs.get("iou_predictions")
        if masks is None or scores is None or masks.ndim != 5 or scores.ndim != 3:
            raise UnfitModel("The decoder answers with masks of [images, questions, masks, height, width] and a score each; these are none.")  # fmt: skip
        return best_of(masks[:, 0], scores[:, 0])


def most_telling(places: Floats, labels: Floats, *, most: int) -> tuple[Floats, Floats]:
    """The corners of a box, the first point, which began the object, and the newest of the others.

    Args:
        places: (N, 2). labels: (N,), as `Prompts.array` gives them: the corners stand last.

    Returns:
        The same with at most `most` (2 or more) points, in their order.
    """
    if len(labels) <= most:
        return places, labels
    corners = 2 if labels[-1] == BOX_END else 0
    points = len(labels) - corners
    newest = max(0, most - corners - 1)
    keep = [0] * (most > corners) + list(range(points - newest, len(labels)))
    return places[keep], labels[keep]
