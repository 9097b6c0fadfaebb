"""Named arrays as one run of bytes, in the layout of safetensors: eight bytes of length, a JSON head, the numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NAMES = {"F16": "float16", "F32": "float32"}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_MOST_HEAD = 1 << 20  # bytes


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays of half or single precision; the same arrays give the same bytes."""
    head: dict[str, Any] = {}
    parts: list[bytes] = []
    at = 0
    for name, array in sorted(arrays.items()):
        data = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False).tobytes()
        head[name] = {
            "dtype": _KINDS[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [at, at + len(data)],
        }
        parts.append(data)
        at += len(data)
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def unpacked(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of `packed`.

    Raises:
        ValueError: the bytes are none of ours, or not all of them.
    """
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(_MOST_HEAD, len(data) - 8):
        raise ValueError("these bytes are no tensors")
    found: dict[str, NDArray[Any]] = {}
    body = memoryview(data)[8 + length :]
    for name, told in json.loads(data[8 : 8 + length]).items():
        first, last = told["data_offsets"]
        kind = np.dtype(_NAMES[told["dtype"]]).newbyteorder("<")
        found[name] = np.frombuffer(body[first:last], kind).reshape(told["shape"])
    return found
