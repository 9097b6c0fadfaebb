"""Agreement of 10,000 tasks × 3 people × 20 boxes from nothing: CPU of all processes, and how much memory the largest takes."""

from __future__ import annotations

import time

from bench.processes import cpu_of, peak_of
from bench.rows import Row, middle_and_tail
from bench.stack import Stack

TASKS, BOXES, PEOPLE = 10_000, 20, 3
WORKER = "celery"
ASKED = 10  # times the page is asked for


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Agreement", "organisation": organisation})["id"]
    classes = [{"id": n, "name": f"class {n}", "color": "#3da3ff", "shapes": ["box"]} for n in range(1, 6)]
    manager.call("PUT", f"projects/{project}/schema", {"body": {"classes": classes}})
    made = (
        f"from bench.answering import answer_all; answer_all({project}, tasks={TASKS}, boxes={BOXES}, people={PEOPLE})"
    )
    stack.command("shell", "-c", made)
    before, begun = cpu_of(stack.pid), time.perf_counter()
    job = manager.post(f"projects/{project}/quality/agreement/recompute", {})["job"]["id"]
    manager.wait(job)
    took, spent = time.perf_counter() - begun, cpu_of(stack.pid) - before
    told = manager.get(f"projects/{project}/quality/agreement")
    assert told["tasks"] == TASKS, told["tasks"]
    times = []
    for _ in range(ASKED):
        at = time.perf_counter()
        manager.get(f"projects/{project}/quality/agreement")
        times.append((time.perf_counter() - at) * 1000)
    return [
        Row(f"agreement of {TASKS:,} tasks × {PEOPLE} × {BOXES} boxes, CPU of all processes", spent, "CPU s", 20),
        Row("the same, by the clock", took, "s"),
        Row("peak memory of the largest worker", peak_of(stack.pid, WORKER), "MB", 400),
        Row("the page of agreement, median", middle_and_tail(times)[0], "ms", 300),
    ]
