"""How far apart two outlines are: Hausdorff, its 95th percentile, mean distance, normalised surface dice; boundary IoU.

Distances follow the surface elements of Nikolov et al. (2018): an outline runs between pixels, every 2 × 2 neighbourhood
that is partly inside is an element whose length is that of the outline through it. The 95 % distance is the larger of
both directions' length-weighted percentiles; tools differ here, which is why `params` says so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .result import Score

Mask = NDArray[np.bool_]
Reals = NDArray[np.float64]
BOUNDARY_SHARE = 0.02  # of the image's diagonal (Cheng et al. 2021)


class Surfaces(NamedTuple):
    """Elements of both outlines: distance to the other one and length, in the unit of the spacing, by distance."""

    from_a: Reals
    length_a: Reals
    from_b: Reals
    length_b: Reals
    farthest: float | None  # Hausdorff distance of the sets of pixel centres


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[Mask, Mask]:
    first, second = np.asarray(a) != 0, np.asarray(b) != 0
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(f"masks must be (height, width) and alike, got {first.shape} and {second.shape}")
    return first, second


def surfaces(a: ArrayLike, b: ArrayLike, *, spacing: tuple[float, float] = (1.0, 1.0)) -> Surfaces:
    """Elements of both outlines.

    Args:
        a, b: (height, width), anything but 0 is inside.
        spacing: size of a pixel, (down, across), in any unit, e.g. millimetres.

    Raises:
        ValueError: masks of different sizes, or a spacing that is not positive.
    """
    first, second = _pair(a, b)
    if len(spacing) != 2 or min(spacing) <= 0:
        raise ValueError(f"the spacing is two positive numbers, got {spacing}")
    rows, columns = np.nonzero(first | second)
    none = np.zeros(0)
    if not rows.size:
        return Surfaces(none, none, none, none, None)
    window = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    first, second = np.pad(first[window], 1), np.pad(second[window], 1)
    if not first.any() or not second.any():
        return Surfaces(none, none, none, none, None)
    from scipy.ndimage import distance_transform_edt

    lengths = _lengths(spacing)
    codes = [
        8 * m[:-1, :-1] + 4 * m[:-1, 1:] + 2 * m[1:, :-1] + m[1:, 1:] for m in (first.astype(int), second.astype(int))
    ]
    edges = [(code != 0) & (code != 15) for code in codes]
    away = [distance_transform_edt(~edge, sampling=spacing) for edge in edges]
    far = max(
        float(distance_transform_edt(~second, sampling=spacing)[first].max()),
        float(distance_transform_edt(~first, sampling=spacing)[second].max()),
    )
    from_a, length_a = _ordered(away[1][edges[0]], lengths[codes[0][edges[0]]])
    from_b, length_b = _ordered(away[0][edges[1]], lengths[codes[1][edges[1]]])
    return Surfaces(from_a, length_a, from_b, length_b, far)


def _ordered(distances: Reals, lengths: Reals) -> tuple[Reals, Reals]:
    order = np.lexsort((lengths, distances))
    return distances[order], lengths[order]


def _lengths(spacing: tuple[float, float]) -> Reals:
    """Length of outline through each of the 16 neighbourhoods; bits are left upper, right upper, left lower, right lower."""
    down, across = spacing
    slant = 0.5 * float(np.hypot(down, across))
    table = np.full(16, slant)
    table[[0, 15]] = 0.0
    table[[0b0011, 0b1100]] = across
    table[[0b0101, 0b1010]] = down
    table[[0b0110, 0b1001]] = 2 * slant
    return table


def boundary_scores(
    a: ArrayLike, b: ArrayLike, *, spacing: tuple[float, float] = (1.0, 1.0), tolerance: float = 1.0
) -> dict[str, Score]:
    """hausdorff, hd95, assd (mean over both outlines), their directed means, nsd at `tolerance`; all in `spacing`'s unit.

    Both empty: null. One empty: no distance, null with its reason; nsd is 0, since nothing of the outline is near.
    """
    first, second = _pair(a, b)
    found = surfaces(first, second, spacing=spacing)
    params: dict[str, Any] = {"spacing": list(spacing)}
    names = ("hausdorff", "hausdorff_pixels", "hd95", "assd", "mean_a_to_b", "mean_b_to_a", "nsd")
    base: dict[str, Any] = {"n_items": 1, "n_pairs": len(found.from_a) + len(found.from_b)}
    if found.farthest is None:
        empty = "one_empty" if first.any() or second.any() else "both_empty"
        out = {name: Score(value=None, reason=empty, method=name, params=params, **base) for name in names}
        if empty == "one_empty":
            out["nsd"] = Score(value=0.0, method="nsd", params=params | {"tolerance": tolerance}, **base)
        return out
    at, bt = float(found.length_a.sum()), float(found.length_b.sum())
    sum_a, sum_b = float(found.from_a @ found.length_a), float(found.from_b @ found.length_b)
    near = float(found.length_a[found.from_a <= tolerance].sum() + found.length_b[found.from_b <= tolerance].sum())
    values = {
        "hausdorff": float(max(found.from_a[-1], found.from_b[-1])),
        "hausdorff_pixels": found.farthest,
        "hd95": max(_percentile(found.from_a, found.length_a, 95), _percentile(found.from_b, found.length_b, 95)),
        "assd": (sum_a + sum_b) / (at + bt),
        "mean_a_to_b": sum_a / at,
        "mean_b_to_a": sum_b / bt,
        "nsd": min(1.0, near / (at + bt)),
    }
    extra: dict[str, dict[str, Any]] = {
        "hd95": {"percentile": "larger of both directions, by length"},
        "nsd": {"tolerance": tolerance},
    }
    return {
        name: Score(value=value, method=name, params=params | extra.get(name, {}), **base)
        for name, value in values.items()
    }


def _percentile(distances: Reals, lengths: Reals, percent: float) -> float:
    at = int(np.searchsorted(np.cumsum(lengths) / lengths.sum(), percent / 100))
    return float(distances[min(at, len(distances) - 1)])


def _inner_band(mask: Mask, width: int) -> Mask:
    """Pixels of the mask within `width` steps (king's moves) of what is outside; beyond the image is outside."""
    from scipy.ndimage import distance_transform_cdt

    deep = distance_transform_cdt(np.pad(mask, 1), metric="chessboard")[1:-1, 1:-1]
    return np.asarray(mask & (deep <= width))


def band_width(height: int, width: int, *, share: float = BOUNDARY_SHARE) -> int:
    """Pixels of the band: a share of the diagonal, at least 1."""
    return max(1, round(share * float(np.hypot(height, width))))


def boundary_iou(a: ArrayLike, b: ArrayLike, *, share: float = BOUNDARY_SHARE) -> Score:
    """IoU of the inner bands along both outlines (Cheng et al. 2021), `share` of the image's diagonal wide."""
    first, second = _pair(a, b)
    width = band_width(*first.shape, share=share)
    base: dict[str, Any] = {"method": "boundary_iou", "n_items": 1, "params": {"share": share, "pixels": width}}
    if not first.any() and not second.any():
        return Score(value=None, reason="both_empty", n_pairs=0, details={"agreement": 1.0}, **base)
    inner_a, inner_b = _inner_band(first, width), _inner_band(second, width)
    union = int(np.count_nonzero(inner_a | inner_b))
    return Score(value=int(np.count_nonzero(inner_a & inner_b)) / union, n_pairs=union, **base)


def trimap_f(reference: ArrayLike, predicted: ArrayLike, *, width: int) -> Score:
    """F1 of the pixels within `width` (Euclidean, pixels) of the reference's outline, on either side (Kohli et al. 2009).

    Raises:
        ValueError: a band of no width.
    """
    truth, guess = _pair(reference, predicted)
    if width < 1:
        raise ValueError(f"the band is at least 1 pixel wide, got {width}")
    base: dict[str, Any] = {"method": "trimap_f", "n_items": 1, "params": {"width": width}}
    if not truth.any():
        return Score(value=None, reason="one_empty" if guess.any() else "both_empty", n_pairs=0, **base)
    from scipy.ndimage import distance_transform_edt

    inside = distance_transform_edt(np.pad(truth, 1))[1:-1, 1:-1]
    outside = distance_transform_edt(~truth)
    band = np.where(truth, inside, outside) <= width
    hit = int(np.count_nonzero(truth & guess & band))
    size = int(np.count_nonzero(truth & band) + np.count_nonzero(guess & band))
    return Score(value=2 * hit / size, n_pairs=int(np.count_nonzero(band)), **base)
