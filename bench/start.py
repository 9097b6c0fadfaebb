"""First start on an empty data folder, and a restart."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bench.processes import cpu_of
from bench.rows import Row
from bench.stack import start, stop_process


def measure() -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="labelwright-bench-"))
    try:
        first = start(folder / "var")
        rows = [
            Row("first start, CPU", cpu_of(first.pid), "s", 8),
            Row("first start, ready after", first.ready_seconds, "s"),
        ]
        stop_process(first.supervisor)
        second = start(folder / "var")
        rows += [
            Row("restart, ready after", second.ready_seconds, "s", 3),
            Row("restart, CPU", cpu_of(second.pid), "s"),
        ]
        stop_process(second.supervisor)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows
