"""Segment Anything 2 and 2.1, as samexporter exports them: the image is stretched, and two finer fields go to the decoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import Plan, Spec
from domain.inference.preprocess import ImageAdapter, as_option
from domain.inference.prompting import (
    LOW_SIDE,
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

FAMILY = "sam2"
SIDE = 1024
EMBEDDING: Mapping[str, tuple[int, ...]] = {
    "image_embed": (1, 256, 64, 64),
    "high_res_feats_0": (1, 32, 256, 256),
    "high_res_feats_1": (1, 64, 128, 128),
}


class Sam2Encoder(EncoderAdapter, ImageAdapter):
    name: ClassVar[str] = "sam2_encoder"
    title: ClassVar[str] = "SAM 2, 2.1: encoder"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.input("image")
        if image is None or not image.fits(1, 3, SIDE, SIDE):
            return None
        if any(
            (found := signature.output(name)) is None or not found.fits(*shape) for name, shape in EMBEDDING.items()
        ):
            return None
        return Spec(
            adapter=self.name,
            kind="interactive",
            size=(SIDE, SIDE),
            fit="stretch",
            normalise="imagenet",
            options={"family": FAMILY, "input": as_option(image)},
        )

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def tensors(self, spec: Spec) -> dict[str, tuple[int, ...]]:
        return dict(EMBEDDING)


class Sam2Decoder(DecoderAdapter):
    name: ClassVar[str] = "sam2_decoder"
    title: ClassVar[str] = "SAM 2, 2.1: decoder"
    embeds: ClassVar[Mapping[str, tuple[int, ...]]] = EMBEDDING

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        if not inputs_named(signature, *EMBEDDING, "point_coords", "point_labels"):
            return None
        if signature.output("masks") is None or signature.output("iou_predictions") is None:
            return None
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options={"family": FAMILY})

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]:
        """The graph itself adds the point of padding and the half pixel."""
        places, labels = prompts.array()
        mask = np.zeros((LOW_SIDE, LOW_SIDE), np.float32) if before is None else before
        return {
            **{name: embedding[name].astype(np.float32) for name in EMBEDDING},
            "point_coords": (places * np.array(plan.scale, np.float32))[None],
            "point_labels": labels[None],
            "mask_input": mask.astype(np.float32)[None, None],
            "has_mask_input": np.array([before is not None], np.float32),
        }

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None = None, plan: Plan | None = None
    ) -> Decoded:
        return best_of(outputs.get("masks"), outputs.get("iou_predictions"))
