"""Model files for tests: the tensors of each family, and answers that were put in. They take 64 × 64 pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from domain.inference.onnx import Graph

SIDE = 64
CELLS = 64 + 16 + 4  # of a YOLO of 64 × 64 pixels
Array = np.ndarray[Any, Any]


def saying(
    outputs: dict[str, Array],
    *,
    image: str = "images",
    shape: Sequence[int | str] = (1, 3, SIDE, SIDE),
    dtype: str = "float32",
    more_inputs: dict[str, tuple[str, Sequence[int | str]]] | None = None,
    metadata: dict[str, str] | None = None,
    free: bool = False,
) -> bytes:
    """A file that takes an image and always answers `outputs`. `free`: the first side of each is not fixed."""
    graph = Graph("tiny")
    graph.input(image, dtype, shape)
    for name, (kind, sides) in (more_inputs or {}).items():
        graph.input(name, kind, sides)
    graph.node("Cast", [image], ["numbers"], to=1)
    graph.node("ReduceMean", ["numbers"], ["mean"], keepdims=0)
    graph.weight("zero", np.zeros((), dtype=np.float32))
    graph.node("Mul", ["mean", "zero"], ["nothing"])
    for name, values in outputs.items():
        dtype = values.dtype.name
        graph.weight(f"{name}.said", values)
        number = {"float32": 1, "int64": 7}[dtype]
        graph.node("Cast", ["nothing"], [f"{name}.nothing"], to=number)
        graph.node("Add", [f"{name}.said", f"{name}.nothing"], [name])
        graph.output(name, dtype, ["batch", *values.shape[1:]] if free else values.shape)
    return graph.encode(metadata=metadata)


def names(*labels: str) -> str:
    """As Ultralytics writes them."""
    return str(dict(enumerate(labels)))


def yolo8(things: Sequence[Sequence[float]], classes: int, extra: int = 0) -> Array:
    """[1, 4 + classes + extra, cells]; a thing is cx, cy, w, h, class, score and what else there is of it."""
    out = np.zeros((1, 4 + classes + extra, CELLS), dtype=np.float32)
    for place, (cx, cy, w, h, label, score, *rest) in enumerate(things):
        out[0, :4, place] = cx, cy, w, h
        out[0, 4 + int(label), place] = score
        if rest:
            out[0, 4 + classes :, place] = rest
    return out


def yolo5(things: Sequence[Sequence[float]], classes: int) -> Array:
    """[1, 3 cells, 5 + classes]; objectness is .9, so that a score is nine tenths of what is given."""
    out = np.zeros((1, 3 * CELLS, 5 + classes), dtype=np.float32)
    for place, (cx, cy, w, h, label, score) in enumerate(things):
        out[0, place, :5] = cx, cy, w, h, 0.9
        out[0, place, 5 + int(label)] = score
    return out


def detector(*things: Sequence[float], labels: Sequence[str] = ("car", "person", "zebra")) -> bytes:
    """A YOLO v8 that finds these things in every image: cx, cy, w, h in its 64 × 64 pixels, class, score."""
    said = {"output0": yolo8(things or [(32, 32, 20, 10, 0, 0.9)], len(labels))}
    return saying(said, metadata={"names": names(*labels), "task": "detect", "stride": "32"})
