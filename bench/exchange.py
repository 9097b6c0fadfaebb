"""10,000 images with 200,000 boxes: in, listed, and out; outlines and masks out; datumaro on the same files beside them.

Budgets are of CPU seconds of the worker and of PostgreSQL together, which other programs on the machine change less than
the time a client waits; that stands beside them.
"""

from __future__ import annotations

import math
import random
import time
from typing import Any

from pycocotools import mask as coco

from bench import other
from bench.flows import CLASSES, Spent, archive, boxes, bring_in, new_project, take_out
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from tests.client import Client

ITEMS, BOXES_EACH = 10_000, 20
SMALL, LARGE = (64, 48), (1280, 960)
OUTLINED, OUTLINES_EACH, POINTS = 1_000, 20, 40
BUDGETS: dict[str, float | None] = {"coco": 1.5, "yolo": 2.5, "voc": 2.5, "cvat_xml": 1.5, "native": None}
NOUN = "10,000 items, 200,000 boxes"
OUTLINES = "20,000 polygons, 1,000 masks"


def measure(stack: Stack, *, beside: bool = False) -> list[Row]:
    """`beside`: datumaro on the same files, in an environment of its own that is installed for it."""
    manager = stack.client("manager")
    whole = archive(ITEMS, SMALL, boxes(BOXES_EACH))
    project = new_project(manager, "Exchange")
    rows = _rows(f"import {NOUN}, with images", bring_in(stack, manager, project, whole), 6, 250)
    rows += _list(manager, project)
    rows += _without_images(stack)
    stack.restart()  # the import's memory is not the exports'
    manager = stack.client("manager")
    for name, budget in BUDGETS.items():
        rows += _rows(f"export {NOUN}, {name}", take_out(stack, manager, project, name), budget, 150)
    outlined = archive(OUTLINED, LARGE, _outlines)
    project = new_project(manager, "Outlines")
    rows += _rows(f"import {OUTLINES}, with images", bring_in(stack, manager, project, outlined), None, 250)
    stack.restart()
    manager = stack.client("manager")
    rows += _rows(f"export {OUTLINES}, coco", take_out(stack, manager, project, "coco"), 1.5, 150)
    if beside:
        rows += other.measure({NOUN: whole, OUTLINES: outlined})
    return rows


def _rows(name: str, spent: Spent, budget: float | None, most_mb: float) -> list[Row]:
    return [
        Row(f"{name}: CPU of worker and PostgreSQL", spent.cpu, "s", budget),
        Row(f"{name}: CPU of PostgreSQL alone", spent.postgres, "s"),
        Row(f"{name}: until a client has it", spent.wall, "s"),
        Row(f"{name}: peak memory of the worker", spent.peak, "MB", most_mb),
    ]


def _without_images(stack: Stack) -> list[Row]:
    """The annotations alone, of images that the project has."""
    manager = stack.client("manager")
    project = new_project(manager, "Annotations alone")
    bring_in(stack, manager, project, archive(ITEMS, SMALL, None))
    stack.restart()
    manager = stack.client("manager")
    alone = archive(ITEMS, SMALL, boxes(BOXES_EACH), pictures=False)
    return _rows(f"import {NOUN}, annotations alone", bring_in(stack, manager, project, alone), 6, 250)


def _outlines(place: int) -> list[dict[str, Any]]:
    """20 polygons of 40 points and a mask on the image of that place."""
    chance = random.Random(place)
    width, height = LARGE
    made: list[dict[str, Any]] = []
    for k in range(OUTLINES_EACH + 1):
        reach = 20 + 60 * chance.random() if k < OUTLINES_EACH else 150 + 100 * chance.random()
        x, y = (reach + chance.random() * (side - 2 * reach) for side in (width, height))
        ring = []
        for at in range(POINTS):
            turn, far = at / POINTS * 2 * math.pi, reach * (0.7 + 0.3 * chance.random())
            ring += [round(x + far * math.cos(turn), 2), round(y + far * math.sin(turn), 2)]
        kind = {"category_id": k % CLASSES + 1, "iscrowd": 0}
        if k < OUTLINES_EACH:
            made.append({**kind, "segmentation": [ring], "bbox": _bounds(ring), "area": reach * reach * 2.2})
            continue
        found = coco.merge(coco.frPyObjects([ring], height, width))
        counts = {"size": [height, width], "counts": found["counts"].decode()}
        made.append(
            {**kind, "segmentation": counts, "bbox": coco.toBbox(found).tolist(), "area": float(coco.area(found))}
        )
    return made


def _bounds(ring: list[float]) -> list[float]:
    x, y = min(ring[::2]), min(ring[1::2])
    return [x, y, max(ring[::2]) - x, max(ring[1::2]) - y]


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
