"""How many items to judge so that "none wrong" says something."""

from __future__ import annotations

from math import ceil, log, log1p
from statistics import NormalDist


def _check(share: float, confidence: float) -> None:
    if not 0 < share < 1 or not 0 < confidence < 1:
        raise ValueError(f"share and confidence must lie between 0 and 1, got {share} and {confidence}")


def success_run(*, share: float, confidence: float) -> int:
    """Sample size whose being free of errors shows, at this confidence, an error share of at most `share`.

    n = ⌈ln(1 − C) / ln(1 − p)⌉, the success-run theorem; 59 for 5 % at 95 %.
    """
    _check(share, confidence)
    return ceil(log(1 - confidence) / log1p(-share) - 1e-12)


def success_run_finite(*, lot: int, share: float, confidence: float) -> int:
    """The same for a lot of known size, exactly (hypergeometric): 45 of 100 for 5 % at 95 %.

    The smallest n for which a lot with ⌊lot · share⌋ wrong items (at least 1) shows none with a chance of at most 1 − C.
    """
    _check(share, confidence)
    if lot < 1:
        raise ValueError(f"a lot has at least one item, got {lot}")
    wrong = max(1, int(lot * share + 1e-9))
    chance = 1.0
    for n in range(1, lot - wrong + 1):
        chance *= (lot - wrong - n + 1) / (lot - n + 1)
        if chance <= 1 - confidence:
            return n
    return lot - wrong + 1


def estimate_size(*, error: float, confidence: float = 0.95, share: float = 0.5, lot: int | None = None) -> int:
    """Items to judge so that a share is known to ± `error` (Cochran 1977): 385 for 5 %; 278 of a lot of 1,000.

    n₀ = z² p (1 − p) / e², and n₀ / (1 + (n₀ − 1) / N) of a lot of N, rounded up.

    Raises:
        ValueError: a share, error or confidence outside 0 to 1, or an empty lot.
    """
    _check(error, confidence)
    if not 0 < share < 1 or (lot is not None and lot < 1):
        raise ValueError(f"share must lie between 0 and 1 and a lot hold something, got {share} and {lot}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    wanted = z * z * share * (1 - share) / (error * error)
    if lot is None:
        return ceil(wanted - 1e-9)
    return min(lot, ceil(wanted / (1 + (wanted - 1) / lot) - 1e-9))
