"""Things that stand out from the ground of an image, without any weights: the built-in model.

Works where a few things lie on an even ground: coins, products, cells, colonies. It cannot tell what they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.geometry.masks import encode_runs
from domain.shapes.mask import Mask

from .base import Answer, Found, Plan

SIDE = 640  # pixels of the longer side that is looked at
LABEL = "object"
SMALLEST, LARGEST = 0.0008, 0.5  # shares of the image
BINS = 256


def plan_of(width: int, height: int) -> Plan:
    """The image as large as it is looked at."""
    scale = min(1.0, SIDE / max(width, height))
    resized = max(1, round(width * scale)), max(1, round(height * scale))
    return Plan(width, height, resized, (0, 0), resized)


def foreground(pixels: NDArray[np.uint8], plan: Plan) -> Answer:
    """Masks of what stands out, the clearest first.

    How far the colour of a pixel lies from the ground's (the median along the border) is cut by Otsu's threshold ("A
    Threshold Selection Method from Gray-Level Histograms", 1979). The score of a thing grows with how far its own mean
    distance lies above that.

    Args:
        pixels: (height, width, 3) uint8, RGB, resized as planned.
    """
    from scipy.ndimage import binary_fill_holes, binary_opening, find_objects, gaussian_filter, label

    colours = pixels.astype(np.float32)
    smooth = np.stack([gaussian_filter(colours[..., c], 1.5) for c in range(3)], axis=-1)
    distance = np.sqrt(((smooth - _ground(smooth)) ** 2).sum(axis=-1))
    threshold = otsu(distance)
    answer = Answer()
    top = float(distance.max())
    if threshold <= 0 or top <= threshold:
        return answer
    standing = binary_fill_holes(binary_opening(distance > threshold, iterations=2))
    parts, _ = label(standing)
    total = standing.size
    for number, place in enumerate(find_objects(parts), start=1):
        if place is None:
            continue
        inside = parts[place] == number
        if not SMALLEST * total <= inside.sum() <= LARGEST * total:
            continue
        above = float(distance[place][inside].mean()) - threshold
        score = min(0.99, 0.3 + 0.7 * above / (top - threshold))
        mask = _in_image(inside, place[1].start, place[0].start, plan)
        if mask is not None:
            answer.found.append(Found(0, score, mask))
    answer.found.sort(key=lambda one: -one.score)
    return answer


def _ground(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3,) the colour of the ground: the median of the outermost twentieth."""
    edge = max(1, min(colours.shape[:2]) // 20)
    rim = np.concatenate(
        [
            colours[:edge].reshape(-1, 3),
            colours[-edge:].reshape(-1, 3),
            colours[:, :edge].reshape(-1, 3),
            colours[:, -edge:].reshape(-1, 3),
        ]
    )
    out: NDArray[np.float32] = np.median(rim, axis=0).astype(np.float32)
    return out


def otsu(values: NDArray[np.float32]) -> float:
    """The value that parts numbers into two groups of least variance within."""
    counts, edges = np.histogram(values, bins=BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    weight = np.cumsum(counts)
    rest = weight[-1] - weight
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = weight * rest * (sums / weight - (sums[-1] - sums) / rest) ** 2
    found = np.nan_to_num(between[:-1])
    return float(edges[1 + int(found.argmax())]) if found.size and found.max() > 0 else 0.0


def _in_image(inside: NDArray[np.bool_], x: int, y: int, plan: Plan) -> Mask | None:
    """The part, each image pixel in where the nearest looked-at one is."""
    across, down = plan.scale
    x0, x1 = int(np.ceil(x / across)), min(plan.width, int(np.ceil((x + inside.shape[1]) / across)))
    y0, y1 = int(np.ceil(y / down)), min(plan.height, int(np.ceil((y + inside.shape[0]) / down)))
    if x1 <= x0 or y1 <= y0:
        return None
    columns = np.clip(((np.arange(x0, x1) + 0.5) * across - x).astype(np.int64), 0, inside.shape[1] - 1)
    rows = np.clip(((np.arange(y0, y1) + 0.5) * down - y).astype(np.int64), 0, inside.shape[0] - 1)
    mask = Mask.from_runs(encode_runs(inside[rows][:, columns].astype(np.uint8)), y1 - y0)
    return None if mask is None else mask.moved(x0, y0)
