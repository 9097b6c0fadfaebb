"""10,000 items with 200,000 boxes: in, listed, and out in every format; time seen by a client, memory of the worker."""

from __future__ import annotations

import io
import json
import time
import zipfile

from bench.images import make_photos
from bench.processes import cpu_of, peak_of
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from tests.client import Client

ITEMS, BOXES_EACH = 10_000, 20
WORKER = "celery"


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Exchange", "organisation": organisation})["id"]
    rows = _bring_in(stack, manager, project)
    rows += _list(manager, project)
    stack.restart()  # the import's memory is not the exports'
    manager = stack.client("manager")
    for name, options, budget in (
        ("coco", {}, 1.5),
        ("yolo", {}, 2.5),
        ("native", {}, None),
    ):
        rows.append(_take_out(manager, project, name, options, budget))
    rows.append(Row("peak memory of the worker, exports", peak_of(stack.pid, WORKER), "MB", 150))
    return rows


def _archive() -> bytes:
    """A COCO archive with its images."""
    photos = make_photos(ITEMS)
    images = [{"id": i + 1, "file_name": name, "width": 64, "height": 48} for i, (name, _) in enumerate(photos)]
    annotations = [
        {
            "id": i * BOXES_EACH + k + 1,
            "image_id": i + 1,
            "category_id": k % 5 + 1,
            "bbox": [k + 0.25, k + 0.5, 20.125, 12.75],
            "area": 20.125 * 12.75,
            "iscrowd": 0,
        }
        for i in range(ITEMS)
        for k in range(BOXES_EACH)
    ]
    categories = [{"id": k + 1, "name": f"class {k + 1}"} for k in range(5)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(
            "annotations/instances_default.json",
            json.dumps({"images": images, "annotations": annotations, "categories": categories}),
        )
        for name, content in photos:
            archive.writestr(f"images/{name}", content)
    return file.getvalue()


def _bring_in(stack: Stack, manager: Client, project: int) -> list[Row]:
    content = _archive()
    before, begun = cpu_of(stack.pid), time.monotonic()
    started = manager.post(
        f"projects/{project}/imports",
        files=[("file", ("dataset.zip", content))],
        data={"format": "coco", "mode": "accepted"},
    )
    job = manager.wait(started["job"]["id"], patience=600)
    assert job["state"] == "succeeded", job
    return [
        Row("import 10,000 items, 200,000 boxes, with images", time.monotonic() - begun, "s", 6),
        Row("import 10,000 items, 200,000 boxes, CPU", cpu_of(stack.pid) - before, "s"),
        Row("peak memory of the worker, import", peak_of(stack.pid, WORKER), "MB", 250),
    ]


def _list(manager: Client, project: int) -> list[Row]:
    walls = []
    for page in range(30):
        begun = time.perf_counter()
        found = manager.get(f"projects/{project}/tasks/window?offset={page * 300}&limit=100")
        walls.append((time.perf_counter() - begun) * 1000)
        assert len(found["results"]) == 100
    middle, tail = middle_and_tail(walls)
    return [
        Row("task table, 100 rows of 10,000, median", middle, "ms", 25),
        Row("task table, 100 rows of 10,000, p95", tail, "ms"),
    ]


def _take_out(manager: Client, project: int, name: str, options: dict[str, object], budget: float | None) -> Row:
    begun = time.monotonic()
    started = manager.post(f"projects/{project}/exports", {"format": name, "options": options})
    job = manager.wait(started["job"]["id"], patience=600)
    assert job["state"] == "succeeded", job
    return Row(f"export 10,000 items, 200,000 boxes, {name}", time.monotonic() - begun, "s", budget)
