"""`python -m tools.tfjs_to_onnx MODEL.json OUT.onnx NAME`: a TensorFlow.js graph model as an ONNX file.

As much of the two formats as the detector of the demo needs. Images go through convolutions with their channels first, as
onnxruntime is quick at; what takes them apart gets them with the channels last again, as TensorFlow wrote it.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from domain.inference.onnx import Graph

OPSET = 18
Array = np.ndarray[Any, Any]
# What the metadata of the demo's detector say, which its tensors do not.
COCO = """
    person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign parking_meter bench
    bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard
    sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup fork knife spoon
    bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair couch potted_plant bed dining_table
    toilet tv laptop mouse remote keyboard cell_phone microwave oven toaster sink refrigerator book clock vase scissors
    teddy_bear hair_drier toothbrush
""".split()  # noqa: SIM905 - a list literal of 80 words is a page


class Converting:
    """One model on its way."""

    def __init__(self, model: dict[str, Any], weights: dict[str, Array]) -> None:
        self.nodes = {one["name"]: one for one in model["modelTopology"]["node"]}
        self.weights = weights
        self.graph = Graph("detector", opset=OPSET)
        self.first: set[str] = set()  # names of tensors whose channels stand first
        self.made: set[str] = set()

    def run(self, input_name: str, output_name: str) -> None:
        shape = [int(one["size"]) for one in self.nodes[input_name]["attr"]["shape"]["shape"]["dim"]]
        self.graph.input("images", "float32", shape)
        self.graph.node("Transpose", ["images"], [input_name], perm=[0, 3, 1, 2])
        self.first.add(input_name)
        self.made.add(input_name)
        for name in self._order(output_name):
            node = self.nodes[name]
            _KINDS[node["op"]](self, node)
            self.made.add(name)
        self.graph.node("Identity", [output_name], ["detections"])
        self.graph.output("detections", "float32", [1, 100, 6])

    def _order(self, last: str) -> Iterator[str]:
        """Names of the nodes that `last` needs and itself, each after those that it needs."""
        seen: set[str] = set()
        waiting = [(last, False)]
        while waiting:
            name, ready = waiting.pop()
            if ready:
                yield name
            elif name not in seen and name not in self.made and name not in self.weights:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(one.split(":")[0], False) for one in self.nodes[name].get("input", [])]

    def value(self, name: str) -> Array:
        """A constant's numbers. Raises KeyError: it is none."""
        return self.weights[name]

    def constant(self, name: str, array: Array) -> str:
        if name not in self.made:
            self.made.add(name)
            self.graph.weight(name, np.ascontiguousarray(array))
        return name

    def fed(self, node: dict[str, Any], like_images: bool | None = None) -> list[str]:
        """Names of a node's inputs; constants are put in so that they fit images whose channels stand first."""
        images = any(self.is_first(one) for one in node["input"]) if like_images is None else like_images
        return [self._one(one, images) for one in node["input"]]

    def _one(self, name: str, images: bool) -> str:
        if name not in self.weights:
            return name
        array = self.value(name)
        if images and array.ndim == 1 and array.size > 1:
            return self.constant(f"{name}|channels", array.reshape(1, -1, 1, 1))
        return self.constant(name, array)

    def is_first(self, name: str) -> bool:
        return name in self.first

    def last(self, name: str) -> str:
        """The tensor with its channels last."""
        if not self.is_first(name):
            return name
        turned = f"{name}|last"
        if turned not in self.made:
            self.made.add(turned)
            self.graph.node("Transpose", [name], [turned], perm=[0, 2, 3, 1])
        return turned

    def add(self, kind: str, inputs: list[str], node: dict[str, Any], *, first: bool, **attributes: Any) -> None:
        self.graph.node(kind, inputs, [node["name"]], **attributes)
        if first:
            self.first.add(node["name"])


def _text(node: dict[str, Any], name: str) -> str:
    return base64.b64decode(node["attr"][name]["s"]).decode()


def _fused(node: dict[str, Any]) -> list[str]:
    found = node["attr"].get("fused_ops", {}).get("list", {}).get("s", [])
    return [base64.b64decode(one).decode() for one in found]


def _sides(node: dict[str, Any], name: str) -> list[int]:
    return [int(one) for one in node["attr"][name]["list"]["i"][1:3]]


def _convolution(c: Converting, node: dict[str, Any]) -> None:
    x, kernel_name, *bias = node["input"]
    kernel = c.value(kernel_name)
    height, width, groups, _ = kernel.shape
    depthwise = "Depthwise" in node["op"]
    turned = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, height, width) if depthwise else kernel.transpose(3, 2, 0, 1)
    inputs = [x, c.constant(f"{kernel_name}|kernel", turned)]
    inputs += [c.constant(one, c.value(one)) for one in bias]
    fused = _fused(node)
    out = node["name"]
    straight = "Relu" not in fused and "Relu6" not in fused
    same = "SAME_UPPER" if _text(node, "padding") == "SAME" else "VALID"
    c.graph.node(
        "Conv",
        inputs,
        [out if straight else f"{out}|sum"],
        strides=_sides(node, "strides"),
        auto_pad=same,
        group=groups if depthwise else 1,
        kernel_shape=[height, width],
    )
    if "Relu" in fused:
        c.graph.node("Relu", [f"{out}|sum"], [out])
    elif not straight:
        _clip(c, f"{out}|sum", out)
    c.first.add(out)


def _clip(c: Converting, x: str, out: str) -> None:
    low, high = c.constant("|0", np.float32(0).reshape(())), c.constant("|6", np.float32(6).reshape(()))
    c.graph.node("Clip", [x, low, high], [out])


def _relu6(c: Converting, node: dict[str, Any]) -> None:
    _clip(c, node["input"][0], node["name"])
    if c.is_first(node["input"][0]):
        c.first.add(node["name"])


def _pool(c: Converting, node: dict[str, Any]) -> None:
    strides, kernel = _sides(node, "strides"), _sides(node, "ksize")
    c.add("MaxPool", node["input"], node, first=True, strides=strides, kernel_shape=kernel, auto_pad="SAME_UPPER")


def _mean(c: Converting, node: dict[str, Any]) -> None:
    x, axes = node["input"]
    if not c.is_first(x) or sorted(c.value(axes).tolist()) != [1, 2]:
        raise NotImplementedError("a mean over anything but the picture")
    c.add("ReduceMean", [x, c.constant("|2,3", np.array([2, 3]))], node, first=True, keepdims=1)


def _resize(c: Converting, node: dict[str, Any]) -> None:
    x, size = node["input"]
    sizes = c.constant(f"{size}|size", c.value(size))
    c.add(
        "Resize", [x, "", "", sizes], node, first=True, mode="linear", coordinate_transformation_mode="asymmetric", axes=[2, 3]
    )  # fmt: skip


def _join(c: Converting, node: dict[str, Any]) -> None:
    *parts, axis = node["input"]
    first = all(c.is_first(one) for one in parts)
    at = int(c.value(axis))
    if first and at != 3:
        raise NotImplementedError("joining pictures other than by their channels")
    c.add("Concat", [one if first else c.last(one) for one in parts], node, first=first, axis=1 if first else at)


def _reshape(c: Converting, node: dict[str, Any]) -> None:
    x, shape = node["input"]
    c.add("Reshape", [c.last(x), c.constant(shape, c.value(shape))], node, first=False)


def _top(c: Converting, node: dict[str, Any]) -> None:
    x, k = node["input"]
    count = c.constant(f"{k}|list", c.value(k).reshape(1))
    c.graph.node("TopK", [x, count], [node["name"], f"{node['name']}:1"], axis=-1, largest=1, sorted=1)


def _unsqueeze(c: Converting, node: dict[str, Any]) -> None:
    x, axis = node["input"]
    c.add("Unsqueeze", [x, c.constant(f"{axis}|list", c.value(axis).reshape(1))], node, first=False)


def _gather(c: Converting, node: dict[str, Any]) -> None:
    x, where, axis = node["input"]
    c.add("Gather", [c.last(x), where], node, first=False, axis=int(c.value(axis)))


def _slice(c: Converting, node: dict[str, Any]) -> None:
    x, begin, end, step = node["input"]
    masks = {name: int(node["attr"][name]["i"]) for name in ("begin_mask", "end_mask")}
    if any(int(node["attr"][name]["i"]) for name in ("shrink_axis_mask", "new_axis_mask", "ellipsis_mask")):
        raise NotImplementedError("a slice that takes a side away")
    axes = [axis for axis in range(len(c.value(begin))) if not (masks["begin_mask"] | masks["end_mask"]) >> axis & 1]
    parts = [c.constant(f"{one}|{axes}", c.value(one)[axes]) for one in (begin, end)]
    parts += [c.constant(f"|axes{axes}", np.array(axes)), c.constant(f"{step}|{axes}", c.value(step)[axes])]
    c.add("Slice", [c.last(x), *parts], node, first=False)


def _cast(c: Converting, node: dict[str, Any]) -> None:
    x = node["input"][0]
    to = {"DT_FLOAT": 1, "DT_INT32": 7, "DT_INT64": 7}[node["attr"]["DstT"]["type"]]
    c.add("Cast", [x], node, first=c.is_first(x), to=to)


def _plain(kind: str) -> Callable[[Converting, dict[str, Any]], None]:
    """An operator by elements, the same in both."""

    def convert(c: Converting, node: dict[str, Any]) -> None:
        first = any(c.is_first(one) for one in node["input"])
        c.add(kind, c.fed(node, first), node, first=first)

    return convert


_KINDS: dict[str, Callable[[Converting, dict[str, Any]], None]] = {
    "_FusedConv2D": _convolution,
    "Conv2D": _convolution,
    "FusedDepthwiseConv2dNative": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "Relu6": _relu6,
    "MaxPool": _pool,
    "Mean": _mean,
    "ResizeBilinear": _resize,
    "ConcatV2": _join,
    "Reshape": _reshape,
    "TopKV2": _top,
    "ExpandDims": _unsqueeze,
    "GatherV2": _gather,
    "StridedSlice": _slice,
    "Cast": _cast,
    "FloorDiv": _plain("Div"),  # of whole numbers that are not negative
    "FloorMod": _plain("Mod"),
    **{name: _plain(name) for name in ("Add", "Sub", "Mul", "Relu", "Sigmoid", "Identity", "Equal")},
}


def weights_of(model: dict[str, Any], folder: Path) -> dict[str, Array]:
    """{name: numbers}: float32 (also what is stored in 16 bits), and int64 for whole numbers."""
    (group,) = model["weightsManifest"]
    data = b"".join((folder / path).read_bytes() for path in group["paths"])
    found: dict[str, Array] = {}
    at = 0
    for one in group["weights"]:
        stored = np.dtype(one.get("quantization", {}).get("dtype", one["dtype"]))
        count = int(np.prod(one["shape"])) if one["shape"] else 1
        raw = np.frombuffer(data, dtype=stored.newbyteorder("<"), count=count, offset=at).reshape(one["shape"])
        found[one["name"]] = raw.astype(np.int64 if one["dtype"] == "int32" else np.float32)
        at += count * stored.itemsize
    if at != len(data):
        raise ValueError(f"the weights are {len(data)} bytes, {at} are listed")
    return found


def convert(source: Path) -> bytes:
    """The ONNX file of the demo's detector."""
    model = json.loads(source.read_bytes())
    converting = Converting(model, weights_of(model, source.parent))
    converting.run("tower_0/images", "tower_0/detections")
    said = {"fit": "letterbox", "normalise": "none"}
    names = {place: name.replace("_", " ") for place, name in enumerate(COCO)}
    return converting.graph.encode(metadata={"names": json.dumps(names), "labelwright": json.dumps(said)})


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(convert(Path(sys.argv[1])))
