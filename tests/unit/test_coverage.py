"""The share of pixels that masks cover equals a count over full-frame arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from domain.geometry.coverage import covered_pixels
from domain.geometry.masks import encode_runs


@given(st.lists(arrays(np.uint8, (7, 9), elements=st.integers(0, 1)), max_size=4))
def test_overlaps_count_once_and_gaps_not_at_all(masks):
    union = np.any([*masks, np.zeros((7, 9), np.uint8)], axis=0)
    assert covered_pixels(encode_runs(mask) for mask in masks) == int(union.sum())
