"""Numbers that several people measured: Pearson's r, Lin's concordance, intraclass correlation.

Pearson's r is blind to bias (y = x + 10 has r = 1): it is never shown without the concordance beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval
from .result import Z95, Score

Values = Sequence[float | None]
Table = NDArray[np.float64]
FORMS = ("ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)")


def _pairs(x: Values, y: Values) -> tuple[Table, Table]:
    """Both numbers of the items that have both.

    Raises:
        ValueError: different lengths, or numbers that are not finite.
    """
    both = [(float(p), float(q)) for p, q in zip(x, y, strict=True) if p is not None and q is not None]
    table = np.array(both, dtype=np.float64).reshape(len(both), 2)
    if not np.all(np.isfinite(table)):
        raise ValueError("numbers must be finite; a missing one is null")
    return table[:, 0], table[:, 1]


def _flat(values: Table) -> bool:
    """Whether the numbers do not vary, beyond rounding."""
    spread = float(np.ptp(values)) if values.size else 0.0
    return spread <= 1e-14 * max(1e-300, float(np.max(np.abs(values)))) if values.size else True


def pearson_r(x: Values, y: Values) -> Score:
    """cov / (σx σy) of items with both numbers, with Fisher's interval (n ≥ 4). `details` has the concordance (CCC)."""
    a, b = _pairs(x, y)
    n = len(a)
    base: dict[str, Any] = {"method": "pearson_r", "n_items": n, "n_pairs": n}
    if n < 2:
        return Score(value=None, reason="no_items" if n == 0 else "too_few_items", **base)
    ccc = concordance(x, y)
    base["details"] = {"ccc": ccc.value, "ccc_ci95": ccc.ci95, "bias": float((b - a).mean())}
    if _flat(a) or _flat(b):
        return Score(value=None, reason="zero_variance", **base)
    da, db = a - a.mean(), b - b.mean()
    da, db = da / np.abs(da).max(), db / np.abs(db).max()  # squares of very large numbers have no room
    da, db = da / np.linalg.norm(da), db / np.linalg.norm(db)
    r = max(-1.0, min(1.0, float(da @ db)))
    return Score(value=r, ci95=_fisher(r, 1 / sqrt(n - 3)) if n >= 4 else None, **base)


def _fisher(value: float, se: float) -> Interval | None:
    if abs(value) >= 1.0:
        return None
    z = atanh(value)
    return (tanh(z - Z95 * se), tanh(z + Z95 * se))


def concordance(x: Values, y: Values) -> Score:
    """Lin's concordance correlation (1989, population moments): 2 cov / (σx² + σy² + (μx − μy)²).

    The interval is by Lin's z transform (n ≥ 4). 0 when one side is constant; undefined when both are and are equal.
    """
    a, b = _pairs(x, y)
    n = len(a)
    base: dict[str, Any] = {"method": "ccc", "n_items": n, "n_pairs": n}
    if n < 2:
        return Score(value=None, reason="no_items" if n == 0 else "too_few_items", **base)
    largest = float(max(np.abs(a).max(), np.abs(b).max()))
    if largest and not 1e-100 < largest < 1e100:  # its square has no room; one unit is as good as another
        a, b = a / largest, b / largest
    flat = _flat(a) or _flat(b)
    va, vb = float(a.var()), float(b.var())
    cov = 0.0 if flat else float(((a - a.mean()) * (b - b.mean())).mean())
    shift = float(a.mean() - b.mean())
    whole = va + vb + shift**2
    if _flat(a) and _flat(b) and _flat(np.array([a[0], b[0]])):
        return Score(value=None, reason="zero_variance", **base)
    value = max(-1.0, min(1.0, 2 * cov / whole))
    if flat or n < 4 or abs(value) >= 1.0 or value == 0.0 or va * vb == 0.0:
        return Score(value=value, **base)
    r2 = min(1.0, cov**2 / (va * vb))
    u2 = shift**2 / sqrt(va * vb)
    v2, r = value**2, sqrt(r2)
    variance = (
        (1 - r2) * v2 / ((1 - v2) * r2)
        + 2 * value**3 * (1 - value) * u2 / (r * (1 - v2) ** 2)
        - value**4 * u2**2 / (2 * r2 * (1 - v2) ** 2)
    ) / (n - 2)
    return Score(value=value, ci95=_fisher(value, sqrt(max(0.0, variance))), **base)


def icc(ratings: Sequence[Values]) -> dict[str, Score]:
    """The six intraclass correlations of Shrout and Fleiss (1979), named as McGraw and Wong (1996) do.

    ICC(1,·): each item has raters of its own; ICC(A,·): the same raters, absolute agreement; ICC(C,·): consistency, a
    rater's constant bias forgiven. ·,1 is of one rater, ·,k of the mean of all k.

    Args:
        ratings: one row an item, one place a rater; items with a missing number are left out (`details.dropped`).

    Raises:
        ValueError: rows of different lengths, or numbers that are not finite.
    """
    widths = {len(row) for row in ratings}
    if len(widths) > 1:
        raise ValueError(f"every item needs one place a rater; rows have {sorted(widths)} places")
    full = [[float(v) for v in row if v is not None] for row in ratings if all(v is not None for v in row)]
    k = max(widths, default=0)
    table = np.array(full, dtype=np.float64).reshape(len(full), k)
    if not np.all(np.isfinite(table)):
        raise ValueError("numbers must be finite; a missing one is null")
    n = len(table)
    base: dict[str, Any] = {"n_items": n, "n_pairs": n * k * (k - 1) // 2, "params": {"raters": k}}
    why = "too_few_raters" if k < 2 else "no_items" if n == 0 else "too_few_items" if n < 2 else None
    why = why or ("zero_variance" if _flat(table.ravel()) else None)
    if why:
        return {form: Score(value=None, reason=why, method=form, **base) for form in FORMS}
    base["details"] = {"dropped": len(ratings) - n}
    return {form: _icc_form(form, *_squares(table), n, k, base) for form in FORMS}


def _squares(table: Table) -> tuple[float, float, float, float]:
    """Mean squares between items, between raters, of the rest, and within items. Rounding of a perfect fit is 0."""
    n, k = table.shape
    table = table - table.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    total = float((table**2).sum())
    between, raters = k * float((rows**2).sum()), n * float((columns**2).sum())
    rest = float(((table - rows[:, None] - columns[None, :]) ** 2).sum())
    within = float(((table - rows[:, None]) ** 2).sum())
    msb, msj, mse, msw = (0.0 if part <= 1e-24 * total else part for part in (between, raters, rest, within))
    return msb / (n - 1), msj / (k - 1), mse / ((n - 1) * (k - 1)), msw / (n * (k - 1))


def _icc_form(form: str, msb: float, msj: float, mse: float, msw: float, n: int, k: int, base: dict[str, Any]) -> Score:
    kind, mean = form[4], form.endswith("k)")
    noise = {"1": msw, "A": mse, "C": mse}[kind]
    bias = (msj - mse) / n if kind == "A" else 0.0
    below = msb + bias if mean else msb + (k - 1) * noise + k * bias
    if below <= 0:
        return Score(value=None, reason="zero_variance", method=form, **base)
    value = (msb - noise) / below
    ci = _icc_absolute(msb, msj, mse, n, k) if kind == "A" else _icc_ratio(msb, noise, n, k, within=kind == "1")
    if ci is not None and mean:
        ci = (_stepped_up(ci[0], k), _stepped_up(ci[1], k))
    return Score(value=value, ci95=ci, method=form, **base)


def _stepped_up(value: float, k: int) -> float:
    """Spearman and Brown: of one rater to the mean of k."""
    return value * k / (1 + (k - 1) * value)


def _icc_ratio(msb: float, noise: float, n: int, k: int, *, within: bool) -> Interval | None:
    """Exact, by F (Shrout and Fleiss 1979); None when nothing is noise or nothing is signal."""
    if noise <= 0 or msb <= 0:
        return None
    from scipy.stats import f as fisher

    ratio, df1 = msb / noise, n - 1
    df2 = n * (k - 1) if within else (n - 1) * (k - 1)
    low, high = ratio / fisher.ppf(0.975, df1, df2), ratio * fisher.ppf(0.975, df2, df1)
    return (float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1)))


def _icc_absolute(msb: float, msj: float, mse: float, n: int, k: int) -> Interval | None:
    """Satterthwaite's degrees of freedom (Shrout and Fleiss 1979; McGraw and Wong 1996)."""
    if mse <= 0 or msb <= 0:
        return None
    from scipy.stats import f as fisher

    value = (msb - mse) / (msb + (k - 1) * mse + k * (msj - mse) / n)
    fj = msj / mse
    inner = n * (1 + (k - 1) * value) - k * value
    above = (k - 1) * (n - 1) * (k * value * fj + inner) ** 2
    below = (n - 1) * k**2 * value**2 * fj**2 + inner**2
    if below <= 0 or above <= 0:
        return None
    v = above / below
    f_low, f_high = fisher.ppf(0.975, n - 1, v), fisher.ppf(0.975, v, n - 1)
    rest = k * msj + (k * n - k - n) * mse
    return (
        float(n * (msb - f_low * mse) / (f_low * rest + n * msb)),
        float(n * (f_high * msb - mse) / (rest + n * f_high * msb)),
    )
