"""Segment Anything (ViT-B, L and H) and MobileSAM, as samexporter exports them: an encoder and a decoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import Plan, Spec
from domain.inference.preprocess import as_option, kept_tensor
from domain.inference.prompting import (
    LOW_SIDE,
    PADDING,
    Decoded,
    DecoderAdapter,
    EncoderAdapter,
    Floats,
    Prompts,
    best_of,
    inputs_named,
)
from domain.inference.signature import Signature

FAMILY = "sam"
SIDE = 1024  # pixels of the field: the image's longer side is made as long
MEAN = np.array([123.675, 116.28, 103.53], np.float32)
DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)
EMBEDDING = (1, 256, 64, 64)


def plan_of(width: int, height: int) -> Plan:
    """The longer side becomes 1024, the rest of the field on the right and below is empty."""
    scale = SIDE / max(width, height)
    resized = max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))
    return Plan(width, height, resized, (0, 0), (SIDE, SIDE))


class SamEncoder(EncoderAdapter):
    name: ClassVar[str] = "sam_encoder"
    title: ClassVar[str] = "SAM, MobileSAM: encoder"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image, found = signature.input("input_image"), signature.output("image_embeddings")
        if image is None or found is None or not found.fits(*EMBEDDING):
            return None
        normalised = image.fits(1, 3, SIDE, SIDE)  # else [H, W, 3], and the graph normalises and pads
        if not normalised and not image.fits(None, None, 3):
            return None
        options = {"family": FAMILY, "input": as_option(image), "normalised": normalised}
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options=options)

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return plan_of(width, height)

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        wanted = kept_tensor(spec.options["input"])
        numbers = pixels.astype(np.float32)
        if not spec.options["normalised"]:
            return {wanted.name: numbers}
        field = np.zeros((1, 3, SIDE, SIDE), np.float32)
        field[0, :, : numbers.shape[0], : numbers.shape[1]] = ((numbers - MEAN) / DEVIATION).transpose(2, 0, 1)
        return {wanted.name: field}

    def tensors(self, spec: Spec) -> dict[str, tuple[int, ...]]:
        return {"image_embeddings": EMBEDDING}


class SamDecoder(DecoderAdapter):
    name: ClassVar[str] = "sam_decoder"
    title: ClassVar[str] = "SAM, MobileSAM: decoder"
    embeds: ClassVar[Mapping[str, tuple[int, ...]]] = {"image_embeddings": EMBEDDING}

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        if not inputs_named(signature, "image_embeddings", "point_coords", "point_labels", "orig_im_size"):
            return None
        if signature.output("low_res_masks") is None or signature.output("iou_predictions") is None:
            return None
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options={"family": FAMILY})

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return plan_of(width, height)

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]:
        places, labels = prompts.array()
        places = places * np.array(plan.scale, np.float32)
        if prompts.box is None:  # the graph was traced with a point of padding where there is no box
            places = np.vstack([places, np.zeros((1, 2), np.float32)])
            labels = np.append(labels, np.float32(PADDING))
        return {
            "image_embeddings": embedding["image_embeddings"].astype(np.float32),
            "point_coords": places[None],
            "point_labels": labels[None],
            "mask_input": _mask(before),
            "has_mask_input": np.array([before is not None], np.float32),
            # The mask is made of the low one here; at this size the graph's own costs nothing.
            "orig_im_size": np.array([LOW_SIDE, LOW_SIDE], np.float32),
        }

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None = None, plan: Plan | None = None
    ) -> Decoded:
        return best_of(outputs.get("low_res_masks"), outputs.get("iou_predictions"))


def _mask(before: Floats | None) -> Floats:
    shape = (1, 1, LOW_SIDE, LOW_SIDE)
    return np.zeros(shape, np.float32) if before is None else before.astype(np.float32).reshape(shape)
