"""Files of every kind are read in full, upright and in full depth; wrong ones are refused by name."""

from __future__ import annotations

import io
import resource
import time

import numpy as np
import pytest
from PIL import Image

from apps.assets.errors import FileRefused
from apps.assets.images import decode, derive, percentile_window, sniff
from apps.assets.images.derive import page_file
from tests import pictures
from tests.pictures import encoded, gradient, ramp16, wrong_files

KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")


def pages_of(data: bytes, pages="refuse"):
    return list(decode(io.BytesIO(data), sniff(data[:64]), pages))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_decoded_at_its_size(kind):
    (page,) = pages_of(encoded(gradient(), kind))
    assert (page.width, page.height) == (64, 48)
    assert page.samples is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_png_of_every_mode_gets_a_thumbnail(mode):
    data = encoded(gradient(700, 500).convert(mode), "PNG")
    (page,) = pages_of(data)
    (thumb,) = derive(page, "PNG", None)
    with Image.open(io.BytesIO(thumb.content)) as shown:
        assert shown.size == (320, 229)
    assert thumb.content_type == ("image/webp" if mode in ("LA", "RGBA") else "image/jpeg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_of_the_eight_orientations_is_applied_once(kind, orientation):
    (page,) = pages_of(pictures.turned(kind, orientation))
    assert page.orientation == orientation
    assert (page.width, page.height) == (64, 48)
    off = np.abs(np.asarray(page.image.convert("RGB"), dtype=int) - np.asarray(gradient(), dtype=int))
    assert off.mean() < 4


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_photo_has_an_upright_display_image_without_the_mark(orientation):
    (page,) = pages_of(pictures.turned("JPEG", orientation))
    display = next(item for item in derive(page, "JPEG", None) if item.variant == "display")
    with Image.open(io.BytesIO(display.content)) as shown:
        assert shown.size == (64, 48)
        assert shown.getexif().get(0x0112, 1) == 1
        off = np.abs(np.asarray(shown, dtype=int) - np.asarray(gradient(), dtype=int))
    assert off.mean() < 4


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_16_bit_png_keeps_all_its_values(channels):
    values = np.random.default_rng(7).integers(0, 65536, (20, 30, channels), dtype=np.uint16)
    (page,) = pages_of(pictures.png16(values))
    assert np.array_equal(page.samples, values)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_16_bit_colour_tiff_keeps_all_its_values(order):
    values = np.random.default_rng(8).integers(0, 65536, (20, 30, 3), dtype=np.uint16)
    (page,) = pages_of(pictures.tiff16_rgb(values, order=order))
    assert np.array_equal(page.samples, values)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_a_16_bit_grey_tiff_keeps_all_its_values(compression):
    values = ramp16()
    (page,) = pages_of(encoded(Image.fromarray(values), "TIFF", compression=compression))
    assert np.array_equal(page.samples[..., 0], values)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_16_bit_tiff_is_turned_once(orientation):
    values = ramp16()
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = pages_of(encoded(Image.fromarray(values), "TIFF", exif=exif))
    expected = {1: values, 2: values[:, ::-1], 3: values[::-1, ::-1], 4: values[::-1], 5: values.T, 6: np.rot90(values, -1), 7: np.rot90(values, 2).T, 8: np.rot90(values)}  # fmt: skip
    assert np.array_equal(page.samples[..., 0], expected[orientation])


def test_the_window_is_the_2nd_to_the_98th_percentile():
    values = np.repeat(np.arange(100, dtype=np.uint16) * 10, 5).reshape(20, 25, 1)
    assert percentile_window(values) == (20, 970)


def test_a_flat_image_has_a_window_all_the_same():
    assert percentile_window(np.full((4, 4, 1), 65535, np.uint16)) == (65534, 65535)
    assert percentile_window(np.zeros((4, 4, 1), np.uint16)) == (0, 1)


def test_a_16_bit_image_is_shown_through_its_window_and_delivered_raw():
    (page,) = pages_of(pictures.png16(ramp16()))
    made = {item.variant: item for item in derive(page, "PNG", (1000, 1000 + 255 * 100))}
    assert np.array_equal(np.frombuffer(made["raw16"].content, "<u2").reshape(16, 32), ramp16())
    with Image.open(io.BytesIO(made["display"].content)) as shown:
        assert list(np.asarray(shown).ravel()[:256]) == list(range(256))
        assert set(np.asarray(shown).ravel()[256:]) == {255}


def test_pages_are_refused_by_name_or_split_as_asked():
    with pytest.raises(FileRefused, match="3 pages") as refused:
        pages_of(pictures.many_pages())
    assert refused.value.code == "multi_page"
    pages = pages_of(pictures.many_pages(), "split")
    assert [page.number for page in pages] == [0, 1, 2]
    assert [page.image.getpixel((5, 5))[0] for page in pages] == [0, 80, 160]


def test_a_page_of_16_bits_becomes_a_file_of_16_bits():
    values = np.random.default_rng(9).integers(0, 65536, (2, 12, 10), dtype=np.uint16)
    first, second = (Image.fromarray(page) for page in values)
    pages = pages_of(encoded(first, "TIFF", save_all=True, append_images=[second]), "split")
    data, kind = page_file(pages[1])
    (again,) = pages_of(data)
    assert kind == "PNG"
    assert np.array_equal(again.samples[..., 0], values[1])


def test_an_image_over_4096_pixels_gets_a_preview():
    (page,) = pages_of(encoded(Image.new("RGB", (5000, 1000)), "PNG"))
    made = {item.variant: (item.width, item.height) for item in derive(page, "PNG", None)}
    assert made == {"preview": (4096, 819), "thumb": (320, 64)}


@pytest.mark.parametrize("name", sorted(set(wrong_files()) - {"empty.jpg"}))  # that one is refused before it is read
def test_a_wrong_file_is_refused_by_name(name):
    data, codes = wrong_files()[name]
    with pytest.raises(FileRefused) as refused:
        pages_of(data)
    assert refused.value.code in codes
    assert refused.value.detail


def test_a_bomb_is_refused_at_once_and_without_memory():
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(FileRefused):
        pages_of(pictures.bomb())
    assert time.perf_counter() - begun < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_mutated_files_never_raise_anything_else():
    chance = np.random.default_rng(11)
    sources = [encoded(gradient(40, 30), kind) for kind in KINDS] + [pictures.png16(ramp16()), pictures.many_pages()]
    refused = 0
    for number in range(600):
        data = bytearray(sources[number % len(sources)])
        for place in chance.integers(4, len(data), 6):
            data[place] = int(chance.integers(0, 256))
        try:
            for page in pages_of(bytes(data), "split"):
                assert page.width > 0
        except FileRefused:
            refused += 1
    assert refused > 300
