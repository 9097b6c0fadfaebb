"""Control charts of one person's speed and accuracy, and fatigue within sessions. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import msgspec

from domain.agreement.intervals import newcombe_difference, share
from domain.agreement.result import Score

SMOOTHING, WIDTH = 0.2, 3.2  # EWMA (Lucas and Saccucci 1990)
SLACK, DECISION = 0.5, 6.0  # CUSUM, in standard deviations
BASELINE = 30  # points that say what is usual; under 1 % of the points of a steady person signal
FEWEST = 30  # judged answers in each part of the sessions, before fatigue is told


class ChartPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One point: value, smoothed value, limits then; `up` and `down` are sums of deviations; `signal` says which side."""

    value: float
    smooth: float
    low: float
    high: float
    up: float
    down: float
    signal: str | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """`centre` and `spread` of the baseline; null with a reason when there are too few points or nothing varies."""

    points: list[ChartPoint]
    centre: float | None = None
    spread: float | None = None
    reason: str | None = None

    @property
    def signals(self) -> list[int]:
        """Positions of points that are out of control."""
        return [at for at, point in enumerate(self.points) if point.signal]


def control_chart(values: Sequence[float], *, baseline: int = BASELINE) -> Chart:
    """EWMA (Roberts 1959) and tabular CUSUM (Page 1954) in one, after a baseline of the person's own.

    Args:
        values: a point a day or a batch, oldest first. Seconds an item are best given as logarithms (`log_seconds`).
        baseline: first points, which say centre and spread and raise no signal.

    The limits are wider by the error of the baseline, which is short. The sums restart after a signal, so that a lasting
    change signals again.
    """
    if len(values) <= baseline or baseline < 2:
        return Chart(points=[], reason="too_few_items")
    usual = values[:baseline]
    centre = sum(usual) / baseline
    spread = sqrt(sum((v - centre) ** 2 for v in usual) / (baseline - 1))
    if spread <= 1e-12 * max(1.0, abs(centre)):
        return Chart(points=[], centre=centre, reason="zero_variance")
    slack = SLACK + 1 / sqrt(baseline)
    smooth, up, down = centre, 0.0, 0.0
    points = []
    for at, value in enumerate(values[baseline:], start=1):
        smooth += SMOOTHING * (value - smooth)
        reach = WIDTH * spread * sqrt(SMOOTHING / (2 - SMOOTHING) * (1 - (1 - SMOOTHING) ** (2 * at)) + 1 / baseline)
        z = (value - centre) / spread
        up, down = max(0.0, up + z - slack), max(0.0, down - z - slack)
        signal = "high" if smooth > centre + reach or up > DECISION else None
        signal = signal or ("low" if smooth < centre - reach or down > DECISION else None)
        points.append(
            ChartPoint(
                value=value, smooth=smooth, low=centre - reach, high=centre + reach, up=up, down=down, signal=signal
            )
        )
        if up > DECISION or down > DECISION:
            up, down = 0.0, 0.0
    return Chart(points=points, centre=centre, spread=spread)


def log_seconds(seconds: Sequence[float], *, least: float = 0.5) -> list[float]:
    """Logarithms of times, which are skewed; shorter ones count as `least`."""
    return [log(max(least, value)) for value in seconds]


class Fatigue(msgspec.Struct, frozen=True, kw_only=True):
    """Accuracy early and late in sessions. `difference` late less early, with Newcombe's interval.

    `tired`: surely lower by over `margin`. Null with the scores' reasons where too little was judged.
    """

    early: Score
    late: Score
    difference: float | None
    ci95: tuple[float, float] | None
    tired: bool


def session_fatigue(judged: Sequence[tuple[float, bool]], *, split: float = 60.0, margin: float = 0.0) -> Fatigue:
    """Within sessions, over all of them.

    Args:
        judged: (minutes of work since the session began, right or not).
        split: minutes that part early from late.
    """
    parts = [[right for minutes, right in judged if (minutes >= split) == late] for late in (False, True)]
    early, late = (share(sum(part), len(part), method="session_accuracy") for part in parts)
    if min(map(len, parts)) < FEWEST:
        return Fatigue(early=early, late=late, difference=None, ci95=None, tired=False)
    ci = newcombe_difference(sum(parts[1]), len(parts[1]), sum(parts[0]), len(parts[0]))
    difference = sum(parts[1]) / len(parts[1]) - sum(parts[0]) / len(parts[0])
    return Fatigue(early=early, late=late, difference=difference, ci95=ci, tired=ci[1] < -margin)
