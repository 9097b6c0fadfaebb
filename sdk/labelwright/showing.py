"""What the command shows: tables, JSON, and bars where somebody looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


def say(text: str, *, error: bool = True) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool, one: bool = False) -> None:
    """Rows as JSON, or their columns side by side; one row below each other."""
    if as_json:
        print(json.dumps(rows[0] if one else list(rows), ensure_ascii=False, indent=2))
        return
    if one:
        width = max((len(c) for c in columns), default=0)
        for column in columns:
            print(f"{column.replace('_', ' '):<{width}}  {_text(rows[0].get(column))}")
        return
    cells = [[column.replace("_", " ") for column in columns], *([_text(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _quiet(quiet: bool) -> bool:
    return quiet or not sys.stderr.isatty()


@contextmanager
def counting(unit: str, *, quiet: bool) -> Iterator[Callable[[int], Any]]:
    with tqdm(unit=f" {unit}", disable=_quiet(quiet)) as shown:
        yield shown.update


@contextmanager
def bar(unit: str, *, quiet: bool) -> Iterator[Callable[[int], Any]]:
    with tqdm(unit=unit, unit_scale=True, disable=_quiet(quiet)) as shown:
        yield shown.update


@contextmanager
def following(*, quiet: bool) -> Iterator[Callable[[int, int | None, str], None]]:
    """A bar that is told where it stands."""
    with tqdm(disable=_quiet(quiet)) as shown:

        def progress(done: int, total: int | None, state: str) -> None:
            shown.total = total
            shown.set_description(state)
            shown.update(done - shown.n)

        yield progress
