"""A core-set: few pictures that lie near all others, by what they look like in numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
KNOWN_AT_ONCE = 512  # rows of a table of distances


def core_set(points: Floats, known: Floats, *, most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Greedy k-centre (Gonzalez 1985; as a core-set for active learning: Sener and Savarese 2018): next is always what lies
    farthest from all that is known or was chosen before.

    Args:
        points: (N, D). known: (M, D) what is labelled already; with none, the point nearest the middle of all begins.
        most: how many to choose.

    Returns:
        (places, far), each (min(N, most),): indices into `points`, and each one's distance to the nearest before, in usual
        distances: 1 is the root mean square distance of two of all pictures. NaN of the first where nothing is known.

    Raises:
        ValueError: shapes that do not fit.
    """
    if points.ndim != 2 or known.ndim != 2 or (len(known) and known.shape[1] != points.shape[1]):
        raise ValueError(f"points and known must be (N, D) and (M, D), got {points.shape} and {known.shape}")
    if not len(points) or most < 1:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    middle = np.concatenate([points, known]).mean(axis=0) if len(known) else points.mean(axis=0)
    points, known = points - middle, known - middle  # small numbers lose least in the products below
    size, of_known = _squares(points), _squares(known)
    usual = max(2 * float(np.concatenate([size, of_known]).mean()), 1e-12)
    nearest = np.full(len(points), np.inf, dtype=np.float32)
    for start in range(0, len(known), KNOWN_AT_ONCE):
        some = slice(start, start + KNOWN_AT_ONCE)
        table = size[:, None] - 2 * points @ known[some].T + of_known[some]
        nearest = np.minimum(nearest, table.min(axis=1))
    places: list[int] = []
    far: list[float] = []
    for _ in range(min(len(points), most)):
        place = int(np.argmax(nearest)) if len(known) or places else int(np.argmin(size))
        places.append(place)
        far.append(float(nearest[place]))
        nearest = np.minimum(nearest, size - 2 * (points @ points[place]) + size[place])
        nearest[places] = -np.inf
    squares = np.array(far)
    return np.array(places, dtype=np.int64), np.sqrt(
        np.maximum(np.where(np.isfinite(squares), squares, np.nan), 0) / usual
    )


def _squares(rows: Floats) -> Floats:
    return np.asarray((rows * rows).sum(axis=1))
