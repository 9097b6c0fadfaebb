"""Each family is told by its tensors, and its outputs become boxes, masks, skeletons and answers in image pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from domain.inference import Answer, Plan, Signature, Spec, Tensor, UnfitModel
from domain.inference.onnx import read_signature
from domain.inference.registry import adapter_named, recognise
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from tests.tiny_models import CELLS, SIDE, names, saying, yolo5, yolo8

WIDE, HIGH = 128, 64  # of the image: letterboxed to 64 × 32 with 16 pixels above and below


def known(data: bytes, labels: list[str] | None = None) -> tuple[Spec, Signature]:
    signature = read_signature(memoryview(data))
    return recognise(signature, labels)[1], signature


def read(data: bytes, outputs: dict[str, np.ndarray], labels: list[str] | None = None) -> tuple[Spec, Answer]:
    spec, _ = known(data, labels)
    adapter = adapter_named(spec.adapter)
    plan = adapter.plan(spec, WIDE, HIGH)
    fed = adapter.feeds(np.zeros((plan.resized[1], plan.resized[0], 3), dtype=np.uint8), spec, plan)
    assert all(array.shape[0] == 1 for array in fed.values())
    return spec, adapter.read(outputs, spec, plan)


def told(outputs: dict[str, np.ndarray], labels: list[str] | None = None, **more) -> tuple[Spec, Answer]:
    return read(saying(outputs, **more), outputs, labels)


COCO3 = {"names": names("car", "person", "zebra")}


def test_yolo_8_boxes_come_back_from_the_letterbox():
    outputs = {"output0": yolo8([(32, 32, 20, 10, 1, 0.8), (33, 32, 20, 10, 1, 0.6), (33, 32, 20, 10, 2, 0.5)], 3)}
    spec, answer = told(outputs, metadata=COCO3)
    assert (spec.adapter, spec.kind, spec.size, spec.options["layout"]) == ("yolo", "detect", (64, 64), "v8")
    assert [(one.label, round(one.score, 3)) for one in answer.found] == [(1, 0.8), (2, 0.5)]  # NMS within a class
    assert answer.found[0].geometry == Box(44.0, 22.0, 40.0, 20.0)


def test_yolo_5_has_objectness_and_three_anchors_a_cell():
    spec, answer = told({"output": yolo5([(32, 32, 20, 10, 1, 0.8)], 3)}, metadata=COCO3)
    assert spec.options["layout"] == "v5"
    assert [(one.label, round(one.score, 3)) for one in answer.found] == [(1, 0.72)]


def test_yolo_segments_make_masks_out_of_prototypes():
    protos = np.full((1, 32, 16, 16), -1.0, dtype=np.float32)
    protos[0, 0, 4:12, 4:12] = 1.0  # pixels 16 to 48 of the input
    coefficients = [1.0] + [0.0] * 31
    head = yolo8([(32, 32, 40, 24, 0, 0.9, *coefficients)], 1, extra=32)
    spec, answer = told({"output0": head, "output1": protos}, metadata={"names": names("car")})
    mask = answer.found[0].geometry
    assert spec.kind == "segment"
    assert isinstance(mask, Mask)
    assert mask.bounds() == pytest.approx((32, 8, 96, 56), abs=1)  # cut by the box 24…104 × 8…56
    assert mask.area() == pytest.approx(64 * 48, rel=0.05)


def test_yolo_poses_name_their_joints_and_say_which_are_hidden():
    joints = [10, 20, 0.9, 30, 40, 0.3, 50, 60, 0.1]
    meta = {"names": names("person"), "task": "pose", "kpt_shape": "[3, 3]"}
    spec, answer = told({"output0": yolo8([(32, 32, 40, 24, 0, 0.9, *joints)], 1, extra=9)}, metadata=meta)
    skeleton = answer.found[0].geometry
    assert spec.joints == ["1", "2", "3"]
    assert isinstance(skeleton, Skeleton)
    assert [v for _, _, v in skeleton.joints.values()] == [2, 1, 0]
    assert skeleton.joints["1"][:2] == (20.0, 8.0)


def test_yolo_oriented_boxes_are_turned_clockwise_in_degrees():
    meta = {"names": names("ship"), "task": "obb"}
    turned = [(32, 32, 20, 10, 0, 0.9, math.pi / 6), (32, 33, 20, 10, 0, 0.8, math.pi / 6)]
    spec, answer = told({"output0": yolo8(turned, 1, extra=1)}, metadata=meta)
    assert spec.kind == "obb"
    assert [one.geometry for one in answer.found] == [RotatedBox(64.0, 32.0, 40.0, 20.0, 30.0)]


def test_finished_boxes_are_those_of_yolo_10_and_centernet():
    rows = np.zeros((1, 100, 6), dtype=np.float32)
    rows[0, 0] = 10, 20, 30, 40, 0.7, 2
    spec, answer = told({"output0": rows}, metadata=COCO3)
    assert (spec.adapter, answer.found[0].label) == ("end_to_end", 2)
    assert answer.found[0].geometry == Box(20.0, 8.0, 40.0, 40.0)


def test_a_file_says_in_its_metadata_how_it_takes_images():
    rows = np.zeros((1, 100, 6), dtype=np.float32)
    own = '{"fit": "stretch", "normalise": "none"}'
    data = saying({"d": rows}, shape=(1, SIDE, SIDE, 3), metadata={**COCO3, "labelwright": own})
    spec, _ = known(data)
    adapter = adapter_named(spec.adapter)
    plan = adapter.plan(spec, WIDE, HIGH)
    fed = adapter.feeds(np.full((64, 64, 3), 200, dtype=np.uint8), spec, plan)
    assert fed["images"].shape == (1, 64, 64, 3)
    assert fed["images"].max() == 200.0


def boxes_of_detr(queries: int, classes: int, best: int, logit: float) -> dict[str, np.ndarray]:
    logits = np.full((1, queries, classes), -9.0, dtype=np.float32)
    boxes = np.tile(np.array([0.5, 0.5, 0.5, 0.25], dtype=np.float32), (1, queries, 1))
    logits[0, 0, best] = logit
    return {"logits": logits, "pred_boxes": boxes}


def test_rt_detr_of_optimum_has_sigmoids_and_a_stretched_image():
    spec, answer = told(boxes_of_detr(20, 3, 1, 2.0), image="pixel_values", labels=["a", "b", "c"])
    assert (spec.adapter, spec.fit, spec.options["activation"]) == ("detr", "stretch", "sigmoid")
    assert [(one.label, round(one.score, 2)) for one in answer.found] == [(1, 0.88)]
    assert answer.found[0].geometry == Box(32.0, 24.0, 64.0, 16.0)


def test_detr_has_a_mask_of_pixels_a_softmax_and_a_class_for_nothing():
    outputs = boxes_of_detr(20, 4, 1, 9.0)
    outputs["logits"][0, 1:, 3] = 9.0
    more = {"pixel_mask": ("int64", (1, 64, 64))}
    data = saying(outputs, image="pixel_values", shape=(1, 3, "height", "width"), more_inputs=more)
    spec, answer = read(data, outputs)
    assert (len(spec.labels), spec.fit, spec.normalise) == (3, "shortest", "imagenet")
    assert [one.label for one in answer.found] == [1]


def test_rt_detr_itself_is_told_the_size_of_the_image():
    outputs = {
        "labels": np.array([[2, 0]], dtype=np.int64),
        "boxes": np.array([[[10, 20, 30, 40], [0, 0, 5, 5]]], dtype=np.float32),
        "scores": np.array([[0.9, 0.01]], dtype=np.float32),
    }
    data = saying(outputs, more_inputs={"orig_target_sizes": ("int64", (1, 2))})
    spec, signature = known(data)
    adapter = adapter_named(spec.adapter)
    plan = adapter.plan(spec, WIDE, HIGH)
    fed = adapter.feeds(np.zeros((64, 64, 3), dtype=np.uint8), spec, plan)
    answer = adapter.read(outputs, spec, plan)
    assert spec.adapter == "rtdetr"
    assert fed["orig_target_sizes"].tolist() == [[WIDE, HIGH]]
    assert [(one.label, one.geometry) for one in answer.found] == [(2, Box(10.0, 20.0, 20.0, 20.0))]


def test_rt_detr_of_ultralytics_is_one_output_of_shares():
    rows = np.zeros((1, 300, 4 + 3), dtype=np.float32)
    rows[0, 0] = 0.5, 0.5, 0.5, 0.5, 0.1, 0.9, 0.2
    spec, answer = told({"output0": rows}, metadata=COCO3)
    assert (spec.adapter, spec.options["layout"]) == ("rtdetr", "joined")
    assert answer.found[0].geometry == Box(32.0, 16.0, 64.0, 32.0)


def test_a_classifier_sees_the_middle_and_answers_with_chances():
    spec, answer = told({"logits": np.array([[0.0, 3.0, 1.0]], dtype=np.float32)}, metadata=COCO3)
    assert (spec.kind, spec.fit, spec.normalise) == ("classify", "crop", "imagenet")
    assert (answer.found[0].label, answer.found[0].geometry) == (1, None)
    assert answer.found[0].score == pytest.approx(math.exp(3) / (1 + math.e + math.exp(3)), rel=1e-4)
    assert adapter_named("classifier").plan(spec, WIDE, HIGH) == Plan(128, 64, (128, 64), (-32, 0), (64, 64))


def test_semantic_segmentation_gives_one_mask_a_class():
    logits = np.zeros((1, 3, 16, 16), dtype=np.float32)
    logits[0, 0] = 1.0
    logits[0, 2, :, 8:] = 5.0
    spec, answer = told({"out": logits}, metadata=COCO3)
    areas = {spec.labels[one.label]: one.geometry.area() for one in answer.found}
    assert (spec.kind, areas) == ("semantic", {"car": 4096.0, "zebra": 4096.0})


def test_a_map_of_class_numbers_is_semantic_too():
    numbers = np.zeros((1, 16, 16), dtype=np.int64)
    numbers[0, :8] = 1
    spec, answer = told({"out": numbers}, labels=["ground", "sky"])
    assert [(one.label, one.geometry.bounds()) for one in answer.found] == [(0, (0, 32, 128, 64)), (1, (0, 0, 128, 32))]


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ({"x": np.zeros((1, 7, 9, 2, 2), dtype=np.float32)}, "unknown_signature"),
        ({"output0": np.zeros((1, 4 + 3, 99), dtype=np.float32)}, "unknown_signature"),
        ({"p": np.zeros((1, 1), dtype=np.float32)}, "outputs_do_not_fit"),
    ],
)
def test_tensors_that_nobody_knows_are_refused_with_what_they_are(outputs, code):
    with pytest.raises(UnfitModel) as refused:
        known(saying(outputs))
    assert refused.value.code == code


def test_labels_have_to_be_as_many_as_the_classes():
    with pytest.raises(UnfitModel) as refused:
        known(saying({"output0": yolo8([], 3)}), ["one", "two", "three", "four", "five", "six"])
    assert refused.value.code in ("labels_do_not_fit", "outputs_do_not_fit")


def test_numbers_that_are_none_are_counted_and_the_others_kept():
    head = yolo8([(32, 32, 20, 10, 1, 0.8), (20, 20, 9, 9, 0, 0.7)], 3)
    head[0, 0, 1] = np.nan
    head[0, 4:, 2] = np.nan
    _, answer = told({"output0": head}, metadata=COCO3)
    assert [one.label for one in answer.found] == [1]
    assert answer.problems == {"not_finite": 2}


def test_an_output_of_another_shape_than_at_the_check_does_not_fit():
    spec, _ = known(saying({"output0": yolo8([], 3)}, metadata=COCO3))
    adapter = adapter_named(spec.adapter)
    plan = adapter.plan(spec, WIDE, HIGH)
    for wrong in ({}, {"output0": np.zeros((1, 5, CELLS), np.float32)}, {"output0": np.zeros((84,), np.float32)}):
        with pytest.raises(UnfitModel):
            adapter.read(wrong, spec, plan)


def test_dynamic_sides_are_told_by_what_is_fixed():
    head = Tensor("output0", "float32", (0, 7, 0))
    image = Tensor("images", "float32", (0, 3, 0, 0))
    spec = recognise(Signature([image], [head], COCO3))[1]
    assert (spec.adapter, spec.options["layout"], spec.size) == ("yolo", "v8", (640, 640))
