"""What an ONNX file says of itself is read without a runtime, and written files are read by one."""

from __future__ import annotations

import numpy as np
import pytest

from domain.inference.onnx import BadOnnx, Graph, read_signature
from domain.protobuf import chunk, whole
from tests.tiny_models import detector


def test_inputs_outputs_and_metadata_are_read():
    signature = read_signature(memoryview(detector()))
    assert [(one.name, one.dtype, one.shape) for one in signature.inputs] == [("images", "float32", (1, 3, 64, 64))]
    assert [(one.name, one.shape) for one in signature.outputs] == [("output0", (1, 7, 84))]
    assert signature.metadata["task"] == "detect"


def test_the_same_graph_is_the_same_bytes():
    assert detector() == detector()


@pytest.mark.parametrize(
    "data", [b"\x80\x04\x95pickle", b"PK\x03\x04zip", b"", b"\x00" * 64, b"\xff" * 64, detector()[:-200]]
)
def test_what_is_no_model_is_refused(data: bytes):
    with pytest.raises(BadOnnx) as refused:
        read_signature(memoryview(data))
    assert refused.value.code == "not_onnx"


def outside(place: str) -> bytes:
    """A model one of whose tensors names a file: as a weight, in a constant, or in a branch."""
    tensor = whole(1, 1) + whole(2, 1) + chunk(8, "w") + chunk(13, chunk(1, "location") + chunk(2, "../../etc/passwd"))
    tensor += whole(14, 1)
    constant = chunk(1, chunk(2, "w") + chunk(4, "Constant") + chunk(5, chunk(1, "value") + chunk(5, tensor)))
    branch = chunk(1, chunk(4, "If") + chunk(5, chunk(1, "then_branch") + chunk(6, constant)))
    function = chunk(1, "f") + chunk(7, chunk(4, "Constant") + chunk(5, chunk(1, "value") + chunk(5, tensor)))
    head = {"weight": chunk(5, tensor), "constant": constant, "branch": branch, "function": b""}[place]
    graph = Graph("g")
    graph.input("x", "float32", (1,))
    graph.output("y", "float32", (1,))
    body = graph.encode()
    found = chunk(7, head + chunk(11, chunk(1, "x")) + chunk(12, chunk(1, "y")))
    return whole(1, 8) + found + (chunk(25, function) if place == "function" else b"") + body[:0]


@pytest.mark.parametrize("place", ["weight", "constant", "branch", "function"])
def test_weights_in_another_file_are_refused_wherever_they_are_named(place: str):
    with pytest.raises(BadOnnx) as refused:
        read_signature(memoryview(outside(place)))
    assert refused.value.code == "external_data"


def test_a_side_that_is_no_number_is_free():
    """Of another wire type it is a field that nobody knows, as the runtime takes it."""
    sides = chunk(1, chunk(1, b"")) + chunk(1, whole(1, 3))
    given = chunk(1, "x") + chunk(2, chunk(1, whole(1, 1) + chunk(2, sides)))
    found = read_signature(memoryview(whole(1, 8) + chunk(7, chunk(11, given) + chunk(12, given))))
    assert found.inputs[0].shape == (0, 3)


def test_a_written_file_runs():
    onnxruntime = pytest.importorskip("onnxruntime")
    runner = onnxruntime.InferenceSession(detector((32, 32, 20, 10, 1, 0.8)), providers=["CPUExecutionProvider"])
    (found,) = runner.run(["output0"], {"images": np.zeros((1, 3, 64, 64), dtype=np.float32)})
    assert found[0, 5, 0] == pytest.approx(0.8)
