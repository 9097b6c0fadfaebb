"""What was expected against what was got."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PROSE = ("reason", "note")
# words of keys that document what another tool or a wrong way gives: compared where ours knows it, else only noted
FOREIGN = frozenset(
    (
        "wrong",
        "wrongly",
        "naive",
        "greedy",
        "raw",
        "irr",
        "incorrect",
        "dropped",
        "drops",
        "absent",
        "bad",
        "toolbox",
        "if",
    )
)


class Difference(NamedTuple):
    """`foreign`: the key is another tool's figure, which ours does not reckon: said, and not counted."""

    id: str
    key: str
    expected: Any
    got: Any
    foreign: bool = False

    def line(self) -> str:
        at = f" {self.key}" if self.key else ""
        return f"{self.id}:{at} expected {_told(self.expected)}, got {_told(self.got)}"


def _told(value: Any) -> str:
    text = repr(value) if not isinstance(value, str) else value
    return text if len(text) <= 400 else f"{text[:400]}…"


def compare(
    name: str, expected: Mapping[str, Any], got: Mapping[str, Any], tolerance: float, at: str = ""
) -> list[Difference]:
    """Every expected key, nested ones with a path.

    Keys that begin with `published` hold what a paper prints: compared to its printed precision with the figure of the
    same name without the prefix (or the vector's main one). A `reason` is prose: any reason satisfies it.
    """
    found: list[Difference] = []
    for key, value in expected.items():
        path = f"{at}.{key}" if at else str(key)
        if key in PROSE:
            if value and not got.get(key):
                found.append(Difference(name, path, value, got.get(key, "no reason")))
            continue
        printed = str(key).startswith("published")
        actual = _published(str(key), got) if printed else named(str(key), got)
        if actual is _MISSING:
            found.append(Difference(name, path, value, f"nothing called {key!r}", bool(_words(str(key)) & FOREIGN)))
        elif isinstance(value, Mapping) and isinstance(actual, Mapping):
            inner = {str(k): v for k, v in actual.items()}
            if printed:
                found += [
                    d for k, v in value.items() for d in _one(name, f"{path}.{k}", v, inner.get(k, _MISSING), None)
                ]
            else:
                found += compare(name, value, inner, tolerance, path)
        else:
            found += _one(name, path, value, actual, None if printed else tolerance)
    return found


_MISSING: Any = type("Missing", (), {"__repr__": lambda self: "nothing"})()


def _words(key: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+|[0-9.]+", key.lower()))


def named(key: str, got: Mapping[str, Any]) -> Any:
    """The figure of this name; spelling and further words do not matter (`linear_full_scale` is `linear`).

    A key with a word of another tool or a wrong way is only found under its very words.
    """
    if key in got:
        return got[key]
    words = _words(key)
    if words & FOREIGN:
        return next((value for name, value in got.items() if _words(str(name)) == words), _MISSING)
    close = [str(name) for name in got if _words(str(name)) and _words(str(name)) <= words]
    best = max(close, key=lambda name: (len(_words(name)), -len(name)), default=None)
    return _MISSING if best is None else got[best]


def _published(key: str, got: Mapping[str, Any]) -> Any:
    """The figure that a printed one stands for."""
    if key in got:
        return got[key]
    rest = key.removeprefix("published").strip("_")
    return named(rest, got) if rest else got.get("value", _MISSING)


def _one(name: str, path: str, expected: Any, got: Any, tolerance: float | None) -> list[Difference]:
    if got is _MISSING:
        return [Difference(name, path, expected, "nothing")]
    return [] if _same(expected, got, tolerance) else [Difference(name, path, expected, got)]


def _same(expected: Any, got: Any, tolerance: float | None) -> bool:
    """Without a tolerance, to the digits that `expected` is printed with."""
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return bool(expected == got) and isinstance(got, bool) == isinstance(expected, bool)
    if isinstance(expected, (int, float)):
        if isinstance(got, bool) or not isinstance(got, (int, float)) or not math.isfinite(got):
            return False
        return abs(expected - got) <= (_half_a_digit(expected) if tolerance is None else tolerance) + 1e-15
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and set(map(str, expected)) <= set(map(str, got))
            and all(
                _same(value, {str(k): v for k, v in got.items()}[str(key)], tolerance)
                for key, value in expected.items()
            )
        )
    if isinstance(expected, Sequence):
        return (
            isinstance(got, Sequence)
            and not isinstance(got, str)
            and len(expected) == len(got)
            and all(_same(e, g, tolerance) for e, g in zip(expected, got, strict=True))
        )
    return False


def _half_a_digit(printed: float) -> float:
    """Half of the last digit that is printed: 0.743 stands for 0.7425 to 0.7435."""
    text = f"{printed!r}"
    return 0.5 * 10.0 ** -len(text.partition(".")[2]) * (1 + 1e-9) if "e" not in text else abs(printed) * 1e-6
