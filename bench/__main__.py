"""`python -m bench [--quick] [start] [rest] [regions] [dashboards] [exchange] [growth] [agreement] [canvas] [tiles] [interactive] [prelabel] [misses] [tracking] [learning] [saving]`: all of them when none is named.

`--quick` measures the canvas once instead of five times. `--beside` measures datumaro on the files of `exchange`, too, in an
environment of its own below `var` that it installs; `growth` takes a quarter of an hour and runs only where it is named.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench import (
    agreement,
    canvas,
    dashboards,
    exchange,
    growth,
    interactive,
    learning,
    misses,
    prelabel,
    regions,
    rest,
    saving,
    start,
    tiles,
    tracking,
)
from bench.rows import Row, keep, show
from bench.stack import PROJECT, running

SUITES = (
    "start",
    "rest",
    "regions",
    "dashboards",
    "exchange",
    "growth",
    "agreement",
    "canvas",
    "tiles",
    "interactive",
    "prelabel",
    "misses",
    "tracking",
    "learning",
    "saving",
)
OWN = ("start", "misses", "tracking", "learning", "saving")  # need no running stack
WHEN_NAMED = ("growth",)


def main(wanted: list[str]) -> int:
    quick, beside = "--quick" in wanted, "--beside" in wanted
    wanted = [word for word in wanted if word not in ("--quick", "--beside")]
    unknown = sorted(set(wanted) - set(SUITES))
    if unknown:
        print(f"there is no suite {', '.join(unknown)}; choose from {', '.join(SUITES)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    chosen = wanted or [suite for suite in SUITES if suite not in WHEN_NAMED]
    if "start" in chosen:
        rows += start.measure()
    if "learning" in chosen:
        rows += learning.measure()
    if "misses" in chosen:
        rows += misses.measure()
    if "tracking" in chosen:
        rows += tracking.measure()
    if "saving" in chosen:
        rows += saving.measure()
    if set(chosen) - set(OWN):
        with running() as stack:
            rows += rest.measure(stack) if "rest" in chosen else []
            rows += regions.measure(stack) if "regions" in chosen else []
            rows += dashboards.measure(stack) if "dashboards" in chosen else []
            rows += exchange.measure(stack, beside=beside) if "exchange" in chosen else []
            rows += growth.measure(stack) if "growth" in chosen else []
            rows += agreement.measure(stack) if "agreement" in chosen else []
            rows += canvas.measure(stack, runs=1 if quick else canvas.RUNS) if "canvas" in chosen else []
            rows += tiles.measure(stack) if "tiles" in chosen else []
            rows += interactive.measure(stack) if "interactive" in chosen else []
            rows += prelabel.measure(stack) if "prelabel" in chosen else []
    print(show(rows))
    data = Path(os.environ.get("LABELWRIGHT_DATA") or PROJECT / "var")
    keep(rows, data / "bench" / "latest.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
