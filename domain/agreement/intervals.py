"""Confidence intervals of shares, of their difference, and of any statistic by resampling. No numpy until one resamples.

Every interval is (low, high), two-sided, at `confidence` (0.95 unless told).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from .result import Z95, Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Interval = tuple[float, float]
RESAMPLES = 1000
LEAST_DEFINED = 0.5  # of the resamples; a statistic that is undefined more often has no interval


def quantile(confidence: float) -> float:
    """Two-sided point of the normal distribution: 1.96 for 0.95.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return Z95 if confidence == 0.95 else NormalDist().inv_cdf((1 + confidence) / 2)


def _checked(successes: float, n: float) -> None:
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"a share needs 0 ≤ successes ≤ n and n > 0, got {successes} of {n}")


def wilson(successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a share (1927): 81 of 263 → 0.2553 to 0.3662 (Newcombe 1998).

    Raises:
        ValueError: n is 0, or successes are not between 0 and n.
    """
    _checked(successes, n)
    z = quantile(confidence)
    share, z2 = successes / n, z * z
    centre, half = share + z2 / (2 * n), z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = max(0.0, (centre - half) / (1 + z2 / n)), min(1.0, (centre + half) / (1 + z2 / n))
    return (0.0 if successes == 0 else low, 1.0 if successes == n else high)


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """The exact interval of a share (Clopper and Pearson 1934): never covers less than it says.

    Raises:
        ValueError: n is 0, or successes are not between 0 and n.
    """
    from scipy.special import betaincinv  # heavy, and the web process starts without it

    _checked(successes, n)
    quantile(confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return (low, high)


def newcombe_difference(x1: float, n1: float, x2: float, n2: float, *, confidence: float = 0.95) -> Interval:
    """Of x1/n1 − x2/n2, two independent shares: Newcombe's method 10 (1998), from both Wilson intervals.

    Raises:
        ValueError: as `wilson`.
    """
    (l1, u1), (l2, u2) = wilson(x1, n1, confidence=confidence), wilson(x2, n2, confidence=confidence)
    p1, p2 = x1 / n1, x2 / n2
    difference = p1 - p2
    return (
        max(-1.0, difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)),
        min(1.0, difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)),
    )


def share(successes: float, n: float, *, method: str = "share", confidence: float = 0.95) -> Score:
    """A share with Wilson's interval; null with a reason of nothing."""
    if n <= 0:
        return Score(value=None, reason="no_items", method=method, n_items=0, n_pairs=0)
    params = {"interval": "wilson"} | ({} if confidence == 0.95 else {"confidence": confidence})
    ci = wilson(successes, n, confidence=confidence)
    return Score(value=successes / n, ci95=ci, method=method, n_items=round(n), n_pairs=round(n), params=params)


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float | None],
    n: int,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
) -> Interval | None:
    """Percentile interval (Efron 1979) of a statistic of n items, drawn again with replacement.

    Args:
        statistic: takes (n,) positions of items, repeats included, and answers a number, or null where undefined.
        seed: the same seed, n and statistic give the same interval.

    Returns:
        None for fewer than two items, or when over half of the resamples are undefined.
    """
    import numpy as np

    quantile(confidence)
    if n < 2:
        return None
    draw = np.random.default_rng(seed)
    found = [statistic(draw.integers(0, n, n)) for _ in range(resamples)]
    known = [value for value in found if value is not None]
    if len(known) < max(2, LEAST_DEFINED * resamples):
        return None
    return percentiles(known, confidence=confidence)


def percentiles(draws: Sequence[float], *, confidence: float = 0.95) -> Interval:
    """The central part of draws of a statistic."""
    import numpy as np

    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(np.asarray(draws, dtype=np.float64), [tail, 100 - tail])
    return (float(low), float(high))


def bootstrap_mean(
    values: ArrayLike, *, seed: int, resamples: int = RESAMPLES, confidence: float = 0.95
) -> Interval | None:
    """The same of the mean of (n,) numbers, reckoned in blocks of bounded memory. None for fewer than two."""
    import numpy as np

    quantile(confidence)
    data = np.asarray(values, dtype=np.float64).ravel()
    if data.size < 2:
        return None
    draw = np.random.default_rng(seed)
    block = max(1, 2_000_000 // data.size)  # numbers at once
    means: list[float] = []
    while len(means) < resamples:
        rows = min(block, resamples - len(means))
        means += data[draw.integers(0, data.size, (rows, data.size))].mean(axis=1).tolist()
    return percentiles(means, confidence=confidence)
