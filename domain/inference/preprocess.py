"""How an image becomes a tensor: where it lies in the input, and its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Adapter, Plan, Spec
from .signature import Tensor

GREY = 114  # what is left around a letterboxed image, as Ultralytics' exporters train with
IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def planned(spec: Spec, width: int, height: int) -> Plan:
    """Where an image of this size lies in an input.

    letterbox: as large as fits, in the middle of a grey field. stretch: each side by itself. crop: as small as fills
    the input, whose middle is seen. shortest: no fixed input; `options` say how long the shorter and longer side are.
    """
    if spec.fit == "shortest" or spec.size is None:
        short, long = spec.options.get("shortest", 800), spec.options.get("longest", 1333)
        scale = min(short / min(width, height), long / max(width, height))
        resized = max(1, round(width * scale)), max(1, round(height * scale))
        return Plan(width, height, resized, (0, 0), resized)
    wide, high = spec.size
    if spec.fit == "stretch":
        return Plan(width, height, spec.size, (0, 0), spec.size)
    choose = min if spec.fit == "letterbox" else max
    scale = choose(wide / width, high / height)
    resized = max(1, round(width * scale)), max(1, round(height * scale))
    # the middle as Ultralytics' letterbox rounds it
    offset = round((wide - resized[0]) / 2 - 0.1), round((high - resized[1]) / 2 - 0.1)
    return Plan(width, height, resized, offset, spec.size)


def tensor(pixels: NDArray[np.uint8], spec: Spec, plan: Plan, wanted: Tensor) -> NDArray[Any]:
    """The input of an image that was resized as planned.

    Args:
        pixels: (height, width, 3) uint8, RGB.
        wanted: the input; channels stand first or last, as its shape says.

    Returns:
        (1, 3, H, W) or (1, H, W, 3) of the input's type. 0 to 255 where the type is whole numbers or nothing is
        normalised, else 0 to 1 or ImageNet's mean and deviation taken off.
    """
    field = _laid(pixels, plan)
    if spec.order == "bgr":
        field = field[..., ::-1]
    if wanted.dtype in ("uint8", "int8", "int32", "int64") or spec.normalise == "none":
        numbers: NDArray[Any] = field.astype(wanted.dtype)
    else:
        numbers = field.astype(np.float32) / np.float32(255)
        if spec.normalise == "imagenet":
            numbers = (numbers - IMAGENET_MEAN) / IMAGENET_STD
        numbers = numbers.astype(wanted.dtype, copy=False)
    if not channels_last(wanted):
        numbers = numbers.transpose(2, 0, 1)
    return np.ascontiguousarray(numbers[None])


def channels_last(wanted: Tensor) -> bool:
    """Whether an image input is [N, H, W, 3]."""
    return len(wanted.shape) == 4 and wanted.shape[3] == 3 and wanted.shape[1] != 3


def input_size(wanted: Tensor) -> tuple[int, int] | None:
    """(width, height) of an image input; None where they are free."""
    high, wide = wanted.shape[1:3] if channels_last(wanted) else wanted.shape[2:4]
    return (wide, high) if wide and high else None


def _laid(pixels: NDArray[np.uint8], plan: Plan) -> NDArray[np.uint8]:
    """Padded with grey, or cut to the middle."""
    wide, high = plan.size
    left, top = plan.offset
    if (left, top) == (0, 0) and plan.resized == plan.size:
        return pixels
    if left <= 0 and top <= 0 and plan.resized[0] >= wide and plan.resized[1] >= high:
        return pixels[-top : high - top, -left : wide - left]
    field = np.full((high, wide, 3), GREY, dtype=np.uint8)
    field[top : top + plan.resized[1], left : left + plan.resized[0]] = pixels
    return field


class ImageAdapter(Adapter):
    """What families have in common whose one input is an image. The input stands in the options."""

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        return planned(spec, width, height)

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        wanted = kept_tensor(spec.options["input"])
        return {wanted.name: tensor(pixels, spec, plan, wanted)}


def as_option(one: Tensor) -> list[Any]:
    """A tensor as it is kept in the options of a spec."""
    return [one.name, one.dtype, list(one.shape)]


def kept_tensor(option: list[Any]) -> Tensor:
    name, dtype, shape = option
    return Tensor(name, dtype, tuple(shape))
