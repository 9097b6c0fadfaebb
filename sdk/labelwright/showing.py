"""What the command shows: tables, JSON, and bars where somebody looks."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


def any_terminal() -> None:
    """Letters that a terminal cannot show become question marks, and end nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say_json(found: Any) -> None:
    """Print a document that reads back whole on any terminal: letters that it cannot show are escaped."""
    text = json.dumps(found, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(found, indent=2)
    print(text)


def say(text: str, *, error: bool = True) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool, one: bool = False) -> None:
    """Rows as JSON, or their columns side by side; one row below each other."""
    if as_json:
        say_json(rows[0] if one else list(rows))
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
