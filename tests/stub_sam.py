"""Pairs of ONNX files with exactly the tensors of SAM, SAM 2 and EfficientSAM. They have learned nothing: the embedding is the colours of the
image in 64 × 64 cells, and the decoder takes the cells whose colour is like that at the points inside, not like that at the
points outside, and within the box."""

from __future__ import annotations

import numpy as np

from domain.inference.onnx.writing import Graph

SIDE, CELLS, LOW = 1024, 64, 256
LIKE = 1.75  # squared distance of normalised colours that is still alike: half-way between the colours of the test pictures
FAR = 1e6
PRODUCTS = 13  # of 268 million operations each

Files = tuple[bytes, bytes]


def sam(*, raw: bool = False, as_costly: bool = False) -> Files:
    """(encoder, decoder). `raw`: the encoder takes [H, W, 3] and normalises and pads by itself. `as_costly`: the decoder multiplies
    as often as SAM's own, to no effect."""
    graph = Graph("sam_encoder")
    if raw:
        graph.input("input_image", "float32", ("height", "width", 3))
        image = _normalised(graph)
    else:
        graph.input("input_image", "float32", (1, 3, SIDE, SIDE))
        image = "input_image"
    graph.output("image_embeddings", "float32", (1, 256, CELLS, CELLS))
    _colours(graph, image, "image_embeddings", channels=256, cell=16)
    return graph.encode(), _decoder("sam", as_costly=as_costly)


def sam2() -> Files:
    graph = Graph("sam2_encoder")
    graph.input("image", "float32", (1, 3, SIDE, SIDE))
    for name, channels, cells in (
        ("high_res_feats_0", 32, 256),
        ("high_res_feats_1", 64, 128),
        ("image_embed", 256, 64),
    ):
        graph.output(name, "float32", (1, channels, cells, cells))
        _colours(graph, "image", name, channels=channels, cell=SIDE // cells)
    return graph.encode(), _decoder("sam2")


def efficientsam(*, points: int | str = "num_points") -> Files:
    """`points`: of a question; free where it is a name."""
    graph = Graph("efficientsam_encoder")
    graph.input("batched_images", "float32", ("batch", 3, "height", "width"))
    graph.output("image_embeddings", "float32", ("batch", 256, CELLS, CELLS))
    graph.node("Resize", ["batched_images", "", "", _whole(graph, "field", 1, 3, SIDE, SIDE)], ["field_image"], mode="linear")  # fmt: skip
    graph.weight("mean", np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1))
    graph.weight("deviation", np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1))
    graph.node("Sub", ["field_image", "mean"], ["off"])
    graph.node("Div", ["off", "deviation"], ["scaled"])
    _colours(graph, "scaled", "image_embeddings", channels=256, cell=16)
    return graph.encode(), _efficientsam_decoder(points)


def _efficientsam_decoder(points: int | str) -> bytes:
    graph = Graph("efficientsam_decoder")
    graph.input("image_embeddings", "float32", ("batch", 256, CELLS, CELLS))
    graph.input("batched_point_coords", "float32", (1, 1, points, 2))
    graph.input("batched_point_labels", "float32", (1, 1, points))
    graph.input("orig_im_size", "int64", (2,))
    # points are in pixels of an image of orig_im_size (height, width); six of them count
    first, six = _whole(graph, "first", 0), _whole(graph, "six", 6)
    graph.node("Slice", ["batched_point_coords", first, six, _whole(graph, "axis_of_points", 2)], ["counted"])
    graph.node("Slice", ["batched_point_labels", first, six, _whole(graph, "axis_of_labels", 2)], ["counted_labels"])
    graph.node("Reshape", ["counted", _whole(graph, "as_points", 1, -1, 2)], ["in_image"])
    graph.node("Reshape", ["counted_labels", _whole(graph, "as_labels", 1, -1)], ["point_labels"])
    graph.node("Gather", ["orig_im_size", _whole(graph, "turned", 1, 0)], ["width_height"])
    graph.node("Cast", ["width_height"], ["image_size"], to=1)
    graph.node("Mul", ["in_image", _number(graph, "side", SIDE)], ["times_side"])
    graph.node("Div", ["times_side", "image_size"], ["point_coords"])
    logits = _flood(graph, "image_embeddings")
    graph.node("Resize", [logits, "", "", _whole(graph, "low_size", 1, 1, LOW, LOW)], ["low"], mode="linear")
    graph.node("Concat", [_whole(graph, "ones", 1, 1), "orig_im_size"], ["full"], axis=0)
    graph.node("Resize", ["low", "", "", "full"], ["large"], mode="linear")
    graph.node("Neg", ["large"], ["not_it"])
    graph.node("Concat", ["not_it", "large", "not_it"], ["three"], axis=1)
    graph.node("Unsqueeze", ["three", _whole(graph, "questions", 1)], ["output_masks"])
    graph.weight("scores", np.array([[[0.2, 0.9, 0.1]]], np.float32))
    graph.node("Identity", ["scores"], ["iou_predictions"])
    graph.output("output_masks", "float32", (1, 1, 3, "mask_height", "mask_width"))
    graph.output("iou_predictions", "float32", (1, 1, 3))
    return graph.encode()


def _whole(graph: Graph, name: str, *values: int) -> str:
    return graph.weight(name, np.array(values, np.int64))


def _number(graph: Graph, name: str, value: float) -> str:
    return graph.weight(name, np.array(value, np.float32))


def _normalised(graph: Graph) -> str:
    """[H, W, 3] as [1, 3, 1024, 1024]: SAM's mean and deviation taken off, empty on the right and below."""
    graph.weight("mean", np.array([123.675, 116.28, 103.53], np.float32))
    graph.weight("deviation", np.array([58.395, 57.12, 57.375], np.float32))
    graph.node("Sub", ["input_image", "mean"], ["off"])
    graph.node("Div", ["off", "deviation"], ["scaled"])
    graph.node("Transpose", ["scaled"], ["planes"], perm=[2, 0, 1])
    graph.node("Unsqueeze", ["planes", _whole(graph, "first", 0)], ["one"])
    graph.node("Shape", ["one"], ["shape"])
    graph.node("Sub", [_whole(graph, "field", 1, 3, SIDE, SIDE), "shape"], ["after"])
    graph.node("Concat", [_whole(graph, "before", 0, 0, 0, 0), "after"], ["pads"], axis=0)
    return graph.node("Pad", ["one", "pads"], ["padded"])


def _colours(graph: Graph, image: str, name: str, *, channels: int, cell: int) -> None:
    """Means of cells of `cell` pixels in the first three channels, nothing in the others."""
    graph.node("AveragePool", [image], [f"{name}_mean"], kernel_shape=[cell, cell], strides=[cell, cell])
    rest = graph.weight(f"{name}_rest", np.zeros((1, channels - 3, SIDE // cell, SIDE // cell), np.float32))
    graph.node("Concat", [f"{name}_mean", rest], [name], axis=1)


def _decoder(family: str, *, as_costly: bool = False) -> bytes:
    graph = Graph(f"{family}_decoder")
    if family == "sam":
        graph.input("image_embeddings", "float32", (1, 256, CELLS, CELLS))
    else:
        graph.input("image_embed", "float32", (1, 256, CELLS, CELLS))
        graph.input("high_res_feats_0", "float32", (1, 32, 256, 256))
        graph.input("high_res_feats_1", "float32", (1, 64, 128, 128))
    graph.input("point_coords", "float32", (1, "points", 2))
    graph.input("point_labels", "float32", (1, "points"))
    graph.input("mask_input", "float32", (1, 1, LOW, LOW))
    graph.input("has_mask_input", "float32", (1,))
    logits = _flood(graph, "image_embeddings" if family == "sam" else "image_embed")
    low = "low_res_masks" if family == "sam" else "masks"
    masks = 1 if family == "sam" else 3
    graph.node("Resize", [logits, "", "", _whole(graph, "low_size", 1, 1, LOW, LOW)], ["low"], mode="linear")
    graph.weight("scores", np.array([[0.9, 0.2, 0.1][:masks]], np.float32))
    scores = _multiplied(graph) if as_costly else "scores"
    graph.node("Identity", [scores], ["iou_predictions"])
    if family == "sam":
        graph.input("orig_im_size", "float32", (2,))
        graph.node("Identity", ["low"], [low])
        graph.node("Cast", ["orig_im_size"], ["orig"], to=7)
        graph.node("Concat", [_whole(graph, "ones", 1, 1), "orig"], ["full"], axis=0)
        graph.node("Resize", ["low", "", "", "full"], ["masks"], mode="linear")
        graph.output("masks", "float32", (1, 1, "height", "width"))
    else:
        graph.node("Neg", ["low"], ["turned"])
        graph.node("Concat", ["low", "turned", "turned"], [low], axis=1)
    graph.output("iou_predictions", "float32", (1, masks))
    graph.output(low, "float32", (1, masks, LOW, LOW))
    return graph.encode()


def _multiplied(graph: Graph) -> str:
    """The scores, after 3.5 thousand million operations: two layers over 4,096 cells of 256 channels with 4 products of 256 × 128 each,
    2 of the last attention, and 3 for the two steps that enlarge (Kirillov et al. 2023, the mask decoder)."""
    graph.node("Reshape", ["image_embeddings", _whole(graph, "tokens", CELLS * CELLS, 256)], ["dense"])
    graph.weight("product", np.full((256, 128), 1e-3, np.float32))
    parts = []
    for number in range(PRODUCTS):
        graph.node("Add", ["dense", _number(graph, f"more{number}", number)], [f"dense{number}"])
        graph.node("MatMul", [f"dense{number}", "product"], [f"made{number}"])
        parts.append(graph.node("ReduceMax", [f"made{number}"], [f"most{number}"], keepdims=0))
    graph.node("Min", parts, ["all_of_them"])
    graph.node("Clip", ["all_of_them", _number(graph, "none_least", 0), _number(graph, "none_most", 0)], ["nothing"])
    return graph.node("Add", ["scores", "nothing"], ["scores_after"])


def _flood(graph: Graph, embedding: str) -> str:
    """[1, 1, 64, 64] logits: above 0 in cells like a point inside, less like those outside, within the box."""
    graph.node("Slice", [embedding, _whole(graph, "c0", 0), _whole(graph, "c3", 3), _whole(graph, "axis1", 1)], ["rgb"])
    graph.node("Reshape", ["rgb", _whole(graph, "cells", 3, CELLS * CELLS, 1)], ["each"])
    # the cell of each point
    graph.node("Div", ["point_coords", _number(graph, "cell", 16)], ["in_cells"])
    graph.node("Floor", ["in_cells"], ["floored"])
    graph.node("Clip", ["floored", _number(graph, "least", 0), _number(graph, "most", CELLS - 1)], ["clipped"])
    graph.weight("pitch", np.array([1.0, CELLS], np.float32))
    graph.node("Mul", ["clipped", "pitch"], ["steps"])
    graph.node("ReduceSum", ["steps", _whole(graph, "last", 2)], ["place"], keepdims=0)
    graph.node("Cast", ["place"], ["index"], to=7)
    graph.node("Reshape", ["index", _whole(graph, "flat", -1)], ["number"])
    graph.node("Gather", ["each", "number"], ["at_points"], axis=1)  # [3, N, 1]
    graph.node("Transpose", ["at_points"], ["wanted"], perm=[0, 2, 1])
    graph.node("Sub", ["each", "wanted"], ["off_by"])
    graph.node("Mul", ["off_by", "off_by"], ["squared"])
    graph.node("ReduceSum", ["squared", _whole(graph, "planes0", 0)], ["unlike"], keepdims=0)  # [cells, N]
    nearest = {one: _nearest(graph, label) for one, label in (("inside", 1.0), ("outside", 0.0))}
    graph.node("Sub", [_number(graph, "like", LIKE), nearest["inside"]], ["by_likeness"])
    graph.node("Sub", [nearest["outside"], nearest["inside"]], ["by_contrast"])
    graph.node("Min", ["by_likeness", "by_contrast"], ["said"])
    boxed = _within_box(graph)
    # without a point inside, all of the box is it
    graph.node("Max", ["said", _number(graph, "all_of_it", -FAR)], ["floor_of_it"])
    graph.node("Greater", [nearest["inside"], _number(graph, "nobody", FAR / 2)], ["no_point"])
    graph.node("Where", ["no_point", _number(graph, "in_box", 1), "floor_of_it"], ["points_said"])
    graph.node("Min", ["points_said", boxed], ["flat_logits"])
    graph.node("Clip", ["flat_logits", _number(graph, "lowest", -32), _number(graph, "highest", 32)], ["clamped"])
    return graph.node("Reshape", ["clamped", _whole(graph, "field_shape", 1, 1, CELLS, CELLS)], ["logits"])


def _nearest(graph: Graph, label: float) -> str:
    """[cells] squared distance to the most like of the points with a label; far where there is none."""
    name = f"of_{int(label)}"
    graph.node("Equal", ["point_labels", _number(graph, f"{name}_label", label)], [f"{name}_is"])
    graph.node("Where", [f"{name}_is", _number(graph, f"{name}_near", 0), _number(graph, f"{name}_far", FAR)], [f"{name}_pay"])  # fmt: skip
    graph.node("Add", ["unlike", f"{name}_pay"], [f"{name}_all"])
    return graph.node("ReduceMin", [f"{name}_all"], [f"{name}_least"], axes=[1], keepdims=0)


def _within_box(graph: Graph) -> str:
    """[cells] above 0 in the box of the points labelled 2 and 3, everywhere where there is none."""
    middles = (np.arange(CELLS, dtype=np.float32) + 0.5) * 16
    graph.weight("middle_x", np.tile(middles, CELLS))
    graph.weight("middle_y", np.repeat(middles, CELLS))
    sides = []
    for axis, middle in ((0, "middle_x"), (1, "middle_y")):
        graph.node("Gather", ["point_coords", _whole(graph, f"axis_{axis}", axis)], [f"along_{axis}"], axis=2)
        graph.node("Reshape", [f"along_{axis}", _whole(graph, f"row_{axis}", 1, -1)], [f"side_{axis}"])
        for label, empty, kind in ((2, -FAR, "ReduceMax"), (3, FAR, "ReduceMin")):
            name = f"box_{axis}_{label}"
            graph.node("Equal", ["point_labels", _number(graph, f"{name}_label", label)], [f"{name}_is"])
            graph.node("Where", [f"{name}_is", f"side_{axis}", _number(graph, f"{name}_none", empty)], [f"{name}_at"])
            edge = graph.node(kind, [f"{name}_at"], [f"{name}_edge"], axes=[1], keepdims=0)
            order = [middle, edge] if label == 2 else [edge, middle]
            sides.append(graph.node("Sub", order, [f"{name}_inside"]))
    return graph.node("Min", sides, ["within"])
