"""Masks from clicks and boxes: what the encoder and decoder of the SAM family have in common.

An encoder makes an *embedding* of an image once; a decoder makes a mask of the embedding and prompts, over and over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from domain.geometry.masks import encode_runs
from domain.shapes.mask import Mask

from .base import Adapter, Plan, Spec, UnfitModel

if TYPE_CHECKING:
    from .signature import Signature

OUTSIDE, INSIDE, BOX_START, BOX_END, PADDING = 0, 1, 2, 3, -1  # labels of points, as SAM was trained
LOW_SIDE = 256  # samples of a side of the mask that a decoder takes and gives
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a person said, in image pixels."""

    points: tuple[tuple[float, float, bool], ...] = ()  # x, y, and whether it is inside
    box: tuple[float, float, float, float] | None = None  # x0, y0, x1, y1

    def array(self) -> tuple[Floats, Floats]:
        """((N, 2) places, (N,) labels), the box as its two corners after the points."""
        places = [(x, y) for x, y, _ in self.points]
        labels = [INSIDE if inside else OUTSIDE for *_, inside in self.points]
        if self.box is not None:
            x0, y0, x1, y1 = self.box
            places += [(x0, y0), (x1, y1)]
            labels += [BOX_START, BOX_END]
        return np.array(places, np.float32).reshape(-1, 2), np.array(labels, np.float32)


@dataclass(frozen=True, slots=True)
class Decoded:
    """(256, 256) logits of the mask over the field that the encoder saw, and how sure the decoder is of it."""

    low: Floats
    score: float


class Prompted(Protocol):
    """What a decoder's adapter adds to an adapter."""

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]: ...

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None, plan: Plan | None
    ) -> Decoded: ...


def stretched(width: int, height: int, side: int) -> Plan:
    """Each side of an image becomes as many pixels by itself."""
    return Plan(width, height, (side, side), (0, 0), (side, side))


class EncoderAdapter(Adapter):
    """An image goes in, an embedding comes out."""

    role: ClassVar[str] = "encoder"

    def embedding(self, outputs: Mapping[str, NDArray[Any]], spec: Spec) -> dict[str, NDArray[np.float16]]:
        """What is kept of an image, by name, in half precision.

        Raises:
            UnfitModel: an output is missing, has another shape, or holds numbers that are none.
        """
        kept: dict[str, NDArray[np.float16]] = {}
        for name, shape in self.tensors(spec).items():
            found = outputs.get(name)
            if found is None or found.shape != shape:
                raise UnfitModel(f"The encoder's output {name} is not {shape}.")
            if not np.isfinite(found).all():
                raise UnfitModel(f"The encoder's output {name} holds numbers that are none.", "not_finite")
            kept[name] = np.clip(found, -65504, 65504).astype(np.float16)
        return kept

    def tensors(self, spec: Spec) -> dict[str, tuple[int, ...]]:
        """Shapes of its outputs by name."""
        raise NotImplementedError

    def tried(self, outputs: Mapping[str, NDArray[Any]], spec: Spec) -> None:
        self.embedding(outputs, spec)


class DecoderAdapter(Adapter):
    """An embedding and prompts go in, a mask comes out."""

    role: ClassVar[str] = "decoder"
    embeds: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    trial_size: ClassVar[tuple[int, int]] = (640, 480)
    trial_prompts: ClassVar[Prompts] = Prompts(((320.0, 240.0, True),))

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return Plan(width, height, (width, height), (0, 0), (width, height))

    def trial(self, spec: Spec) -> dict[str, NDArray[Any]]:
        embedding = {name: np.zeros(shape, np.float32) for name, shape in self.embeds.items()}
        return self.ask(embedding, self.trial_prompts, None, spec, self.plan(spec, *self.trial_size))

    def tried(self, outputs: Mapping[str, NDArray[Any]], spec: Spec) -> None:
        self.decoded(outputs, spec)

    def ask(
        self, embedding: Mapping[str, NDArray[Any]], prompts: Prompts, before: Floats | None, spec: Spec, plan: Plan
    ) -> dict[str, NDArray[Any]]:
        """The decoder's inputs.

        Args:
            before: the logits of the answer that the prompts refine; None for a first one.
            plan: of the encoder, for this image.
        """
        raise NotImplementedError

    def decoded(
        self, outputs: Mapping[str, NDArray[Any]], spec: Spec, prompts: Prompts | None = None, plan: Plan | None = None
    ) -> Decoded:
        """Of several masks the one that the decoder itself holds for best, or that the prompts speak of.

        Args:
            prompts: that it was asked; with `plan`, None where it was tried.

        Raises:
            UnfitModel: an output is missing or has another shape, or holds numbers that are none.
        """
        raise NotImplementedError


def best_of(masks: NDArray[Any] | None, scores: NDArray[Any] | None) -> Decoded:
    """Of (1, M, 256, 256) logits and (1, M) scores. Raises UnfitModel."""
    if masks is None or scores is None or masks.ndim != 4 or masks.shape[2:] != (LOW_SIDE, LOW_SIDE):
        raise UnfitModel("The decoder answers with masks of 256 × 256 and a score each; these are none.")
    if scores.shape != masks.shape[:2] or not np.isfinite(masks).all() or not np.isfinite(scores).all():
        raise UnfitModel("The decoder's scores do not fit its masks, or are no numbers.")
    best = int(scores[0].argmax())
    return Decoded(masks[0, best].astype(np.float32), float(scores[0, best]))


def mask_of(low: Floats, plan: Plan) -> Mask | None:
    """The pixels of the image where the logits are above 0; None where there are none.

    Only the part of the image around what is above 0 is made at full size, between samples in straight lines.
    """
    from PIL import Image

    rows, columns = (np.flatnonzero((low > 0).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    # Samples of the low mask to one pixel of the image, across and down.
    across = plan.scale[0] * LOW_SIDE / plan.size[0]
    down = plan.scale[1] * LOW_SIDE / plan.size[1]
    x0, x1 = _pixels(columns, across, plan.width)
    y0, y1 = _pixels(rows, down, plan.height)
    if x1 <= x0 or y1 <= y0:
        return None
    field = Image.fromarray(low, "F")
    box = (x0 * across, y0 * down, min(x1 * across, LOW_SIDE), min(y1 * down, LOW_SIDE))
    fine = np.asarray(field.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box=box)) > 0
    inside_rows, inside_columns = (np.flatnonzero(fine.any(axis=axis)) for axis in (1, 0))
    if not len(inside_rows):
        return None
    top, left = int(inside_rows[0]), int(inside_columns[0])
    tight = fine[top : int(inside_rows[-1]) + 1, left : int(inside_columns[-1]) + 1]
    whole = Mask.from_runs(encode_runs(tight.astype(np.uint8)), tight.shape[0])
    return None if whole is None else whole.moved(x0 + left, y0 + top)


def _pixels(samples: NDArray[np.intp], scale: float, most: int) -> tuple[int, int]:
    """The pixels that samples lie over, and one sample more on each side."""
    first, last = int(samples[0]) - 1, int(samples[-1]) + 2
    return max(0, int(first / scale)), min(most, int(np.ceil(last / scale)))


def inputs_named(signature: Signature, *names: str) -> bool:
    """Whether it has all of these inputs."""
    return all(signature.input(name) is not None for name in names)
