"""`python -m bench [start] [rest] [exchange] [canvas] [tiles]`: all of them when none is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench import canvas, exchange, rest, start, tiles
from bench.rows import Row, keep, show
from bench.stack import PROJECT, running

SUITES = ("start", "rest", "exchange", "canvas", "tiles")


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(SUITES))
    if unknown:
        print(f"there is no suite {', '.join(unknown)}; choose from {', '.join(SUITES)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    chosen = wanted or list(SUITES)
    if "start" in chosen:
        rows += start.measure()
    if {"rest", "exchange", "tiles"} & set(chosen):
        with running() as stack:
            rows += rest.measure(stack) if "rest" in chosen else []
            rows += exchange.measure(stack) if "exchange" in chosen else []
            rows += tiles.measure(stack) if "tiles" in chosen else []
    if "canvas" in chosen:
        rows += canvas.measure()
    print(show(rows))
    data = Path(os.environ.get("LABELWRIGHT_DATA") or PROJECT / "var")
    keep(rows, data / "bench" / "latest.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
