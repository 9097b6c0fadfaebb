"""Images too large for one piece: cut into tiles by a job, delivered tile by tile, refused by name where broken."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.assets import jobs  # noqa: F401  registers them
from apps.assets.images import pyramid
from apps.assets.models import Asset
from apps.core import storage
from apps.core.errors import NotFound
from apps.jobs.models import Job
from apps.jobs.running import run
from apps.tasks.models import Task

pytestmark = pytest.mark.django_db

WIDTH, HEIGHT = 2_300, 1_500


@pytest.fixture(autouse=True)
def small_is_large(settings):
    settings.LABELWRIGHT_TILE_PIXELS = 1_000_000


def picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red grows to the right and green downwards, so that each pixel says where it is."""
    x = np.linspace(0, 255, width)[None, :].repeat(height, 0)
    y = np.linspace(0, 255, height)[:, None].repeat(width, 1)
    return Image.fromarray(np.stack([x, y, np.full_like(x, 40)], axis=-1).astype(np.uint8))


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def upload(client, project, name: str, data: bytes, **fields):
    return client.upload(f"projects/{project.pk}/assets", {"files": [SimpleUploadedFile(name, data)], **fields}).json()


def taken(client, project, name: str, data: bytes, **fields) -> Asset:
    answer = upload(client, project, name, data, **fields)
    assert answer["assets"] == []
    assert answer["errors"] == []
    assert run(answer["pending"][0]["job"]["id"]) == "succeeded"
    return Asset.objects.get(project=project, name=name)


def fetched(url: str) -> Image.Image:
    answer = Client().get(url)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


@pytest.mark.parametrize(("name", "kind", "options"), [("a.jpg", "JPEG", {"quality": 95}), ("a.png", "PNG", {}), ("a.tif", "TIFF", {})])  # fmt: skip
def test_a_large_image_becomes_an_item_whose_tiles_are_its_pixels(manager, project, name, kind, options):
    asset = taken(manager, project, name, encoded(picture(), kind, **options), group="slides")
    assert (asset.width, asset.height, asset.group) == (WIDTH, HEIGHT, "slides")
    assert Task.objects.filter(asset=asset, state="waiting").count() == 1
    document = manager.get(f"assets/{asset.pk}").json()
    tiles = document["tiles"]
    assert tiles["size"] == 512
    assert tiles["levels"] == 4
    url = tiles["url"].format(level=3, column=4, row=2)
    last = np.asarray(fetched(url).convert("RGB")).astype(int)
    assert last.shape == (HEIGHT - 2 * 512, WIDTH - 4 * 512, 3)
    truth = np.asarray(picture()).astype(int)[1024:, 2048:]
    assert np.abs(last - truth).max() <= 6  # of JPEG
    overview = fetched(tiles["url"].format(level=0, column=0, row=0))
    assert overview.size == (-(-WIDTH // 8), -(-HEIGHT // 8))
    assert max(fetched(document["urls"]["thumb"]).size) == 320
    assert fetched(document["urls"]["display"]).size == (WIDTH, HEIGHT)


def test_levels_halve_and_round_up_as_the_browser_expects():
    assert pyramid.level_size(40_000, 40_000, 7) == (313, 313)
    assert pyramid.level_size(2_301, 1_499, 1) == (1_151, 750)
    for below in range(8):  # rounding up step by step is rounding up once
        assert pyramid.level_size(39_999, 12_345, below) == (-(-39_999 // 2**below), -(-12_345 // 2**below))


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_orientation_is_applied_to_tiles_once(manager, project, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    asset = taken(manager, project, "turned.jpg", encoded(picture(), "JPEG", quality=95, exif=exif))
    assert (asset.width, asset.height) == ((HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT))
    document = manager.get(f"assets/{asset.pk}").json()
    corner = fetched(document["tiles"]["url"].format(level=3, column=0, row=0)).convert("RGB").getpixel((2, 2))
    red, green = {2: (255, 0), 3: (255, 255), 6: (0, 255), 8: (255, 0)}[orientation]
    assert abs(corner[0] - red) < 8
    assert abs(corner[1] - green) < 8
    assert asset.derivatives["display"]["width"] == asset.width


def test_alpha_is_kept_in_the_tiles(manager, project):
    image = picture().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    asset = taken(manager, project, "clear.png", encoded(image, "PNG"))
    tile = fetched(manager.get(f"assets/{asset.pk}").json()["tiles"]["url"].format(level=3, column=0, row=0))
    assert tile.mode == "RGBA"
    assert tile.getpixel((100, 5))[3] < 5


def test_a_large_file_cut_short_is_refused_by_the_job_by_name(manager, project):
    data = encoded(picture(), "JPEG", quality=95)
    answer = upload(manager, project, "cut.jpg", data[: len(data) // 2])
    job = answer["pending"][0]["job"]["id"]
    assert run(job) == "succeeded"
    result = Job.objects.get(pk=job).outcome
    assert result["failed"] == 1
    assert result["errors"][0]["name"] == "cut.jpg"
    assert result["errors"][0]["code"] == "truncated"
    assert not Asset.objects.filter(project=project).exists()
    kept = Job.objects.get(pk=job).arguments["file"]["path"]
    with pytest.raises(NotFound):
        storage.open_file(kept)


def test_a_bomb_is_refused_however_few_bytes_it_has(manager, project, settings):
    settings.LABELWRIGHT_MAX_PIXELS = 2_000_000
    bomb = encoded(Image.new("L", (6_000, 6_000)), "PNG", compress_level=9)
    assert len(bomb) < 6_000 * 6_000 * pyramid.LEAST_BYTES_A_PIXEL
    answer = upload(manager, project, "bomb.png", bomb)
    assert [(error["name"], error["code"]) for error in answer["errors"]] == [("bomb.png", "too_many_pixels")]
    assert answer["pending"] == []


def test_what_is_beyond_the_limit_of_tiled_images_is_refused_at_once(manager, project, settings):
    settings.LABELWRIGHT_MAX_TILED_PIXELS = 3_000_000
    (error,) = upload(manager, project, "wide.jpg", encoded(picture()))["errors"]
    assert error["code"] == "too_many_pixels"
    assert "2300 × 1500" in error["detail"]


def test_a_job_that_runs_twice_makes_one_asset(manager, project):
    answer = upload(manager, project, "once.jpg", encoded(picture()))
    job = answer["pending"][0]["job"]["id"]
    assert run(job) == "succeeded"
    Job.objects.filter(pk=job).update(state="queued")
    assert run(job) == "succeeded"
    assert Asset.objects.filter(project=project).count() == 1


def test_tiles_need_their_signature_and_a_missing_one_is_404(manager, project):
    asset = taken(manager, project, "a.jpg", encoded(picture()))
    url = manager.get(f"assets/{asset.pk}").json()["tiles"]["url"]
    assert Client().get(url.format(level=3, column=99, row=0)).status_code == 404
    other = url.replace(f"/{asset.pk}/", f"/{asset.pk + 1}/").format(level=3, column=0, row=0)
    assert Client().get(other).status_code == 403


def test_the_claim_tells_where_the_tiles_are(manager, project):
    taken(manager, project, "a.jpg", encoded(picture()))
    claim = manager.post(f"projects/{project.pk}/tasks/claim", {}).json()
    assert claim["asset"]["tiles"]["levels"] == 4


@pytest.mark.soak
def test_four_hundred_megapixels_are_cut_within_a_quarter_gigabyte(manager, project, settings, tmp_path):
    """Memory stays flat: a picture decoded in one piece would take 1.2 GB."""
    import subprocess
    import sys

    pyvips = pytest.importorskip("pyvips")
    path = tmp_path / "large.jpg"
    base = pyvips.Image.perlin(1024, 1024, cell_size=64, uchar=True).replicate(20, 20).crop(0, 0, 20_000, 20_000)
    base.bandjoin([base, base]).copy(interpretation="srgb").jpegsave(str(path), Q=85)
    script = (
        "import sys, resource, pathlib, django; django.setup();"
        "from apps.assets.images import pyramid;"
        "p = pyramid.build(pathlib.Path(sys.argv[1]), 'JPEG', pathlib.Path(sys.argv[2]));"
        "print(p.levels, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    out = tmp_path / "out"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(out)], env=os.environ, capture_output=True, text=True, check=True
    )
    levels, kilobytes = map(int, done.stdout.split())
    assert levels == 7
    assert kilobytes < 280_000
