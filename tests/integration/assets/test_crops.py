"""Crops of regions: the right part of every kind of picture, kept once made, and only what was given out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apps.assets import jobs  # noqa: F401  registers them
from apps.assets.crops import Window, crop_url, window_around
from apps.assets.models import Asset
from apps.assets.services import cropping
from apps.core import storage
from apps.jobs.models import Job
from apps.jobs.running import run
from tests import pictures
from tests.factories import api, make_project, make_team

WIDTH, HEIGHT = 1_200, 800


def mapped(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red grows to the right and green downwards, so that each pixel says where it is."""
    x = np.linspace(0, 255, width)[None, :].repeat(height, 0)
    y = np.linspace(0, 255, height)[:, None].repeat(width, 1)
    return Image.fromarray(np.stack([x, y, np.full_like(x, 40)], axis=-1).astype(np.uint8))


@pytest.fixture
def add(db):
    team = make_team()
    project, client = make_project(team.organisation, team.manager), api(team.manager)

    def upload(data: bytes, name: str = "photo.png") -> Asset:
        answer = client.upload(f"projects/{project.pk}/assets", {"files": [SimpleUploadedFile(name, data)]}).json()
        for job in Job.objects.filter(project_id=project.pk, state="queued"):
            run(job.pk)
        assert not answer["errors"], answer
        return Asset.objects.filter(project=project).latest("pk")

    return upload


def fetched(asset: Asset, window: Window) -> Image.Image:
    answer = Client().get(crop_url(asset, window))
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as image:
        return image.convert("RGB")


def place_of(image: Image.Image, asset: Asset) -> tuple[float, float]:
    """Where in the picture the middle pixel of a crop comes from."""
    red, green, _ = image.getpixel((image.width // 2, image.height // 2))
    return red / 255 * asset.width, green / 255 * asset.height


@pytest.mark.parametrize(
    "window", [Window(600, 300, 120, 90), Window(0, 0, 1_200, 800), Window(1_100, 700, 100, 100), Window(40, 50, 7, 3)]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_crop_shows_its_part_of_the_picture(add, kind, window):
    asset = add(pictures.encoded(mapped(), kind), f"photo.{kind.lower()}")
    image = fetched(asset, window)
    x, y = place_of(image, asset)
    assert abs(x - (window.x + window.w / 2)) < 16
    assert abs(y - (window.y + window.h / 2)) < 16
    assert max(image.size) <= cropping.SIDE
    assert image.width / image.height == pytest.approx(window.w / window.h, rel=0.05)


def test_a_turned_photo_is_cut_as_it_is_shown(add):
    asset = add(pictures.turned("JPEG", 6), "turned.jpg")
    assert fetched(asset, Window(0, 0, asset.width, asset.height)).size == (64, 48)


def test_a_crop_of_a_very_large_picture_is_put_together_of_tiles(add, settings):
    settings.LABELWRIGHT_TILE_PIXELS = 1_000_000
    asset = add(pictures.encoded(mapped(2_300, 1_500), "JPEG", quality=95), "large.jpg")
    assert "tiles" in asset.derivatives
    for window in (Window(480, 490, 80, 60), Window(1_500, 900, 700, 500)):
        x, y = place_of(fetched(asset, window), asset)
        assert abs(x - (window.x + window.w / 2)) < 24
        assert abs(y - (window.y + window.h / 2)) < 24


def test_a_crop_is_made_once_and_kept(add, monkeypatch):
    asset, window = add(pictures.encoded(mapped(), "PNG")), Window(10, 10, 50, 50)
    first = fetched(asset, window)
    monkeypatch.setattr(cropping, "_cut", lambda *_: pytest.fail("cut twice"))
    assert fetched(asset, window).tobytes() == first.tobytes()
    assert storage.local_path(f"{asset.path}.crops/10_10_50_50.jpg").exists()


def test_only_windows_that_were_given_out_are_cut(add):
    asset, other = add(pictures.encoded(mapped(), "PNG")), add(pictures.encoded(mapped(), "PNG"), "other.png")
    url = crop_url(asset, Window(10, 10, 50, 50))
    wrong = [
        url.replace("10_10_50_50", "10_10_50_51"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        crop_url(asset, Window(1_190, 10, 50, 50)),
        crop_url(other, Window(10, 10, 50, 50)).replace(f"/{other.pk}/", f"/{asset.pk}/"),
    ]
    assert [Client().get(address).status_code for address in wrong] == [404, 404, 404, 403]


@given(x=st.floats(-50, 400), y=st.floats(-50, 300), w=st.floats(0, 500), h=st.floats(0, 500))
def test_a_window_lies_in_its_image_and_holds_what_of_the_bounds_does(x, y, w, h):
    window = window_around((x, y, x + w, y + h), 320, 240)
    assert window.x >= 0
    assert window.y >= 0
    assert window.w >= 1
    assert window.h >= 1
    assert window.x + window.w <= 320
    assert window.y + window.h <= 240
    assert window.x <= max(0, min(x, 319))
    assert window.x + window.w >= min(320, max(1, x + w))
