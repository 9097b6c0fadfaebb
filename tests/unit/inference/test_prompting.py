"""The SAM family: told by its tensors, embeddings in half precision, masks of clicks and boxes in image pixels."""

from __future__ import annotations

import msgspec
import numpy as np
import onnxruntime
import pytest

from domain.inference import UnfitModel
from domain.inference.onnx import read_signature
from domain.inference.prompting import Decoded, DecoderAdapter, EncoderAdapter, Prompts, best_of, mask_of
from domain.inference.registry import adapter_named, recognise
from tests import stub_sam

WIDTH, HEIGHT = 300, 200
PAIRS = {"sam": stub_sam.sam(), "sam, raw": stub_sam.sam(raw=True), "sam2": stub_sam.sam2(), "efficientsam": stub_sam.efficientsam(), "efficientsam, 4 points": stub_sam.efficientsam(points=4)}  # fmt: skip


def picture() -> np.ndarray:
    """Grey, with a red square from (60, 50) to (140, 130) and a blue one from (200, 50) to (260, 130)."""
    pixels = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    pixels[50:130, 60:140] = (200, 30, 30)
    pixels[50:130, 200:260] = (30, 30, 200)
    return pixels


class Pair:
    def __init__(self, files: tuple[bytes, bytes]) -> None:
        encoder, decoder = (recognise(read_signature(memoryview(file)), role=role) for file, role in zip(files, ("encoder", "decoder"), strict=True))  # fmt: skip
        assert isinstance(encoder[0], EncoderAdapter)
        assert isinstance(decoder[0], DecoderAdapter)
        self.encoder, self.spec = encoder
        self.decoder, self.decoder_spec = decoder
        self.runners = [onnxruntime.InferenceSession(file) for file in files]
        self.plan = encoder[0].plan(encoder[1], WIDTH, HEIGHT)
        small = np.asarray(_resized(picture(), self.plan.resized))
        self.embedding = self.encoder.embedding(
            self._run(0, self.encoder.feeds(small, self.spec, self.plan)), self.spec
        )

    def _run(self, which: int, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        names = [one.name for one in self.runners[which].get_outputs()]
        return dict(zip(names, self.runners[which].run(names, feeds), strict=True))

    def ask(self, prompts: Prompts, before: np.ndarray | None = None) -> Decoded:
        feeds = self.decoder.ask(self.embedding, prompts, before, self.decoder_spec, self.plan)
        return self.decoder.decoded(self._run(1, feeds), self.decoder_spec)

    def pixels(self, prompts: Prompts) -> np.ndarray:
        mask = mask_of(self.ask(prompts).low, self.plan)
        return np.zeros((HEIGHT, WIDTH), bool) if mask is None else mask.to_mask(width=WIDTH, height=HEIGHT) > 0


def _resized(pixels: np.ndarray, size: tuple[int, int]):
    from PIL import Image

    return Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)


@pytest.fixture(scope="module", params=list(PAIRS))
def pair(request: pytest.FixtureRequest) -> Pair:
    return Pair(PAIRS[request.param])


def square(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    whole = np.zeros((HEIGHT, WIDTH), bool)
    whole[y0:y1, x0:x1] = True
    return whole


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_a_click_finds_the_square_under_it_in_image_pixels(pair):
    assert iou(pair.pixels(Prompts(((100, 90, True),))), square(60, 50, 140, 130)) > 0.85
    assert iou(pair.pixels(Prompts(((230, 90, True),))), square(200, 50, 260, 130)) > 0.85


def test_clicks_add_and_take_away_and_a_box_cuts(pair):
    both = square(60, 50, 140, 130) | square(200, 50, 260, 130)
    assert iou(pair.pixels(Prompts(((100, 90, True), (230, 90, True)))), both) > 0.85
    assert not pair.pixels(Prompts(((100, 90, True), (100, 90, False))))[90, 100]
    assert iou(pair.pixels(Prompts(((100, 90, True),), box=(60, 50, 100, 130))), square(60, 50, 100, 130)) > 0.75
    assert iou(pair.pixels(Prompts(box=(60, 50, 140, 130))), square(60, 50, 140, 130)) > 0.85


def test_an_embedding_is_kept_in_half_precision_by_the_names_of_the_contract(pair):
    assert {one.dtype for one in pair.embedding.values()} == {np.dtype(np.float16)}
    assert {name: one.shape for name, one in pair.embedding.items()} == dict(pair.decoder.embeds)


def test_the_trial_of_each_file_fits_what_it_takes(pair):
    pair.encoder.tried(pair._run(0, pair.encoder.trial(pair.spec)), pair.spec)
    pair.decoder.tried(pair._run(1, pair.decoder.trial(pair.decoder_spec)), pair.decoder_spec)


def test_a_spec_of_it_can_be_kept_and_read_again(pair):
    from domain.inference import Spec

    assert msgspec.convert(msgspec.to_builtins(pair.spec), Spec) == pair.spec
    assert adapter_named(pair.spec.adapter) is pair.encoder


def test_sam_is_asked_with_a_point_of_padding_where_there_is_no_box():
    pair = Pair(PAIRS["sam"])
    feeds = pair.decoder.ask(pair.embedding, Prompts(((150, 100, True),)), None, pair.decoder_spec, pair.plan)
    assert feeds["point_labels"].tolist() == [[1, -1]]
    assert feeds["point_coords"][0] == pytest.approx(np.array([[512, 341.5], [0, 0]]), abs=0.1)
    assert feeds["has_mask_input"].tolist() == [0]
    boxed = Prompts(((150, 100, False),), box=(0, 0, 150, 100))
    feeds = pair.decoder.ask(pair.embedding, boxed, np.ones((256, 256), np.float32), pair.decoder_spec, pair.plan)
    assert feeds["point_labels"].tolist() == [[0, 2, 3]]
    assert feeds["has_mask_input"].tolist() == [1]
    assert feeds["mask_input"].shape == (1, 1, 256, 256)


def test_sam_2_is_asked_in_the_stretched_field_without_padding():
    pair = Pair(PAIRS["sam2"])
    feeds = pair.decoder.ask(pair.embedding, Prompts(((150, 100, True),)), None, pair.decoder_spec, pair.plan)
    assert feeds["point_coords"].tolist() == [[[512, 512]]]
    assert feeds["point_labels"].tolist() == [[1]]


def test_efficientsam_is_asked_in_samples_of_the_low_mask_with_at_most_six_points():
    pair = Pair(PAIRS["efficientsam"])
    feeds = pair.decoder.ask(pair.embedding, Prompts(((150, 100, True),)), None, pair.decoder_spec, pair.plan)
    assert feeds["batched_point_coords"].tolist() == [[[[128, 128]]]]
    assert feeds["batched_point_labels"].tolist() == [[[1]]]
    assert (feeds["orig_im_size"].dtype, feeds["orig_im_size"].tolist()) == (np.int64, [256, 256])
    many = Prompts(tuple((float(30 * i), 100.0, i != 7) for i in range(9)), box=(0, 0, 300, 200))
    feeds = pair.decoder.ask(pair.embedding, many, None, pair.decoder_spec, pair.plan)
    assert feeds["batched_point_labels"].tolist() == [[[1, 1, 0, 1, 2, 3]]]
    assert feeds["batched_point_coords"][0, 0, :, 0] == pytest.approx([0, 153.6, 179.2, 204.8, 0, 256])


def test_an_efficientsam_of_so_many_points_is_filled_up_with_none():
    pair = Pair(PAIRS["efficientsam, 4 points"])
    feeds = pair.decoder.ask(pair.embedding, Prompts(((150, 100, True),)), None, pair.decoder_spec, pair.plan)
    assert feeds["batched_point_labels"].tolist() == [[[1, -1, -1, -1]]]
    assert feeds["batched_point_coords"][0, 0, 1:].tolist() == [[-1, -1]] * 3


def test_where_two_points_fit_a_box_goes_before_clicks():
    pair = Pair((stub_sam.efficientsam()[0], stub_sam.efficientsam(points=2)[1]))
    both = Prompts(((150, 100, True),), box=(0, 0, 300, 200))
    feeds = pair.decoder.ask(pair.embedding, both, None, pair.decoder_spec, pair.plan)
    assert feeds["batched_point_labels"].tolist() == [[[2, 3]]]


def test_an_efficientsam_that_takes_one_point_a_question_is_refused_with_the_way_out():
    with pytest.raises(UnfitModel, match="third side of batched_point_coords free"):
        recognise(read_signature(memoryview(stub_sam.efficientsam(points=1)[1])), role="decoder")


def test_of_several_masks_the_decoders_own_favourite_is_taken():
    masks = np.stack([np.full((256, 256), value, np.float32) for value in (-1, 2, -3)])[None]
    found = best_of(masks, np.array([[0.2, 0.9, 0.4]], np.float32))
    assert (found.low[0, 0], found.score) == (2, pytest.approx(0.9))


@pytest.mark.parametrize("bad", [None, np.zeros((1, 1, 64, 64), np.float32), np.full((1, 1, 256, 256), np.nan, np.float32)])  # fmt: skip
def test_what_is_no_mask_is_a_fault_with_a_name(bad):
    with pytest.raises(UnfitModel):
        best_of(bad, np.zeros((1, 1), np.float32))


def test_nothing_above_nought_is_no_mask():
    pair = Pair(PAIRS["sam"])
    assert mask_of(np.full((256, 256), -1, np.float32), pair.plan) is None
    whole = mask_of(np.ones((256, 256), np.float32), pair.plan)
    assert whole is not None
    assert whole.bounds() == (0, 0, WIDTH, HEIGHT)
