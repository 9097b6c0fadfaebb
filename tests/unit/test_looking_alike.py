"""Pictures that look alike: their hash, and finding near pairs across splits."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from apps.assets.images.likeness import likeness, likeness_of_file
from domain.sampling.near import near_pairs


def drawn(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    random = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(random.integers(0, 256, 3)))
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = random.uniform(0, 0.8, 2) * size
        w, h = random.uniform(0.1, 0.5, 2) * size
        pen.rectangle((x, y, x + w, y + h), fill=tuple(random.integers(0, 256, 3)))
    return image


def apart(a: int, b: int) -> int:
    return int.bit_count((a ^ b) & (2**64 - 1))


def test_a_smaller_brighter_or_recompressed_copy_looks_alike_and_others_do_not():
    original = drawn(1)
    out = io.BytesIO()
    original.resize((200, 150)).point(lambda v: min(255, v + 8)).save(out, "JPEG", quality=60)
    copy = likeness_of_file(out.getvalue(), "b" * 64)
    assert apart(likeness(original, "a" * 64), copy) <= 4
    others = [apart(likeness(original, "a" * 64), likeness(drawn(seed), "c" * 64)) for seed in range(2, 30)]
    assert min(others) > 8


def test_pictures_without_contrast_are_alike_only_where_they_are_the_same_file():
    grey = Image.new("L", (64, 64), 128)
    assert likeness(grey, "0" * 64) == likeness(grey, "0" * 64)
    assert apart(likeness(grey, "0" * 64), likeness(grey, "f" * 64)) > 15


def test_what_is_no_picture_has_no_likeness():
    assert likeness_of_file(b"no picture", "0" * 64) is None


@given(
    st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2)), max_size=25),
    st.lists(st.tuples(st.integers(0, 24), st.sets(st.integers(0, 63), max_size=6), st.integers(0, 2)), max_size=8),
    st.integers(0, 6),
)
def test_every_near_pair_of_different_splits_is_found_and_no_other(rows, twins, within):
    for place, bits, part in twins:
        if place < len(rows):
            flipped = rows[place][0]
            for bit in bits:
                flipped ^= 1 << bit
            rows = [*rows, (flipped, part)]
    hashes = np.array([one for one, _ in rows], dtype=np.uint64)
    parts = np.array([part for _, part in rows], dtype=np.int16)
    first, second, distance = near_pairs(hashes, parts, within=within)
    expected = {
        (i, j, apart(rows[i][0], rows[j][0]))
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if rows[i][1] != rows[j][1] and apart(rows[i][0], rows[j][0]) <= within
    }
    assert set(zip(first.tolist(), second.tolist(), distance.tolist(), strict=True)) == expected
