"""What every metric answers: a value, or none with a reason; never NaN and never a silent 0 or 1."""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

Z95 = 1.959963984540054  # two-sided 95 % point of the normal distribution

REASONS: dict[str, str] = {
    "no_items": "nothing was rated by enough people to be compared",
    "no_variation": "everybody used one and the same category: chance agreement is complete, 0/0",
    "zero_variance": "the values of one side do not vary",
    "unequal_raters": "items have different numbers of ratings; use Krippendorff's alpha",
    "too_few_raters": "at least two raters are needed",
    "too_few_items": "too few items for this figure",
    "one_category": "fewer than two categories are declared",
    "both_empty": "both sides are empty, which is agreement but no ratio",
    "one_empty": "one side is empty: there is no distance",
    "no_classes": "no class occurs in reference or prediction",
    "no_joints": "no joint is labelled in the reference",
    "no_area": "the reference has no area",
    "no_reference": "there is nothing in the reference",
}


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One metric over some items. `reason` is a key of REASONS exactly when `value` is null."""

    value: float | None
    method: str
    n_items: int
    n_pairs: int
    reason: str | None = None
    ci95: tuple[float, float] | None = None
    params: dict[str, Any] = {}
    details: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if self.value is None:
            if self.reason not in REASONS:
                raise ValueError(f"{self.method} without a value needs a known reason, got {self.reason!r}")
        elif not isfinite(self.value):
            raise ValueError(f"{self.method} must be finite, got {self.value}")
        elif self.reason is not None:
            raise ValueError(f"{self.method} has a value and a reason: {self.reason}")


def normal_interval(value: float, se: float, *, low: float = -1.0, high: float = 1.0) -> tuple[float, float]:
    """value ± 1.96 standard errors, cut to what the metric can be."""
    return (max(low, value - Z95 * se), min(high, value + Z95 * se))
