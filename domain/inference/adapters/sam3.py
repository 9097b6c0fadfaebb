"""Segment Anything 3, as samexporter exports it: encoders of image and words, and a decoder that finds all instances of what boxes
and words speak of. What it finds is told in two ways, by the version of the exporter; each has its adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from domain.inference.base import Adapter, Plan, Spec, UnfitModel
from domain.inference.instances import Instances, spoken_of
from domain.inference.postprocess import sigmoid
from domain.inference.preprocess import as_option, kept_tensor
from domain.inference.prompting import Decoded, DecoderAdapter, EncoderAdapter, Floats, Prompts, inputs_named, stretched
from domain.inference.signature import Signature, Tensor
from domain.inference.words import LENGTH, VISUAL, padded

FAMILY = "sam3"
SIDE = 1008  # the image is stretched to it
FULL = 1024  # pixels of a side that the first export is told the image has: four to a sample of the mask
POINT = 0.01  # of the image: a click is a box of this side
FIELDS = tuple(f"{kind}_{level}" for kind in ("vision_pos_enc", "backbone_fpn") for level in range(3))
LANGUAGE = {
    "text_attention_mask": "language_mask",
    "text_memory": "language_features",
    "text_embeds": "language_embeds",
}


class Sam3Encoder(EncoderAdapter):
    name: ClassVar[str] = "sam3_encoder"
    title: ClassVar[str] = "SAM 3: image encoder"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        image = signature.input("image")
        found = {name: signature.output(name) for name in FIELDS}
        if image is None or None in found.values():
            return None
        if not image.fits(3, SIDE, SIDE) and not image.fits(1, 3, SIDE, SIDE):
            raise UnfitModel(f"Its image is not 3 × {SIDE} × {SIDE}.", "input_does_not_fit")
        shapes = {name: list(one.shape) for name, one in found.items() if one is not None}
        if any(0 in shape for shape in shapes.values()):
            raise UnfitModel("The sizes of its outputs are free; export it with fixed ones.")
        options = {"family": FAMILY, "input": as_option(image), "fields": shapes}
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options=options)

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        """As bytes where the graph normalises, else from -1 to 1."""
        wanted = kept_tensor(spec.options["input"])
        planes: NDArray[Any] = np.ascontiguousarray(pixels.transpose(2, 0, 1))
        if wanted.dtype != "uint8":
            planes = (planes.astype(np.float32) / np.float32(127.5) - 1).astype(wanted.dtype)
        return {wanted.name: planes.reshape((1,) * (len(wanted.shape) - 3) + planes.shape)}

    def tensors(self, spec: Spec) -> dict[str, tuple[int, ...]]:
        """Of a version only those that its decoder takes: all six are 110 MB."""
        fields = spec.options["fields"]
        return {name: tuple(fields[name]) for name in spec.options.get("keeps", FIELDS)}


class Sam3Language(Adapter):
    """Words go in, as 32 tokens; what the decoder takes of them comes out."""

    name: ClassVar[str] = "sam3_language"
    title: ClassVar[str] = "SAM 3: language encoder"
    role: ClassVar[str] = "language"

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        tokens = signature.input("tokens")
        if tokens is None or any(signature.output(name) is None for name in LANGUAGE):
            return None
        if not tokens.fits(1, LENGTH):
            raise UnfitModel(f"Its tokens are not 1 × {LENGTH}.", "input_does_not_fit")
        return Spec(adapter=self.name, kind="interactive", options={"family": FAMILY, "input": as_option(tokens)})

    def trial(self, spec: Spec) -> dict[str, NDArray[Any]]:
        return self.asked(VISUAL, spec)

    def tried(self, outputs: Mapping[str, NDArray[Any]], spec: Spec) -> None:
        self.said(outputs)

    def asked(self, tokens: tuple[int, ...], spec: Spec) -> dict[str, NDArray[Any]]:
        wanted = kept_tensor(spec.options["input"])
        return {wanted.name: np.array([padded(tokens)], wanted.dtype)}

    def said(self, outputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """By the names of the decoder's inputs. Raises UnfitModel."""
        found = {name: outputs.get(old) for old, name in LANGUAGE.items()}
        kept = {name: one for name, one in found.items() if one is not None}
        if len(kept) < len(LANGUAGE) or any(LENGTH not in one.shape for one in kept.values()):
            raise UnfitModel(f"The language encoder's outputs are not {LENGTH} places long.")
        if not all(np.isfinite(one).all() for one in kept.values()):
            raise UnfitModel("The language encoder's outputs hold numbers that are none.", "not_finite")
        return kept


class Sam3Adapter(DecoderAdapter):
    """Both exports are asked in the same way."""

    tells: ClassVar[tuple[str, ...]] = ()  # outputs by which the export is known

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        if not inputs_named(signature, "backbone_fpn_2", "box_coords", "box_labels", "box_masks"):
            return None
        if any(signature.output(name) is None for name in self.tells):
            return None
        coords = signature.input("box_coords")
        if coords is None or len(coords.shape) != 3 or 1 not in coords.shape[:2]:
            raise UnfitModel("Its boxes are not [boxes, 1, 4].", "input_does_not_fit")
        inputs = [as_option(one) for one in signature.inputs]
        takes = [one.name for one in signature.inputs if one.name in FIELDS]
        options = {"family": FAMILY, "inputs": inputs, "takes": takes}
        return Spec(adapter=self.name, kind="interactive", size=(SIDE, SIDE), options=options)

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return stretched(width, height, SIDE)

    def trial(self, spec: Spec) -> dict[str, NDArray[Any]]:
        wanted = [kept_tensor(one) for one in spec.options["inputs"]]
        given = {one.name: np.zeros([side or 1 for side in one.shape], one.dtype) for one in wanted}
        return self.ask(given, self.trial_prompts, None, spec, self.plan(spec, *self.trial_size))

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]:
        """`embedding` holds what was made of the words, too. An export may have left out what it does not need."""
        wanted = {one.name: one for one in map(kept_tensor, spec.options["inputs"])}
        own = _boxes(prompts, plan, wanted["box_coords"])
        own |= {
            name: np.full(wanted[name].shape, FULL) for name in ("original_height", "original_width") if name in wanted
        }
        return {name: (own[name] if name in own else embedding[name]).astype(one.dtype) for name, one in wanted.items()}

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None = None, plan: Plan | None = None
    ) -> Decoded:
        if any(name not in outputs for name in self.tells):
            raise UnfitModel(f"The decoder has not all of {', '.join(self.tells)}.")
        return spoken_of(
            self.instances(outputs), prompts or self.trial_prompts, plan or stretched(*self.trial_size, SIDE)
        )

    def instances(self, outputs: Mapping[str, NDArray[Any]]) -> Instances:
        raise NotImplementedError


class Sam3Decoder(Sam3Adapter):
    """The export of February 2026: masks at the size of the image, those that are likely."""

    name: ClassVar[str] = "sam3_decoder"
    title: ClassVar[str] = "SAM 3: decoder"
    tells: ClassVar[tuple[str, ...]] = ("boxes", "scores", "masks")

    def instances(self, outputs: Mapping[str, NDArray[Any]]) -> Instances:
        boxes, scores, masks = outputs["boxes"].reshape(-1, 4), outputs["scores"].reshape(-1), outputs["masks"]
        if masks.ndim < 3 or masks.shape[-2:] != (FULL, FULL):
            raise UnfitModel(f"The decoder's masks are not {FULL} × {FULL}, as it was told.")
        masks = masks.reshape(-1, FULL, FULL)
        return Instances.checked(boxes / FULL, scores, lambda keep: masks[keep].astype(np.float32) * 2 - 1, len(masks))


class Sam3RawDecoder(Sam3Adapter):
    """The export of August 2026: what the heads say of each query, however unlikely."""

    name: ClassVar[str] = "sam3_raw_decoder"
    title: ClassVar[str] = "SAM 3: decoder, raw heads"
    tells: ClassVar[tuple[str, ...]] = ("pred_boxes", "pred_logits", "pred_masks", "presence_logit_dec")

    def instances(self, outputs: Mapping[str, NDArray[Any]]) -> Instances:
        masks, told = outputs["pred_masks"], outputs["pred_boxes"].reshape(-1, 4)
        if masks.ndim < 3:
            raise UnfitModel("The decoder's masks are not [1, queries, height, width].")
        masks = masks.reshape(-1, *masks.shape[-2:])
        scores = sigmoid(outputs["pred_logits"].reshape(-1)) * sigmoid(outputs["presence_logit_dec"].reshape(-1)[:1])
        half = told[:, 2:] / 2
        boxes = np.hstack([told[:, :2] - half, told[:, :2] + half])
        return Instances.checked(boxes, scores, lambda keep: masks[keep].astype(np.float32), len(masks))


def _boxes(prompts: Prompts, plan: Plan, coords: Tensor) -> dict[str, NDArray[Any]]:
    """A box, or else each click, as a box that shows what is meant, and clicks outside as such that show what is not.

    The first export has one place for a box, the second some, of which the last are filled with none; those that show what
    is meant go first.
    """
    size = np.array([plan.width, plan.height], np.float32)
    meant = [] if prompts.box is None else [(*_middle(prompts.box), 1)]
    meant += [(x, y, 0.0, 0.0, 1) for x, y, inside in prompts.points if inside and prompts.box is None]
    meant += [(x, y, 0.0, 0.0, 0) for x, y, inside in prompts.points if not inside]
    sequence = coords.shape[1] == 1  # [boxes, 1, 4]; else [1, boxes, 4]
    places = coords.shape[0] if sequence else coords.shape[1]
    meant = meant[: places or None]
    count = places or len(meant)
    boxes = np.zeros((count, 4), np.float32)
    labels, none = np.ones(count, np.int64), np.ones((1, count), np.bool_)
    for at, (x, y, width, height, label) in enumerate(meant):
        sides = np.maximum(np.array([width, height], np.float32) / size, POINT)
        boxes[at] = np.concatenate([np.array([x, y], np.float32) / size, sides])
        labels[at], none[0, at] = label, False
    turned = (count, 1) if sequence else (1, count)
    return {"box_coords": boxes.reshape(*turned, 4), "box_labels": labels.reshape(turned), "box_masks": none}


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    return (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0
