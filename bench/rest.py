"""Claiming, saving and listing: wall time seen by a client, CPU of the whole stack a call, and saves a second."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from bench.images import make_photos
from bench.processes import cpu_of
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from tests.client import Client, box, put

TASKS = 600
CLASSES = {"classes": [{"id": 1, "name": "thing", "color": "#3da3ff", "shapes": ["box", "polygon"]}]}
SAVES = 100
WRITERS, WRITING_SECONDS, STREAMS = 8, 8.0, 40


def measure(stack: Stack) -> list[Row]:
    manager, annotator = stack.client("manager"), stack.client("annotator")
    project = _project(manager)
    rows = _claims(stack, annotator, project)
    for size in (20, 5_000):
        rows += _saves(stack, annotator, project, size)
        rows.append(_writers(annotator, project, size))
    return rows


def _project(manager: Client) -> int:
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Benchmark", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": CLASSES})
    photos = make_photos(TASKS, size=(640, 480))
    for first in range(0, TASKS, 100):
        manager.post(f"projects/{project}/assets", files=[("files", photo) for photo in photos[first : first + 100]])
    return project


def _timed(stack: Stack, calls: int, call: Callable[[], object]) -> tuple[float, float, float]:
    """(median ms, 95th percentile ms, CPU ms a call) of `call`, after two that are not counted."""
    call(), call()
    walls, before = [], cpu_of(stack.pid)
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        walls.append((time.perf_counter() - begun) * 1000)
    return *middle_and_tail(walls), (cpu_of(stack.pid) - before) * 1000 / calls


def _claims(stack: Stack, annotator: Client, project: int) -> list[Row]:
    middle, tail, cpu = _timed(stack, 200, lambda: annotator.claim(project))
    return [
        Row("claim the next task, CPU", cpu, "ms", 12),
        Row("claim the next task, median", middle, "ms"),
        Row("claim the next task, p95", tail, "ms"),
    ]


def _placed(i: int) -> dict[str, Any]:
    """The edit that puts box `i` of a grid in which none touches another."""
    return put(box(1, 6.0 * (i % 105), 6.0 * (i // 105), 5.5, 4.25))


def _filled(annotator: Client, project: int, size: int) -> int:
    """A claimed annotation with `size` boxes already in it."""
    annotation: int = annotator.claim(project)["annotation"]["id"]
    for first in range(0, size, 1000):
        edits = [_placed(i) for i in range(first, min(size, first + 1000))]
        saved = annotator.save(annotation, edits)
        assert len(saved["accepted"]) == len(edits), saved["rejected"][:3]
    return annotation


def _saves(stack: Stack, annotator: Client, project: int, size: int) -> list[Row]:
    """Each call saves 20 new boxes: of 20 regions into an annotation of its own, of more into the same one."""
    one_each = size <= 100
    annotations = [_filled(annotator, project, size) for _ in range(SAVES + 2 if one_each else 1)]
    calls = iter(range(SAVES + 2))

    def save() -> None:
        call = next(calls)
        begin = size if one_each else size + 20 * call
        annotator.save(annotations[call if one_each else 0], [_placed(i) for i in range(begin, begin + 20)])

    middle, tail, cpu = _timed(stack, SAVES, save)
    return [
        Row(f"save 20 boxes into {size:,}, CPU", cpu, "ms", 12),
        Row(f"save 20 boxes into {size:,}, median", middle, "ms"),
        Row(f"save 20 boxes into {size:,}, p95", tail, "ms"),
    ]


def _writers(annotator: Client, project: int, size: int) -> Row:
    """8 clients, each saving one box at a time into an annotation of `size` regions of its own; 40 event streams are open."""
    annotations = [_filled(annotator, project, size) for _ in range(WRITERS)]
    counts = [0] * WRITERS
    until = 0.0

    def write(index: int) -> None:
        client = Client(annotator.base, annotator.token)
        while time.monotonic() < until:
            saved = client.save(annotations[index], [put(box(1, 5, 5, 20.5, 10))])
            assert len(saved["accepted"]) == 1, saved
            counts[index] += 1

    threads = [threading.Thread(target=write, args=(index,)) for index in range(WRITERS)]
    with contextlib.ExitStack() as open_streams:
        for _ in range(STREAMS):
            answer = requests.get(
                annotator.url("events"), headers={"Authorization": f"Token {annotator.token}"}, stream=True, timeout=60
            )
            assert answer.status_code == 200
            open_streams.callback(answer.close)
        until = time.monotonic() + WRITING_SECONDS
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Row(
        f"saves a second, 8 writers, 40 event streams, {size:,} regions",
        sum(counts) / WRITING_SECONDS,
        "1/s",
        100,
        more_is_better=True,
    )
