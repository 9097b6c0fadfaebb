"""Makes the golden vectors of masks that pytest and Vitest read: `python -m tests.conformance.mask_vectors`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from domain.geometry.masks import fill_parts

FOLDER = Path(__file__).parent / "masks"
SEED = 20


def counts_of(pixels: NDArray[np.uint8]) -> str:
    """The compressed run lengths as pycocotools writes them."""
    return coco.encode(np.asfortranarray(pixels))["counts"].decode("ascii")  # type: ignore[no-any-return]


def rle_cases() -> list[dict[str, Any]]:
    """Small and large masks, sparse and dense, with long and short runs."""
    random = np.random.default_rng(SEED)
    found = []
    sides = [(1, 1), (1, 7), (9, 1), (5, 4), (17, 23), (64, 65), (130, 3), (3, 130)]
    for height, width in sides:
        for share in (0.0, 0.05, 0.5, 0.97, 1.0):
            found.append((random.random((height, width)) < share).astype(np.uint8))
    long_runs = np.zeros((160, 90), dtype=np.uint8)
    long_runs[13:147, 21:80] = 1
    long_runs[100:140, 50:51] = 0
    found.append(long_runs)
    return [{"rows": ["".join(map(str, row)) for row in m.tolist()], "counts": counts_of(m)} for m in found]


def fill_cases() -> list[dict[str, Any]]:
    """Polygons with corners on, between and far off pixel centres; holes, parts, crossings, and what lies outside."""
    random = np.random.default_rng(SEED)
    shapes: list[list[list[list[float]]]] = [
        [[[0, 0, 4, 0, 4, 3, 0, 3]]],
        [[[0.5, 0.5, 3.5, 0.5, 3.5, 2.5, 0.5, 2.5]]],
        [[[2, 1, 14, 1, 14, 11, 2, 11], [5, 4, 5, 8, 9, 8, 9, 4]]],
        [[[1, 1, 6, 1, 6, 6, 1, 6]], [[4, 4, 12, 4, 12, 9, 4, 9]]],
        [[[0, 0, 10, 10, 10, 0, 0, 10]]],
        [[[-5, -4, 30, 6, 8, 40]]],
        [[[100, 100, 120, 100, 110, 120]]],
        [[[3, 3, 3.2, 3, 3.2, 3.2]]],
    ]
    for corners in (3, 4, 9, 30):
        for _ in range(5):
            shapes.append([[np.round(random.uniform(-4, 24, corners * 2), 2).tolist()]])
    sizes = [(20, 16), (7, 21)]
    return [
        {"parts": parts, "size": [h, w], "counts": counts_of(fill_parts(parts, width=w, height=h))}
        for parts in shapes
        for h, w in sizes
    ]


FILES = {"rle.json": rle_cases, "fill.json": fill_cases}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, cases in FILES.items():
        lines = ",\n".join(json.dumps(case) for case in cases())
        (FOLDER / name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
