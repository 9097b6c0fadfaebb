"""Running the rules on what changed and what it touches, within a time budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules
from time import perf_counter
from typing import Any, Literal

import msgspec

from domain.elements.structs import Region
from domain.geometry.rings import Bounds

from .base import Context, Finding, levelled
from .choices import Choices, Level

LONG_BUDGET_MS = 500.0  # from here on a run is a job or a submit, and rules take what they need

_PACKAGE = __name__.rpartition(".")[0]
_PARENT = import_module(_PACKAGE).__path__


def _discover() -> dict[str, Any]:
    """Modules of this package that name a rule, by code."""
    names = [m.name for m in iter_modules(_PARENT) if m.name not in ("base", "choices", "runner", "usual")]
    modules = [import_module(f"{_PACKAGE}.{name}") for name in sorted(names)]
    return {module.CODE: module for module in modules if hasattr(module, "CODE")}


RULES: dict[str, Any] = _discover()


class Described(msgspec.Struct, frozen=True):
    """A rule as settings show it. `when`: in the answer to a save, or at submit because it looks at the whole item."""

    code: str
    level: Level
    when: Literal["save", "submit"]
    told: bool
    parameters: dict[str, tuple[float, float, float]]  # default, least, most


def described() -> list[Described]:
    """Every rule, by code."""
    return [
        Described(
            code=code,
            level=rule.LEVEL,
            when="submit" if hasattr(rule, "check_all") else "save",
            told=getattr(rule, "TOLD", False),
            parameters={
                name: (float(default), float(least), float(most))
                for name, (default, least, most) in getattr(rule, "PARAMETERS", {}).items()
            },
        )
        for code, rule in RULES.items()
    ]


def run(
    changed: Sequence[Region],
    touching: Sequence[Region],
    *,
    context: Context,
    budget_ms: float = 10.0,
    clock: Callable[[], float] = perf_counter,
) -> tuple[list[Finding], list[str]]:
    """Findings on the changed regions, and the codes of rules that did not fit in the budget.

    Args:
        changed: regions as they are now stored.
        touching: unchanged regions that lie near one of them, see `pair_window`.
        budget_ms: wall time; a rule that is begun stops between two regions and counts as pending.
        clock: seconds, passed in by tests.

    Returns:
        (findings, rules_pending), in the order of the rules' codes.
    """
    end = clock() + budget_ms / 1000.0
    findings: list[Finding] = []
    pending: list[str] = []
    for code, rule in RULES.items():
        if hasattr(rule, "check_all") or not context.choices.runs(code):
            continue
        long = getattr(rule, "LONG", None)
        if long is not None and budget_ms < LONG_BUDGET_MS and any(r.geometry.vertices() > long for r in changed):
            pending.append(code)
            continue
        mine: list[Finding] = []
        for found in _findings(rule, changed, touching, context):
            if clock() > end:
                pending.append(code)
                break
            mine += found
        # a rule that was cut short keeps what it found: each finding stands by itself
        findings += levelled(mine, context.choices, level=rule.LEVEL)
    return findings, pending


def run_whole(regions: Sequence[Region], *, context: Context) -> list[Finding]:
    """What the rules over a whole item say of all its regions, changed or not: for a submit, never for a save."""
    found: list[Finding] = []
    for code, rule in RULES.items():
        if hasattr(rule, "check_all") and context.choices.runs(code) and rule.WHOLE(regions, context):
            found += levelled(rule.check_all(regions, context), context.choices, level=rule.LEVEL)
    return found


def pair_codes(context: Context) -> list[str]:
    """Rules that look at pairs and have any to look at here."""
    return [code for code, rule in RULES.items() if _pairs(rule, context)]


def _pairs(rule: Any, context: Context) -> bool:
    if not hasattr(rule, "check_pair") or not context.choices.runs(rule.CODE):
        return False
    return bool(rule.PAIRS(context)) if hasattr(rule, "PAIRS") else True


def bad_choice(choices: Choices) -> tuple[str, str] | None:
    """(path, what is wrong) of the first rule or parameter that does not exist or is out of range."""
    for code, chosen in choices.rules.items():
        if code not in RULES:
            return f"rules.{code}", f"there is no rule {code!r}; there are {', '.join(RULES)}"
        known = getattr(RULES[code], "PARAMETERS", {})
        for name, value in chosen.parameters.items():
            path = f"rules.{code}.parameters.{name}"
            if name not in known:
                return path, f"{code} has no parameter {name!r}; it has {', '.join(known) or 'none'}"
            _, least, most = known[name]
            if not least <= value <= most:
                return path, f"must be {least:g} to {most:g}, got {value:g}"
    return None


def _findings(
    rule: Any, changed: Sequence[Region], touching: Sequence[Region], context: Context
) -> Iterator[list[Finding]]:
    """The findings of one rule, a region at a time."""
    if hasattr(rule, "check_one"):
        for region in changed:
            yield list(rule.check_one(region, context))
    if _pairs(rule, context):
        yield from _pair_findings(rule, changed, touching, context)


def _pair_findings(
    rule: Any, changed: Sequence[Region], touching: Sequence[Region], context: Context
) -> Iterator[list[Finding]]:
    """A pair rule over pairs whose bounds lie near enough, found by a sweep from left to right; one of each pair has changed."""
    slack = _slack(_least_iou(rule, context))
    placed = [(b, n, r) for n, r in enumerate((*changed, *touching)) if (b := r.geometry.bounds()) is not None]
    placed.sort(key=lambda entry: entry[0][0])
    for i, (here, n, region) in enumerate(placed):
        found: list[Finding] = []
        x, y = slack * (here[2] - here[0]), slack * (here[3] - here[1])
        for j in range(i + 1, len(placed)):
            there, m, other = placed[j]
            if there[0] - here[0] > x:
                break
            if abs(there[1] - here[1]) > y or abs(there[3] - here[3]) > y or abs(there[2] - here[2]) > x:
                continue
            if min(n, m) >= len(changed) or region.id == other.id:
                continue
            first, second = (region, other) if n < m else (other, region)
            found += rule.check_pair(first, second, context)
        yield found


def _least_iou(rule: Any, context: Context) -> float:
    """The IoU of bounds below which a pair is none of the rule's business, as the project chose it."""
    return float(rule.least_iou(context)) if hasattr(rule, "least_iou") else float(rule.LEAST_IOU)


def _slack(least_iou: float) -> float:
    """How far each side of two boxes of at least this IoU can lie apart, in widths (heights) of either.

    The intervals of the boxes along x overlap by o within a union u, and IoU <= o / u: where the IoU is at least t, a side is
    off by at most u - o <= (1 - t) u, and u <= width / t.
    """
    return 1.0 / least_iou - 1.0


def pair_window(regions: Sequence[Region], context: Context) -> tuple[tuple[float, float], ...] | None:
    """Least and greatest x0, y0, x1, y1 of a region that could make a pair with one of these; None: nothing could."""
    boxes: list[Bounds] = [bounds for region in regions if (bounds := region.geometry.bounds()) is not None]
    least = [_least_iou(rule, context) for rule in RULES.values() if _pairs(rule, context)]
    if not boxes or not least:
        return None
    slack = _slack(min(least))
    reach = [(slack * (b[2] - b[0]), slack * (b[3] - b[1])) for b in boxes]
    return tuple(
        (
            min(b[side] - r[side % 2] for b, r in zip(boxes, reach, strict=True)),
            max(b[side] + r[side % 2] for b, r in zip(boxes, reach, strict=True)),
        )
        for side in range(4)
    )
