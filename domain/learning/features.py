"""What a picture looks like in numbers, without weights: gradients, colours and fine texture.

Frozen: a head trained on these numbers predicts with the same ones, so that a change here is a new `NAME`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "looks/1"
SIDE = 64  # pixels: every picture is stretched to a square of this side
CELL = 8  # pixels of a cell of gradients
BINS = 9  # of unsigned directions
COLOUR_CELLS = 4  # a side
RADII = (1, 3)  # pixels around which texture is looked at
UNIFORM = 59  # local binary patterns of eight neighbours with at most two changes, and all others as one

Floats = NDArray[np.float32]


def describe(pixels: NDArray[np.uint8]) -> Floats:
    """A picture in numbers.

    Three parts, each of length 1, so that none outweighs the others: histograms of gradients over 8 x 8 cells (Dalal and
    Triggs 2005), means and deviations of colour over 4 x 4 cells, and local binary patterns at two radii (Ojala et al. 2002).

    Args:
        pixels: (SIDE, SIDE, 3) uint8, RGB.

    Returns:
        (DIMENSIONS,) float32, finite.

    Raises:
        ValueError: another shape or type.
    """
    if pixels.shape != (SIDE, SIDE, 3) or pixels.dtype != np.uint8:
        raise ValueError(f"pixels must be ({SIDE}, {SIDE}, 3) uint8, got {pixels.shape} {pixels.dtype}")
    colours = pixels.astype(np.float32) / np.float32(255)
    grey = colours @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    parts = (_gradients(grey), _colours(colours, grey), _textures(grey))
    return np.concatenate([_unit(part) for part in parts]).astype(np.float32)


def _unit(part: NDArray[Any]) -> NDArray[Any]:
    return part / max(float(np.linalg.norm(part)), 1e-6)


def _gradients(grey: Floats) -> NDArray[Any]:
    """Per cell, its histogram over the energy of the 3 x 3 cells around it, cut at 0.2 and rooted."""
    down, across = np.gradient(grey)
    strength = np.hypot(across, down)
    turn = np.mod(np.arctan2(down, across), np.pi) * (BINS / np.pi)
    low = np.floor(turn).astype(np.int64)
    part = turn - low
    cells = SIDE // CELL
    at = np.arange(SIDE) // CELL
    cell = at[:, None] * cells + at[None, :]
    size = cells * cells * BINS
    found = np.bincount((cell * BINS + low % BINS).ravel(), (strength * (1 - part)).ravel(), size)
    found += np.bincount((cell * BINS + (low + 1) % BINS).ravel(), (strength * part).ravel(), size)
    histogram = found.reshape(cells, cells, BINS)
    energy = np.pad((histogram**2).sum(axis=2), 1, mode="edge")
    around = sum(energy[y : y + cells, x : x + cells] for y in range(3) for x in range(3))
    normal = histogram / np.sqrt(around / 9 + 1e-4)[:, :, None]
    return np.sqrt(np.minimum(normal, 0.6)).ravel()


def _colours(colours: Floats, grey: Floats) -> NDArray[Any]:
    """Brightness and two differences of colours (red and green, blue and yellow): mean and deviation of each cell."""
    planes = np.stack(
        [grey, colours[..., 0] - colours[..., 1], (colours[..., 0] + colours[..., 1]) / 2 - colours[..., 2]], axis=-1
    )
    side = SIDE // COLOUR_CELLS
    cells = planes.reshape(COLOUR_CELLS, side, COLOUR_CELLS, side, 3)
    return np.concatenate([cells.mean(axis=(1, 3)).ravel(), 2 * cells.std(axis=(1, 3)).ravel()])


def _textures(grey: Floats) -> NDArray[Any]:
    """How often each pattern of brighter and darker neighbours is seen, rooted (Hellinger), one histogram a radius."""
    return np.concatenate([_patterns(grey, radius) for radius in RADII])


_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def _patterns(grey: Floats, radius: int) -> NDArray[Any]:
    middle = grey[radius:-radius, radius:-radius]
    code = np.zeros(middle.shape, dtype=np.int64)
    for bit, (down, across) in enumerate(_AROUND):
        top, left = radius + down * radius, radius + across * radius
        moved = grey[top : top + middle.shape[0], left : left + middle.shape[1]]
        code |= (moved > middle + 1 / 255).astype(np.int64) << bit
    seen = np.bincount(_NUMBER[code].ravel(), minlength=UNIFORM)
    return np.sqrt(seen / seen.sum())


def _numbers() -> NDArray[np.int64]:
    """Of each of 256 patterns its place in the histogram."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    changes = (bits != np.roll(bits, 1, axis=1)).sum(axis=1)
    out = np.full(256, UNIFORM - 1, dtype=np.int64)
    out[changes <= 2] = np.arange(UNIFORM - 1)
    return out


_NUMBER = _numbers()
DIMENSIONS = (SIDE // CELL) ** 2 * BINS + COLOUR_CELLS**2 * 6 + UNIFORM * len(RADII)
