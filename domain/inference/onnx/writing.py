"""Writing small ONNX files: conversions at build time, heads that were trained here, and models for tests.

graph = Graph("tiny", opset=17)
graph.input("images", "float32", (1, 3, 32, 32))
graph.weight("w", numpy.ones((4, 3, 1, 1), "float32"))
graph.node("Conv", ["images", "w"], ["out"], kernel_shape=[1, 1])
graph.output("out", "float32", (1, 4, 32, 32))
Path("tiny.onnx").write_bytes(graph.encode(metadata={"task": "detect"}))
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.protobuf import chunk, fixed32, whole

from .reading import DTYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IR_VERSION = 8
_NUMBERS = {name: number for number, name in DTYPES.items()}
_FLOAT, _INT, _STRING, _TENSOR, _FLOATS, _INTS, _STRINGS = 1, 2, 3, 4, 6, 7, 8


class Graph:
    """A graph in the making; nodes are run in the order in which they were added."""

    def __init__(self, name: str, *, opset: int = 17) -> None:
        self.name, self.opset = name, opset
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def input(self, name: str, dtype: str, shape: Sequence[int | str]) -> None:
        """A side is a number, or the name of one that is free."""
        self._inputs.append(_value_info(name, dtype, shape))

    def output(self, name: str, dtype: str, shape: Sequence[int | str]) -> None:
        self._outputs.append(_value_info(name, dtype, shape))

    def weight(self, name: str, array: NDArray[Any]) -> str:
        """A constant; its name, so that it can stand among a node's inputs."""
        self._weights.append(_tensor(array, name))
        return name

    def node(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], /, **attributes: Any) -> str:
        """Add an operator; the name of its first output."""
        parts = [chunk(1, one) for one in inputs] + [chunk(2, one) for one in outputs]
        parts += [chunk(3, f"{kind}_{len(self._nodes)}"), chunk(4, kind)]
        parts += [chunk(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(parts))
        return outputs[0]

    def encode(self, *, metadata: Mapping[str, str] | None = None) -> bytes:
        """The file's bytes; the same graph gives the same."""
        graph = b"".join(
            [
                *(chunk(1, one) for one in self._nodes),
                chunk(2, self.name),
                *(chunk(5, one) for one in self._weights),
                *(chunk(11, one) for one in self._inputs),
                *(chunk(12, one) for one in self._outputs),
            ]
        )
        said = [chunk(14, chunk(1, key) + chunk(2, value)) for key, value in (metadata or {}).items()]
        opset = chunk(8, chunk(1, "") + whole(2, self.opset))
        return whole(1, IR_VERSION) + chunk(2, "labelwright") + chunk(7, graph) + opset + b"".join(said)


def _value_info(name: str, dtype: str, shape: Sequence[int | str]) -> bytes:
    sides = b"".join(chunk(1, whole(1, one) if isinstance(one, int) else chunk(2, one)) for one in shape)
    return chunk(1, name) + chunk(2, chunk(1, whole(1, _NUMBERS[dtype]) + chunk(2, sides)))


def _tensor(array: NDArray[Any], name: str = "") -> bytes:
    values: np.ndarray[Any, Any] = array
    little = values.astype(values.dtype.newbyteorder("<"), order="C", copy=False)
    sides = b"".join(whole(1, side) for side in values.shape)
    return sides + whole(2, _NUMBERS[values.dtype.name]) + chunk(8, name) + chunk(9, little.tobytes(order="C"))


def _attribute(name: str, value: Any) -> bytes:
    head = chunk(1, name)
    if isinstance(value, bool | int):
        return head + whole(3, int(value)) + whole(20, _INT)
    if isinstance(value, float):
        return head + fixed32(2, struct.pack("<f", value)) + whole(20, _FLOAT)
    if isinstance(value, str):
        return head + chunk(4, value) + whole(20, _STRING)
    if hasattr(value, "dtype"):
        return head + chunk(5, _tensor(value)) + whole(20, _TENSOR)
    values = list(value)
    if values and all(isinstance(one, str) for one in values):
        return head + b"".join(chunk(9, one) for one in values) + whole(20, _STRINGS)
    if values and all(isinstance(one, float) for one in values):
        return head + b"".join(fixed32(7, struct.pack("<f", one)) for one in values) + whole(20, _FLOATS)
    return head + b"".join(whole(8, int(one)) for one in values) + whole(20, _INTS)
