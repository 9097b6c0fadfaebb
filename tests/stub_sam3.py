"""Files with the tensors of SAM 3, in both of its exports, but 8 channels a field instead of 256. They have learned nothing: what is found are the cells whose colour
is like that in the middle of the first box, those of the left half of the image as one instance and those of the right half as
another. With words, whatever they are, what is red is found."""

from __future__ import annotations

import gzip
from itertools import product
from typing import Literal

import numpy as np

from domain.inference.onnx.writing import Graph
from domain.inference.words import MERGES

Export = Literal["masks", "heads"]  # of February 2026, of August 2026
SIDE, CELLS, CHANNELS = 1008, 72, 8
LEVELS = (288, 144, 72)
LIKE = 0.37  # squared distance of colours from -1 to 1 that is still alike
FAR = 1e6
RED = (0.57, -0.76, -0.76)  # (200, 30, 30)
VISUAL = 7195.0  # the token of "visual"
PLACES = 8  # for boxes, of the later export


def encoder() -> bytes:
    graph = Graph("sam3_image_encoder", opset=18)
    graph.input("image", "uint8", (3, SIDE, SIDE))
    graph.node("Cast", ["image"], ["numbers"], to=1)
    graph.weight("half", np.array(127.5, np.float32))
    graph.weight("one", np.array(1, np.float32))
    graph.node("Div", ["numbers", "half"], ["to_two"])
    graph.node("Sub", ["to_two", "one"], ["normal"])
    graph.node("Unsqueeze", ["normal", _whole(graph, "first", 0)], ["images"])
    graph.node("AveragePool", ["images"], ["means"], kernel_shape=[14, 14], strides=[14, 14])
    graph.node("ConstantOfShape", [_whole(graph, "rest_shape", 1, CHANNELS - 3, CELLS, CELLS)], ["rest"])
    for level, cells in enumerate(LEVELS):
        shape = _whole(graph, f"shape_{level}", 1, CHANNELS, cells, cells)
        graph.node("ConstantOfShape", [shape], [f"vision_pos_enc_{level}"])
        if cells == CELLS:
            graph.node("Concat", ["means", "rest"], [f"backbone_fpn_{level}"], axis=1)
        else:
            graph.node("ConstantOfShape", [shape], [f"backbone_fpn_{level}"])
    for kind, level in product(("vision_pos_enc", "backbone_fpn"), range(3)):
        graph.output(f"{kind}_{level}", "float32", (1, CHANNELS, LEVELS[level], LEVELS[level]))
    return graph.encode()


def language() -> bytes:
    graph = Graph("sam3_language_encoder", opset=18)
    graph.input("tokens", "int64", (1, 32))
    graph.node("Equal", ["tokens", _whole(graph, "none", 0)], ["text_attention_mask"])
    graph.node("Cast", ["tokens"], ["numbers"], to=1)
    graph.node("Reshape", ["numbers", _whole(graph, "sequence", 32, 1, 1)], ["each"])
    for name, channels in (("text_memory", 256), ("text_embeds", 1024)):
        graph.node("Expand", ["each", _whole(graph, f"{name}_shape", 32, 1, channels)], [name])
        graph.output(name, "float32", (32, 1, channels))
    graph.output("text_attention_mask", "bool", (1, 32))
    return graph.encode()


def decoder(export: Export) -> bytes:
    graph = Graph(f"sam3_decoder_{export}", opset=18)
    if export == "masks":
        graph.input("original_height", "int64", ())
        graph.input("original_width", "int64", ())
    levels = range(3) if export == "masks" else (2,)  # what a simplifier left
    for level in levels:
        graph.input(f"backbone_fpn_{level}", "float32", (1, CHANNELS, LEVELS[level], LEVELS[level]))
    graph.input("vision_pos_enc_2", "float32", (1, CHANNELS, CELLS, CELLS))
    graph.input("language_mask", "bool", (1, 32))
    graph.input("language_features", "float32", (32, 1, 256))
    if export == "masks":
        graph.input("language_embeds", "float32", (32, 1, 1024))
    places = 1 if export == "masks" else PLACES
    graph.input("box_coords", "float32", (places, 1, 4))
    graph.input("box_labels", "int64", (places, 1))
    graph.input("box_masks", "bool", (1, places))
    halves, scores = _halves(graph), _scores(graph)  # [2, 1, 72, 72] and the score of both
    (_as_masks if export == "masks" else _as_heads)(graph, halves, scores)
    return graph.encode()


def vocabulary() -> bytes:
    """As many merges as CLIP's; the first make the word "red" one token."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = [("r", "e"), ("re", "d</w>")]
    made += [("".join(word), f"{last}</w>") for *word, last in product(letters, repeat=4)][: MERGES - len(made)]
    return gzip.compress(("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in made) + "\n").encode(), mtime=0)


def _whole(graph: Graph, name: str, *values: int) -> str:
    return graph.weight(name, np.array(values, np.int64))


def _number(graph: Graph, name: str, *values: float) -> str:
    return graph.weight(name, np.array(values, np.float32))


def _halves(graph: Graph) -> str:
    graph.node("Slice", ["backbone_fpn_2", _whole(graph, "c0", 0), _whole(graph, "c3", 3), _whole(graph, "axis1", 1)], ["rgb"])  # fmt: skip
    graph.node("Reshape", ["rgb", _whole(graph, "cells", 3, CELLS * CELLS)], ["each"])
    graph.node("Slice", ["box_coords", _whole(graph, "b0", 0), _whole(graph, "b1", 1), _whole(graph, "axis0", 0)], ["first_box"])  # fmt: skip
    graph.node("Slice", ["first_box", _whole(graph, "m0", 0), _whole(graph, "m2", 2), _whole(graph, "axis2", 2)], ["middle"])  # fmt: skip
    graph.node("Mul", ["middle", _number(graph, "across", CELLS)], ["in_cells"])
    graph.node("Floor", ["in_cells"], ["floored"])
    graph.node("Mul", ["floored", _number(graph, "pitch", 1, CELLS)], ["steps"])
    graph.node("ReduceSum", ["steps"], ["place"], keepdims=0)
    graph.node("Cast", ["place"], ["index"], to=7)
    graph.node("Reshape", ["index", _whole(graph, "flat", 1)], ["number"])
    graph.node("Gather", ["each", "number"], ["shown"], axis=1)  # [3, 1]
    graph.weight("red", np.array(RED, np.float32).reshape(3, 1))
    graph.node("Where", [_visual(graph), "shown", "red"], ["wanted"])
    graph.node("Sub", ["each", "wanted"], ["off_by"])
    graph.node("Mul", ["off_by", "off_by"], ["squared"])
    graph.node("ReduceSum", ["squared", _whole(graph, "planes", 0)], ["unlike"], keepdims=0)
    graph.node("Sub", [_number(graph, "like", LIKE), "unlike"], ["likeness"])
    graph.node("Reshape", ["likeness", _whole(graph, "field", 1, 1, CELLS, CELLS)], ["one_field"])
    sides = np.full((2, 1, CELLS, CELLS), FAR, np.float32)
    sides[0, :, :, CELLS // 2 :] = sides[1, :, :, : CELLS // 2] = -FAR
    graph.weight("sides", sides)
    return graph.node("Min", ["one_field", "sides"], ["halves"])


def _visual(graph: Graph) -> str:
    graph.node("Slice", ["language_features", _whole(graph, "t1", 1), _whole(graph, "t2", 2), _whole(graph, "axis_t", 0)], ["word"])  # fmt: skip
    graph.node("ReduceMax", ["word"], ["token"], keepdims=0)
    return graph.node("Equal", ["token", graph.weight("visual", np.array(VISUAL, np.float32))], ["only_boxes"])


def _scores(graph: Graph) -> str:
    """One more for "only boxes" than for words, so that a test sees which of them answered."""
    return graph.node("Where", ["only_boxes", _number(graph, "by_box", 0.9), _number(graph, "by_words", 0.8)], ["sure"])


def _as_masks(graph: Graph, halves: str, sure: str) -> None:
    graph.node("Unsqueeze", ["original_height", _whole(graph, "v0", 0)], ["height_1"])
    graph.node("Unsqueeze", ["original_width", _whole(graph, "v1", 0)], ["width_1"])
    graph.node("Concat", [_whole(graph, "two_one", 2, 1), "height_1", "width_1"], ["full"], axis=0)
    graph.node("Resize", [halves, "", "", "full"], ["large"], mode="linear")
    graph.node("Greater", ["large", _number(graph, "nought", 0)], ["masks"])
    graph.node("Concat", ["width_1", "height_1", "width_1", "height_1"], ["size"], axis=0)
    graph.node("Cast", ["size"], ["size_numbers"], to=1)
    graph.weight("parts", np.array([[0, 0, 0.5, 1], [0.5, 0, 1, 1]], np.float32))
    graph.node("Mul", ["parts", "size_numbers"], ["boxes"])
    graph.node("Expand", [sure, _whole(graph, "two", 2)], ["scores"])
    graph.output("boxes", "float32", ("found", 4))
    graph.output("scores", "float32", ("found",))
    graph.output("masks", "bool", ("found", 1, "height", "width"))


def _as_heads(graph: Graph, halves: str, sure: str) -> None:
    graph.node("Resize", [halves, "", "", _whole(graph, "large", 2, 1, 288, 288)], ["fine"], mode="linear")
    graph.node("Reshape", ["fine", _whole(graph, "queries", 1, 2, 288, 288)], ["two_masks"])
    graph.weight("third", np.full((1, 1, 288, 288), 9, np.float32))  # all of the image, and most unlikely
    graph.node("Concat", ["two_masks", "third"], ["pred_masks"], axis=1)
    graph.weight("boxes", np.array([[[0.25, 0.5, 0.5, 1], [0.75, 0.5, 0.5, 1], [0.5, 0.5, 1, 1]]], np.float32))
    graph.node("Identity", ["boxes"], ["pred_boxes"])
    graph.node("Sub", [_number(graph, "whole", 1), sure], ["unsure"])
    graph.node("Div", [sure, "unsure"], ["odds"])
    graph.node("Log", ["odds"], ["logit"])
    graph.node("Concat", ["logit", "logit", _number(graph, "never", -9)], ["logits"], axis=0)
    graph.node("Reshape", ["logits", _whole(graph, "as_queries", 1, 3, 1)], ["pred_logits"])
    graph.weight("present", np.array([[20]], np.float32))
    graph.node("Identity", ["present"], ["presence_logit_dec"])
    graph.output("pred_boxes", "float32", (1, 3, 4))
    graph.output("pred_logits", "float32", (1, 3, 1))
    graph.output("pred_masks", "float32", (1, 3, 288, 288))
    graph.output("presence_logit_dec", "float32", (1, 1))
