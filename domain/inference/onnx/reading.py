"""What an ONNX file says of itself: tensors, metadata, and whether it wants files beside it. Weights are not read.

Field numbers are those of onnx.proto (github.com/onnx/onnx, Apache 2.0).
"""

from __future__ import annotations

from typing import Final

from domain.inference.signature import Signature, Tensor
from domain.protobuf import BadWire, fields, signed

# TensorProto.DataType
DTYPES: Final = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64",
}  # fmt: skip
_DEEPEST = 16  # graphs within graphs
_MOST_METADATA = 1 << 20  # bytes
_MODEL_IR, _MODEL_GRAPH, _MODEL_METADATA, _MODEL_TRAINING, _MODEL_FUNCTIONS = 1, 7, 14, 20, 25
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_SPARSE = 1, 5, 11, 12, 15
_TENSOR_NAME, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 8, 13, 14
_NODE_ATTRIBUTE, _FUNCTION_NODE = 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_ATTRIBUTE_SPARSE, _ATTRIBUTE_SPARSES = 22, 23


class BadOnnx(ValueError):
    """No ONNX file that we run; `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def read_signature(data: memoryview) -> Signature:
    """Inputs (without weights), outputs and metadata of a file.

    Raises:
        BadOnnx: not_onnx; external_data: a tensor lies in another file, which nobody checked by hash.
    """
    try:
        return _model(data)
    except (BadWire, UnicodeDecodeError) as error:
        raise BadOnnx("not_onnx", f"The file is no ONNX model: {error}.") from error


def _model(data: memoryview) -> Signature:
    graph: memoryview | None = None
    metadata: dict[str, str] = {}
    version = 0
    for number, _, value in fields(data):
        if isinstance(value, int):
            version = value if number == _MODEL_IR else version
        elif number == _MODEL_GRAPH:
            graph = value
        elif number == _MODEL_METADATA and len(value) < _MOST_METADATA:
            texts = {n: bytes(v).decode() for n, _, v in fields(value) if not isinstance(v, int)}
            metadata[texts.get(1, "")] = texts.get(2, "")
        elif number in (_MODEL_TRAINING, _MODEL_FUNCTIONS):
            _beside(number, value)
    if graph is None or not version:
        raise BadOnnx("not_onnx", "The file is no ONNX model: it has no graph.")
    return _graph(graph, metadata)


def _beside(number: int, data: memoryview) -> None:
    """What may name files beside the graph: two graphs of a training, and the nodes of functions."""
    for part, _, value in fields(data):
        if isinstance(value, int):
            continue
        if number == _MODEL_TRAINING and part in (1, 2):
            _inner_graph(value, 0)
        elif number == _MODEL_FUNCTIONS and part == _FUNCTION_NODE:
            _node(value, 0)


def _graph(data: memoryview, metadata: dict[str, str]) -> Signature:
    inputs: list[Tensor] = []
    outputs: list[Tensor] = []
    weights: set[str] = set()
    for number, _, value in fields(data):
        if isinstance(value, int):
            continue
        if number == _GRAPH_INITIALIZER:
            weights.add(_tensor_name(value))
        elif number == _GRAPH_NODE:
            _node(value, 0)
        elif number == _GRAPH_SPARSE:
            _sparse(value)
        elif number in (_GRAPH_INPUT, _GRAPH_OUTPUT):
            (inputs if number == _GRAPH_INPUT else outputs).append(_value_info(value))
    inputs = [one for one in inputs if one.name not in weights]  # old exporters list weights among the inputs
    if not inputs or not outputs:
        raise BadOnnx("not_onnx", "The model has no input or no output.")
    return Signature(inputs, outputs, metadata)


def _tensor_name(data: memoryview) -> str:
    """Raises BadOnnx where its numbers lie in another file."""
    name = ""
    for number, _, value in fields(data):
        if number == _TENSOR_NAME and not isinstance(value, int):
            name = bytes(value).decode()
        elif number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value == 1):
            raise BadOnnx(
                "external_data",
                "The model keeps its weights in a file beside it. Export it as one file "
                "(onnx.save_model(…, save_as_external_data=False)).",
            )
    return name


def _sparse(data: memoryview) -> None:
    for number, _, value in fields(data):
        if number in (1, 2) and not isinstance(value, int):
            _tensor_name(value)


def _node(data: memoryview, depth: int) -> None:
    """Tensors and graphs in the attributes of a node, which can name files too."""
    if depth > _DEEPEST:
        raise BadOnnx("not_onnx", "The model has graphs within graphs without end.")
    for number, _, value in fields(data):
        if number != _NODE_ATTRIBUTE or isinstance(value, int):
            continue
        for part, _, inner in fields(value):
            if isinstance(inner, int):
                continue
            if part in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
                _tensor_name(inner)
            elif part in (_ATTRIBUTE_SPARSE, _ATTRIBUTE_SPARSES):
                _sparse(inner)
            elif part in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                _inner_graph(inner, depth + 1)


def _inner_graph(data: memoryview, depth: int) -> None:
    """The graph of a branch or a loop."""
    for number, _, value in fields(data):
        if isinstance(value, int):
            continue
        if number == _GRAPH_INITIALIZER:
            _tensor_name(value)
        elif number == _GRAPH_NODE:
            _node(value, depth)
        elif number == _GRAPH_SPARSE:
            _sparse(value)


def _value_info(data: memoryview) -> Tensor:
    name, dtype, shape = "", "", tuple[int, ...]()
    for number, _, value in fields(data):
        if isinstance(value, int):
            continue
        if number == 1:
            name = bytes(value).decode()
        elif number == 2:
            for kind, _, inner in fields(value):  # TypeProto
                if kind == 1 and not isinstance(inner, int):
                    dtype, shape = _tensor_type(inner)
    return Tensor(name, dtype, shape)


def _tensor_type(data: memoryview) -> tuple[str, tuple[int, ...]]:
    dtype, shape = "", list[int]()
    for number, _, value in fields(data):
        if number == 1 and isinstance(value, int):
            dtype = DTYPES.get(value, f"type {value}")
        elif number == 2 and not isinstance(value, int):
            for part, _, dimension in fields(value):
                if part == 1 and not isinstance(dimension, int):
                    side = next((signed(v) for n, _, v in fields(dimension) if n == 1 and isinstance(v, int)), 0)
                    shape.append(max(0, side))
    return dtype, tuple(shape)
