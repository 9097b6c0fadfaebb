"""How sure kappa will be when so many items are labelled by several people, and what that costs.

Ratings of an item are taken to be drawn from shares of classes that vary between items just so much that kappa is as
supposed (Dirichlet-multinomial); for two raters that is the table κ·pᵢ on the diagonal plus (1 − κ)·pᵢ·pⱼ.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

import msgspec

from domain.agreement.result import Z95

_DRAWS = 20_000  # simulated items where more than two rate; the standard error is then known to about 1 %
_SEED = 20


class OverlapPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What overlap costs and buys. `interval` is where kappa's 95 % interval will lie if kappa is `kappa`."""

    items: int
    extra_answers: int
    kappa: float
    interval: tuple[float, float] | None


def kappa_interval(
    items: int, *, kappa: float = 0.8, shares: Sequence[float] = (0.5, 0.5), raters: int = 2
) -> tuple[float, float] | None:
    """The 95 % interval to expect around kappa with so many items.

    Args:
        kappa: supposed, 0 to below 1.
        shares: of the classes, any positive numbers; skewed shares need more items.
        raters: of each item.

    Returns:
        None for fewer than two items or with a single class in use.

    Raises:
        ValueError: a kappa outside [0, 1), fewer than two raters, or negative shares.
    """
    unit = _unit_error(kappa, tuple(shares), raters)
    if unit is None or items < 2:
        return None
    reach = Z95 * unit / sqrt(items)
    return (max(-1.0, kappa - reach), min(1.0, kappa + reach))


def items_for_width(
    width: float, *, kappa: float = 0.8, shares: Sequence[float] = (0.5, 0.5), raters: int = 2
) -> int | None:
    """Items so that kappa's interval is at most so wide from end to end. None with a single class in use.

    Raises:
        ValueError: as `kappa_interval`, or a width that is not positive.
    """
    if width <= 0:
        raise ValueError(f"a width must be positive, got {width}")
    unit = _unit_error(kappa, tuple(shares), raters)
    return None if unit is None else max(2, ceil((2 * Z95 * unit / width) ** 2 - 1e-9))


def overlap_plan(
    tasks: int, *, overlap_share: float, raters: int = 2, kappa: float = 0.8, shares: Sequence[float] = (0.5, 0.5)
) -> OverlapPlan:
    """Of a project: a share of its tasks gets `raters` answers each instead of one.

    Raises:
        ValueError: as `kappa_interval`, or a share outside 0 to 1.
    """
    if not 0 <= overlap_share <= 1 or tasks < 0:
        raise ValueError(f"the share must lie between 0 and 1, got {overlap_share}")
    items = round(tasks * overlap_share)
    return OverlapPlan(
        items=items,
        extra_answers=items * (raters - 1),
        kappa=kappa,
        interval=kappa_interval(items, kappa=kappa, shares=shares, raters=raters),
    )


def _unit_error(kappa: float, shares: tuple[float, ...], raters: int) -> float | None:
    """Standard error of kappa with one item; with n it is 1/√n of it."""
    if not 0 <= kappa < 1 or raters < 2 or any(s < 0 for s in shares):
        raise ValueError(f"kappa must lie in [0, 1), raters be 2 or more, shares not negative; got {kappa}, {raters}")
    used = [s / sum(shares) for s in shares if s > 0]
    if len(used) < 2:
        return None
    return _pair_error(kappa, used) if raters == 2 else _many_error(kappa, used, raters)


def _pair_error(kappa: float, p: Sequence[float]) -> float:
    """Fleiss, Cohen and Everitt (1969), of the supposed table."""
    pe = sum(s * s for s in p)
    po = pe + kappa * (1 - pe)
    on = sum((kappa * s + (1 - kappa) * s * s) * (1 - 2 * s * (1 - kappa)) ** 2 for s in p)
    off = (1 - kappa) ** 2 * sum(
        (1 - kappa) * a * b * (a + b) ** 2 for i, a in enumerate(p) for j, b in enumerate(p) if i != j
    )
    variance = (on + off - (kappa - pe * (1 - kappa)) ** 2) / (1 - pe) ** 2
    return sqrt(max(variance, po * (1 - po) * 1e-12))


def _many_error(kappa: float, p: Sequence[float], raters: int) -> float:
    """The variance over items of Fleiss' kappa, made linear, by drawing items with a fixed seed."""
    import numpy as np

    draw = np.random.default_rng(_SEED)
    shares = np.asarray(p)
    if kappa > 0:
        chances = draw.dirichlet(shares * (1 - kappa) / kappa, _DRAWS)
        chances = np.where(np.isfinite(chances).all(axis=1, keepdims=True), chances, shares)
    else:
        chances = np.broadcast_to(shares, (_DRAWS, len(shares)))
    counts = draw.multinomial(raters, chances / chances.sum(axis=1, keepdims=True))
    agree = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    pe = float((shares**2).sum())
    linear = (agree - pe) / (1 - pe) - 2 * (1 - kappa) * (counts @ shares / raters - pe) / (1 - pe)
    return float(linear.std(ddof=1))
