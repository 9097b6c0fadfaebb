"""A measured figure beside its budget."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True)
class Row:
    """`budget` null: nothing was promised, the figure is for comparison. `more_is_better` turns the comparison round."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    more_is_better: bool = False

    @property
    def ok(self) -> bool | None:
        if self.budget is None:
            return None
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget


def middle_and_tail(values: list[float]) -> tuple[float, float]:
    """(median, 95th percentile)."""
    return median(values), (quantiles(values, n=20)[-1] if len(values) > 1 else values[0])


def show(rows: list[Row]) -> str:
    """The rows as a table for a terminal."""
    width = max((len(row.name) for row in rows), default=4)
    lines = [f"{'figure':<{width}}  {'measured':>10}  {'budget':>10}  unit"]
    for row in rows:
        budget = "" if row.budget is None else f"{'≥' if row.more_is_better else '≤'} {row.budget:g}"
        verdict = {None: "", True: "ok", False: "MISSED"}[row.ok]
        lines.append(f"{row.name:<{width}}  {row.value:>10.2f}  {budget:>10}  {row.unit:<8} {verdict}")
    return "\n".join(lines)


def keep(rows: list[Row], file: Path) -> None:
    """Write `{name, value, unit, budget, ok}` rows."""
    file.parent.mkdir(parents=True, exist_ok=True)
    members = ("name", "value", "unit", "budget")
    document = [{key: asdict(row)[key] for key in members} | {"ok": row.ok} for row in rows]
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
