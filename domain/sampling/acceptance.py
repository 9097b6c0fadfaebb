"""How many items to judge so that the result says something, which ones, and what may be said afterwards.

A *lot* is what is judged by a sample. A lot of known size is reckoned exactly (hypergeometric): of 100 items 45 say what 59
of endlessly many say.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p
from statistics import NormalDist
from typing import TypeVar

from .keys import sampling_number

K = TypeVar("K", bound=Hashable)
MOST = 5_000  # items of a sample; nobody judges more


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
    return sample_size(lot=lot, share=share, confidence=confidence, allowed=0)


def wrong_at_limit(*, lot: int, share: float) -> int:
    """How many wrong items a lot at the limit has, at least 1."""
    return max(1, int(lot * share + 1e-9))


def sample_size(*, lot: int, share: float, confidence: float, allowed: int = 0) -> int:
    """The smallest n for which a lot at the limit shows at most `allowed` wrong items with a chance of at most 1 − C.

    The whole lot where no smaller number will do.

    Raises:
        ValueError: shares out of range, an empty lot, or `allowed` under 0.
    """
    _check(share, confidence)
    if lot < 1 or allowed < 0:
        raise ValueError(f"a lot has at least one item and `allowed` is not negative, got {lot} and {allowed}")
    wrong = wrong_at_limit(lot=lot, share=share)
    if allowed >= wrong:
        return lot
    low, high = allowed + 1, lot  # at `high` all wrong items are seen, more than are allowed
    while low < high:
        n = (low + high) // 2
        if at_most(allowed, lot=lot, wrong=wrong, n=n) <= 1 - confidence + 1e-12:
            high = n
        else:
            low = n + 1
    return low


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


@lru_cache(maxsize=100_000)
def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def at_most(seen: int, *, lot: int, wrong: int, n: int) -> float:
    """The chance that a sample of n shows at most `seen` of the lot's wrong items."""
    first, last = max(0, n - (lot - wrong)), min(n, wrong)
    if seen >= last:
        return 1.0
    whole = _log_choose(lot, n)
    terms = (_log_choose(wrong, k) + _log_choose(lot - wrong, n - k) - whole for k in range(first, seen + 1))
    return min(1.0, sum(map(exp, terms)))


def accepts(*, lot: int, n: int, wrong: int, share: float, confidence: float) -> bool:
    """Whether a sample with that many wrong items shows, at this confidence, that the lot is better than the limit.

    A lot at the limit would have shown so few with a chance of at most 1 − C.
    """
    _check(share, confidence)
    limit = wrong_at_limit(lot=lot, share=share)
    return n > 0 and wrong < limit and at_most(wrong, lot=lot, wrong=limit, n=n) <= 1 - confidence + 1e-12


def wrong_in_lot(*, lot: int, n: int, wrong: int, confidence: float = 0.95) -> tuple[int, int]:
    """The exact two-sided interval of how many wrong items the lot has, from `wrong` seen in n.

    Each end is the last number that would not make what was seen a surprise of under (1 − C) / 2 (Clopper and Pearson's
    rule for a lot of known size).

    Raises:
        ValueError: not 0 ≤ wrong ≤ n ≤ lot, n 0, or the confidence is out of range.
    """
    if not (0 <= wrong <= n <= lot and n > 0 and 0 < confidence < 1):
        raise ValueError(f"needs 0 ≤ wrong ≤ n ≤ lot and n > 0, got {wrong}, {n} and {lot}")
    tail = (1 - confidence) / 2
    low, high = wrong, lot - (n - wrong)
    a, b = low, high  # the smallest number at which seeing `wrong` or more is no surprise
    while a < b:
        middle = (a + b) // 2
        seen = 1.0 - (at_most(wrong - 1, lot=lot, wrong=middle, n=n) if wrong else 0.0)
        a, b = (a, middle) if seen > tail else (middle + 1, b)
    smallest, a, b = a, a, high  # the greatest at which seeing `wrong` or fewer is none
    while a < b:
        middle = (a + b + 1) // 2
        a, b = (middle, b) if at_most(wrong, lot=lot, wrong=middle, n=n) > tail else (a, middle - 1)
    return smallest, a


def allocate(sizes: Mapping[K, int], n: int) -> dict[K, int]:
    """n items shared out over strata in proportion to their sizes, the largest remainders first, none without one.

    It may come to more than n where there are more strata than n, or small ones: each has at least one item.
    """
    total = sum(sizes.values())
    if total <= 0 or n <= 0:
        return dict.fromkeys(sizes, 0)
    n = min(n, total)
    exact = {key: n * size / total for key, size in sizes.items()}
    given = {key: min(size, max(1 if size else 0, int(exact[key]))) for key, size in sizes.items()}
    order = sorted(sizes, key=lambda key: (given[key] - exact[key], str(key)))
    while sum(given.values()) < n:
        for key in order:
            if sum(given.values()) < n and given[key] < sizes[key]:
                given[key] += 1
    return given


def draw(strata: Mapping[K, Sequence[int]], n: int, *, seed: str) -> dict[K, list[int]]:
    """Ids drawn at random within each stratum, the same for the same seed and ids whatever their order."""
    wanted = allocate({key: len(ids) for key, ids in strata.items()}, n)
    return {
        key: sorted(sorted(ids, key=lambda item: (sampling_number(seed, item), item))[: wanted[key]])
        for key, ids in strata.items()
    }
