"""Variants of a picture that a model should answer alike: mirrored, and nearer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
SHOWN = 0.85  # of each side is in the nearer view, the middle of it


@dataclass(frozen=True, slots=True)
class View:
    """`make`: pixels to as many pixels. `back`: bounds in the view to bounds in the picture, `window`: what it shows of it;
    both for a picture of a width and a height."""

    make: Callable[[Pixels], Pixels]
    back: Callable[[Box, int, int], Box]
    window: Callable[[int, int], Box]


def _mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _unmirrored(box: Box, width: int, height: int) -> Box:
    return width - box[2], box[1], width - box[0], box[3]


def _nearer(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    near = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR, box=_middle(width, height))
    return np.asarray(near)


def _middle(width: int, height: int) -> Box:
    left, top = width * (1 - SHOWN) / 2, height * (1 - SHOWN) / 2
    return left, top, width - left, height - top


def _farther(box: Box, width: int, height: int) -> Box:
    left, top, _, _ = _middle(width, height)
    return box[0] * SHOWN + left, box[1] * SHOWN + top, box[2] * SHOWN + left, box[3] * SHOWN + top


def _whole(width: int, height: int) -> Box:
    return 0.0, 0.0, float(width), float(height)


VIEWS = (View(_mirrored, _unmirrored, _whole), View(_nearer, _farther, _middle))
