"""When will the rest be done? Pace by weekday, the recent past counting more, and an interval that is tested.

Progress after T working days is m·T, give or take three things: the noise of the days to come (grows with √T), that m is
itself only an estimate (with T), and that teams change (a drifting pace, with T^1.5). Days are turned into dates by the
weekdays' own shares, so that a week without work on Sunday is not two slow weeks. `backtest` checks the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

import msgspec

WINDOW = 56  # days looked at
HALF_LIFE = 14.0  # days: what was done so long ago counts half
FEWEST_DONE = 20  # tasks; fewer make no forecast
FEWEST_DAYS = 3  # days on which something was done
IDLE = 14  # days without anything done: then there is no pace
DRIFT = 0.03  # of the pace, a day: how fast teams change (from simulated projects, other seeds than the tests')
HORIZON = 3650  # days; what takes longer has no date
_WEEK = 7
_STEADY = 0.5  # days' worth of an even week that weekday shares begin from


class Finish(msgspec.Struct, frozen=True, kw_only=True):
    """Days from today on which the last task is done, 0 being today. Null with a reason; `latest` null: not in sight.

    Reasons: nothing_left; too_early, of few days or tasks; no_pace, nothing done for two weeks.
    """

    expected: int | None = None
    earliest: int | None = None
    latest: int | None = None
    per_day: float | None = None  # tasks a calendar day, lately
    reason: str | None = None
    confidence: float = 0.8


def finish(done: Sequence[int], *, left: int, weekday: int, done_today: int = 0, confidence: float = 0.8) -> Finish:
    """Forecast from the tasks finished on each of the last whole days.

    Args:
        done: a day each, yesterday last; days before the first work may be there.
        left: tasks not done yet.
        weekday: of today, 0 to 6; any day may be 0.
        done_today: so far; not in `done`.
        confidence: of earliest to latest.

    Raises:
        ValueError: a negative number, or a confidence that is not between 0 and 1.
    """
    if left < 0 or done_today < 0 or any(n < 0 for n in done) or not 0 < confidence < 1:
        raise ValueError("numbers of tasks must not be negative, and the confidence lie between 0 and 1")
    if left == 0:
        return Finish(reason="nothing_left", confidence=confidence)
    begun = next((at for at, n in enumerate(done) if n), len(done))
    past = list(done[max(begun, len(done) - WINDOW) :])
    if sum(past) + done_today < FEWEST_DONE or sum(n > 0 for n in [*past, done_today]) < FEWEST_DAYS:
        return Finish(reason="too_early", confidence=confidence)
    if sum(past[-IDLE:]) + done_today == 0:
        return Finish(reason="no_pace", confidence=confidence)
    ages = [len(past) - at for at in range(len(past))]  # yesterday is 1
    days = [(weekday - age) % _WEEK for age in ages]
    weights = [0.5 ** (age / HALF_LIFE) for age in ages]
    shares = _weekday_shares(past, days, weights)
    pace, spread, worth = _pace(past, [shares[day] for day in days], weights)
    reach = _student(confidence, worth)
    today = max(0.0, shares[weekday] - done_today / pace)
    return Finish(
        expected=_date((left - 0.5) / pace, shares, weekday, today),
        earliest=_date(_until(left, pace, spread, worth, reach), shares, weekday, today),
        latest=_date(_until(left, pace, spread, worth, -reach), shares, weekday, today),
        per_day=pace,
        confidence=confidence,
    )


def _weekday_shares(past: Sequence[int], days: Sequence[int], weights: Sequence[float]) -> list[float]:
    """How much of an average day's work each weekday has, 1 on average; begins from an even week."""
    mean = sum(n * w for n, w in zip(past, weights, strict=True)) / sum(weights)
    shares = []
    for day in range(_WEEK):
        known = [(n, w) for n, d, w in zip(past, days, weights, strict=True) if d == day]
        heavy = sum(w for _, w in known)
        found = sum(n * w for n, w in known) / mean
        prior = _STEADY / max(1.0, len(past) / _WEEK)
        shares.append((found + prior) / (heavy + prior))
    whole = sum(shares) / _WEEK
    return [share / whole for share in shares]


def _pace(past: Sequence[int], shares: Sequence[float], weights: Sequence[float]) -> tuple[float, float, float]:
    """Tasks a day, the standard deviation of a day's number (with what days have in common), and what the days are worth.

    Each day is weighed by its share: little is learnt from a Sunday.
    """
    heavy = [w * s for w, s in zip(weights, shares, strict=True)]
    pace = sum(n * w for n, w in zip(past, weights, strict=True)) / sum(heavy)
    rest = [(n - pace * s) / sqrt(max(s, 0.05)) for n, s in zip(past, shares, strict=True)]
    worth = sum(weights) ** 2 / sum(w * w for w in weights)
    variance = sum(w * r * r for w, r in zip(weights, rest, strict=True)) / sum(weights) * worth / max(1.0, worth - 1)
    variance = max(variance, pace)  # no steadier than chance alone
    together = sum(a * b for a, b in pairwise(rest)) / max(1e-9, sum(r * r for r in rest))
    together = min(0.6, max(0.0, together))
    return pace, sqrt(variance * (1 + together) / (1 - together)), worth


def _student(confidence: float, worth: float) -> float:
    """Two-sided point of Student's t, by Cornish and Fisher's expansion: few days make a wide interval."""
    z, freedom = NormalDist().inv_cdf((1 + confidence) / 2), max(2.0, worth - 1)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _until(left: float, pace: float, spread: float, worth: float, reach: float) -> float:
    """Working days until progress, `reach` standard errors better than expected, is all that is left."""

    def progress(t: float) -> float:
        noise = spread * spread * (t + t * t / worth) + (DRIFT * pace) ** 2 * t**3 / 3
        return pace * t + reach * sqrt(noise)

    low, high = 0.0, 1.0
    while progress(high) < left:
        low, high = high, high * 1.3
        if high > HORIZON:
            return float("inf")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if progress(middle) < left else (low, middle)
    return high


def _date(working_days: float, shares: Sequence[float], weekday: int, today: float) -> int | None:
    """The day, from today on, on which so many average days of work are done."""
    reached = today
    for day in range(1, HORIZON):
        if reached >= working_days:
            return day - 1
        reached += shares[(weekday + day) % _WEEK]
    return None
