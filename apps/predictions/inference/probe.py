"""`python -m apps.predictions.inference.probe`: load and try one model file, in a process with limits.

Reads `{"path", "labels", "given", "role", "bytes", "seconds"}` from standard input; writes `{"signature", "spec"}` or
`{"code", "detail"}`. Django is not loaded, so that a file that breaks the runtime breaks nothing else.
"""

from __future__ import annotations

import json
import mmap
import resource
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from domain.inference import Signature, Tensor, UnfitModel
from domain.inference.names import spec_with
from domain.inference.onnx import BadOnnx, read_signature
from domain.inference.registry import recognise

_DTYPES = {"float": "float32", "double": "float64"}


def main() -> None:
    asked = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (asked["bytes"], asked["bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written
    try:
        said: dict[str, Any] = probe(asked)
    except BadOnnx as error:
        said = {"code": error.code, "detail": error.detail}
    except UnfitModel as error:
        said = {"code": error.code, "detail": error.detail}
    except MemoryError:
        said = {"code": "out_of_memory", "detail": "The model needs more memory than a check may take."}
    print(json.dumps(said))


def probe(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Raises BadOnnx, UnfitModel, MemoryError."""
    with open(asked["path"], "rb") as file:
        if not file.read(1):
            raise BadOnnx("not_onnx", "The file is empty.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            written = read_signature(view)
    runner = _loaded(asked["path"])
    signature = Signature(
        [_tensor(one) for one in runner.get_inputs()],
        [_tensor(one) for one in runner.get_outputs()],
        written.metadata,
    )
    adapter, spec = recognise(signature, asked["labels"], role=asked["role"])
    spec = spec_with(spec, asked["given"])
    names = [one.name for one in signature.outputs]
    try:
        outputs = dict(zip(names, runner.run(names, adapter.trial(spec)), strict=True))
    except MemoryError:
        raise
    except Exception as error:
        if "bad_alloc" in str(error) or "allocate" in str(error).lower():
            raise MemoryError from error
        raise UnfitModel(f"The model does not run: {_one_line(error)}", "run_failed") from error
    adapter.tried(outputs, spec)
    return {"signature": msgspec.to_builtins(signature), "spec": msgspec.to_builtins(spec)}


def _loaded(path: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UnfitModel("onnxruntime is not installed here.", "runtime_missing") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        if "bad_alloc" in str(error):
            raise MemoryError from error
        raise UnfitModel(f"The model cannot be loaded: {_one_line(error)}", "load_failed") from error


def _tensor(found: Any) -> Tensor:
    kind = found.type.removeprefix("tensor(").removesuffix(")")
    sides = tuple(side if isinstance(side, int) and side > 0 else 0 for side in found.shape)
    return Tensor(found.name, _DTYPES.get(kind, kind), sides)


def _one_line(error: BaseException) -> str:
    words = " ".join(str(error).split()).split(" ")
    return " ".join(word if not word.startswith("/") else "…" for word in words)[:300]


if __name__ == "__main__":
    main()
