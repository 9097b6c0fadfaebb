"""The demo's detector over real photos: images a second, with one and with two processes, and a second of CPU.

A process uses one core, so that the first figure is that of a core.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bench.flows import SPENDERS, WORKER
from bench.processes import cpu_in, peak_of, reset_peaks
from bench.rows import Row
from bench.stack import PROJECT, Stack
from tests.client import Client
from tests.running import until

COPIES = 15  # of the twelve photos of the demo
SHARE = "LABELWRIGHT_PRELABEL_WORKERS"
THREADS = "LABELWRIGHT_MODEL_THREADS"


def measure(stack: Stack) -> list[Row]:
    before = {name: os.environ.get(name) for name in (SHARE, THREADS)}
    rows: list[Row] = []
    try:
        for workers in (1, 2):
            os.environ |= {SHARE: str(workers), THREADS: "1"}
            stack.restart()
            rows += _rows(stack, stack.client("manager"), workers)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    return rows


def _rows(stack: Stack, manager: Client, workers: int) -> list[Row]:
    project = manager.get("projects")["results"][0]["id"]
    version = until(lambda: _detector(manager, project), 60)
    files = [
        ("files", (f"run-{workers}-{copy}-{photo.name}", photo.read_bytes()))
        for copy in range(COPIES)
        for photo in sorted(Path(PROJECT / "demo" / "photos").glob("*.jpg"))
    ]
    manager.post(f"projects/{project}/assets", files=files)
    reset_peaks(stack.pid, WORKER)
    spent = cpu_in(stack.pid, SPENDERS)
    sent = {"model_version": version["id"], "filter": {"name": f"run-{workers}-"}}
    job = manager.wait(manager.post(f"projects/{project}/prelabel", sent)["job"]["id"], patience=600)
    assert (job["state"], job["total"]) == ("succeeded", len(files)), job
    seconds = cpu_in(stack.pid, SPENDERS) - spent
    return [
        Row(f"prelabel {len(files)} photos, {workers} process(es): images a second", job["rate"], "/s"),
        Row(f"prelabel, {workers} process(es): images a second of CPU", len(files) / seconds, "/s"),
        Row(f"prelabel, {workers} process(es): peak memory of the workers", peak_of(stack.pid, WORKER), "MB"),
    ]


def _detector(manager: Client, project: int) -> dict[str, Any] | None:
    """The version of the detector, once it was checked."""
    found = manager.get(f"projects/{project}/models")["results"]
    versions = [one["versions"][0] for one in found if one["backend"] == "onnx" and one["versions"]]
    assert versions, "the build could not get the detector of the demo"
    return versions[0] if versions[0]["state"] == "ok" else None
