"""SAM 3: three files, told by their tensors; instances of what is shown by boxes or said in words, of which the prompts choose."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from domain.inference import UnfitModel
from domain.inference.instances import Instances, spoken_of
from domain.inference.onnx import read_signature
from domain.inference.prompting import Prompts, mask_of
from domain.inference.registry import recognise
from domain.inference.words import END, START, VISUAL, padded, read_vocabulary
from tests import stub_sam3

WIDTH, HEIGHT = 300, 200
LEFT, RIGHT, BLUE = (20, 50, 100, 130), (180, 50, 240, 130), (250, 50, 290, 130)


def known(file: bytes, role: str):
    return recognise(read_signature(memoryview(file)), role=role)


def run(session: onnxruntime.InferenceSession, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


@pytest.fixture(scope="module")
def encoded() -> dict[str, np.ndarray]:
    """Of a grey picture with a red square on the left, and on the right a red one and a blue one."""
    pixels = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for (x0, y0, x1, y1), colour in ((LEFT, (200, 30, 30)), (RIGHT, (200, 30, 30)), (BLUE, (30, 30, 200))):
        pixels[y0:y1, x0:x1] = colour
    adapter, spec = known(stub_sam3.encoder(), "encoder")
    plan = adapter.plan(spec, WIDTH, HEIGHT)
    small = np.asarray(Image.fromarray(pixels).resize(plan.resized, Image.Resampling.BILINEAR))
    outputs = run(onnxruntime.InferenceSession(stub_sam3.encoder()), adapter.feeds(small, spec, plan))
    spec.options["keeps"] = ["backbone_fpn_0", "backbone_fpn_1", "backbone_fpn_2", "vision_pos_enc_2"]
    found = adapter.embedding(outputs, spec)
    assert {one.dtype for one in found.values()} == {np.dtype(np.float16)}
    assert set(found) == set(spec.options["keeps"])
    return dict(found)


@pytest.fixture(scope="module", params=["masks", "heads"])
def decoder(request: pytest.FixtureRequest):
    file = stub_sam3.decoder(request.param)
    return *known(file, "decoder"), onnxruntime.InferenceSession(file)


def words(tokens: tuple[int, ...]) -> dict[str, np.ndarray]:
    adapter, spec = known(stub_sam3.language(), "language")
    return adapter.said(run(onnxruntime.InferenceSession(stub_sam3.language()), adapter.asked(tokens, spec)))


def found(decoder, encoded, prompts: Prompts, tokens: tuple[int, ...] = VISUAL) -> tuple[np.ndarray, float]:
    adapter, spec, session = decoder
    plan = adapter.plan(spec, WIDTH, HEIGHT)
    outputs = run(session, adapter.ask(encoded | words(tokens), prompts, None, spec, plan))
    said = adapter.decoded(outputs, spec, prompts, plan)
    mask = mask_of(said.low, plan)
    return (np.zeros((HEIGHT, WIDTH), bool) if mask is None else mask.to_mask(width=WIDTH, height=HEIGHT) > 0), said.score  # fmt: skip


def square(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    whole = np.zeros((HEIGHT, WIDTH), bool)
    for x0, y0, x1, y1 in boxes:
        whole[y0:y1, x0:x1] = True
    return whole


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_each_export_has_its_own_adapter():
    named = {export: known(stub_sam3.decoder(export), "decoder")[0].name for export in ("masks", "heads")}
    assert named == {"masks": "sam3_decoder", "heads": "sam3_raw_decoder"}


def test_of_all_instances_the_one_under_the_box_or_click_is_taken(decoder, encoded):
    assert iou(found(decoder, encoded, Prompts(box=LEFT))[0], square(LEFT)) > 0.85
    assert iou(found(decoder, encoded, Prompts(box=RIGHT))[0], square(RIGHT)) > 0.85
    assert iou(found(decoder, encoded, Prompts(((60, 90, True),)))[0], square(LEFT)) > 0.85
    both = Prompts(((60, 90, True), (210, 90, True)))
    assert iou(found(decoder, encoded, both)[0], square(LEFT, RIGHT)) > 0.85
    assert not found(decoder, encoded, Prompts(((60, 90, True), (70, 100, False))))[0].any()


def test_words_are_looked_for_and_scores_are_the_models_own(decoder, encoded):
    mask, score = found(decoder, encoded, Prompts(box=RIGHT), (START, 512, END))
    assert (iou(mask, square(RIGHT)) > 0.85, score) == (True, pytest.approx(0.8, abs=1e-4))
    assert found(decoder, encoded, Prompts(((270, 90, True),)))[1] == pytest.approx(0.9, abs=1e-4)
    assert not found(decoder, encoded, Prompts(((270, 90, True),)), (START, 512, END))[0].any()


def test_the_trial_of_each_file_fits_what_it_takes(decoder):
    adapter, spec, session = decoder
    adapter.tried(run(session, adapter.trial(spec)), spec)
    reader, its = known(stub_sam3.language(), "language")
    reader.tried(run(onnxruntime.InferenceSession(stub_sam3.language()), reader.trial(its)), its)


def test_boxes_are_parts_of_the_image_and_empty_places_are_said_to_be_none():
    adapter, spec = known(stub_sam3.decoder("heads"), "decoder")
    plan = adapter.plan(spec, WIDTH, HEIGHT)
    prompts = Prompts(((30, 20, True), (150, 100, False)), box=(60, 50, 120, 150))
    feeds = adapter.ask({one[0]: np.zeros(1) for one in spec.options["inputs"]}, prompts, None, spec, plan)
    assert feeds["box_coords"].shape == (8, 1, 4)
    assert feeds["box_coords"][:2, 0] == pytest.approx(np.array([[0.3, 0.5, 0.2, 0.5], [0.5, 0.5, 0.01, 0.01]]))
    assert feeds["box_labels"][:2, 0].tolist() == [1, 0]
    assert feeds["box_masks"].tolist() == [[False, False, *[True] * 6]]


def test_answers_that_are_not_as_many_or_no_numbers_are_faults_with_a_name():
    boxes, scores = np.zeros((2, 4)), np.array([0.9, 0.8])
    masks = np.zeros((2, 256, 256), np.float32)
    with pytest.raises(UnfitModel, match="2 boxes, 2 scores and 3 masks"):
        Instances.checked(boxes, scores, lambda keep: masks[keep], 3)
    for bad in (np.array([0.9, np.nan]), np.array([0.9, np.inf])):
        with pytest.raises(UnfitModel):
            Instances.checked(boxes, bad, lambda keep: masks[keep], 2)
    nothing = Instances.checked(boxes, scores * 0, lambda keep: masks[keep], 2)
    adapter, spec = known(stub_sam3.decoder("heads"), "decoder")
    assert spoken_of(nothing, Prompts(box=LEFT), adapter.plan(spec, WIDTH, HEIGHT)).score == 0


def test_a_vocabulary_makes_tokens_of_words_by_its_merges():
    vocabulary = read_vocabulary(BytesIO(stub_sam3.vocabulary()))
    red = 512 + 1  # behind two tokens a byte; the second merge
    letters = {letter: ord(letter) - ord("!") for letter in "abxy"}
    assert vocabulary.tokens("Red  RED") == (START, red, red, END)
    assert vocabulary.tokens("ab3") == (START, letters["a"], 256 + letters["b"], 256 + ord("3") - ord("!"), END)
    assert len(vocabulary.tokens("x " * 90)) == 32
    assert padded((START, END))[:3] == [START, END, 0]
    for bad in (b"", b"red", stub_sam3.vocabulary()[:-9], __import__("gzip").compress(b"#\na b\n")):
        with pytest.raises(UnfitModel, match="vocabulary"):
            read_vocabulary(BytesIO(bad))
