"""The golden vectors of masks, which the front end reads too: run lengths are pycocotools' own, byte for byte."""

from __future__ import annotations

import json

import numpy as np
import pytest

from domain.geometry import rle
from domain.geometry.masks import encode_runs, fill_parts
from tests.conformance.mask_vectors import FILES, FOLDER, counts_of

RLE = json.loads((FOLDER / "rle.json").read_text())
FILL = json.loads((FOLDER / "fill.json").read_text())


@pytest.mark.parametrize("name", FILES)
def test_the_vectors_are_the_ones_that_are_made(name):
    assert json.loads((FOLDER / name).read_text()) == json.loads(json.dumps(FILES[name]()))


@pytest.mark.parametrize("case", RLE)
def test_run_lengths_are_those_of_pycocotools(case):
    pixels = np.array([[int(c) for c in row] for row in case["rows"]], dtype=np.uint8)
    assert counts_of(pixels) == case["counts"]
    assert rle.compress(encode_runs(pixels)) == case["counts"]


@pytest.mark.parametrize("case", FILL)
def test_polygons_fill_the_pixels_of_the_vectors(case):
    height, width = case["size"]
    filled = fill_parts(case["parts"], width=width, height=height)
    assert rle.compress(encode_runs(filled)) == case["counts"]
