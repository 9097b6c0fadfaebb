"""Files that come in parts: they go on where they stopped, and become images or an import when they are whole."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

import apps.assets.jobs
import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.assets.models import Asset, Upload, UploadPart
from apps.assets.services import tidy_uploads
from apps.core import storage
from apps.jobs.models import Job
from apps.jobs.running import run
from tests import pictures
from tests.factories import api, make_project, make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
PART = "application/offset+octet-stream"


@pytest.fixture
def world():
    team = make_team()
    return SimpleNamespace(team=team, project=make_project(team.organisation, team.manager), manager=api(team.manager))


def begin(world, size: int, name: str = "data.bin", **headers):
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"HTTP_UPLOAD_LENGTH": str(size), "HTTP_UPLOAD_METADATA": told, "HTTP_TUS_RESUMABLE": "1.0.0"} | headers
    return world.manager.generic("POST", f"projects/{world.project.pk}/uploads", b"", PART, **headers)


def part(world, where: str, offset: int, data: bytes, content_type: str = PART, **headers):
    return world.manager.generic(
        "PATCH", where, data, content_type, HTTP_UPLOAD_OFFSET=str(offset), HTTP_TUS_RESUMABLE="1.0.0", **headers
    )


def whole(world, data: bytes, name: str) -> str:
    """The address of an upload of two parts."""
    where = begin(world, len(data), name)["Location"]
    half = len(data) // 2
    assert part(world, where, 0, data[:half]).status_code == 204
    assert part(world, where, half, data[half:]).status_code == 204
    return where


def take(world, where: str, expect: str = "succeeded") -> Job:
    answer = world.manager.post(f"{where}take")
    assert answer.status_code == 202, answer.content
    assert run(answer.json()["job"]["id"]) == expect
    return Job.objects.get(pk=answer.json()["job"]["id"])


def tar(mode: str = "w", **files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def test_a_server_says_what_it_speaks(world):
    answer = world.manager.generic("OPTIONS", f"projects/{world.project.pk}/uploads")
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Resumable"]) == (204, "1.0.0", "1.0.0")
    assert answer["Tus-Extension"] == "creation,checksum,expiration,termination"


def test_an_upload_goes_on_where_it_stopped(world):
    made = begin(world, 10)
    assert (made.status_code, made["Upload-Offset"]) == (201, "0")
    where = made["Location"]
    assert part(world, where, 0, b"01234")["Upload-Offset"] == "5"
    head = world.manager.generic("HEAD", where)
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == (
        200,
        "5",
        "10",
        "no-store",
    )
    assert head["Upload-Expires"].endswith("GMT")
    assert part(world, where, 5, b"56789")["Upload-Offset"] == "10"


@pytest.mark.parametrize(
    ("offset", "data", "more", "status", "code"),
    [
        (3, b"x", {}, 409, "offset_wrong"),
        (0, b"x" * 11, {}, 413, "too_large"),
        (0, b"x", {"HTTP_UPLOAD_CHECKSUM": "sha1 " + base64.b64encode(b"0" * 20).decode()}, 460, "checksum_wrong"),
        (0, b"x", {"HTTP_UPLOAD_CHECKSUM": "crc eA=="}, 400, "invalid"),
        (0, b"x", {"content_type": "text/plain"}, 415, "unsupported_media_type"),
    ],
)
def test_a_part_that_does_not_fit_is_refused_and_nothing_of_it_is_kept(world, offset, data, more, status, code):
    where = begin(world, 10)["Location"]
    answer = part(world, where, offset, data, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert world.manager.generic("HEAD", where)["Upload-Offset"] == "0"


def test_a_part_with_its_checksum_is_taken(world):
    where = begin(world, 3)["Location"]
    digest = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
    assert part(world, where, 0, b"abc", HTTP_UPLOAD_CHECKSUM=f"sha256 {digest}").status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_TUS_RESUMABLE": "0.2.2"}, 412),
        ({"HTTP_UPLOAD_LENGTH": "0"}, 400),
        ({"HTTP_UPLOAD_LENGTH": "-4"}, 400),
        ({"HTTP_UPLOAD_LENGTH": str(1 << 50)}, 413),
        ({"HTTP_UPLOAD_METADATA": "filename %%%"}, 400),
    ],
)
def test_what_cannot_be_begun_is_refused(world, headers, status):
    assert begin(world, 10, **headers).status_code == status


def test_an_upload_that_is_ended_leaves_nothing(world):
    where = begin(world, 10)["Location"]
    part(world, where, 0, b"01234")
    path = UploadPart.objects.get().path
    assert world.manager.generic("DELETE", where).status_code == 204
    assert world.manager.generic("HEAD", where).status_code == 404
    assert not storage.local_path(path).exists()


def test_uploads_that_nobody_goes_on_with_expire(world):
    where = begin(world, 10)["Location"]
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (tidy_uploads(), tidy_uploads()) == (1, 0)
    assert part(world, where, 0, b"x").status_code == 404


def test_an_upload_is_its_makers_alone(world):
    where = begin(world, 10)["Location"]
    assert api(world.team.owner).generic("HEAD", where).status_code == 404


@pytest.mark.parametrize("kind", ["jpg", "zip", "tar", "tar.gz"])
def test_pictures_come_alone_or_in_archives(world, kind):
    photo = pictures.jpeg(seed=3)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("site/a.jpg", photo)
        archive.writestr("notes.txt", "no picture")
    data = {
        "jpg": photo,
        "zip": zipped.getvalue(),
        "tar": tar(**{"site/a.jpg": photo, "notes.txt": b"x"}),
        "tar.gz": tar("w:gz", **{"site/a.jpg": photo, "notes.txt": b"x"}),
    }[kind]
    job = take(world, whole(world, data, f"photos.{kind}"))
    assert (job.outcome["assets"], job.outcome["failed"]) == (1, 0)
    assert Asset.objects.get(project=world.project).name == ("photos.jpg" if kind == "jpg" else "site/a.jpg")
    assert not Upload.objects.exists()


def test_names_that_some_disks_cannot_tell_apart_are_told(world):
    data = tar(**{"A.jpg": pictures.jpeg(seed=1), "a.jpg": pictures.jpeg(seed=2)})
    outcome = take(world, whole(world, data, "photos.tar")).outcome
    assert (outcome["assets"], [one["code"] for one in outcome["errors"]]) == (2, ["names_alike"])


def linking(name: str, kind: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        linking("a.jpg", tarfile.SYMTYPE),
        linking("a.jpg", tarfile.LNKTYPE),
        linking("a.jpg", tarfile.CHRTYPE),
        tar(**{"../a.jpg": b"x"}),
        tar(**{"/etc/a.jpg": b"x"}),
        tar("w:gz", **{"a.jpg": bytes(30 << 20)}),
        tar(**{"a.jpg": b"x" * 2_000})[:1_500],
    ],
    ids=["symlink", "hard link", "device", "climbs out", "absolute", "bomb", "cut off"],
)
def test_archives_that_would_do_harm_are_refused_whole(world, data):
    job = take(world, whole(world, data, "photos.tar"), expect="failed")
    assert job.error["code"] in ("archive_refused", "broken_archive")
    assert not Asset.objects.exists()


def test_a_file_that_came_in_parts_is_imported(world):
    photo = pictures.jpeg(width=64, height=48)
    coco = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
        "categories": [{"id": 1, "name": "car"}],
    }
    coco["annotations"] = [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 4, 10, 12], "iscrowd": 0}]
    data = tar("w:gz", **{"images/a.jpg": photo, "annotations/instances_default.json": json.dumps(coco).encode()})
    where = whole(world, data, "coco.tar.gz")
    number = where.rstrip("/").rpartition("/")[2]
    answer = world.manager.upload(f"projects/{world.project.pk}/imports", {"upload": number})
    assert answer.status_code == 202, answer.content
    assert run(answer.json()["job"]["id"]) == "succeeded"
    report = world.manager.get(f"imports/{answer.json()['import']['id']}").json()["report"]
    assert (report["assets"], report["regions"]) == (1, 1)


def test_half_a_file_is_not_taken(world):
    where = begin(world, 10)["Location"]
    assert world.manager.post(f"{where}take").json()["code"] == "upload_not_whole"
