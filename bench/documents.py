"""Tasks whose documents hold many regions, made over REST as a person's own saved work."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco

from bench.stack import PROJECT
from tests.client import Client, box, polygon, put

WIDTH, HEIGHT = 4000, 3000  # pixels: 12 megapixels, as a telephone takes
COLORS = ("#3da3ff", "#ffa31f", "#c26629", "#47f5ff", "#a347ff", "#f53370")
SCHEMA = {
    "classes": [
        {"id": at, "name": f"class-{at}", "color": color, "shapes": ["box", "polygon", "mask"]}
        for at, color in enumerate(COLORS, 1)
    ]
}
VERTICES = 30
SAVED_AT_ONCE = 1_000
NOUNS = {"box": "boxes", "polygon": f"{VERTICES}-point polygons", "mask": "masks"}
Region = dict[str, Any]


def regions(shape: str, count: int) -> Iterator[Region]:
    """The same `count` regions each time, spread over the photo; the first lies in its middle with room around it."""
    chance = random.Random(7)
    for number in range(count):
        side = 20 + 60 * chance.random() if shape != "mask" else 200 + 300 * chance.random()
        if number == 0:
            x, y, side = WIDTH / 2 - 40, HEIGHT / 2 - 40, 80.0
        else:
            x, y = chance.random() * (WIDTH - side), chance.random() * (HEIGHT - side)
        kind = 1 + number % len(COLORS)
        if shape == "box":
            yield box(kind, x, y, side, side * (0.5 + chance.random() / 2))
        elif shape == "polygon":
            yield polygon(kind, _ring(chance, x, y, side, VERTICES))
        else:
            yield _mask(kind, _ring(chance, x, y, side, 300))


def _ring(chance: random.Random, x: float, y: float, side: float, vertices: int) -> list[float]:
    ring: list[float] = []
    for at in range(vertices):
        turn, reach = at / vertices * 2 * math.pi, side / 2 * (0.7 + 0.3 * chance.random())
        ring += [x + side / 2 + reach * math.cos(turn), y + side / 2 + reach * math.sin(turn)]
    return ring


def _mask(kind: int, ring: list[float]) -> Region:
    x, y = math.floor(min(ring[::2])), math.floor(min(ring[1::2]))
    width, height = math.ceil(max(ring[::2])) - x, math.ceil(max(ring[1::2])) - y
    moved = [value - (y if at % 2 else x) for at, value in enumerate(ring)]
    pixels = coco.decode(coco.merge(coco.frPyObjects([moved], height, width)))
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    crop = np.asfortranarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    geometry = {
        "x": int(x + columns[0]),
        "y": int(y + rows[0]),
        "size": list(crop.shape),
        "counts": coco.encode(crop)["counts"].decode(),
    }
    return {"id": box(kind, 0, 0, 1, 1)["id"], "class": kind, "shape": "mask", "geometry": geometry}


def photo(folder: Path, number: int) -> Path:
    """A real photo enlarged to twelve megapixels; `number` makes each another file."""
    picture = Image.open(PROJECT / "demo" / "photos" / "pavilion.jpg").convert("RGB").resize((WIDTH, HEIGHT))
    picture.putpixel((0, 0), (number % 256, 0, 0))
    file = folder / f"photo-{number}.jpg"
    picture.save(file, quality=88, comment=str(number))
    return file


def make(manager: Client, annotator: Client, sizes: tuple[tuple[str, int], ...]) -> dict[tuple[str, int], int]:
    """An assignment of the annotator for each (shape, count)."""
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "Canvas", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    with tempfile.TemporaryDirectory(prefix="labelwright-photos-") as folder:
        for number in range(len(sizes)):
            manager.upload(project, [photo(Path(folder), number)])
    made = {}
    for shape, count in sizes:
        document = annotator.claim(project)
        drawn = regions(shape, count)
        while some := list(islice(drawn, SAVED_AT_ONCE)):
            answer = annotator.save(document["annotation"]["id"], [put(region) for region in some])
            assert len(answer["accepted"]) == len(some), answer["rejected"]
        made[shape, count] = document["assignment"]["id"]
    return made
