"""Data sets in and out of a running stack, as a client does it, with what the worker and PostgreSQL spend on it."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.images import make_photos
from bench.processes import cpu_in, peak_of, reset_peaks
from bench.stack import Stack
from tests.client import Client

WORKER = "celery"
SPENDERS = (WORKER, "postgres")
PATIENCE = 1800.0  # seconds
CLASSES = 5
Shapes = Callable[[int], list[dict[str, Any]]]  # of an image by its place: COCO annotations without ids


@dataclass(frozen=True)
class Spent:
    """`wall` is what a client waits; `worker` and `postgres` are CPU seconds; `peak` is the worker's, in MB."""

    wall: float
    worker: float
    postgres: float
    peak: float
    outcome: dict[str, Any]

    @property
    def cpu(self) -> float:
        """Of both together. They work side by side: on two idle cores a client waits less than this."""
        return self.worker + self.postgres


def boxes(each: int) -> Shapes:
    """The same boxes on every image."""
    made = [
        {
            "category_id": k % CLASSES + 1,
            "bbox": [k % 40 + 0.25, k // 40 % 30 + 0.5, 20.125, 12.75],
            "area": 20.125 * 12.75,
            "iscrowd": 0,
        }
        for k in range(each)
    ]
    return lambda _: made


def document(names: list[str], size: tuple[int, int], shapes: Shapes) -> Iterator[bytes]:
    """A COCO file of these images, in pieces."""
    width, height = size
    images = [{"id": i + 1, "file_name": name, "width": width, "height": height} for i, name in enumerate(names)]
    categories = [{"id": k + 1, "name": f"class {k + 1}"} for k in range(CLASSES)]
    yield b'{"images":' + json.dumps(images).encode() + b',"categories":' + json.dumps(categories).encode()
    yield b',"annotations":['
    number = 0
    for i in range(len(names)):
        rows = []
        for shape in shapes(i):
            number += 1
            rows.append(json.dumps({"id": number, "image_id": i + 1, **shape}))
        if rows:
            yield (b"," if number > len(rows) else b"") + ",".join(rows).encode()
    yield b"]}"


def archive(count: int, size: tuple[int, int], shapes: Shapes | None, *, pictures: bool = True) -> bytes:
    """A zip of a COCO file of `count` images, with its pictures or without."""
    photos = make_photos(count, size=size) if pictures else []
    names = [f"photo_{number:06}.png" for number in range(count)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as out:
        with out.open("annotations/instances_default.json", "w", force_zip64=True) as part:
            for piece in document(names, size, shapes or (lambda _: [])):
                part.write(piece)
        for name, content in photos:
            out.writestr(f"images/{name}", content)
    return file.getvalue()


def new_project(manager: Client, name: str) -> int:
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": name, "organisation": organisation})["id"]
    return project


def bring_in(stack: Stack, manager: Client, project: int, content: bytes) -> Spent:
    """Import a COCO archive as accepted work."""

    def start() -> Any:
        return manager.post(
            f"projects/{project}/imports",
            files=[("file", ("dataset.zip", content))],
            data={"format": "coco", "mode": "append", "enter": "accepted"},
        )

    return _run(stack, manager, start)


def take_out(stack: Stack, manager: Client, project: int, name: str) -> Spent:
    """Freeze what is finished and write it in a format."""
    return _run(stack, manager, lambda: manager.post(f"projects/{project}/exports", {"format": name, "options": {}}))


def _run(stack: Stack, manager: Client, start: Callable[[], Any]) -> Spent:
    reset_peaks(stack.pid, WORKER)
    before, begun = [cpu_in(stack.pid, (who,)) for who in SPENDERS], time.monotonic()
    job = manager.wait(start()["job"]["id"], patience=PATIENCE)
    wall = time.monotonic() - begun
    assert job["state"] == "succeeded", job
    worker, postgres = (cpu_in(stack.pid, (who,)) - then for who, then in zip(SPENDERS, before, strict=True))
    return Spent(wall, worker, postgres, peak_of(stack.pid, WORKER), job)
