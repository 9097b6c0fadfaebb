"""Media by signed prefix: fixed types, headers that let nothing run, ranges, and addresses that stay the same."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.assets import signing
from apps.assets.models import Asset
from tests import pictures
from tests.factories import api, make_project, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return api(make_team().manager)


@pytest.fixture
def add(manager):
    from apps.accounts.models import User

    user = User.objects.get(memberships__role="manager")
    project = make_project(user.memberships.get().organisation, user)

    def upload(name: str, data: bytes, **fields):
        answer = manager.upload(
            f"projects/{project.pk}/assets", {"files": [SimpleUploadedFile(name, data)], **fields}
        ).json()
        assert not answer["errors"], answer
        return manager.get(f"assets/{answer['assets'][0]['id']}").json()

    return upload


def bytes_of(url: str, **headers: str) -> bytes:
    answer = Client().get(url, headers=headers)
    assert answer.status_code in (200, 206), answer.status_code
    return b"".join(answer.streaming_content)


def test_the_original_comes_back_byte_for_byte_without_signing_in(add):
    asset = add("photo.jpg", pictures.jpeg())
    assert bytes_of(asset["urls"]["original"]) == pictures.jpeg()
    assert asset["urls"]["display"] == asset["urls"]["original"]


def test_headers_let_nothing_run_and_let_browsers_keep_it(add):
    answer = Client().get(add("photo.jpg", pictures.jpeg())["urls"]["original"])
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-site"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert answer["Cache-Control"].endswith("immutable")


def test_the_type_comes_from_the_bytes_and_not_from_the_name(add):
    assert Client().get(add("page.html", pictures.jpeg())["urls"]["original"])["Content-Type"] == "image/jpeg"


def test_ranges_are_answered(add):
    data, asset = pictures.jpeg(), add("photo.jpg", pictures.jpeg())
    url = asset["urls"]["original"]
    assert bytes_of(url, Range="bytes=10-19") == data[10:20]
    assert bytes_of(url, Range="bytes=-7") == data[-7:]
    assert bytes_of(url, Range="bytes=100-") == data[100:]
    outside = Client().get(url, headers={"Range": f"bytes={len(data)}-"})
    assert (outside.status_code, outside["Content-Range"]) == (416, f"bytes */{len(data)}")


def test_what_a_browser_has_is_not_sent_again(add):
    url = add("photo.jpg", pictures.jpeg())["urls"]["original"]
    etag = Client().get(url)["ETag"]
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_changed_or_ended_signature_opens_nothing(add):
    url = add("photo.jpg", pictures.jpeg())["urls"]["original"]
    expiry, key, rest = url.removeprefix("/media/").split(".", 2)
    signature, _, tail = rest.partition("/")
    other = "A" if signature[0] != "A" else "B"
    wrong = [
        f"/media/{expiry}.{key}.{other}{signature[1:]}/{tail}",
        f"/media/{int(expiry) + 21600}.{key}.{signature}/{tail}",
        f"/media/{expiry}.00000000.{signature}/{tail}",
        f"/media/{expiry}.{key}.{signature}/{int(tail.split('/')[0]) + 1}/original",
    ]
    assert [Client().get(address).status_code for address in wrong] == [403] * 4
    assert Client().get(f"{url}x").status_code == 404


def test_addresses_stay_the_same_until_the_next_mark_and_then_end():
    step = 6 * 3600
    mark = 1_700_000_000 // step * step
    first = signing.media_prefix(7, now=mark + 10)
    assert signing.media_prefix(7, now=mark + step - 3700) == first
    assert signing.media_prefix(7, now=mark + step - 3500) != first
    token = first.removeprefix("/media/").split("/")[0]
    assert signing.seconds_left(token, 7, now=mark + 10) == step - 10
    assert signing.seconds_left(token, 7, now=mark + step) is None
    assert signing.seconds_left(token, 8, now=mark + 10) is None


def test_a_changed_secret_key_keeps_old_addresses_alive(settings):
    prefix = signing.media_prefix(7)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-" + "y" * 40
    token = prefix.removeprefix("/media/").split("/")[0]
    assert (signing.seconds_left(token, 7, now=time.time()) or 0) > 0
    settings.SECRET_KEY_FALLBACKS = []
    assert signing.seconds_left(token, 7) is None


def test_a_large_photo_has_a_thumbnail(add):
    asset = add("photo.jpg", pictures.jpeg(1200, 900))
    with Image.open(io.BytesIO(bytes_of(asset["urls"]["thumb"]))) as thumb:
        assert thumb.size == (320, 240)


def test_a_turned_photo_is_displayed_upright(add):
    asset = add("photo.jpg", pictures.turned("JPEG", 6))
    assert (asset["width"], asset["height"]) == (64, 48)
    with Image.open(io.BytesIO(bytes_of(asset["urls"]["display"]))) as shown:
        assert shown.size == (64, 48)
    with Image.open(io.BytesIO(bytes_of(asset["urls"]["original"]))) as original:
        assert original.size == (48, 64)


def test_a_tiff_is_displayed_as_png(add):
    answer = Client().get(add("scan.tif", pictures.encoded(pictures.gradient(), "TIFF"))["urls"]["display"])
    assert answer["Content-Type"] == "image/png"


def test_the_window_of_a_16_bit_image_is_recorded_and_can_be_moved(manager, add):
    asset = add("deep.png", pictures.png16(pictures.ramp16()))
    assert (asset["bit_depth"], asset["channels"]) == (16, 1)
    assert asset["window"] == {"low": 2000, "high": 51100}
    raw = np.frombuffer(bytes_of(asset["urls"]["raw16"]), "<u2").reshape(16, 32)
    assert np.array_equal(raw, pictures.ramp16())
    moved = manager.patch(f"assets/{asset['id']}", {"window": {"low": 1000, "high": 26500}}).json()
    assert moved["urls"]["display"] != asset["urls"]["display"]
    with Image.open(io.BytesIO(bytes_of(moved["urls"]["display"]))) as shown:
        assert list(np.asarray(shown).ravel()[:256]) == list(range(256))
    back = manager.patch(f"assets/{asset['id']}", {"window": None}).json()
    assert back["window"] == asset["window"]
    assert manager.patch(f"assets/{asset['id']}", {"window": {"low": 9, "high": 9}}).status_code == 400


def test_a_window_given_with_the_upload_is_used(add):
    assert add("deep.png", pictures.png16(pictures.ramp16()), window='{"low": 5, "high": 500}')["window"] == {
        "low": 5,
        "high": 500,
    }


def test_behind_nginx_the_front_server_sends_the_file(add, settings):
    settings.LABELWRIGHT_X_ACCEL_PREFIX = "/protected-media/"
    answer = Client().get(add("photo.jpg", pictures.jpeg())["urls"]["original"])
    assert answer["X-Accel-Redirect"] == "/protected-media/" + Asset.objects.get().path
    assert answer.content == b""
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
