"""One vector, and the register of metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from domain.agreement.result import Score

Evaluate = Callable[["Vector"], dict[str, Any]]
METRICS: dict[str, Evaluate] = {}


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """What one vector gives. `expected` only says which form of an answer is wanted, never its value."""

    metric: str
    data: Mapping[str, Any]
    params: Mapping[str, Any]
    expected: Mapping[str, Any]

    def get(self, *names: str, default: Any = None) -> Any:
        """The first of these names in the data, then the parameters."""
        for source in (self.data, self.params):
            for name in names:
                if name in source:
                    return source[name]
        return default

    def need(self, *names: str) -> Any:
        """As `get`. Raises ValueError when none is there."""
        found = self.get(*names)
        if found is None:
            raise ValueError(f"the data has none of {', '.join(names)}; it has {', '.join(map(str, self.data))}")
        return found


def metric(*names: str) -> Callable[[Evaluate], Evaluate]:
    """Register a metric under all names that vectors use for it."""

    def register(function: Evaluate) -> Evaluate:
        for name in names:
            if name in METRICS:
                raise ValueError(f"two metrics are called {name}")
            METRICS[name] = function
        return function

    return register


def told(score: Score, *names: str) -> dict[str, Any]:
    """A score under these names and `value`, with its reason, interval and details."""
    out: dict[str, Any] = dict.fromkeys((*names, "value"), score.value)
    out |= {key: value for key, value in score.details.items() if key not in out}
    out |= {"reason": score.reason, "n": score.n_items, "n_items": score.n_items, "n_pairs": score.n_pairs}
    if score.ci95 is not None:
        out["ci95"] = list(score.ci95)
    return out
