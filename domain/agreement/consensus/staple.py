"""Masks of several people as one: vote of each pixel, and STAPLE (Warfield, Zou and Wells 2004).

STAPLE weighs each person by sensitivity and specificity, found together with the mask. A large background drives
specificity to 1 and changes the result, so that both run on the union of the masks and a margin.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

Reals = NDArray[np.float64]
MARGIN = 5  # pixels around the union
BEGIN = 0.99999  # sensitivity and specificity before anything is known
SETTLED = 1e-7  # in sensitivity and specificity; they creep, and a looser stop changes the third digit


class Staple(msgspec.Struct, frozen=True, kw_only=True):
    """`probability` (H, W) that a pixel is inside; (people,) sensitivity and specificity. `prior`: share inside."""

    probability: Reals
    sensitivity: Reals
    specificity: Reals
    prior: float
    iterations: int
    converged: bool


class PixelVote(msgspec.Struct, frozen=True, kw_only=True):
    """`mask` (H, W) uint8 of what more than half say is inside; `tied` (H, W) bool: exactly half, not in the mask."""

    mask: NDArray[np.uint8]
    tied: NDArray[np.bool_]


def _stack(masks: Sequence[ArrayLike]) -> NDArray[np.bool_]:
    stack = np.asarray(masks) != 0
    if stack.ndim != 3 or not len(stack):
        raise ValueError(f"masks must be (people, H, W), got {stack.shape}")
    return stack


def staple(
    masks: Sequence[ArrayLike], *, prior: float | None = None, tolerance: float = SETTLED, iterations: int = 100_000
) -> Staple:
    """Probability of each pixel of (people, H, W) masks, cropped as the module says (`union_window`).

    Args:
        prior: share of pixels inside, the mean of the masks without.

    Raises:
        ValueError: no masks, or of different sizes.
    """
    stack = _stack(masks)
    shape = stack.shape[1:]
    votes = stack.reshape(len(stack), -1)
    share = float(votes.mean()) if prior is None else prior
    if share <= 0.0 or share >= 1.0:  # nobody, or everybody, marks everything: nothing to weigh
        ones, flat = np.ones(len(stack)), np.full(shape, share)
        return Staple(probability=flat, sensitivity=ones, specificity=ones, prior=share, iterations=0, converged=True)
    # Pixels with the same votes have the same probability: reckon with the patterns, not the pixels.
    patterns, which, sizes = np.unique(votes, axis=1, return_inverse=True, return_counts=True)
    inside = patterns.astype(np.float64)
    p, q = np.full(len(stack), BEGIN), np.full(len(stack), BEGIN)
    weight = _probability(inside, p, q, share)
    moved, step = np.inf, 0
    while step < iterations and moved > tolerance:
        step += 1
        hit, miss = sizes * weight, sizes * (1 - weight)
        new_p = np.divide(inside @ hit, hit.sum(), out=p.copy(), where=hit.sum() > 0)
        new_q = np.divide((1 - inside) @ miss, miss.sum(), out=q.copy(), where=miss.sum() > 0)
        moved = float(max(np.abs(new_p - p).max(), np.abs(new_q - q).max()))
        p, q = np.minimum(new_p, 1.0), np.minimum(new_q, 1.0)  # a sum of weights may exceed another by rounding
        weight = _probability(inside, p, q, share)
    found = weight[which.ravel()].reshape(shape)
    return Staple(
        probability=found, sensitivity=p, specificity=q, prior=share, iterations=step, converged=moved <= tolerance
    )


def _probability(inside: Reals, p: Reals, q: Reals, prior: float) -> Reals:
    """Of each pattern of votes, in logarithms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yes = _log_product(inside, p) + np.log(prior)
        no = _log_product(1 - inside, q) + np.log1p(-prior)
        top = np.maximum(yes, no)
        above, below = np.exp(yes - top), np.exp(no - top)
        found = above / (above + below)
    return np.nan_to_num(found, nan=prior)


def _log_product(agrees: Reals, rate: Reals) -> Reals:
    """Σ log of rate where a person agrees and of 1 − rate where not; 0 × −∞ is 0."""
    sure, unsure = np.log(rate)[:, None], np.log1p(-rate)[:, None]
    return (np.where(agrees > 0, sure, 0.0) + np.where(agrees > 0, 0.0, unsure)).sum(axis=0)


def pixel_vote(masks: Sequence[ArrayLike], *, weights: Sequence[float] | None = None) -> PixelVote:
    """What more than half of the weight says of each pixel.

    Raises:
        ValueError: no masks, of different sizes, or weights that do not fit.
    """
    stack = _stack(masks)
    weight = np.ones(len(stack)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(stack),) or np.any(weight <= 0):
        raise ValueError(f"{len(stack)} masks need as many positive weights")
    share = np.tensordot(weight, stack.astype(np.float64), axes=1) / weight.sum()
    tied = np.isclose(share, 0.5, rtol=0, atol=1e-12)
    return PixelVote(mask=((share > 0.5) & ~tied).astype(np.uint8), tied=tied)


def union_window(masks: Sequence[ArrayLike], *, margin: int = MARGIN) -> tuple[int, int, int, int]:
    """Rows and columns (top, left, bottom, right; half-open) of the union of all masks and a margin, inside the frame.

    (0, 0, 0, 0) when all are empty.
    """
    rows, columns = np.nonzero(_stack(masks).any(axis=0))
    if not rows.size:
        return (0, 0, 0, 0)
    height, width = np.asarray(masks[0]).shape
    top, left = max(0, int(rows.min()) - margin), max(0, int(columns.min()) - margin)
    return (top, left, min(height, int(rows.max()) + 1 + margin), min(width, int(columns.max()) + 1 + margin))
