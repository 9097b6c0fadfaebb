"""A full disk is told by name, at the start and while working, and what was half written is nowhere listed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from apps.assets.models import Asset
from apps.datasets.models import Import
from apps.jobs.models import Job
from apps.jobs.running import KINDS
from apps.jobs.services import enqueue
from apps.tasks.models import Task
from config.front import WsgiPool
from tests import pictures
from tests.factories import run_job
from tests.running import PROJECT, clean_environment, free_port
from tests.work import Person

MIB = 1 << 20


def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system of its own on `folder`."""
    if os.geteuid():
        pytest.skip("only root may mount a small file system")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """1 MiB."""
    with tempfile.TemporaryDirectory(prefix="lw-") as folder:
        yield from mounted(Path(folder), "size=1m")


def fill(disk: Path) -> Path:
    """Write until nothing fits any more."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while out.write(b"\0" * 4096):
            pass
    return file


@pytest.mark.parametrize("options", ["size=16m", "size=4k", "size=16m,nr_inodes=1"])
def test_a_start_on_a_full_disk_is_one_clear_line(options):
    with tempfile.TemporaryDirectory(prefix="lw-") as folder:
        for disk in mounted(Path(folder), options):
            environment = clean_environment(LABELWRIGHT_DATA=str(disk), LABELWRIGHT_PORT=str(free_port()))
            done = subprocess.run(
                [sys.executable, "-m", "runtime.up"],
                cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30, check=False,
            )  # fmt: skip
    (line,) = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 1
    assert line.startswith("labelwright: The disk ")
    assert "full" in line


@pytest.fixture
def media(small_disk, settings, monkeypatch) -> Path:
    """The media store and the jobs' scratch folder on the small disk."""
    settings.MEDIA_ROOT = small_disk / "media"
    settings.LABELWRIGHT_DATA = small_disk
    (small_disk / "media").mkdir()
    assert storages["default"].location == str(small_disk / "media")
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)
    return small_disk


def files_below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "filler"]


@pytest.mark.django_db
class TestWork:
    def test_an_upload_on_a_full_disk_is_a_named_problem_and_lists_nothing(self, media, manager, project):
        filler = fill(media)
        files = [SimpleUploadedFile("p.jpg", pictures.jpeg(640, 480))]
        answer = manager.upload(f"projects/{project.pk}/assets", {"files": files})
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert answer["Content-Type"] == "application/problem+json"
        assert not Asset.objects.exists()
        assert not Task.objects.exists()
        assert files_below(media) == []
        filler.unlink()
        files = [SimpleUploadedFile("p.jpg", pictures.jpeg(640, 480))]
        assert manager.upload(f"projects/{project.pk}/assets", {"files": files}).status_code == 201

    def test_an_import_on_a_full_disk_is_a_named_problem_and_lists_nothing(self, media, manager, project):
        fill(media)
        file = SimpleUploadedFile("data.zip", b"PK" + bytes(100_000))
        answer = manager.upload(f"projects/{project.pk}/imports", {"file": file})
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert not Import.objects.exists()
        assert files_below(media) == []

    def test_an_export_on_a_full_disk_fails_by_name_and_leaves_no_file(self, media, team, manager, project):
        files = [SimpleUploadedFile("p.jpg", pictures.jpeg(640, 480))]
        assert manager.upload(f"projects/{project.pk}/assets", {"files": files}).status_code == 201
        Person(team.annotator).label(project)
        review = Person(team.reviewer).claim(project, "review")
        Person(team.reviewer).judge(review["revision"]["id"], "accept")
        kept = files_below(media)
        started = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "options": {"images": True}}).json()
        filler = fill(media)
        assert run_job(started["job"]["id"]) == "failed"
        job = manager.get(f"jobs/{started['job']['id']}").json()
        assert job["error"]["code"] == "storage_full"
        assert "disk" in job["error"]["detail"]
        assert manager.get(f"exports/{started['export']['id']}").json()["file_url"] is None
        assert files_below(media) == kept
        filler.unlink()
        again = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "options": {"images": True}}).json()
        assert run_job(again["job"]["id"]) == "succeeded", Job.objects.get(pk=again["job"]["id"]).error


@pytest.mark.django_db
def test_a_full_disk_of_the_database_ends_a_job_instead_of_trying_for_ever(team, monkeypatch):
    def work(_):
        raise OperationalError("could not extend file") from DiskFull()

    monkeypatch.setitem(KINDS, "test.full", work)
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)
    job = enqueue(kind="test.full", title="Full", organisation=team.organisation, user=team.manager, arguments={})
    assert run_job(job.pk) == "failed"
    job.refresh_from_db()
    assert job.error["code"] == "storage_full"


class DiskFull(Exception):
    """What psycopg2 raises for SQLSTATE 53100."""

    pgcode = "53100"


def test_a_long_body_that_finds_no_room_to_wait_is_a_named_problem(small_disk, monkeypatch):
    fill(small_disk)
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    sent: list[dict] = []

    async def receive():
        return {"type": "http.request", "body": bytes(2 * MIB), "more_body": False}

    async def send(message):
        sent.append(message)

    pool = WsgiPool(lambda environ, start: [b"never called"], threads=1, limit=8 * MIB)
    scope = {"type": "http", "method": "POST", "path": "/api/v1/projects", "headers": []}
    asyncio.run(pool(scope, receive, send))
    assert sent[0]["status"] == 507
    assert json.loads(sent[1]["body"])["code"] == "storage_full"
